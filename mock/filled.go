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
		e := &enduser{id: s.store.newID(), personID: s.store.newID(), owner: owner.id, person: json.RawMessage(stockPerson),
			metadata: metadata, created: at}
		s.store.endusers.add(e.id, owner.id, e)
		w := &wallet{id: s.store.newID(), holder: e.id, owner: owner.id, status: "INACTIVE", created: at, updated: at}
		s.store.wallets.add(w.id, owner.id, w)
		random := s.store.random.Uint64()
		c := &card{id: s.store.newID(), wallet: w.id, program: program, owner: owner.id, status: "SUSPENDED",
			external: uint32(random%89_999_999) + 10_000_000, last: uint16((random >> 32) % 10_000), created: at, updated: at,
			expiry: s.expiry(at)}
		w.external = strconv.FormatUint(uint64(c.external), 10)
		s.store.cards.add(c.id, owner.id, c)
		t := &transaction{id: s.store.newID(), owner: owner.id, to: w.id, amount: 1, kind: "MANUAL_CREDIT", reference: "filled",
			metadata: metadata, created: at}
		s.store.transactions.add(t.id, owner.id, t)
		b := &beneficiary{id: s.store.newID(), owner: owner.id, status: "ACTIVE", metadata: metadata, created: at,
			fields: []member{{"bank_name", quote("Example Bank")}, {"account_number", quote(strconv.Itoa(10_000_000 + i))}}}
		s.store.beneficiaries.add(b.id, owner.id, b)
	}
}
