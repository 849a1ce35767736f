package schemas

import (
	"regexp"
	"strings"
)

var digitRun = regexp.MustCompile(`[0-9](?:[ -]?[0-9]){12,}`)

// HideCardNumbers takes out what may be a full card number: 13 to 19 digits that pass the Luhn check, single
// spaces and hyphens between them left aside; longer runs of digits may hold one and go as well.
func HideCardNumbers(text string) string {
	return digitRun.ReplaceAllStringFunc(text, func(run string) string {
		digits := strings.NewReplacer(" ", "", "-", "").Replace(run)
		if len(digits) <= 19 && !luhn(digits) {
			return run
		}
		return "(a card number)"
	})
}

// luhn is the check-digit rule of card numbers (ISO/IEC 7812-1 annex B).
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
