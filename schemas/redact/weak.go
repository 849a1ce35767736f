package redact

import (
	"strings"
	"unicode"
)

// The bounds of what can be told apart by its value: less turns up by chance in ids, times and words.
const (
	shortest       = 6
	shortestNumber = 12
	shortestWord   = 16
	shortestPhrase = 12
)

// Weak says why a secret can't be looked for by its value, or "": what is too short, a number or an ordinary word
// stands in any report, so that to mask it would mask the report. Such a secret is only taken out by the names of
// what holds it.
func Weak(value string) string {
	letters, digits := 0, 0
	for _, r := range value {
		switch {
		case unicode.IsLetter(r):
			letters++
		case unicode.IsDigit(r):
			digits++
		}
	}
	length := len(value)
	switch {
	case length < shortest:
		return "it has less than 6 bytes"
	case digits == length && length < shortestNumber:
		return "it is a number of less than 12 digits"
	case letters == length && letters < shortestWord, words(value) && letters < shortestPhrase, listed.kinds[skeleton(value)]&sensitive != 0:
		return "it reads like an ordinary word"
	}
	return ""
}

// words reports whether a text is of letters, with nothing but blanks, hyphens and underscores between them.
func words(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && r != ' ' && r != '-' && r != '_' })
}
