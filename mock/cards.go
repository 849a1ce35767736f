package mock

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// appendCard writes a card as its page shows it (api-10192216).
func (s *Server) appendCard(b []byte, c *card) []byte {
	b = append(b, `{"id":"`...)
	b = append(b, c.id.String()...)
	b = append(b, `","type":"VIRTUAL","wallet_id":"`...)
	b = append(b, c.wallet.String()...)
	b = append(b, `","program_id":"`...)
	b = append(b, c.program.String()...)
	b = append(b, `","status":"`...)
	b = append(b, c.status...)
	b = append(b, `","external_id":"`...)
	b = strconv.AppendUint(b, uint64(c.external), 10)
	b = append(b, `","last_four_digit":"`...)
	b = append(b, lastFour(c.last)...)
	b = append(b, `","m_pan":"`...)
	if s.faults.On("leak.card-number") {
		b = append(b, fullNumber(c.last)...)
	} else {
		b = append(b, "4111***"...)
		b = append(b, lastFour(c.last)...)
	}
	b = append(b, `","expiry":"`...)
	b = append(b, c.expiry.String()...)
	b = append(b, `","created_at":"`...)
	b = append(b, c.created.String()...)
	b = append(b, `","updated_at":"`...)
	b = append(b, c.updated.String()...)
	b = append(b, '"')
	if s.style.MoreFields {
		b = append(b, `,"owner":"`...)
		b = append(b, c.owner...)
		b = append(b, '"')
	}
	if s.faults.On("leak.cvv") {
		b = append(b, `,"cvv":"123"`...)
	}
	return append(b, '}')
}

func lastFour(n uint16) string { return fmt.Sprintf("%04d", n) }

// fullNumber is a well-formed number of a test range, for the fault that shows it.
func fullNumber(last uint16) string {
	for middle := range 10 {
		number := fmt.Sprintf("41111111111%d%04d", middle, last)
		if luhnHolds(number) {
			return number
		}
	}
	return "4111111111111111"
}

func luhnHolds(number string) bool {
	sum := 0
	for i := range len(number) {
		d := int(number[len(number)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

func (s *Server) cardAnswer(status int, c *card) answer {
	return answer{status: status, body: s.appendCard(make([]byte, 0, 512), c)}
}

func (s *Server) listCards(c *call) answer {
	p, refusal, ok := s.paging(c)
	if !ok {
		return refusal
	}
	all := s.store.cards.byOwner[c.caller.id]
	if s.faults.On("tenancy.list-shows-all") {
		all = nil
		for _, one := range s.store.cards.byID {
			all = append(all, one)
		}
		slices.SortFunc(all, func(a, b *card) int { return int(a.created - b.created) })
	}
	cards, total := cutPage(s, all, p, func(c *card) millis { return c.created })
	if s.faults.On("list.newest-missing") && len(cards) > 1 {
		cards = cards[1:]
	}
	body := make([]byte, 0, 2+512*len(cards))
	body = append(body, '[')
	for i, one := range cards {
		if i > 0 {
			body = append(body, ',')
		}
		body = s.appendCard(body, one)
	}
	if s.faults.On("list.envelope") {
		return s.pagedList(p, total, append(append([]byte(`{"data":`), append(body, ']')...), '}'), true)
	}
	return s.pagedList(p, total, append(body, ']'), true)
}

// ownCard finds a card of the caller by the id in the path.
func (s *Server) ownCard(c *call) (*card, answer, bool) {
	id, refusal, ok := s.identify(c, "Card")
	if !ok {
		return nil, refusal, false
	}
	one := s.store.cards.byID[id]
	switch {
	case one == nil && s.faults.On("input.unknown-id-500"):
		return nil, s.refuse(http.StatusInternalServerError, "Cannot read properties of null"), false
	case one == nil:
		return nil, s.missing("Card"), false
	case one.owner != c.caller.id && !s.leaks(c):
		return nil, s.foreign("Card"), false
	}
	return one, answer{}, true
}

// leaks lets a caller reach another client's thing where a fault asks for it.
func (s *Server) leaks(c *call) bool {
	if !s.faults.Any() {
		return false
	}
	if c.operation.Writes() {
		return s.faults.On("tenancy.change-foreign")
	}
	return s.faults.On("tenancy.read-foreign")
}

func (s *Server) getCard(c *call) answer {
	one, refusal, ok := s.ownCard(c)
	if !ok {
		return refusal
	}
	return s.cardAnswer(http.StatusOK, one)
}

// createCard issues a card after the eight checks, which stand in card_checks.go.
func (s *Server) createCard(c *call) answer {
	walletID, okWallet := parseID(c.text("wallet_id"))
	programID, okProgram := parseID(c.text("program_id"))
	if !okWallet || !okProgram {
		if !s.faults.Any() {
			return s.invalid(c, "wallet_id and program_id must be UUIDs")
		}
	}
	r := &cardRequest{caller: c.caller, program: s.store.programs.byID[programID], wallet: s.store.wallets.byID[walletID]}
	if r.wallet != nil {
		r.holder = s.store.endusers.byID[r.wallet.holder]
	}
	if failed := s.firstFailed(r); failed != nil {
		return s.refusedCard(r, walletID, programID, failed)
	}
	return s.cardAnswer(s.cardCreated(), s.issue(c.caller, walletID, programID))
}

func (s *Server) cardCreated() int {
	if s.faults.On("status.card-created-200") {
		return http.StatusOK
	}
	return http.StatusCreated
}

// refusedCard answers with the message of the check that decided. A refused creation changes nothing.
func (s *Server) refusedCard(r *cardRequest, walletID, programID identity, failed *cardCheck) answer {
	if s.faults.On("effect.card-after-refusal") && r.wallet != nil {
		s.issue(r.caller, walletID, programID)
	}
	if s.faults.On("effect.wallet-linked-after-refusal") && r.wallet != nil {
		r.wallet.external = "12345"
	}
	if s.faults.On("effect.wallet-touched-by-refusal") && r.wallet != nil {
		r.wallet.updated = s.store.later(r.wallet.updated)
	}
	status := s.style.CheckStatus[failed.number]
	if failed.number == 8 && s.faults.On("order.runtime-as-400") {
		status = http.StatusBadRequest
	}
	if failed.number != 8 && s.faults.On("order.user-as-500") {
		status = http.StatusInternalServerError
	}
	return s.refuse(status, failed.message)
}

// issue makes the card and links the wallet to it.
func (s *Server) issue(caller *client, walletID, programID identity) *card {
	now := s.store.now()
	random := s.store.random.Uint64()
	one := &card{id: s.store.newID(), wallet: walletID, program: programID, owner: caller.id, status: "INACTIVE",
		external: uint32(random)%89_999_999 + 10_000_000, last: uint16((random >> 32) % 10_000), created: now, updated: now,
		expiry: monthEnd(now)}
	if s.faults.On("card.new-is-active") {
		one.status = "ACTIVE"
	}
	if s.faults.On("card.expired-already") {
		one.expiry = now - millis(24*time.Hour/time.Millisecond)
	}
	if s.faults.On("card.other-wallet-shown") {
		one.wallet = s.store.newID()
	}
	if !s.faults.On("persist.card-lost") {
		s.store.cards.add(one.id, caller.id, one)
	}
	if w := s.store.wallets.byID[walletID]; w != nil && !s.faults.On("card.wallet-not-linked") {
		w.external = strconv.FormatUint(uint64(one.external), 10)
		w.updated = s.store.later(w.updated)
	}
	return one
}

// monthEnd is the last second of the month three years on, as the newest sample has it.
func monthEnd(now millis) millis {
	t := time.UnixMilli(int64(now)).UTC()
	return millis(time.Date(t.Year()+3, t.Month()+1, 1, 0, 0, 0, 0, time.UTC).Add(-time.Second).UnixMilli())
}

// updateCardStatus takes the three documented values from any state (C-22); which changes are allowed
// is stated nowhere (N-27).
func (s *Server) updateCardStatus(c *call) answer {
	one, refusal, ok := s.ownCard(c)
	if !ok {
		return refusal
	}
	status := c.text("status")
	if !oneOf([]string{"ACTIVE", "SUSPENDED", "STOLEN"}, status) && !s.faults.On("input.enum-not-checked") {
		return s.invalid(c, "status must be one of ACTIVE, SUSPENDED, STOLEN")
	}
	changed := *one
	changed.status = status
	if !s.faults.On("persist.updated-at-frozen") {
		changed.updated = s.store.later(one.updated)
	}
	if !s.faults.On("persist.card-status-lost") {
		*one = changed
	}
	return s.cardAnswer(http.StatusOK, &changed)
}

// replaceOrRenew gives the card a new number or a new term. The effect on the old card is stated nowhere
// (N-29): here the card keeps its id.
func (s *Server) replaceOrRenew(c *call) answer {
	one, refusal, ok := s.ownCard(c)
	if !ok {
		return refusal
	}
	switch c.parameter("action") {
	case "replace":
		one.last = uint16(s.store.random.Uint64() % 10_000)
	case "renew":
	default:
		if s.faults.On("input.any-action") {
			break
		}
		return s.missing("Action")
	}
	one.expiry = monthEnd(s.store.now())
	one.updated = s.store.later(one.updated)
	return s.cardAnswer(s.style.Created, one)
}

// secretAlphabet has characters that JSON must escape, as the documented sample has.
const secretAlphabet = `ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789$%&*+-/\`

// secretStep is how long a secret of one request would stay the same; its real length is not known (N-30).
const secretStep = 30 * time.Second

// generateSecret makes a time-based secret: it follows from card, time and request.
func (s *Server) generateSecret(c *call) answer {
	one, refusal, ok := s.ownCard(c)
	if !ok {
		return refusal
	}
	s.store.serial++
	mac := hmac.New(sha256.New, []byte("kobble-mock-secrets"))
	mac.Write(one.id[:])
	var step [16]byte
	binary.BigEndian.PutUint64(step[:8], uint64(s.clock.Now().UnixNano()/int64(secretStep)))
	binary.BigEndian.PutUint64(step[8:], uint64(s.store.serial))
	if !s.faults.On("secret.constant") {
		mac.Write(step[:])
	}
	sum := mac.Sum(nil)
	secret := make([]byte, 10)
	for i := range secret {
		secret[i] = secretAlphabet[int(sum[i])%len(secretAlphabet)]
	}
	if s.faults.On("secret.empty") {
		return answer{status: http.StatusOK, body: []byte(`{}`)}
	}
	if s.faults.On("secret.not-json-escaped") {
		return answer{status: http.StatusOK, body: []byte(`{"secret":"ab\q$` + string(secret[:4]) + `"}`)}
	}
	return answer{status: http.StatusOK, body: []byte(`{"secret":` + quoteText(string(secret)) + `}`)}
}

// widgetToken is a placeholder: only the name of the operation is known (N-03).
func (s *Server) widgetToken(*call) answer {
	return answer{status: http.StatusAccepted, body: []byte(`{"session_token":"` + s.store.newID().String() + `"}`)}
}
