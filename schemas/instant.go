package schemas

import (
	"strings"
	"time"
)

// Instant reads a date-time of RFC 3339, whose T and Z may be small letters (§5.6), and reports whether it is one.
// A leap second (23:59:60) is the end of its minute.
func Instant(value any) (time.Time, bool) {
	written, ok := value.(string)
	if !ok || !isDateTime(written) {
		return time.Time{}, false
	}
	const second = len("2006-01-02T15:04:")
	written = strings.ToUpper(written)
	if written[second] != '6' {
		when, err := time.Parse(time.RFC3339Nano, written)
		return when, err == nil
	}
	when, err := time.Parse(time.RFC3339Nano, written[:second]+"59"+written[second+2:])
	return when.Add(time.Second), err == nil
}

// Resolution is how finely a date-time is written: a second where it has no fraction, else a millisecond.
func Resolution(written string) time.Duration {
	if written != "" && !strings.Contains(written, ".") {
		return time.Second
	}
	return time.Millisecond
}
