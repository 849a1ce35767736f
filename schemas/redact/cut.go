package redact

import "strings"

// longestID is how far a cut goes back so as not to go through an id, in bytes: a UUID has 36.
const longestID = 64

// Cut returns the beginning of a text, of so many bytes at most, and behind it, where that is less than all, what is to
// stand for the rest. It cuts before an id or a number, not through it: half of one may look like a card number that
// stands nowhere.
func Cut(text string, most int, rest string) string {
	if len(text) <= most {
		return text
	}
	end := most
	for end > 0 && most-end < longestID && ofID(text[end-1]) && ofID(text[end]) {
		end--
	}
	if end == 0 || ofID(text[end-1]) && ofID(text[end]) {
		end = most // one word that is longer than any id
	}
	return strings.ToValidUTF8(text[:end], "") + rest
}

func ofID(c byte) bool { return c == '-' || isLetterOrDigit(c) }
