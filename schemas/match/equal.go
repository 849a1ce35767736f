package match

import (
	"encoding/json"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// Equal asks for a JSON value; numbers are equal where they are the same decimal.
func Equal(want any) Matcher {
	return is(Text(want), func(value any) bool { return same(want, value) })
}

// OneOf asks for one of a few texts.
func OneOf(texts ...string) Matcher {
	return Form("one of "+strings.Join(texts, ", "), func(text string) bool { return slices.Contains(texts, text) })
}

// ID asks for an identifier, whatever its letter case (RFC 9562 §4).
func ID(id string) Matcher {
	return Form(strconv.Quote(id), func(text string) bool { return strings.EqualFold(id, text) })
}

func same(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		other, ok := b.(map[string]any)
		if !ok || len(a) != len(other) {
			return false
		}
		for name, value := range a {
			inner, ok := other[name]
			if !ok || !same(value, inner) {
				return false
			}
		}
		return true
	case []any:
		other, ok := b.([]any)
		if !ok || len(a) != len(other) {
			return false
		}
		for i := range a {
			if !same(a[i], other[i]) {
				return false
			}
		}
		return true
	}
	if x, ok := Decimal(a); ok {
		y, ok := Decimal(b)
		return ok && x.Cmp(y) == 0
	}
	return a == b
}

// Decimal reads a JSON number exactly; no float is ever involved.
func Decimal(value any) (*big.Rat, bool) {
	switch value := value.(type) {
	case json.Number:
		return new(big.Rat).SetString(string(value))
	case int:
		return new(big.Rat).SetInt64(int64(value)), true
	case int64:
		return new(big.Rat).SetInt64(value), true
	case uint64:
		return new(big.Rat).SetUint64(value), true
	case float64:
		rational := new(big.Rat)
		if rational.SetFloat64(value) == nil {
			return nil, false
		}
		return rational, true
	}
	return nil, false
}
