package schemas

import (
	"cmp"
	"net/mail"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/xeipuuv/gojsonschema"
)

// format decides whether a text has a format.
type format func(text string) bool

// IsFormat makes a format one of gojsonschema's; a value that is no string is left to the keyword type.
func (f format) IsFormat(value any) bool {
	text, ok := value.(string)
	return !ok || f(text)
}

// formats are the formats that the schema files use, with the words for them. gojsonschema's own take a date for a
// date-time, refuse a UUID in capitals and let "Bob <a@b.example>" pass as an address.
var formats = map[string]struct {
	has   format
	words string
}{
	"date-time": {isDateTime, "a date-time such as 2025-01-14T16:56:58.947Z"},
	"date":      {isDate, "a date such as 1970-01-31"},
	"uuid":      {isUUID, "a uuid (8-4-4-4-12 hexadecimal digits)"},
	"email":     {isEmail, "an e-mail address"},
	"uri":       {isURI, "an absolute URI"},
}

// formatWords says what a text of a format is.
func formatWords(format string) string {
	return cmp.Or(formats[format].words, "a text of the format "+format)
}

// registerFormats puts our formats in the place of the library's. Its registry is one per process, hence once.
var registerFormats = sync.OnceFunc(func() {
	for name, one := range formats {
		gojsonschema.FormatCheckers.Add(name, one.has)
	}
})

// isDateTime is date-time of RFC 3339 §5.6: t and z may be small, a fraction may have any length, an offset is
// hours below 24 and minutes below 60, and a 60th second is one only where UTC can have a leap second.
func isDateTime(text string) bool {
	if len(text) < len("2006-01-02T15:04:05Z") || !isDate(text[:10]) || text[10]|0x20 != 't' || text[13] != ':' ||
		text[16] != ':' {
		return false
	}
	hour, minute, second := twoDigits(text[11:]), twoDigits(text[14:]), twoDigits(text[17:])
	if hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60 {
		return false
	}
	zone := text[19:]
	if zone[0] == '.' {
		zone = strings.TrimLeft(zone[1:], "0123456789")
		if len(zone) == len(text)-20 {
			return false
		}
	}
	offset, ok := zoneMinutes(zone)
	const day = 24 * 60
	return ok && (second < 60 || (hour*60+minute-offset+day)%day == day-1)
}

// zoneMinutes reads Z or an offset such as +11:00.
func zoneMinutes(zone string) (minutes int, ok bool) {
	if zone == "Z" || zone == "z" {
		return 0, true
	}
	if len(zone) != len("+00:00") || zone[3] != ':' || zone[0] != '+' && zone[0] != '-' {
		return 0, false
	}
	hour, minute := twoDigits(zone[1:]), twoDigits(zone[4:])
	if hour < 0 || hour > 23 || minute < 0 || minute > 59 {
		return 0, false
	}
	if zone[0] == '-' {
		return -hour*60 - minute, true
	}
	return hour*60 + minute, true
}

// twoDigits reads the two digits that a text begins with, or returns -1.
func twoDigits(text string) int {
	if len(text) < 2 || !digit(text[0]) || !digit(text[1]) {
		return -1
	}
	return int(text[0]-'0')*10 + int(text[1]-'0')
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// isDate is full-date of RFC 3339 §5.6.
func isDate(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

// isUUID takes 8-4-4-4-12 hexadecimal digits of any version and letter case, since the documentation's own
// samples are of no known version (C-38).
func isUUID(text string) bool {
	return len(text) == 36 && uuid.Validate(text) == nil
}

// isEmail takes a bare address, without a name or brackets around it.
func isEmail(text string) bool {
	const longest = 320 // RFC 5321 §4.5.3.1: 64 octets, the at sign, 255 octets.
	if len(text) > longest {
		return false
	}
	address, err := mail.ParseAddress(text)
	return err == nil && address.Address == text
}

// isURI takes an absolute URI of RFC 3986: with a scheme, and all in printable ASCII.
func isURI(text string) bool {
	for i := range len(text) {
		if text[i] <= ' ' || text[i] > '~' || strings.IndexByte("<>\"{}|\\^`", text[i]) >= 0 {
			return false
		}
	}
	u, err := url.Parse(text)
	return err == nil && u.Scheme != "" && (u.Host != "" || u.Opaque != "" || u.Path != "")
}

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
