package match

import (
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// line is the matcher of a line of a head, which is a text; an empty one is absent.
func line(expected string, holds func(line string) bool) Matcher {
	return func(value any) error {
		text, _ := value.(string)
		if holds(text) {
			return nil
		}
		return &Mismatch{Expected: expected, Actual: OrAbsent(text)}
	}
}

// Given asks for a line, whatever it says.
func Given(expected string) Matcher {
	return line(expected, func(text string) bool { return text != "" })
}

// Date asks for a date as HTTP sends it (RFC 9110 §5.6.7).
func Date() Matcher {
	return line("an HTTP date", func(text string) bool { _, err := time.Parse(http.TimeFormat, text); return err == nil })
}

// RetryAfter asks for whole seconds or a date (RFC 9110 §10.2.3).
func RetryAfter() Matcher {
	return line("whole seconds or an HTTP date", func(text string) bool {
		_, whole := strconv.ParseUint(text, 10, 32)
		_, date := http.ParseTime(text)
		return whole == nil || date == nil
	})
}

// MediaType asks for one of the types, whatever their parameters.
func MediaType(types ...string) Matcher {
	return line(types[0], func(text string) bool {
		if text == types[0] {
			return true // as nearly always
		}
		media, _, err := mime.ParseMediaType(text)
		return err == nil && slices.Contains(types, media)
	})
}

// Directive asks the elements of a header, a []string, for a directive, whatever its letter case.
func Directive(header, directive string) Matcher {
	return func(value any) error {
		elements, _ := value.([]string)
		for _, element := range elements {
			if name, _, _ := strings.Cut(element, "="); strings.EqualFold(strings.TrimSpace(name), directive) {
				return nil
			}
		}
		return &Mismatch{Expected: header + ": " + directive, Actual: OrAbsent(strings.Join(elements, ", "))}
	}
}
