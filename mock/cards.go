package mock

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
)

func (s *Server) cardText(c *card) []byte { return s.appendCard(make([]byte, 0, 512), c) }

func (s *Server) listCards(c *call) answer {
	p, refusal, ok := s.paging(c)
	if !ok {
		return refusal
	}
	all, moment := visible(s, c, &s.store.cards), (*card).createdAt
	if s.style.ByUpdate {
		all, moment = slices.Clone(all), (*card).updatedAt
		slices.SortStableFunc(all, func(a, b *card) int { return cmp.Compare(a.updated, b.updated) })
	}
	cards, total := cutPage(s, c, all, p, moment)
	body := append(make([]byte, 0, 2+512*len(cards)), '[')
	for i, one := range cards {
		if i > 0 {
			body = append(body, ',')
		}
		body = s.appendCard(body, one)
	}
	return s.pagedList(c, p, counts{len(cards), total, len(all)}, s.brokenCardList(append(body, ']')))
}

func (s *Server) getCard(c *call) answer {
	return show(s, c, &s.store.cards, "Card", func(one *card) []byte { return s.cardText(s.brokenRead(c, one)) })
}

// createCard issues a card after the eight checks, which stand in card_checks.go.
func (s *Server) createCard(c *call) answer {
	if s.style.ClientHeaderNeeded && c.parts[0] == "api" && c.header.Get("X-Client-Id") == "" {
		return s.invalid(c, "The header x-client-id is required")
	}
	walletID, _ := parseID(c.text("wallet_id"))
	programID, _ := parseID(c.text("program_id"))
	r := &cardRequest{caller: c.caller, program: s.store.programs.byID[programID], wallet: s.store.wallets.byID[walletID],
		inactiveIssues: s.style.InactiveIssues}
	if r.wallet != nil {
		r.holder = s.store.endusers.byID[r.wallet.holder]
	}
	if failed := s.failedCheck(r); failed != nil {
		return s.refuseCard(r, walletID, programID, failed)
	}
	if refusal, breaks := s.brokenCreation(r); breaks {
		return refusal
	}
	one := s.issue(c.caller, walletID, programID)
	status := either(s, http.StatusCreated, "status.card-created-200", http.StatusOK)
	s.announceMore(c, "card-create", one.id, one.created)
	shown := *one
	if s.style.NewCard == "pending-first" {
		shown.status = "PENDING"
	}
	text := s.cardText(&shown)
	return s.located(c, answer{status: status, body: text}, text)
}

// refuseCard answers with the message of the check that decided. A refused creation changes nothing
// (CARD-CREATE-19).
func (s *Server) refuseCard(r *cardRequest, walletID, programID identity, failed *cardCheck) answer {
	s.leaveTraces(r, walletID, programID, failed)
	status := s.brokenCheckStatus(failed, s.style.CheckStatus[failed.number])
	if failed.number == 8 && s.style.ProviderText {
		return s.refuse(status, "The issuer has blocked this product")
	}
	return s.refuse(status, failed.message)
}

// newCardStatus is the status of a card that was just made (N-27).
func (s *Server) newCardStatus() string {
	return cmp.Or(map[string]string{"active": "ACTIVE", "pending": "PENDING"}[s.style.NewCard], "INACTIVE")
}

// newCard is a card that was made at a time, with numbers of its own.
func (s *Server) newCard(at millis, owner *client, wallet, program identity, status string) *card {
	random := s.store.random.Uint64()
	return &card{head: head{s.store.newID(), owner.id, at, at}, wallet: wallet, program: program, status: status,
		external: uint32(random%89_999_999) + 10_000_000, last: uint16((random >> 32) % 10_000), expiry: s.expiry(at)}
}

// issue makes the card and links the wallet to it.
func (s *Server) issue(caller *client, walletID, programID identity) *card {
	one := s.brokenCard(s.newCard(s.store.now(), caller, walletID, programID, s.newCardStatus()))
	keep(s, "persist.card-lost", &s.store.cards, one)
	if w := s.store.wallets.byID[walletID]; w != nil && !s.faults.On("card.wallet-not-linked") {
		w.external = strconv.FormatUint(uint64(one.external), 10)
		w.updated = s.store.later(w.updated)
	}
	return one
}
