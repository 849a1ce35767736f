package match

import (
	"time"

	"github.com/kobcheck/kobcheck/schemas"
)

// Instant asks for a date-time of RFC 3339.
func Instant() Matcher {
	return is("a date-time", func(value any) bool { _, readable := schemas.Instant(value); return readable })
}

// After asks for a date-time later than another.
func After(when time.Time) Matcher {
	return is("later than "+when.UTC().Format(time.RFC3339Nano), func(value any) bool {
		got, readable := schemas.Instant(value)
		return readable && got.After(when)
	})
}

// NotAfter asks for a date-time no later than another.
func NotAfter(when time.Time) Matcher {
	return is("not after "+when.UTC().Format(time.RFC3339Nano), func(value any) bool {
		got, readable := schemas.Instant(value)
		return readable && !got.After(when)
	})
}

// InOrder asks that of two date-times of an object the later one is not before the earlier. Where one of them can't
// be read there is no order.
func InOrder(earlier, later string) Matcher {
	return func(value any) error {
		object, _ := value.(map[string]any)
		first, there := schemas.Instant(object[earlier])
		second, too := schemas.Instant(object[later])
		if !there || !too || !second.Before(first) {
			return nil
		}
		return &Mismatch{Pointer: "/" + later, Expected: "not before " + earlier + ", " + Text(object[earlier]), Actual: Text(object[later])}
	}
}
