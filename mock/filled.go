package mock

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// filledOver is the span of time before the start of the mock in which what it is filled with was made.
const filledOver = 30 * 24 * time.Hour

// fill makes so many endusers, wallets, cards, transactions and beneficiaries of a client, as nights leave them on a
// staging.
func (s *Server) fill(owner *client, n int) {
	began := millis(s.clock.Now().Add(-filledOver).UnixMilli())
	program, _ := parseID(s.inventory.Programs["ok"])
	for i := range n {
		at := began + millis(int64(i)*(filledOver-time.Hour).Milliseconds()/int64(n))
		metadata := json.RawMessage(fmt.Sprintf(`{"run":"night-%d"}`, i/700))
		head := func() head { return head{s.store.newID(), owner.id, at, at} }
		e := &enduser{head: head(), personID: s.store.newID(), person: json.RawMessage(stockPerson), metadata: metadata}
		s.store.endusers.add(e)
		w := &wallet{head: head(), holder: e.id, status: "INACTIVE"}
		s.store.wallets.add(w)
		c := s.newCard(at, owner, w.id, program, "SUSPENDED")
		w.external = strconv.FormatUint(uint64(c.external), 10)
		s.store.cards.add(c)
		s.store.transactions.add(&transaction{head: head(), to: w.id, amount: 1, kind: "MANUAL_CREDIT", reference: "filled",
			metadata: metadata})
		s.store.beneficiaries.add(&beneficiary{head: head(), status: "ACTIVE", metadata: metadata,
			fields: []member{{"bank_name", quote("Example Bank")}, {"account_number", quote(strconv.Itoa(10_000_000 + i))}}})
	}
}
