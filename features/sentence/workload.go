// Package sentence reads load out of the sentences of a feature: which load is put on the API, as the text of a plan, and
// what is promised then, as invariants and gates.
package sentence

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"strings"
)

// Workload is a sentence that says which load is put on the API.
type Workload struct {
	// Pattern is a regular expression whose groups are the figures; Doc says what the sentence does.
	Pattern, Doc string

	kind string
	plan func(words []string) string
}

// operations are what sentences call those that a storm duplicates.
var operations = map[string]string{"card creation": "cards-create", "manual credit": "transactions-manual-credit"}

// mixes are what sentences say of the arrivals of a plan.
var mixes = map[string]string{
	"cards are read":          "{cards-get: 1}",
	"cards are listed":        "{cards-list: 1}",
	"wallets are read":        "{wallets-get: 1}",
	"customers are onboarded": "{onboarding: 1}",
	"a day's mix of reads and writes is made": "{onboarding: 1, cards-list: 3, cards-get: 6, wallets-get: 6, transactions-list: 3, " +
		"card-programs-list: 1, endusers-create: 2, wallets-create: 2, cards-create: 1, transactions-create: 4, " +
		"transactions-manual-credit: 2}",
}

// storm is a plan of one part on one operation, named in singular or plural.
func storm(keys, copies, operation, part string) string {
	return fmt.Sprintf("keys: %s\ncopies: %s\noperations: [%s]\nparts: [%s]\n",
		keys, copies, operations[strings.TrimSuffix(operation, "s")], part)
}

// Workloads are all sentences of that kind.
func Workloads() []Workload {
	return []Workload{
		{Pattern: `(\d+) keys are each used by (\d+) copies of one (card creation|manual credit) at the same moment`,
			Doc:  "Releases the last bytes of the copies of each key together.",
			kind: "idempotency", plan: func(w []string) string { return storm(w[0], w[1], w[2], "at-once") }},
		{Pattern: `the answers to (card creations|manual credits) are lost, and they are sent again under their keys`,
			Doc:  "Loses answers by reset, close and silence, and asks again.",
			kind: "idempotency", plan: func(w []string) string { return storm("1", "2", w[0], "lost-answers") }},
		{Pattern: `(\d+) (card creations|manual credits) under different keys reach one wallet at the same moment`,
			Doc:  "Releases them together, on each of several wallets.",
			kind: "idempotency", plan: func(w []string) string { return storm("1", w[0], w[1], "rivals") }},
		{Pattern: `(card creations|manual credits) are made at (\d+) a second for (\d+) seconds?, (\d+) times under each key`,
			Doc:  "Sends each key twice in a row and again later, at that rate.",
			kind: "idempotency", plan: func(w []string) string {
				return storm("1", w[3], w[0], "at-a-rate") + fmt.Sprintf("stages: [{rate: %s, for: %ss}]\n", w[1], w[2])
			}},
		{Pattern: `(\d+) wallets get (\d+) credits each from all sides and send each other money`,
			Doc:  "Books super-increasing amounts at once, and transfers and overdrafts after them.",
			kind: "ledger", plan: func(w []string) string { return fmt.Sprintf("wallets: %s\namounts: %s\n", w[0], w[1]) }},
		{Pattern: `(` + either(mixes) + `) at (\d+) a second for (\d+) seconds?(?:, with a peak of (\d+) a second for (\d+) seconds?)?`,
			Doc:  "Performs arrivals that leave when they are due; a peak comes in the middle.",
			kind: "mixed", plan: arrivals},
		{Pattern: `a probe asks for a limiter with at most (\d+) requests at once`,
			Doc:  "Finds out from outside whether requests are limited, and how; then asks at an ordinary rate.",
			kind: "rate-limit", plan: func(w []string) string { return fmt.Sprintf("most: %s\nlongest: 20s\n", w[0]) }},
		{Pattern: `credits are made at (\d+) a second for (\d+) seconds?, while our receiver fails for (\d+) seconds?`,
			Doc:  "Makes events, and answers the first tries of their deliveries with a server error for a time.",
			kind: "deliveries", plan: func(w []string) string {
				return fmt.Sprintf("stages: [{rate: %s, for: %ss}]\nfail_from: 500ms\nfail_for: %ss\nfail_tries: 2\n", w[0], w[1], w[2])
			}},
	}
}

// lag bounds that of the generator: beyond it what was sent is no longer the load that the sentence says. It is wide,
// since a feature also runs where others work; latencies count from the due time all the same.
const lag = "250ms"

// arrivals is a plan of a mix, with a peak between two halves of its time where there is one.
func arrivals(w []string) string {
	stages := fmt.Sprintf("{rate: %s, for: %ss}", w[1], w[2])
	if w[3] != "" {
		stages = fmt.Sprintf("%s, {rate: %s, for: %ss}, {rate: %s, for: %ss}", stages, w[3], w[4], w[1], w[2])
	}
	return fmt.Sprintf("mix: %s\nstages: [%s]\nlag: %s\n", mixes[w[0]], stages, lag)
}

// Plan returns the text of the plan that a sentence means, as one of the YAML files is; false where it is no workload.
func Plan(text string) (string, bool) {
	for _, one := range Workloads() {
		if words := whole(one.Pattern).FindStringSubmatch(text); words != nil {
			id := fmt.Sprintf("%s-%x", one.kind, sha256.Sum256([]byte(text)))[:len(one.kind)+9]
			return fmt.Sprintf("id: %s\nkind: %s\nsentence: %q\n", id, one.kind, text) + one.plan(words[1:]), true
		}
	}
	return "", false
}

// whole is a pattern that reads a sentence from beginning to end.
func whole(pattern string) *regexp.Regexp { return regexp.MustCompile("^" + pattern + "$") }

// Ungrouped is a pattern without groups of its own, to be the one group of a step.
func Ungrouped(pattern string) string { return group.ReplaceAllString(pattern, "(?:$1") }

// group is the beginning of a group that is kept.
var group = regexp.MustCompile(`\(([^?])`)
