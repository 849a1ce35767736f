package format

import (
	"cmp"
	"encoding/json"
	"io"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
)

// The JSON of Cucumber's older reporters, which dashboards still read. Durations are in nanoseconds.
type (
	cucumberFeature struct {
		URI      string            `json:"uri"`
		ID       string            `json:"id"`
		Keyword  string            `json:"keyword"`
		Name     string            `json:"name"`
		Elements []cucumberElement `json:"elements"`
	}
	cucumberElement struct {
		ID      string         `json:"id"`
		Keyword string         `json:"keyword"`
		Type    string         `json:"type"`
		Name    string         `json:"name"`
		Line    int            `json:"line"`
		Tags    []cucumberTag  `json:"tags"`
		Steps   []cucumberStep `json:"steps"`
	}
	cucumberTag struct {
		Name string `json:"name"`
		Line int    `json:"line"`
	}
	cucumberStep struct {
		Keyword string         `json:"keyword"`
		Name    string         `json:"name"`
		Line    int            `json:"line"`
		Result  cucumberResult `json:"result"`
	}
	cucumberResult struct {
		Status   string `json:"status"`
		Duration int64  `json:"duration"`
		Error    string `json:"error_message,omitempty"`
	}
)

// writeCucumber writes a feature for each feature and an element for each scenario. The format knows no
// verdict: a scenario that is no pass shows it at its last step.
func writeCucumber(w io.Writer, r *reports.Run, _ *contract.Contract) error {
	features := []*cucumberFeature{}
	by := map[string]*cucumberFeature{}
	for i := range r.Scenarios {
		scenario := &r.Scenarios[i]
		feature := by[scenario.URI]
		if feature == nil {
			feature = &cucumberFeature{URI: scenario.URI, ID: scenario.URI, Keyword: "Feature", Name: scenario.Feature}
			by[scenario.URI] = feature
			features = append(features, feature)
		}
		feature.Elements = append(feature.Elements, element(scenario))
	}
	if r.Masked() {
		features = append(features, &cucumberFeature{ID: exposedSuite, Keyword: "Feature", Name: exposedSuite,
			Elements: []cucumberElement{element(exposure(r))}})
	}
	return json.NewEncoder(w).Encode(features)
}

func element(s *reports.Scenario) cucumberElement {
	one := cucumberElement{ID: s.ID, Keyword: "Scenario", Type: "scenario", Name: s.Name, Line: s.Line, Tags: []cucumberTag{},
		Steps: []cucumberStep{}}
	for _, tag := range s.Tags {
		one.Tags = append(one.Tags, cucumberTag{Name: tag, Line: s.Line})
	}
	for _, step := range s.Steps {
		status := cmp.Or(step.Status, "skipped")
		one.Steps = append(one.Steps, cucumberStep{Keyword: step.Keyword + " ", Name: step.Text, Line: step.Line,
			Result: cucumberResult{Status: status, Duration: int64(step.DurationMS * 1e6), Error: step.Error}})
	}
	outcome := outcomes[s.Verdict].cucumber
	if outcome == "" || len(one.Steps) == 0 {
		return one
	}
	for _, step := range one.Steps {
		if step.Result.Status == outcome {
			return one
		}
	}
	last := &one.Steps[len(one.Steps)-1].Result
	last.Status, last.Error = outcome, s.Reason
	return one
}
