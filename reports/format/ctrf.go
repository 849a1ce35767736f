package format

import (
	"cmp"
	"encoding/json"
	"io"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// The Common Test Report Format 0.0 (ctrf.io), as far as a run has something to say in it. Times are in
// milliseconds, moments in milliseconds since 1970.
type (
	ctrfReport struct {
		ReportFormat string      `json:"reportFormat"`
		SpecVersion  string      `json:"specVersion"`
		RunID        string      `json:"runId,omitempty"`
		GeneratedBy  string      `json:"generatedBy"`
		Results      ctrfResults `json:"results"`
	}
	ctrfResults struct {
		Tool    ctrfTool    `json:"tool"`
		Summary ctrfSummary `json:"summary"`
		Tests   []ctrfTest  `json:"tests"`
	}
	ctrfTool struct {
		Name    string `json:"name"`
		Version string `json:"version,omitempty"`
	}
	ctrfSummary struct {
		Tests   int   `json:"tests"`
		Passed  int   `json:"passed"`
		Failed  int   `json:"failed"`
		Skipped int   `json:"skipped"`
		Pending int   `json:"pending"`
		Other   int   `json:"other"`
		Flaky   int   `json:"flaky"`
		Start   int64 `json:"start"`
		Stop    int64 `json:"stop"`
	}
	ctrfTest struct {
		TestID    string   `json:"testId"`
		Name      string   `json:"name"`
		Status    string   `json:"status"`
		Duration  int64    `json:"duration"`
		Start     int64    `json:"start,omitempty"`
		Suite     []string `json:"suite"`
		Message   string   `json:"message,omitempty"`
		Trace     string   `json:"trace,omitempty"`
		Line      int      `json:"line,omitempty"`
		RawStatus string   `json:"rawStatus"`
		Tags      []string `json:"tags"`
		FilePath  string   `json:"filePath"`
		Retries   int      `json:"retries,omitempty"`
		Flaky     bool     `json:"flaky,omitempty"`
	}
)

// passingSuite is where reports of scenarios have what was noticed in passing alone.
const passingSuite = "Noticed in passing"

// writeCTRF writes a test for each scenario, and one for each cause that was noticed in passing alone. What
// the environment kept away, or an operation that is not served, is other, never failed or passed.
func writeCTRF(w io.Writer, r *reports.Run, facts *contract.Contract) error {
	report := ctrfReport{ReportFormat: "CTRF", SpecVersion: "0.0.0", RunID: r.RunID, GeneratedBy: "kobcheck",
		Results: ctrfResults{Tool: ctrfTool{Name: "kobcheck", Version: r.Tool.Version},
			Summary: ctrfSummary{Tests: len(r.Scenarios), Start: r.StartedAt.UnixMilli(), Stop: r.EndedAt.UnixMilli()}, Tests: []ctrfTest{}}}
	s := &report.Results.Summary
	for i := range r.Scenarios {
		scenario := &r.Scenarios[i]
		one := ctrfTest{TestID: scenario.ID, Name: cmp.Or(scenario.Name, scenario.ID), Duration: int64(scenario.DurationMS),
			Suite: []string{scenario.Section, scenario.Feature}, Line: scenario.Line,
			RawStatus: string(scenario.Verdict), Tags: scenario.Tags, FilePath: scenario.URI, Message: scenario.Reason,
			Retries: max(scenario.Attempts-1, 0), Status: cmp.Or(outcomes[scenario.Verdict].ctrf, "other"),
			Flaky: scenario.Verdict == evidence.Flaky}
		if one.Tags == nil {
			one.Tags = []string{}
		}
		if !scenario.StartedAt.IsZero() {
			one.Start = scenario.StartedAt.UnixMilli()
		}
		if scenario.Verdict == evidence.Flaky {
			s.Flaky++
		}
		if one.Status == "failed" {
			one.Message, one.Trace = brokenText(scenario, facts)
		}
		*map[string]*int{"passed": &s.Passed, "failed": &s.Failed, "skipped": &s.Skipped, "pending": &s.Pending, "other": &s.Other}[one.Status]++
		report.Results.Tests = append(report.Results.Tests, one)
	}
	for _, cause := range r.PassingAlone() {
		f := cause.Finding
		s.Tests, s.Failed = s.Tests+1, s.Failed+1
		report.Results.Tests = append(report.Results.Tests,
			ctrfTest{TestID: "passing." + f.Fingerprint(), Name: f.Requirement + " in passing: " + f.Message, Status: "failed",
				Suite: []string{passingSuite}, RawStatus: string(evidence.Failed), Tags: []string{"@" + f.Requirement},
				FilePath: cause.Scenario.URI, Line: cause.Scenario.Line,
				Message: cause.Sentence(), Trace: strings.Join(againText(f, cause.Exchange(), facts), "\n")})
	}
	if r.Masked() {
		s.Tests, s.Failed = s.Tests+1, s.Failed+1
		report.Results.Tests = append(report.Results.Tests, ctrfTest{TestID: "reports.no-secret", Name: exposedName, Status: "failed",
			Suite: []string{exposedSuite}, RawStatus: string(r.Verdict), Tags: []string{}, Message: r.Reason})
	}
	return json.NewEncoder(w).Encode(report)
}

// brokenText says of a failed scenario in a line what broke, and in some more how to see it again.
func brokenText(s *reports.Scenario, facts *contract.Contract) (line, more string) {
	finding := s.Leading()
	if finding == nil {
		return s.Reason, ""
	}
	return finding.Requirement + ": " + finding.Message, strings.Join(againText(*finding, s.Exchange(finding.Exchange), facts), "\n")
}

// againText says of a finding what was expected, who says so and how to see it again.
func againText(f evidence.Finding, exchange *evidence.Exchange, facts *contract.Contract) []string {
	text := []string{"expected " + f.Expected, "actual   " + f.Actual}
	if requirement := facts.Requirement(f.Requirement); requirement != nil {
		text = append(text, requirement.Sentence, "source   "+sourceText(requirement))
	}
	if exchange != nil {
		text = append(text, exchange.Curl)
	}
	return text
}
