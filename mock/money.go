package mock

import (
	"bytes"
	"strconv"
)

// cents is an amount of money in the smallest unit that a transaction names. No float is ever involved.
type cents int64

// The largest amount of one transaction, and the most that a wallet may hold: small enough for every
// client to read it exactly from a JSON number.
const (
	mostMoved cents = 1_000_000_000_000
	mostHeld  cents = 1_000_000_000_000_000
)

// appendAmount writes an amount of a wallet as a JSON number: in the unit of the style, to the cent.
func (s *Server) appendAmount(b []byte, c cents) []byte {
	unit := s.style.UnitsPerAmount
	if unit == 1 {
		b = strconv.AppendInt(b, int64(c), 10)
		if s.style.Decimals {
			b = append(b, ".00"...)
		}
		return b
	}
	if c < 0 {
		b, c = append(b, '-'), -c
	}
	b = strconv.AppendInt(b, int64(c)/unit, 10)
	rest := int64(c) % unit
	if rest == 0 && !s.style.Decimals {
		return b
	}
	// The digits after the point are those of unit + rest without their leading 1.
	fraction := strconv.FormatInt(unit+rest, 10)[1:]
	if s.style.Decimals {
		return append(append(b, '.'), fraction...)
	}
	return append(append(b, '.'), bytes.TrimRight([]byte(fraction), "0")...)
}

// amounts are the three figures of a wallet: all that it holds, what is available, what is set aside.
type amounts struct{ total, available, reserved cents }

// shownAmounts are the figures that answers show: total is always the sum of the others (MONEY-02).
func (s *Server) shownAmounts(w *wallet) amounts {
	shown := amounts{total: w.available + w.reserved, available: w.available, reserved: w.reserved}
	if !s.faults.Any() {
		return shown
	}
	if s.faults.On("money.total-wrong") {
		shown.total++
	}
	if shown.total != 0 && s.faults.On("money.total-frozen") {
		shown.total = 0
	}
	if w.reserved != 0 && s.faults.On("money.reserved-at-creation") {
		shown.total -= w.reserved
	}
	return shown
}

// movement is money on its way: from a wallet, to a wallet, or both. What leaves one side arrives on the
// other, to the cent.
type movement struct {
	from, to     *wallet // nil where that side is outside of the mock
	taken, given cents
}

// broken is a movement with what the faults on money make of it.
func (s *Server) broken(c *call, m movement) movement {
	transfer := m.from != nil && m.to != nil
	if m.from != nil && !transfer {
		if s.faults.On("money.debit-drifts") {
			m.taken--
		}
		if s.faults.On("money.debit-not-booked") {
			m.taken = 0
		}
	}
	if m.to != nil && !transfer {
		if s.faults.On("money.credit-drifts") {
			m.given++
		}
		if s.faults.On("money.credit-not-booked") || s.faults.OneIn("rare.credit-not-booked", 20) {
			m.given = 0
		}
		if s.faults.On("money.credit-booked-twice") {
			m.given *= 2
		}
	}
	if transfer && s.faults.On("money.lost-in-transfer") {
		m.given = 0
	}
	if transfer && s.faults.On("money.fee-in-transfer") {
		m.given--
	}
	for _, w := range []*wallet{m.from, m.to} {
		if w != nil {
			s.loseUpdate(c, w)
		}
	}
	return m
}

// balanceBefore is what a wallet held before its latest movement, and when that movement ended.
type balanceBefore struct {
	held  cents
	ended int64
}

// loseUpdate lets a movement begin from what the wallet held before one that was under way at the same time.
func (s *Server) loseUpdate(c *call, w *wallet) {
	before, moved := s.store.before[w.id]
	held := w.available
	if moved && c.meanwhile(before.ended) && s.faults.On("money.lost-update") {
		w.available = before.held
	}
	s.store.before[w.id] = balanceBefore{held: held, ended: s.arrivals.Load()}
}

// book changes what the wallets hold.
func (s *Server) book(m movement) {
	if m.from != nil {
		m.from.available = s.rounded(m.from.available - m.taken)
		m.from.updated = s.store.later(m.from.updated)
	}
	if m.to != nil {
		m.to.available = s.rounded(m.to.available + m.given)
		m.to.updated = s.store.later(m.to.updated)
	}
}

// rounded is the amount itself, unless a fault keeps it in a single-precision float.
func (s *Server) rounded(c cents) cents {
	if s.faults.On("money.single-precision") {
		return cents(float32(c))
	}
	return c
}
