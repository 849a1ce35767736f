package schemas

import (
	"strings"
	"time"
)

// Instant reads a date-time of RFC 3339, whose T and Z may be small letters (§5.6), and reports whether it is one.
// A leap second (23:59:60) is the end of its minute.
func Instant(value any) (time.Time, bool) {
	written, ok := value.(string)
	if !ok {
		return time.Time{}, false
	}
	written = strings.ToUpper(written)
	leap := strings.Contains(written, ":60")
	when, err := time.Parse(time.RFC3339Nano, strings.Replace(written, ":60", ":59", 1))
	if leap {
		when = when.Add(time.Second)
	}
	return when, err == nil
}

// Resolution is how finely a date-time is written: a second where it has no fraction, else a millisecond.
func Resolution(written string) time.Duration {
	if written != "" && !strings.Contains(written, ".") {
		return time.Second
	}
	return time.Millisecond
}
