package mock

import (
	"fmt"
	"net/http"
	"strconv"
)

// appendTransaction writes a transaction. No page shows one (N-23): the fields are a placeholder of the mock.
func (s *Server) appendTransaction(b []byte, t *transaction) []byte {
	b = append(b, `{"id":"`...)
	b = t.id.append(b)
	b = append(b, `","type":"`...)
	b = append(b, t.kind...)
	b = append(b, `","amount":`...)
	b = strconv.AppendInt(b, int64(t.amount), 10)
	b = append(b, `,"reference":`...)
	b = append(b, quote(t.reference)...)
	b = append(b, `,"from":`...)
	b = append(b, orNull(t.from)...)
	b = append(b, `,"to":`...)
	b = append(b, orNull(t.to)...)
	b = append(b, `,"created_at":"`...)
	b = t.created.append(b)
	b = append(b, `","metadata":`...)
	b = append(b, t.metadata...)
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

func (t *transaction) createdAt() millis { return t.created }

func (s *Server) listTransactions(c *call) answer {
	p, refusal, ok := s.paging(c)
	if !ok {
		return refusal
	}
	all := visible(s, c, &s.store.transactions, (*transaction).createdAt)
	if c.query.Has("wallet") && !s.faults.On("list.wallet-ignored") {
		id, ok := parseID(c.query.Get("wallet"))
		if !ok {
			return s.badQuery(c, "wallet")
		}
		all = s.ofWallet(all, id)
	}
	listed, total := cutPage(s, c, all, p, (*transaction).createdAt)
	body := append(make([]byte, 0, 2+384*len(listed)), '[')
	for i, t := range listed {
		if i > 0 {
			body = append(body, ',')
		}
		body = s.appendTransaction(body, t)
	}
	return s.pagedList(p, len(listed), total, append(body, ']'), s.style.HeadersEverywhere)
}

// ofWallet lists the transactions that touch a wallet, on either side.
func (s *Server) ofWallet(all []*transaction, wallet identity) []*transaction {
	if w := s.store.wallets.byID[wallet]; s.faults.Any() && w != nil && s.faults.On("tenancy.foreign-filter-served") {
		all = s.store.transactions.byOwner[w.owner]
	}
	var some []*transaction
	for _, t := range all {
		if t.from == wallet || t.to == wallet && !s.faults.On("list.wallet-one-side") {
			some = append(some, t)
		}
	}
	return some
}

func (s *Server) getTransaction(c *call) answer {
	t, refusal, ok := own(s, c, &s.store.transactions, "Transaction")
	if !ok {
		return refusal
	}
	return answer{status: http.StatusOK, body: s.appendTransaction(make([]byte, 0, 384), t)}
}

// createTransaction moves money between two wallets. Whether a side may be something else is not known (TXN-28).
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

// side finds a wallet of the caller that a transaction names.
func (s *Server) side(c *call, field string) (*wallet, answer, bool) {
	id, ok := parseID(c.text(field))
	if !ok {
		return nil, s.invalid(c, field+" must name a wallet"), false
	}
	w := s.store.wallets.byID[id]
	switch {
	case w == nil:
		return nil, s.missing(c, "Wallet"), false
	case w.owner != c.caller.id && !s.faulty(c, "tenancy.use-foreign-wallet"):
		return nil, s.foreign("Wallet"), false
	case w.status != "ACTIVE" && s.style.DormantHoldsMoney:
		return nil, s.forbiddenByState("The wallet is not active"), false
	}
	return w, answer{}, true
}

// move takes money from one wallet and gives it to the other; either may be outside of the mock.
func (s *Server) move(c *call, from, to *wallet, kind string) answer {
	amount, err := strconv.ParseInt(string(c.body["amount"]), 10, 64)
	moved := cents(amount)
	switch {
	case err != nil, moved > mostMoved, moved < -mostMoved, moved <= 0 && !s.faults.On("money.negative-amount-accepted"):
		return s.invalid(c, "amount must be a whole number from 1 to "+strconv.FormatInt(int64(mostMoved), 10))
	case from == to:
		return s.invalid(c, "from and to must be different wallets")
	case from != nil && from.available < moved && !s.faults.On("money.overdraft-allowed"):
		if s.faults.On("effect.money-moves-on-refusal") {
			from.available = 0
		}
		return s.forbiddenByState("The wallet does not hold enough")
	case to != nil && to.available+moved > mostHeld:
		return s.forbiddenByState("The wallet would hold too much")
	}
	m := movement{from: from, to: to, taken: moved, given: moved}
	if s.faults.Any() {
		m = s.broken(c, m)
	}
	s.book(m)
	t := &transaction{id: s.store.newID(), owner: c.caller.id, amount: moved, kind: kind, reference: c.text("reference"),
		metadata: c.objectOr("metadata"), created: s.store.now()}
	if from != nil {
		t.from = from.id
	}
	if to != nil {
		t.to = to.id
	}
	if !s.faults.On("persist.transaction-lost") {
		s.store.transactions.add(t.id, c.caller.id, t)
	}
	s.announce(c, transactionCreated, t.id, t.created)
	return answer{status: s.style.Created, body: s.appendTransaction(make([]byte, 0, 384), t)}
}
