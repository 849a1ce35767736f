package format

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"strings"

	"github.com/google/uuid"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// allureFolder is where the results for Allure stand, a file for each scenario.
const allureFolder = "allure-results"

// allureResult is one scenario as Allure's reporters write it.
type allureResult struct {
	UUID          string         `json:"uuid"`
	HistoryID     string         `json:"historyId"`
	FullName      string         `json:"fullName"`
	Name          string         `json:"name"`
	Status        string         `json:"status"`
	StatusDetails *allureDetails `json:"statusDetails,omitempty"`
	Stage         string         `json:"stage"`
	Start         int64          `json:"start"` // milliseconds since 1970, UTC
	Stop          int64          `json:"stop"`
	Labels        []allureLabel  `json:"labels"`
	Links         []allureLink   `json:"links"`
	Steps         []allureStep   `json:"steps"`
}

type allureDetails struct {
	Message string `json:"message,omitempty"`
	Trace   string `json:"trace,omitempty"`
	Known   bool   `json:"known,omitempty"`
	Flaky   bool   `json:"flaky,omitempty"`
}

type allureLabel struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type allureLink struct {
	Name string `json:"name"`
	URL  string `json:"url"`
	Type string `json:"type"`
}

type allureStep struct {
	Name   string `json:"name"`
	Status string `json:"status"`
	Stage  string `json:"stage"`
	Start  int64  `json:"start"`
	Stop   int64  `json:"stop"`
}

// allure lists the results of a run as files.
func allure(r *reports.Run, from Sources, _ string) []file {
	var files []file
	put := func(s *reports.Scenario) {
		name := uuid.NewSHA1(uuid.NameSpaceURL, []byte(r.RunID+" "+s.ID)).String()
		files = append(files, file{allureFolder + "/" + name + "-result.json", func(w io.Writer) error {
			return json.NewEncoder(w).Encode(allureOf(s, name, from.Contract))
		}})
	}
	for i := range r.Scenarios {
		put(&r.Scenarios[i])
	}
	if r.Masked() {
		put(exposure(r))
	}
	return files
}

func allureOf(s *reports.Scenario, name string, facts *contract.Contract) *allureResult {
	history := sha256.Sum256([]byte(s.ID))
	start := s.StartedAt.UnixMilli()
	if s.StartedAt.IsZero() {
		start = 0
	}
	one := &allureResult{UUID: name, HistoryID: hex.EncodeToString(history[:16]), FullName: s.ID, Name: s.Name,
		Status: cmp.Or(outcomes[s.Verdict].allure, "unknown"), Stage: "finished",
		Start: start, Stop: start + int64(s.DurationMS), Links: []allureLink{}, Steps: []allureStep{},
		Labels: []allureLabel{{"framework", "kobcheck"}, {"language", "gherkin"}, {"parentSuite", s.Section}, {"suite", s.Feature},
			{"epic", s.Section}, {"feature", s.Feature}, {"story", s.Rule}}}
	for _, tag := range s.Tags {
		one.Labels = append(one.Labels, allureLabel{"tag", strings.TrimPrefix(tag, "@")})
	}
	for _, id := range s.Requirements {
		if requirement := facts.Requirement(id); requirement != nil {
			for _, page := range requirement.Pages() {
				one.Links = append(one.Links, allureLink{Name: id, URL: page, Type: "issue"})
			}
		}
	}
	if said := said(s); len(said) > 0 {
		one.StatusDetails = &allureDetails{Message: said[0], Trace: strings.Join(said, "\n"), Known: s.Verdict == evidence.Known,
			Flaky: s.Verdict == evidence.Flaky}
	}
	at := start
	for _, step := range s.Steps {
		status := cmp.Or(map[string]string{"passed": "passed", "skipped": "skipped"}[step.Status], one.Status)
		end := at + int64(step.DurationMS)
		one.Steps = append(one.Steps, allureStep{Name: step.Keyword + " " + step.Text, Status: status, Stage: "finished", Start: at, Stop: end})
		at = end
	}
	return one
}
