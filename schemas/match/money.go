package match

import (
	"fmt"
	"math/big"
	"strings"
)

// Sum asks that a member of an object is the sum of others. Where one of them is no number there is nothing to add up.
func Sum(total string, parts ...string) Matcher {
	return func(value any) error {
		object, _ := value.(map[string]any)
		shown, readable := amount(object[total])
		sum := new(big.Rat)
		for _, name := range parts {
			part, isNumber := amount(object[name])
			if readable = readable && isNumber; readable {
				sum.Add(sum, part)
			}
		}
		if !readable || sum.Cmp(shown) == 0 {
			return nil
		}
		return &Mismatch{Pointer: "/" + total, Expected: written(sum) + ", " + strings.Join(parts, " plus "), Actual: Text(object[total])}
	}
}

// AtMost asks that a member of an object is no more than another. Where one of them is no number there is nothing to compare.
func AtMost(part, whole string) Matcher {
	return func(value any) error {
		object, _ := value.(map[string]any)
		less, readable := amount(object[part])
		more, too := amount(object[whole])
		if !readable || !too || less.Cmp(more) <= 0 {
			return nil
		}
		return &Mismatch{Pointer: "/" + whole, Expected: "at least " + written(less) + ", as " + part, Actual: Text(object[whole])}
	}
}

// NotNegative asks for zero or more, where there is a number.
func NotNegative() Matcher {
	return is("zero or more", func(value any) bool { n, isNumber := amount(value); return !isNumber || n.Sign() >= 0 })
}

// Cents asks for an amount as it stands in an answer to have at most two decimals and no exponent.
func Cents() Matcher {
	return is("at most two decimals and no exponent", func(value any) bool {
		_, fraction, _ := strings.Cut(fmt.Sprint(value), ".")
		return len(fraction) <= 2 && !strings.ContainsAny(fmt.Sprint(value), "eE")
	})
}

// amount reads a decimal, a number or a text.
func amount(value any) (*big.Rat, bool) {
	if text, isText := value.(string); isText {
		return new(big.Rat).SetString(text)
	}
	return Decimal(value)
}

func written(amount *big.Rat) string {
	return strings.TrimSuffix(strings.TrimRight(amount.FloatString(6), "0"), ".")
}
