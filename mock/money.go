package mock

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// cents is an amount of money in the smallest unit that a transaction names. No float is ever involved.
type cents int64

// amountText writes an amount of a wallet as a JSON number: in the unit of the style, exactly.
func (s *Server) amountText(c cents) string {
	if s.style.UnitsPerAmount == 1 {
		return strconv.FormatInt(int64(c), 10)
	}
	whole, rest := int64(c)/s.style.UnitsPerAmount, int64(c)%s.style.UnitsPerAmount
	sign := ""
	if c < 0 {
		sign, whole, rest = "-", -whole, -rest
	}
	if rest == 0 {
		return sign + strconv.FormatInt(whole, 10)
	}
	fraction := strconv.FormatInt(rest, 10)
	if rest < 10 {
		fraction = "0" + fraction
	}
	return sign + strconv.FormatInt(whole, 10) + "." + strings.TrimRight(fraction, "0")
}

// isWhole reports whether a JSON value is a whole number that fits 64 bits.
func isWhole(raw json.RawMessage) bool {
	_, err := strconv.ParseInt(string(bytes.TrimSpace(raw)), 10, 64)
	return err == nil
}

// amountOf reads the amount of a transaction; false where it is no positive whole number of a sane size.
func (s *Server) amountOf(c *call) (cents, bool) {
	amount, err := strconv.ParseInt(string(bytes.TrimSpace(c.body["amount"])), 10, 64)
	if err != nil {
		return 0, s.faults.On("input.type-not-checked")
	}
	if amount <= 0 && !s.faults.On("money.negative-amount-accepted") {
		return 0, false
	}
	const most = 1_000_000_000_000
	return cents(amount), amount <= most
}
