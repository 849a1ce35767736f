package mock

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// appendTransaction writes a transaction. No page shows one (N-23): the fields are a placeholder of the mock.
func (s *Server) appendTransaction(b []byte, t *transaction) []byte {
	b = fmt.Appendf(b, `{"id":"%s","type":"%s","amount":%d,"reference":%s,"from":%s,"to":%s,"created_at":"%s","metadata":%s`,
		t.id, t.kind, int64(t.amount), quoteText(t.reference), orNull(t.from), orNull(t.to), t.created, t.metadata)
	if s.style.MoreFields {
		b = fmt.Appendf(b, `,"status":"COMPLETED","owner":"%s"`, t.owner)
	}
	return append(b, '}')
}

func orNull(id identity) string {
	if id == (identity{}) {
		return "null"
	}
	return `"` + id.String() + `"`
}

func (s *Server) listTransactions(c *call) answer {
	p, refusal, ok := s.paging(c)
	if !ok {
		return refusal
	}
	all := s.store.transactions.byOwner[c.caller.id]
	if text := c.query.Get("wallet"); text != "" && !s.faults.On("list.wallet-ignored") {
		id, ok := parseID(text)
		if !ok {
			return s.badQuery(c, "wallet")
		}
		var some []*transaction
		for _, t := range all {
			if t.from == id || t.to == id {
				some = append(some, t)
			}
		}
		all = some
	}
	listed, total := cutPage(s, all, p, func(t *transaction) millis { return t.created })
	if s.faults.On("list.newest-missing") && len(listed) > 1 {
		listed = listed[1:]
	}
	body := append(make([]byte, 0, 2+384*len(listed)), '[')
	for i, t := range listed {
		if i > 0 {
			body = append(body, ',')
		}
		body = s.appendTransaction(body, t)
	}
	return s.pagedList(p, total, append(body, ']'), s.style.HeadersEverywhere)
}

func (s *Server) getTransaction(c *call) answer {
	id, refusal, ok := s.identify(c, "Transaction")
	if !ok {
		return refusal
	}
	t := s.store.transactions.byID[id]
	if t == nil {
		return s.missing("Transaction")
	}
	if t.owner != c.caller.id && !s.leaks(c) {
		return s.foreign("Transaction")
	}
	return answer{status: http.StatusOK, body: s.appendTransaction(nil, t)}
}

// side finds a wallet of the caller that a transaction names.
func (s *Server) side(c *call, field string) (*wallet, answer, bool) {
	id, ok := parseID(c.text(field))
	if !ok {
		return nil, s.invalid(c, field+" must be a UUID"), false
	}
	w := s.store.wallets.byID[id]
	if w == nil {
		return nil, s.missing("Wallet"), false
	}
	if w.owner != c.caller.id && !s.faults.On("tenancy.use-foreign-wallet") {
		return nil, s.foreign("Wallet"), false
	}
	return w, answer{}, true
}

func (s *Server) createTransaction(c *call) answer {
	from, refusal, ok := s.side(c, "from")
	if !ok {
		return refusal
	}
	to, refusal, ok := s.side(c, "to")
	if !ok {
		return refusal
	}
	return s.move(c, from, to, "TRANSFER")
}

func (s *Server) manualCredit(c *call) answer {
	to, refusal, ok := s.side(c, "to")
	if !ok {
		return refusal
	}
	return s.move(c, nil, to, "MANUAL_CREDIT")
}

func (s *Server) manualDebit(c *call) answer {
	from, refusal, ok := s.side(c, "from")
	if !ok {
		return refusal
	}
	return s.move(c, from, nil, "MANUAL_DEBIT")
}

// move takes money from one wallet and gives it to the other; either may be outside of the mock. What
// leaves one side arrives on the other, to the cent.
func (s *Server) move(c *call, from, to *wallet, kind string) answer {
	amount, ok := s.amountOf(c)
	if !ok {
		return s.invalid(c, "amount must be a positive whole number")
	}
	if from != nil && from.available < amount && !s.faults.On("money.overdraft-allowed") {
		return s.invalid(c, "The wallet does not hold enough")
	}
	if from == to && from != nil {
		return s.invalid(c, "from and to must be different wallets")
	}
	taken, given := amount, amount
	if s.faults.On("money.credit-drifts") {
		given++
	}
	if s.faults.On("money.debit-drifts") {
		taken--
	}
	if s.faults.On("money.lost-in-transfer") && from != nil {
		given = 0
	}
	now := s.store.now()
	if from != nil {
		from.available -= taken
		from.updated = s.store.later(from.updated)
	}
	if to != nil && !s.faults.On("money.credit-not-booked") {
		to.available += given
		to.updated = s.store.later(to.updated)
	}
	t := &transaction{id: s.store.newID(), owner: c.caller.id, amount: amount, kind: kind, reference: c.text("reference"), metadata: json.RawMessage("{}"), created: now}
	if c.has("metadata") {
		t.metadata = c.body["metadata"]
	}
	if from != nil {
		t.from = from.id
	}
	if to != nil {
		t.to = to.id
	}
	if !s.faults.On("persist.transaction-lost") {
		s.store.transactions.add(t.id, c.caller.id, t)
	}
	return answer{status: s.style.Created, body: s.appendTransaction(nil, t)}
}
