// Package reports holds the model of a finished run and renders it: run.json, JUnit, Markdown, HTML
// and the summary on the terminal.
//
// What walks in is one [Run], filled by the runner with evidence that was redacted when it was
// recorded; what walks out is files. Verdicts, counts and the exit code are computed here, in one
// place, and every renderer reads the same model.
package reports

import (
	"time"

	"github.com/kobcheck/kobcheck/contract"
)

// Version is the version of run.json that this package writes and reads.
const Version = 1

// Verdict says what came of a scenario or a run, and whose fault it is.
type Verdict string

// The verdicts. A scenario has one of the first nine; a run is passed, failed, inconclusive or interrupted.
const (
	// Passed: at least one check was evaluated and every one held.
	Passed Verdict = "passed"
	// Failed: the API breaks a gated requirement.
	Failed Verdict = "failed"
	// Advisory: only requirements that do not gate were broken; something to read.
	Advisory Verdict = "advisory"
	// Inconclusive: the environment kept the answer away, or no check saw any data.
	Inconclusive Verdict = "inconclusive"
	// NotTestable: a fixture is missing; the scenario says which key would supply it.
	NotTestable Verdict = "not_testable"
	// Known: fails in just the way that the list of known failures says.
	Known Verdict = "known"
	// UnexpectedPass: passes although the list of known failures says that it fails.
	UnexpectedPass Verdict = "unexpected_pass"
	// Flaky: failed, then passed with fresh data.
	Flaky Verdict = "flaky"
	// NotRun: selected, but the run was interrupted before its turn.
	NotRun Verdict = "not_run"
	// Interrupted is the verdict of a run that was stopped by a signal.
	Interrupted Verdict = "interrupted"
)

// Run is one conformance run: what was asked, what was seen, what follows.
type Run struct {
	Version int    `json:"version"`
	Tool    Tool   `json:"tool"`
	Target  Target `json:"target"`
	RunID   string `json:"run_id"`
	Seed    int64  `json:"seed"`
	// Gate lists the marks whose requirements may fail the run.
	Gate     []contract.Mark `json:"gate"`
	Settings Settings        `json:"settings"`
	// StartedAt and EndedAt are UTC.
	StartedAt time.Time `json:"started_at"`
	EndedAt   time.Time `json:"ended_at"`
	Verdict   Verdict   `json:"verdict"`
	ExitCode  int       `json:"exit_code"`
	// Reason is one sentence that explains the verdict where the counts alone do not.
	Reason string `json:"reason,omitempty"`
	// Signal is interrupt or terminate where the run was stopped, else empty.
	Signal       string              `json:"signal,omitempty"`
	Summary      Summary             `json:"summary"`
	Operations   []OperationUse      `json:"operations"`
	Requirements []RequirementResult `json:"requirements"`
	Census       []CheckCount        `json:"census"`
	Scenarios    []Scenario          `json:"scenarios"`
	// Observations are answers to questions that the documentation leaves open.
	Observations []Observation `json:"observations"`
	// CardOrder is what the run showed of the order of the eight checks of card creation; nil where it asked
	// for no card that fails two of them.
	CardOrder *OrderProof `json:"card_order,omitempty"`
	// Undocumented is what the API answered beyond its documentation.
	Undocumented []Undocumented `json:"undocumented,omitempty"`
	// LeftBehind is what the run made on the target and could not take away again.
	LeftBehind []LeftBehind `json:"left_behind,omitempty"`
	// TidyRequests counts the requests after the scenarios that put things away; no other figure has them.
	TidyRequests int `json:"tidy_requests,omitempty"`
	// Waivers are the standards that the run was told to put up with until a date.
	Waivers []Waiver `json:"waivers,omitempty"`
	// ProfileChanges are open questions that the target now answers otherwise than in its last profile.
	ProfileChanges []ProfileChange `json:"profile_changes,omitempty"`
	// History is what earlier nights say; nil where the run was told of none.
	History *History `json:"history,omitempty"`
}

// Undocumented is one thing that no page of an operation has: a field, status, header or value.
type Undocumented struct {
	Operation string `json:"operation"`
	Kind      string `json:"kind"`
	Name      string `json:"name"`
}

// LeftBehind counts the objects of a kind that stay on the target, with the ids of the first hundreds.
type LeftBehind struct {
	Kind  string   `json:"kind"`
	Count int      `json:"count"`
	IDs   []string `json:"ids"`
}

// Tool is the program that made the run.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Commit  string `json:"commit"`
}

// Target is the API under test.
type Target struct {
	Name    string           `json:"name"`
	BaseURL string           `json:"base_url,omitempty"`
	Edition contract.Edition `json:"edition"`
	// Embedded says that the target was the mock inside the process, in the style named.
	Embedded bool   `json:"embedded"`
	Style    string `json:"style,omitempty"`
}

// Settings are the flags that shaped the run. Timeout is in milliseconds.
type Settings struct {
	Concurrency int      `json:"concurrency"`
	TimeoutMS   int64    `json:"timeout_ms"`
	Tags        string   `json:"tags,omitempty"`
	Section     string   `json:"section,omitempty"`
	Requirement string   `json:"requirement,omitempty"`
	Strict      bool     `json:"strict"`
	MaxRPS      float64  `json:"max_rps,omitempty"`
	Formats     []string `json:"formats,omitempty"`
	// Shard is I/N where the run was one part of several.
	Shard   string `json:"shard,omitempty"`
	Retries int    `json:"retries,omitempty"`
	// FlakyFails says that a scenario that failed and then passed fails the run.
	FlakyFails bool `json:"flaky_fails,omitempty"`
	// Scored names the file that freezes the set of requirements that gate.
	Scored string `json:"scored,omitempty"`
}

// Summary counts. The scenario counts add up to Total by construction.
type Summary struct {
	Scenarios    ScenarioCounts    `json:"scenarios"`
	Requirements RequirementCounts `json:"requirements"`
	Operations   OperationCounts   `json:"operations"`
	Requests     int               `json:"requests"`
	Checks       int               `json:"checks"`
}

// ScenarioCounts counts scenarios by verdict.
type ScenarioCounts struct {
	Total          int `json:"total"`
	Passed         int `json:"passed"`
	Failed         int `json:"failed"`
	Advisory       int `json:"advisory"`
	Inconclusive   int `json:"inconclusive"`
	NotTestable    int `json:"not_testable"`
	Known          int `json:"known"`
	UnexpectedPass int `json:"unexpected_pass"`
	Flaky          int `json:"flaky"`
	NotRun         int `json:"not_run"`
}

// RequirementCounts counts the requirements that the API owes by what the run showed of them.
type RequirementCounts struct {
	Proved    int `json:"proved"`
	Failed    int `json:"failed"`
	NotTested int `json:"not_tested"`
}

// OperationCounts counts the operations that answered at least once.
type OperationCounts struct {
	Exercised int `json:"exercised"`
	Total     int `json:"total"`
}

// OperationUse is how one operation was used in the run.
type OperationUse struct {
	ID       string         `json:"id"`
	Requests int            `json:"requests"`
	Statuses map[string]int `json:"statuses"`
	Latency  Latency        `json:"latency_ms"`
}

// Latency is in milliseconds, from the last byte sent to the whole answer read.
type Latency struct {
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	Max float64 `json:"max"`
}

// RequirementStatus is what a run showed of a requirement.
type RequirementStatus string

// The statuses of a requirement in a run.
const (
	Proved            RequirementStatus = "proved"
	RequirementFailed RequirementStatus = "failed"
	NotTested         RequirementStatus = "not_tested"
)

// RequirementResult is one requirement in the run.
type RequirementResult struct {
	ID        string            `json:"id"`
	Mark      contract.Mark     `json:"mark"`
	Status    RequirementStatus `json:"status"`
	Scenarios []string          `json:"scenarios"`
	// Reason says why it was not tested, if it was not.
	Reason string `json:"reason,omitempty"`
}

// CheckCount says how often a check of one name was evaluated in the run. NoData counts the
// evaluations that had nothing to look at; they are never a pass.
type CheckCount struct {
	Name      string `json:"name"`
	Evaluated int    `json:"evaluated"`
	Failed    int    `json:"failed"`
	NoData    int    `json:"no_data"`
}

// Observation is an answer that the target gave to a question that no page settles.
type Observation struct {
	ID       string `json:"id"` // a stable name such as cards-create.check-1.status
	Question string `json:"question"`
	Answer   string `json:"answer"`
	Scenario string `json:"scenario"`
	// Gap names the conflict or gap of the documentation (C-… or N-…).
	Gap string `json:"gap,omitempty"`
}

// Scenario is one scenario with all its evidence.
type Scenario struct {
	ID      string   `json:"id"`
	Section string   `json:"section"`
	Feature string   `json:"feature"`
	Rule    string   `json:"rule,omitempty"`
	Name    string   `json:"name"`
	Tags    []string `json:"tags"`
	URI     string   `json:"uri"`
	Line    int      `json:"line"`
	Verdict Verdict  `json:"verdict"`
	// Reason says why the verdict is not simply passed: what the environment did, which key is missing.
	Reason string `json:"reason,omitempty"`
	// Missing names the key of the target file that would make a not testable scenario testable.
	Missing      string        `json:"missing,omitempty"`
	Requirements []string      `json:"requirements"`
	Mark         contract.Mark `json:"mark"`
	StartedAt    time.Time     `json:"started_at"`
	DurationMS   float64       `json:"duration_ms"`
	Steps        []Step        `json:"steps"`
	Checks       []Check       `json:"checks"`
	Findings     []Finding     `json:"findings"`
	Exchanges    []Exchange    `json:"exchanges"`
	Attempts     int           `json:"attempts,omitempty"`
	// Earlier says what kept an earlier attempt from an answer.
	Earlier string `json:"earlier,omitempty"`
}

// Step is one step as it went. Status is passed, failed, skipped, undefined, ambiguous or pending.
type Step struct {
	Keyword    string     `json:"keyword"`
	Text       string     `json:"text"`
	Line       int        `json:"line"`
	Status     string     `json:"status"`
	DurationMS float64    `json:"duration_ms"`
	Error      string     `json:"error,omitempty"`
	Table      [][]string `json:"table,omitempty"`
	DocString  string     `json:"doc_string,omitempty"`
}

// Check is one evaluated check. Outcome is held, failed or no_data. Step is the index of its step,
// -1 for the sentinels that watch every exchange.
type Check struct {
	Name        string `json:"name"`
	Requirement string `json:"requirement,omitempty"`
	Outcome     string `json:"outcome"`
	Step        int    `json:"step"`
}

// Finding is a requirement that the API was seen to break.
type Finding struct {
	Requirement string        `json:"requirement"`
	Mark        contract.Mark `json:"mark"`
	Gated       bool          `json:"gated"`
	Check       string        `json:"check"`
	Message     string        `json:"message"`
	Pointer     string        `json:"pointer,omitempty"`
	Expected    string        `json:"expected"`
	Actual      string        `json:"actual"`
	// Exchange is the number of the exchange that shows it, 0 for none.
	Exchange int `json:"exchange"`
	Step     int `json:"step"`
}

// Exchange is one request and its answer, redacted when it was recorded.
type Exchange struct {
	N          int       `json:"n"`
	Operation  string    `json:"operation"`
	As         string    `json:"as,omitempty"` // the client that called
	StartedAt  time.Time `json:"started_at"`
	DurationMS float64   `json:"duration_ms"`
	Request    Request   `json:"request"`
	// Response is nil where no answer came.
	Response *Response `json:"response"`
	Error    string    `json:"error,omitempty"`
	Curl     string    `json:"curl"`
}

// Request is a redacted request. Body is text; BodyBytes is its full length before any cut.
type Request struct {
	Method    string              `json:"method"`
	URL       string              `json:"url"`
	Headers   map[string][]string `json:"headers"`
	Body      string              `json:"body,omitempty"`
	BodyBytes int                 `json:"body_bytes"`
}

// Response is a redacted answer. Body is text; BodyBytes is its full length before any cut.
type Response struct {
	Status    int                 `json:"status"`
	Headers   map[string][]string `json:"headers"`
	Body      string              `json:"body,omitempty"`
	BodyBytes int                 `json:"body_bytes"`
}
