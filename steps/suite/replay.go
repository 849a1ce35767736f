package suite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/kobcheck/kobcheck/contract"
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

// Chosen returns the scenario of an id in a run, or the first that failed where there is no id.
func Chosen(run *reports.Run, id string) (*reports.Scenario, error) {
	for i := range run.Scenarios {
		one := &run.Scenarios[i]
		if one.ID == id || id == "" && (one.Verdict == evidence.Failed || one.Verdict == evidence.Flaky) {
			return one, nil
		}
	}
	if id == "" {
		return nil, errors.New("no scenario of the run failed; name one with --scenario")
	}
	return nil, fmt.Errorf("the run has no scenario %q; its run.json lists them", id)
}

// Judge judges the repetitions and gives the exit code: of several the first of [evidence.ExitOrder].
func (r *Replay) Judge(facts *contract.Contract, now time.Time) int {
	var codes []int
	for _, one := range r.Runs {
		one.Judge(facts, now)
		codes = append(codes, one.ExitCode)
	}
	for _, code := range evidence.ExitOrder() {
		if slices.Contains(codes, code) {
			return code
		}
	}
	return slices.Max(append(codes, evidence.ExitPassed)) // a signal, which no order has
}

// Print says how often the scenario did as it did in the run, and where it did not.
func (r *Replay) Print(w io.Writer, was *reports.Scenario) error {
	if _, err := fmt.Fprintf(w, "%s (%s): %d of %d times as in the run, where it was %s\n", was.Name, was.ID, r.Reproduced, r.Times,
		was.Verdict); err != nil {
		return err
	}
	for _, text := range slices.Sorted(maps.Keys(r.Differences)) {
		if _, err := fmt.Fprintf(w, "  %d times  %s\n", r.Differences[text], text); err != nil {
			return err
		}
	}
	shown := map[string]bool{}
	for _, run := range r.Runs {
		for f := range run.Findings() {
			if f.Leaks() {
				shown[fmt.Sprintf("%s: %s (%s)", f.Message, f.Actual, f.Requirement)] = true
			}
		}
	}
	for _, text := range slices.Sorted(maps.Keys(shown)) {
		if _, err := fmt.Fprintf(w, "  HAZARD  %s\n", text); err != nil {
			return err
		}
	}
	return nil
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
	slices.Sort(out)
	return out
}

func ways(s *reports.Scenario) map[string]string {
	out := map[string]string{}
	for _, finding := range s.Findings {
		out[finding.Fingerprint()] = fmt.Sprintf("%s, expected %s, was %s", finding.Message, finding.Expected, finding.Actual)
	}
	return out
}
