package mock

import (
	"encoding/json"
	"net/http"
)

// quoteText writes a text as JSON.
func quoteText(text string) string {
	raw, err := json.Marshal(text)
	if err != nil {
		return `""`
	}
	return string(raw)
}

// appendWallet writes a wallet as its page shows it (api-10192233).
func (s *Server) appendWallet(b []byte, w *wallet) []byte {
	available, reserved, total := w.available, w.reserved, w.available+w.reserved
	if s.faults.On("money.total-wrong") {
		total++
	}
	b = append(b, `{"id":"`...)
	b = append(b, w.id.String()...)
	b = append(b, `","external_id":`...)
	switch {
	case w.external != "":
		b = append(b, quoteText(w.external)...)
	case s.faults.On("wallet.external-id-empty"):
		b = append(b, `""`...)
	default:
		b = append(b, "null"...)
	}
	b = append(b, `,"created_at":"`...)
	b = append(b, w.created.String()...)
	b = append(b, `","updated_at":"`...)
	b = append(b, w.updated.String()...)
	b = append(b, `","holder_id":"`...)
	b = append(b, w.holder.String()...)
	b = append(b, `","asset":"AUD","asset_class":"CURRENCY","status":"`...)
	b = append(b, w.status...)
	b = append(b, `","partner_product":"KOBBLE_AUD_1","total_amount":`...)
	b = append(b, s.amountText(total)...)
	b = append(b, `,"amount":`...)
	b = append(b, s.amountText(available)...)
	b = append(b, `,"reserved_amount":`...)
	b = append(b, s.amountText(reserved)...)
	if s.style.MoreFields {
		b = append(b, `,"account_number":null,"bank_code_type":null,"bank_code":null,"owner":"`...)
		b = append(b, w.owner...)
		b = append(b, '"')
	}
	return append(b, '}')
}

func (s *Server) walletAnswer(status int, w *wallet) answer {
	return answer{status: status, body: s.appendWallet(make([]byte, 0, 512), w)}
}

func (s *Server) listWallets(c *call) answer {
	wallets := s.store.wallets.byOwner[c.caller.id]
	if s.faults.On("tenancy.list-shows-all") {
		wallets = nil
		for _, w := range s.store.wallets.byID {
			wallets = append(wallets, w)
		}
	}
	body := append(make([]byte, 0, 2+512*len(wallets)), '[')
	for i, w := range wallets {
		if i > 0 {
			body = append(body, ',')
		}
		body = s.appendWallet(body, w)
	}
	return s.wholeList(len(wallets), append(body, ']'))
}

// wholeList is a list without documented paging: all of it (N-21).
func (s *Server) wholeList(total int, body []byte) answer {
	if s.faults.On("list.whole-list-empty") {
		body = []byte("[]")
	}
	return s.pagedList(page{limit: max(total, 1)}, total, body, s.style.HeadersEverywhere)
}

func (s *Server) createWallet(c *call) answer {
	holder, ok := parseID(c.text("holder_id"))
	if !ok {
		return s.invalid(c, "holder_id must be a UUID")
	}
	for name, only := range map[string]string{"asset": "AUD", "asset_class": "CURRENCY", "partner_product": "KOBBLE_AUD_1"} {
		if c.text(name) != only && !s.faults.On("input.enum-not-checked") && !s.faults.On("input.required-not-checked") {
			return s.invalid(c, name+" must be "+only)
		}
	}
	if owner := s.store.endusers.byID[holder]; s.style.HolderChecked && (owner == nil || owner.owner != c.caller.id) {
		return s.invalid(c, "The holder is not an enduser of this client")
	}
	now := s.store.now()
	w := &wallet{id: s.store.newID(), holder: holder, owner: c.caller.id, status: "ACTIVE", created: now, updated: now}
	if s.faults.On("wallet.new-is-linked") {
		w.external = "11111"
	}
	if s.faults.On("wallet.other-holder-shown") {
		w.holder = s.store.newID()
	}
	if !s.faults.On("persist.wallet-lost") {
		s.store.wallets.add(w.id, c.caller.id, w)
	}
	status := http.StatusOK
	if s.faults.On("status.wallet-created-201") {
		status = http.StatusCreated
	}
	return s.walletAnswer(status, w)
}

// ownWallet finds a wallet of the caller by the id in the path.
func (s *Server) ownWallet(c *call) (*wallet, answer, bool) {
	id, refusal, ok := s.identify(c, "Wallet")
	if !ok {
		return nil, refusal, false
	}
	w := s.store.wallets.byID[id]
	switch {
	case w == nil && s.faults.On("input.unknown-id-500"):
		return nil, s.refuse(http.StatusInternalServerError, "Cannot read properties of null"), false
	case w == nil:
		return nil, s.missing("Wallet"), false
	case w.owner != c.caller.id && !s.leaks(c):
		return nil, s.foreign("Wallet"), false
	}
	return w, answer{}, true
}

func (s *Server) getWallet(c *call) answer {
	w, refusal, ok := s.ownWallet(c)
	if !ok {
		return refusal
	}
	return s.walletAnswer(http.StatusOK, w)
}

func (s *Server) updateWallet(c *call) answer {
	w, refusal, ok := s.ownWallet(c)
	if !ok {
		return refusal
	}
	changed := *w
	changed.status = c.text("status")
	if !s.faults.On("persist.updated-at-frozen") {
		changed.updated = s.store.later(w.updated)
	}
	if !s.faults.On("persist.wallet-status-lost") {
		*w = changed
	}
	return s.walletAnswer(http.StatusOK, &changed)
}
