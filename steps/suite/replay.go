package suite

import (
	"context"
	"fmt"
	"sort"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps/catalog"
)

// Replay is what came of performing a scenario again.
type Replay struct {
	Scenario string `json:"scenario"`
	// Times is how often it was performed, Reproduced how often it showed every finding of the run.
	Times      int `json:"times"`
	Reproduced int `json:"reproduced"`
	// Differences say, by how often they were seen, where a repetition differs from the run.
	Differences map[string]int `json:"differences"`
	// Runs are the repetitions, each a run of one scenario.
	Runs []*reports.Run `json:"-"`
}

// Again performs a scenario of a run so often, with fresh ids and keys each time, and compares how it
// fails with how it failed. The config's selection is replaced.
func Again(ctx context.Context, config Config, was *reports.Scenario, times int) (*Replay, error) {
	replay := &Replay{Scenario: was.ID, Times: times, Differences: map[string]int{}}
	config.Selection = catalog.Selection{IDs: []string{was.ID}, Tags: config.Selection.Tags}
	base := config.RunID
	for i := range times {
		config.RunID = fmt.Sprintf("%s-%d", base, i+1)
		run, err := Run(ctx, config)
		if err != nil {
			return nil, fmt.Errorf("performing %s again: %w", was.ID, err)
		}
		replay.Runs = append(replay.Runs, run)
		is := scenarioOf(run, was)
		if is == nil {
			return nil, fmt.Errorf("performing %s again: the features have no such scenario any more", was.ID)
		}
		differences := compare(was, is)
		if len(differences) == 0 {
			replay.Reproduced++
		}
		for _, difference := range differences {
			replay.Differences[difference]++
		}
	}
	return replay, nil
}

func scenarioOf(run *reports.Run, was *reports.Scenario) *reports.Scenario {
	for i := range run.Scenarios {
		if run.Scenarios[i].ID == was.ID && (run.Scenarios[i].Name == was.Name || len(run.Scenarios) == 1) {
			return &run.Scenarios[i]
		}
	}
	return nil
}

// compare tells where two performances of a scenario differ: verdict, ways of failing, statuses.
func compare(was, is *reports.Scenario) []string {
	var out []string
	alike := was.Verdict == is.Verdict || was.Verdict == evidence.Flaky && is.Verdict == evidence.Failed
	if !alike {
		text := fmt.Sprintf("it was %s and is %s", was.Verdict, is.Verdict)
		if is.Reason != "" {
			text += " (" + is.Reason + ")"
		}
		out = append(out, text)
	}
	before, after := ways(was), ways(is)
	for fingerprint, text := range before {
		if after[fingerprint] == "" {
			out = append(out, "no longer seen: "+text)
		}
	}
	for fingerprint, text := range after {
		if before[fingerprint] == "" {
			out = append(out, "new: "+text)
		}
	}
	sort.Strings(out)
	return out
}

func ways(s *reports.Scenario) map[string]string {
	out := map[string]string{}
	for _, finding := range s.Findings {
		out[finding.Fingerprint()] = fmt.Sprintf("%s, expected %s, was %s", finding.Message, finding.Expected, finding.Actual)
	}
	return out
}
