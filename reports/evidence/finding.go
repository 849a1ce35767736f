package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strconv"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
)

// Outcome is what came of one evaluated check.
type Outcome string

// The outcomes. NoData is never a pass: the check had nothing to look at.
const (
	Held   Outcome = "held"
	Broken Outcome = "failed"
	NoData Outcome = "no_data"
)

// NotServed is the check of what a scenario needs: that a valid request is served.
const NotServed = "a valid request is served"

// EveryAnswer begins the name of a check that is made of every answer, whatever a scenario is about.
const EveryAnswer = "every answer: "

// DocumentedShape is the check that the body of an answer is of its schema.
const DocumentedShape = EveryAnswer + "the body has its documented shape"

// OfAnother is the check that an answer is of the thing that was asked for: what is read of another says nothing of it.
const OfAnother = EveryAnswer + "it is of the thing that was asked for"

// SaysOfAnother is the message of its findings, whoever notices it.
const SaysOfAnother = "the answer is of another thing than was asked for"

// The checks that an answer shows no full card number, and neither a token nor a secret.
const (
	NoCardNumber = "no full card number"
	NoSecret     = "no token or secret"
)

// RefusalMessage is the check that a refusal says why in the documented words; OtherCheck is what a finding says where
// those are the words of another of the ordered checks.
const (
	RefusalMessage = "message of the refusal"
	OtherCheck     = ", which is check "
)

// Check is one check that was evaluated. Step is the index of its step, -1 for the sentinels that watch
// every exchange.
type Check struct {
	Name        string  `json:"name"`
	Requirement string  `json:"requirement,omitempty"`
	Outcome     Outcome `json:"outcome"`
	Step        int     `json:"step"`
	// Refused is the operation that a check saw refuse a call. It proves something only of an operation that
	// serves others: a server that refuses everything keeps nothing back.
	Refused string `json:"-"`
}

// Assertion is something that was looked at: the fact that it rests on, and how it reads where it does not hold.
type Assertion struct {
	// Check is a stable name such as "success status"; the census counts by it.
	Check string
	Fact  contract.Fact
	// Holds is for who hands over many at once; [Policy.Finding] is asked only for those that do not.
	Holds bool
	// Message is one sentence on what is wrong where it does not hold.
	Message  string
	Pointer  string
	Expected string
	Actual   string
	// Exchange is the number of the exchange that shows it; 0 means the latest.
	Exchange int
	// Gherkin is a scenario that shows it by itself, where a walk found it; empty for none.
	Gherkin string
	Kind    Kind
	// Through is the operation by whose answers the effect of another is seen; empty where the answer itself shows it.
	Through string
	// Chance says that the same was tried again at once, and did not show it.
	Chance bool
}

// Kind says what a finding is about, for whoever puts findings together; empty where that is of no use.
type Kind string

// Unserved is the kind of a finding that no answer came such as an API that is well gives to the call: a success, or
// whatever else is no server error.
const Unserved Kind = "unserved"

// Queried is the kind of a finding that a list is not the part that its parameters ask for, whichever way that shows.
const Queried Kind = "queried"

// Finding is a requirement that the API was seen to break.
type Finding struct {
	Requirement string `json:"requirement"`
	// Mark is the weight of the very assertion: the weakest of requirement, facet and conflict.
	Mark contract.Mark `json:"mark"`
	// Hazard names what is at risk, whoever documents what; empty for none.
	Hazard   string `json:"hazard,omitempty"`
	Gated    bool   `json:"gated"`
	Check    string `json:"check"`
	Kind     Kind   `json:"kind,omitempty"`
	Message  string `json:"message"`
	Pointer  string `json:"pointer,omitempty"`
	Expected string `json:"expected"`
	Actual   string `json:"actual"`
	// Through is the operation by whose answers the effect of another was seen; empty where the answer itself shows it.
	Through string `json:"through,omitempty"`
	// Gherkin is a scenario in the sentences of the suite that shows it by itself; empty where a scenario of the suite does.
	Gherkin string `json:"gherkin,omitempty"`
	// Exchange is the number of the exchange that shows it, 0 for none.
	Exchange int `json:"exchange"`
	Step     int `json:"step"`
	// Operation is the one whose answer shows it, where that is known.
	Operation string `json:"operation,omitempty"`
	// Count and Scenario are of findings that stand for many: how often it was seen, and the first scenario
	// that saw it.
	Count    int    `json:"count,omitempty"`
	Scenario string `json:"scenario,omitempty"`
	// Verdict is known where a list says so, and Reason what the list says of it; flaky where another attempt at the same
	// did not show it.
	Verdict Verdict `json:"verdict,omitempty"`
	Reason  string  `json:"reason,omitempty"`
}

// Leaks reports whether an answer showed a full card number or a secret, and that is no known failure.
func (f Finding) Leaks() bool {
	check := strings.TrimPrefix(f.Check, EveryAnswer)
	return (check == NoCardNumber || check == NoSecret) && f.Gated && f.Verdict != Known
}

// Breaks reports whether a finding breaks its requirement: its weight is that of the requirement itself, or
// it gates. What weighs less is a remark beside it.
func (f Finding) Breaks(facts *contract.Contract) bool {
	return f.Gated || f.Hazard != "" || f.Mark == facts.MarkOf(f.Requirement) && !f.Beyond()
}

// Beyond reports whether a finding is that an answer has a field of no page, in a run that is not strict: one
// observation of the run, which touches no scenario and breaks nothing.
func (f Finding) Beyond() bool { return f.Requirement == UndocumentedFields && !f.Gated }

// Cause names what findings of one deviation have in common: requirement, check and place.
func (f Finding) Cause() string {
	return strings.Join([]string{f.Requirement, f.Check, f.Operation, WithoutIndexes(f.Pointer)}, "\x00")
}

// UUID finds ids in any text.
var UUID = regexp.MustCompile(`[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`)

var (
	anyTime   = regexp.MustCompile(`\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?`)
	anyNumber = regexp.MustCompile(`\d+\.\d+|\d{4,}`)
)

// Normalised takes out what differs from run to run: ids, times and amounts. A status keeps its number.
func Normalised(text string) string {
	text = UUID.ReplaceAllString(text, "<id>")
	text = anyTime.ReplaceAllString(text, "<time>")
	return anyNumber.ReplaceAllString(text, "<number>")
}

// Fingerprint names how a finding fails: check, requirement, place, normalised expected and actual. Two
// failures of one kind have one fingerprint on every night.
func (f Finding) Fingerprint() string {
	parts := []string{f.Requirement, f.Check, WithoutIndexes(f.Pointer), Normalised(f.Expected), Normalised(f.Actual)}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:6])
}

// WithoutIndexes takes places in lists out of a pointer, so that each item does not fail on its own.
func WithoutIndexes(pointer string) string {
	parts := strings.Split(pointer, "/")
	for i, part := range parts {
		if _, err := strconv.Atoi(part); err == nil {
			parts[i] = "*"
		}
	}
	return strings.Join(parts, "/")
}

// Invariant is something that must hold after a storm, such as one object for one key.
type Invariant struct {
	Requirement string `json:"requirement"`
	Sentence    string `json:"sentence"`
	// Holds is true, false, or null where nothing could be decided.
	Holds    *bool    `json:"holds"`
	Evidence []string `json:"evidence"`
	// Given says that the owner of the target states it, as a limit in the target file.
	Given bool `json:"stated_by_owner,omitempty"`
}
