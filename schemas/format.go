package schemas

import (
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/xeipuuv/gojsonschema"
)

// check is a format for gojsonschema; a value that is no string is left to the type.
type check func(string) bool

// IsFormat reports whether a value has the format.
func (c check) IsFormat(value any) bool {
	text, ok := value.(string)
	return !ok || c(text)
}

// registerFormats replaces the library's formats, which take a date for a date-time and refuse a UUID in
// capitals. Its registry is one per process, hence once.
var registerFormats = sync.OnceFunc(func() {
	for name, format := range map[string]check{"date-time": isDateTime, "date": isDate, "uuid": isUUID, "email": isEmail, "uri": isURI} {
		gojsonschema.FormatCheckers.Add(name, format)
	}
})

var dateTime = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$`)

// isDateTime is date-time of RFC 3339 §5.6: small letters and a leap second are allowed.
func isDateTime(text string) bool {
	if !dateTime.MatchString(text) {
		return false
	}
	text = strings.ToUpper(text)
	if text[17:19] == "60" {
		text = text[:17] + "59" + text[19:]
	}
	_, err := time.Parse(time.RFC3339Nano, text)
	return err == nil
}

func isDate(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

var uuidForm = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)

// isUUID takes any version and letter case, since the documentation's own samples are of none (C-38).
func isUUID(text string) bool { return uuidForm.MatchString(text) }

func isEmail(text string) bool {
	address, err := mail.ParseAddress(text)
	return err == nil && address.Address == text
}

func isURI(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Scheme != ""
}
