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
	return s.brokenAmounts(amounts{total: w.available + w.reserved, available: w.available, reserved: w.reserved})
}

// movement is money on its way: from a wallet, to a wallet, or both. What leaves one side arrives on the
// other, to the cent.
type movement struct {
	from, to     *wallet // nil where that side is outside of the mock
	taken, given cents
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
