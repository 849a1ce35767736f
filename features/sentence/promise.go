package sentence

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Promise is a sentence that says what must hold under load.
type Promise struct {
	// Pattern is a regular expression whose groups are the figures; Doc says what the sentence holds.
	Pattern, Doc string
	// About is what it looks at: keys, money, deliveries, limits or answers.
	About string
	// Requirement is that of the invariant which decides it; empty where gates do.
	Requirement string
	// Stated says that it is only decided where the operator of the target states something.
	Stated bool

	gates func(words []string) []string
}

// Promises are all sentences of that kind.
func Promises() []Promise {
	return []Promise{
		{About: "keys", Pattern: `each key has made exactly one (?:card|credit)`, Requirement: "IDEMP-29",
			Doc: "One object by id and in the list, and some order of the calls explains every answer."},
		{About: "keys", Pattern: `whoever asks later is answered with what was made first`, Requirement: "IDEMP-01",
			Doc: "A later replay of each key is answered with its object."},
		{About: "keys", Pattern: `each of them has had one effect`, Requirement: "IDEMP-32",
			Doc: "What was sent again under its key was done once."},
		{About: "keys", Pattern: `one of them has made a card`, Requirement: "CARD-ORDER-04",
			Doc: "A wallet has one card, whatever came at once."},
		{About: "money", Pattern: `each credit is on its wallet exactly once`, Requirement: "MONEY-06",
			Doc: "Balances hold each credit that succeeded, none lost and none booked twice."},
		{About: "money", Pattern: `the wallets hold together what they held`, Requirement: "MONEY-05", Doc: "Transfers made and lost no money."},
		{About: "money", Pattern: `no wallet was ever negative`, Requirement: "MONEY-07",
			Doc: "Of transfers that are more than a wallet holds one passed."},
		{About: "money", Pattern: `every read adds up`, Requirement: "MONEY-02",
			Doc: "total_amount was amount plus reserved_amount at each read."},
		{About: "deliveries", Pattern: `each event is delivered`, Requirement: "HOOK-12", Doc: "None of the events was lost."},
		{About: "deliveries", Pattern: `what our receiver did not take comes again`, Requirement: "HOOK-18",
			Doc: "Deliveries that were answered 503 came again."},
		{About: "limits", Pattern: `ordinary use is not refused`, Requirement: "RATE-02",
			Doc: "At an ordinary rate no request was answered 429."},
		{About: "limits", Pattern: `the limiter is the one that the operator states`, Requirement: "RATE-04", Stated: true,
			Doc: "Limit and window are those of the target file, within a tenth; not testable where it states none."},
		{About: "answers", Pattern: `none (is refused|fails)`,
			Doc: "No answer was a 429; or every answer was one that the operation documents, or a 429.",
			gates: func(words []string) []string {
				return []string{map[string]string{"is refused": "throttled", "fails": "errors"}[words[0]] + " = 0%"}
			}},
		{About: "answers", Pattern: `(\d+(?:\.\d+)?) of 100 are answered within (\d+) ms`,
			Doc:   "The latency from the due time, with its confidence.",
			gates: func(w []string) []string { return []string{fmt.Sprintf("p%s < %sms", w[0], w[1])} }},
	}
}

// PromiseOf is the promise that a sentence makes, with the gates that decide it; nil where it makes none.
func PromiseOf(text string) (promise *Promise, gates []string) {
	for _, one := range Promises() {
		if words := whole(one.Pattern).FindStringSubmatch(text); words != nil {
			if one.gates != nil {
				gates = one.gates(words[1:])
			}
			return &one, gates
		}
	}
	return nil, nil
}

// either is a pattern for any of the keys.
func either(of map[string]string) string { return strings.Join(slices.Sorted(maps.Keys(of)), "|") }
