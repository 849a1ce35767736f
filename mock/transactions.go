package mock

import (
	"fmt"
	"slices"
	"strconv"
)

// appendTransaction writes a transaction. No page shows one (N-23): the fields are a placeholder of the mock.
func (s *Server) appendTransaction(b []byte, t *transaction) []byte {
	b = append(b, `{"id":"`...)
	b = t.id.append(b)
	b = append(b, '"')
	if s.style.TransactionFields == "none" {
		return append(b, '}')
	}
	names := likelyNames
	if s.style.TransactionFields == "renamed" {
		names = otherNames
	}
	b = append(append(b, names.kind...), t.kind...)
	b = strconv.AppendInt(append(b, names.amount...), int64(t.amount), 10)
	b = append(append(b, names.reference...), quote(t.reference)...)
	if t.from != (identity{}) || !s.style.NoSideAbsent {
		b = append(append(b, names.from...), orNull(t.from)...)
	}
	if t.to != (identity{}) || !s.style.NoSideAbsent {
		b = append(append(b, names.to...), orNull(t.to)...)
	}
	b = s.appendMoment(append(b, names.created...), t.created)
	b = append(append(b, `","metadata":`...), t.metadata...)
	if s.style.TransactionFields == "more" {
		b = fmt.Appendf(b, `,"status":"COMPLETED","owner":"%s"`, t.owner)
	}
	return append(b, '}')
}

// transactionNames are the names of the fields of a transaction, with what stands before each value.
type transactionNames struct{ kind, amount, reference, from, to, created string }

var (
	likelyNames = transactionNames{`,"type":"`, `","amount":`, `,"reference":`, `,"from":`, `,"to":`, `,"created_at":"`}
	otherNames  = transactionNames{`,"kind":"`, `","value":`, `,"narrative":`, `,"debtor":`, `,"creditor":`,
		`,"booked_at":"`}
)

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
	all := without(s, "list.no-debits", visible(s, c, &s.store.transactions), (*transaction).isDebit)
	of := counts{all: len(all)}
	if c.query.Has("wallet") && !s.faults.On("list.wallet-ignored") {
		id, ok := parseID(c.query.Get("wallet"))
		if !ok && !s.style.BadQueryIgnored {
			return s.badQuery(c, "wallet")
		}
		if all = s.ofWallet(all, id); !ok {
			all = nil // what is no id names no wallet
		}
	}
	listed, matching := cutPage(s, c, all, p, (*transaction).createdAt)
	of.page, of.matching = len(listed), matching
	body := append(make([]byte, 0, 2+384*len(listed)), '[')
	for i, t := range listed {
		if i > 0 {
			body = append(body, ',')
		}
		body = s.appendTransaction(body, t)
	}
	return s.pagedList(c, p, of, append(body, ']'))
}

// ofWallet lists the transactions that touch a wallet, on either side.
func (s *Server) ofWallet(all []*transaction, wallet identity) []*transaction {
	if w := s.store.wallets.byID[wallet]; s.faults.Any() && w != nil && s.faults.On("tenancy.foreign-filter-served") {
		all = s.store.transactions.byOwner[w.owner]
	}
	if s.faults.Any() && s.store.wallets.byID[wallet] == nil && s.faults.On("list.unknown-wallet-lists-all") {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(t *transaction) bool {
		return t.from != wallet && (t.to != wallet || s.faults.On("list.wallet-one-side"))
	})
}

func (s *Server) getTransaction(c *call) answer {
	return show(s, c, &s.store.transactions, "Transaction",
		func(t *transaction) []byte { return s.appendTransaction(make([]byte, 0, 384), t) })
}

// createTransaction moves money between two wallets. Whether a side may be something else is not known (TXN-28).
func (s *Server) createTransaction(c *call) answer {
	from, refusal, ok := s.side(c, "from")
	if !ok {
		return refusal
	}
	to, refusal, ok := s.side(c, "to")
	if !ok {
		s.brokenTransfer(from)
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

// side finds a wallet of the caller that a transaction names. Where an operation is kept to administrators they
// book on the wallets of others, which is what they are for.
func (s *Server) side(c *call, field string) (*wallet, answer, bool) {
	id, ok := parseID(c.text(field))
	if !ok {
		return nil, s.invalid(c, field+" must name a wallet"), false
	}
	w := s.store.wallets.byID[id]
	switch {
	case w == nil:
		return nil, s.missing(c, "Wallet"), false
	case w.owner != c.caller.id && s.style.Callers[c.operation.ID] != "administrator" &&
		!s.faulty(c, "tenancy.use-foreign-wallet"):
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
	case from == to && !s.faults.On("money.self-transfer-makes-money"):
		return s.invalid(c, "from and to must be different wallets")
	case from != nil && from.available < moved && !s.overdraws(from, to, moved):
		if s.faults.On("effect.money-moves-on-refusal") {
			from.available = 0
		}
		return s.forbiddenByState("The wallet does not hold enough")
	case to != nil && to.available+moved > mostHeld:
		return s.forbiddenByState("The wallet would hold too much")
	}
	s.book(s.broken(c, movement{from: from, to: to, taken: moved, given: moved}))
	owner := c.caller.id
	for _, w := range []*wallet{to, from} {
		if w != nil && s.style.Callers[c.operation.ID] == "administrator" {
			owner = w.owner
		}
	}
	t := &transaction{head: s.store.born(owner), amount: moved, kind: kind, reference: c.text("reference"),
		metadata: c.objectOr("metadata")}
	if from != nil {
		t.from = from.id
	}
	if to != nil {
		t.to = to.id
	}
	keep(s, "persist.transaction-lost", &s.store.transactions, t)
	if !s.silent(from, to) {
		s.announce(c, transactionCreated, owner, t.id, t.created)
	}
	return s.succeed(c, s.appendTransaction(make([]byte, 0, 384), t))
}
