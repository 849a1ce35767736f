// Package reports is the model of a finished run, of a load run and of a selftest: what was seen, the causes, the
// verdict and the exit code.
//
// What walks in is one [Run], filled by the runner with evidence that was redacted when it was recorded. Verdicts,
// counts and the exit code are computed here, in one place, and every format reads the same model.
package reports

import (
	"time"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// Version is the version of run.json that this package writes and reads.
const Version = 1

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
	StartedAt time.Time        `json:"started_at"`
	EndedAt   time.Time        `json:"ended_at"`
	Verdict   evidence.Verdict `json:"verdict"`
	ExitCode  int              `json:"exit_code"`
	// Reason is one sentence that explains the verdict where the counts alone do not.
	Reason string `json:"reason,omitempty"`
	// Signal is interrupt or terminate where the run was stopped, else empty.
	Signal       string              `json:"signal,omitempty"`
	Summary      Summary             `json:"summary"`
	Operations   []OperationUse      `json:"operations"`
	Requirements []requirementResult `json:"requirements"`
	Census       []CheckCount        `json:"census"`
	// Passing is what was noticed in passing, while scenarios were about something else: once for each
	// operation, requirement and place, with the first scenario that met it and how often.
	Passing   []evidence.Finding `json:"passing,omitempty"`
	Scenarios []Scenario         `json:"scenarios"`
	// Observations are answers to questions that the documentation leaves open.
	Observations []evidence.Observation `json:"observations"`
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
	Waivers []evidence.Waiver `json:"waivers,omitempty"`
	// Unneeded says of entries of the list of known failures past their date that nothing fails so any more; it fails
	// the run.
	Unneeded []string `json:"unneeded_entries,omitempty"`
	// Removable are entries of that list that can go: what they tell of is mended before its date, or their scenario
	// is no more. None of them fails the run.
	Removable []string `json:"removable_entries,omitempty"`
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
	Operation   string   `json:"operation,omitempty"`
	Strict      bool     `json:"strict"`
	MaxRPS      float64  `json:"max_rps,omitempty"`
	Formats     []string `json:"formats,omitempty"`
	// Of is how many scenarios there are to select from; a run of fewer is a part. 0 in files of earlier versions.
	Of int `json:"of,omitempty"`
	// Shard is I/N where the run was one part of several.
	Shard   string `json:"shard,omitempty"`
	Retries int    `json:"retries,omitempty"`
	// FlakyFails says that a scenario that failed and then passed fails the run.
	FlakyFails bool `json:"flaky_fails,omitempty"`
	// UnexpectedPass is fail where an entry whose failure is mended fails the run at once; else it does so after the
	// last day of the entry.
	UnexpectedPass string `json:"unexpected_pass,omitempty"`
	// Scored names the file that freezes the set of requirements that gate.
	Scored string `json:"scored,omitempty"`
	// Faults are those that were switched on in the mock inside.
	Faults []string `json:"faults,omitempty"`
}

// Summary counts. The scenario counts add up to Total by construction.
type Summary struct {
	Scenarios    ScenarioCounts    `json:"scenarios"`
	Requirements requirementCounts `json:"requirements"`
	Operations   operationCounts   `json:"operations"`
	Requests     int               `json:"requests"`
	Checks       int               `json:"checks"`
}

// ScenarioCounts counts scenarios by verdict.
type ScenarioCounts struct {
	Total          int `json:"total"`
	Passed         int `json:"passed"`
	Failed         int `json:"failed"`
	Advisory       int `json:"advisory"`
	Blocked        int `json:"blocked"`
	Inconclusive   int `json:"inconclusive"`
	NotTestable    int `json:"not_testable"`
	Known          int `json:"known"`
	UnexpectedPass int `json:"unexpected_pass"`
	Flaky          int `json:"flaky"`
	NotRun         int `json:"not_run"`
}

// requirementCounts counts the requirements that the API owes by what the run showed of them.
type requirementCounts struct {
	Proved    int `json:"proved"`
	Failed    int `json:"failed"`
	NotTested int `json:"not_tested"`
}

// operationCounts counts the operations that answered at least once.
type operationCounts struct {
	Exercised int `json:"exercised"`
	Total     int `json:"total"`
}

// OperationUse is how one operation was used in the run.
type OperationUse struct {
	ID       string         `json:"id"`
	Requests int            `json:"requests"`
	Statuses map[string]int `json:"statuses"`
	Latency  Latency        `json:"latency_ms"`
	// Entries is how many the longest list had that was too long to be kept whole, and Looked how many of them were
	// looked at.
	Entries int `json:"entries,omitempty"`
	Looked  int `json:"entries_looked_at,omitempty"`
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

// requirementResult is one requirement in the run.
type requirementResult struct {
	ID   string        `json:"id"`
	Mark contract.Mark `json:"mark"`
	// Hazard names what is at risk where it is broken; empty for none.
	Hazard    string            `json:"hazard,omitempty"`
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

// Scenario is one scenario with all its evidence.
type Scenario struct {
	ID      string           `json:"id"`
	Section string           `json:"section"`
	Feature string           `json:"feature"`
	Rule    string           `json:"rule,omitempty"`
	Name    string           `json:"name"`
	Tags    []string         `json:"tags"`
	URI     string           `json:"uri"`
	Line    int              `json:"line"`
	Verdict evidence.Verdict `json:"verdict"`
	// Reason says why the verdict is not simply passed: what the environment did, which key is missing.
	Reason string `json:"reason,omitempty"`
	// Missing names the key of the target file that would make a not testable scenario testable.
	Missing string `json:"missing,omitempty"`
	// BlockedBy is the operation that does not serve what a blocked scenario needs.
	BlockedBy    string              `json:"blocked_by,omitempty"`
	Requirements []string            `json:"requirements"`
	Mark         contract.Mark       `json:"mark"`
	StartedAt    time.Time           `json:"started_at"`
	DurationMS   float64             `json:"duration_ms"`
	Steps        []Step              `json:"steps"`
	Checks       []evidence.Check    `json:"checks"`
	Findings     []evidence.Finding  `json:"findings"`
	Exchanges    []evidence.Exchange `json:"exchanges"`
	// Proves are the requirements of which at least one check held.
	Proves   []string `json:"proves,omitempty"`
	Attempts int      `json:"attempts,omitempty"`
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
