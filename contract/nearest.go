package contract

import (
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Nearest returns the known word that is closest to one that somebody wrote, whatever the case of its letters, or ""
// where none is near: more than a third of the word would have to change.
func Nearest(word string, known []string) string {
	best, distance := "", max(len(word)/3+1, min(len(word), 3)) // two letters that changed places are two changes
	for _, candidate := range slices.Sorted(slices.Values(known)) {
		if d := levenshtein.ComputeDistance(strings.ToLower(word), strings.ToLower(candidate)); d < distance {
			best, distance = candidate, d
		}
	}
	return best
}

// Meant is the end of a sentence about a word that is not known: the nearest that is, as a question, or "".
func Meant(word string, known []string) string {
	if near := Nearest(word, known); near != "" {
		return `; did you mean "` + near + `"?`
	}
	return ""
}

// Common is how many letters two words begin with alike.
func Common(one, other string) int {
	n := 0
	for n < min(len(one), len(other)) && one[n] == other[n] {
		n++
	}
	return n
}
