package reports

import (
	"encoding/json"
	"fmt"
	"io"
	"sort"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// Selftest is selftest.json: the suite held against a mock that is broken on purpose, fault by fault.
type Selftest struct {
	Version   int       `json:"version"`
	Tool      Tool      `json:"tool"`
	Seed      int64     `json:"seed"`
	StartedAt time.Time `json:"started_at"` // UTC
	EndedAt   time.Time `json:"ended_at"`   // UTC
	// Full says that every scenario that notices a fault is known, not only the first.
	Full     bool            `json:"full"`
	Baseline []Baseline      `json:"baseline"`
	Summary  SelftestSummary `json:"summary"`
	Faults   []FaultResult   `json:"faults"`
	// Idle are the scenarios that caught no fault in this selftest; Unbroken the requirements with a
	// scenario that no fault breaks.
	Idle     []string `json:"idle_scenarios"`
	Unbroken []string `json:"requirements_without_fault"`
}

// Baseline is a run on the conforming mock. Any finding there is a false alarm.
type Baseline struct {
	Style    string           `json:"style"`
	Edition  contract.Edition `json:"edition"`
	Findings int              `json:"findings"`
	Passed   int              `json:"passed"`
	Total    int              `json:"total"`
	// WallMS is in milliseconds.
	WallMS float64 `json:"wall_ms"`
}

// SelftestSummary counts. Power is the share of the faults that were caught, from 0 to 1.
type SelftestSummary struct {
	Faults           int     `json:"faults"`
	Killed           int     `json:"killed"`
	RightRequirement int     `json:"right_requirement"`
	Survived         int     `json:"survived"`
	NotReached       int     `json:"not_reached"`
	Power            float64 `json:"power"`
	// Isolation sums up what faults do to the rest of the suite; nil where no whole run was made.
	Isolation *IsolationSummary `json:"isolation,omitempty"`
	ByGroup   map[string]Killed `json:"by_group"`
	ByMark    map[string]Killed `json:"by_mark"`
	WallMS    float64           `json:"wall_ms"`
}

// Killed counts the faults of a group or mark.
type Killed struct {
	Faults int `json:"faults"`
	Killed int `json:"killed"`
	Right  int `json:"right_requirement"`
}

// FaultResult is one line of the kill matrix.
type FaultResult struct {
	ID          string        `json:"id"`
	Group       string        `json:"group"`
	Mark        contract.Mark `json:"mark"`
	Requirement string        `json:"requirement"`
	Sentence    string        `json:"sentence"`
	Killed      bool          `json:"killed"`
	// Reason says why no scenario can hold the fault against an API, where none can.
	Reason string `json:"reason,omitempty"`
	// RightRequirement says that a finding named the very requirement that the fault breaks.
	RightRequirement bool     `json:"right_requirement"`
	By               []Killer `json:"by"`
	Runs             int      `json:"runs"`
	WallMS           float64  `json:"wall_ms"`
	// Hits is how often the broken line of the mock was reached; 0 means that the fault was never shown.
	Hits int64 `json:"hits"`
	// Probability is the share of runs that caught a fault that shows by chance; 0 for the others.
	Probability float64 `json:"probability,omitempty"`
	ByChance    bool    `json:"by_chance,omitempty"`
	// Isolation is nil where no whole run was made.
	*Isolation
}

// Killer is a scenario that noticed a fault, and the requirement that its finding names.
type Killer struct {
	Scenario    string `json:"scenario"`
	Requirement string `json:"requirement"`
}

// Close counts and gives the exit code: a survivor among the stated and standard faults that shows in every
// run and has no reason, or a false alarm, fails.
func (s *Selftest) Close(now time.Time) int {
	s.Version, s.EndedAt = Version, now.UTC()
	sum := SelftestSummary{Faults: len(s.Faults), ByGroup: map[string]Killed{}, ByMark: map[string]Killed{}, WallMS: float64(now.Sub(s.StartedAt).Milliseconds())}
	code := evidence.ExitPassed
	for _, one := range s.Faults {
		group, mark := sum.ByGroup[one.Group], sum.ByMark[string(one.Mark)]
		group.Faults, mark.Faults = group.Faults+1, mark.Faults+1
		if one.Killed {
			sum.Killed++
			group.Killed, mark.Killed = group.Killed+1, mark.Killed+1
		} else if one.Hits == 0 {
			sum.NotReached++
		}
		if one.RightRequirement {
			sum.RightRequirement++
			group.Right, mark.Right = group.Right+1, mark.Right+1
		} else if one.Reason == "" && !one.ByChance && (one.Mark == contract.Stated || one.Mark == contract.Standard) {
			code = evidence.ExitFailed
		}
		sum.ByGroup[one.Group], sum.ByMark[string(one.Mark)] = group, mark
	}
	sum.Survived = sum.Faults - sum.Killed
	if sum.Faults > 0 {
		sum.Power = float64(sum.Killed) / float64(sum.Faults)
	}
	for _, baseline := range s.Baseline {
		if baseline.Findings > 0 {
			code = evidence.ExitFailed
		}
	}
	sum.Isolation = isolationOf(s.Faults)
	s.Summary = sum
	return code
}

// Single returns the faults that only one scenario caught.
func (s *Selftest) Single() []FaultResult {
	var out []FaultResult
	for _, one := range s.Faults {
		scenarios := map[string]bool{}
		for _, killer := range one.By {
			scenarios[killer.Scenario] = true
		}
		if len(scenarios) == 1 {
			out = append(out, one)
		}
	}
	return out
}

// Survivors returns the faults that nobody caught on their own requirement.
func (s *Selftest) Survivors() []FaultResult {
	var out []FaultResult
	for _, one := range s.Faults {
		if !one.RightRequirement {
			out = append(out, one)
		}
	}
	return out
}

// WriteSelftest writes selftest.json, selftest.md and selftest.html into a folder and returns their paths.
func WriteSelftest(folder string, s *Selftest) ([]string, error) {
	return writeFiles(folder, map[string]func(io.Writer) error{
		"selftest.json": func(w io.Writer) error { return json.NewEncoder(w).Encode(s) },
		"selftest.md":   func(w io.Writer) error { _, err := io.WriteString(w, selftestMarkdown(s)); return err },
		"selftest.html": func(w io.Writer) error { return writeSelftestHTML(w, s) },
	})
}

// PrintSelftest prints detection power in total and by group and mark, false alarms and survivors.
func PrintSelftest(w io.Writer, s *Selftest) error {
	p := &printer{out: w}
	for _, baseline := range s.Baseline {
		p.line("conforming mock, %s, %s: %d of %d scenarios passed, %d false alarms", baseline.Style, baseline.Edition, baseline.Passed, baseline.Total, baseline.Findings)
	}
	p.line("")
	p.line("  %-14s %7s %7s %7s %9s", "group", "faults", "caught", "right", "power")
	for _, name := range sortedNames(s.Summary.ByGroup) {
		p.line("  %-14s %7d %7d %7d %8.1f%%", name, s.Summary.ByGroup[name].Faults, s.Summary.ByGroup[name].Killed, s.Summary.ByGroup[name].Right, percent(s.Summary.ByGroup[name]))
	}
	p.line("")
	for _, name := range sortedNames(s.Summary.ByMark) {
		p.line("  %-14s %7d %7d %7d %8.1f%%", name, s.Summary.ByMark[name].Faults, s.Summary.ByMark[name].Killed, s.Summary.ByMark[name].Right, percent(s.Summary.ByMark[name]))
	}
	p.line("")
	for _, one := range s.Survivors() {
		why := "nobody noticed"
		switch {
		case one.Reason != "":
			why = one.Reason
		case one.Killed:
			why = "noticed, but as " + one.By[0].Requirement + " by " + one.By[0].Scenario
		case one.Hits == 0:
			why = "never reached by any scenario"
		}
		p.line("  SURVIVED %s (%s, %s): %s", one.ID, one.Requirement, one.Mark, why)
	}
	for _, one := range s.Faults {
		if one.Probability > 0 && one.Probability < 1 {
			p.line("  BY CHANCE %s: caught in %.0f%% of %d runs", one.ID, 100*one.Probability, one.Runs)
		}
	}
	sum := s.Summary
	p.line("")
	p.line("detection power %.1f%%: %d of %d faults caught, %d of them on the requirement that they break", 100*sum.Power, sum.Killed, sum.Faults, sum.RightRequirement)
	if s.Full {
		p.line("  %d faults are caught by one scenario alone, %d scenarios catch none", len(s.Single()), len(s.Idle))
	}
	p.line("  %d requirements with a scenario have no fault of their own", len(s.Unbroken))
	p.isolation(s)
	if len(s.Baseline) > 0 && s.Baseline[0].WallMS > 0 {
		p.line("  %.1f s, %.0f times one plain run", sum.WallMS/1000, sum.WallMS/s.Baseline[0].WallMS)
	}
	return p.err
}

func percent(k Killed) float64 { return 100 * float64(k.Right) / float64(max(k.Faults, 1)) }

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func selftestMarkdown(s *Selftest) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Detection power %.1f%%\n\n%d of %d deliberate faults caught, %d on the very requirement that they break.\n\n", 100*s.Summary.Power, s.Summary.Killed, s.Summary.Faults, s.Summary.RightRequirement)
	b.WriteString("| group | faults | caught | on the right requirement |\n|---|--:|--:|--:|\n")
	for _, name := range sortedNames(s.Summary.ByGroup) {
		k := s.Summary.ByGroup[name]
		fmt.Fprintf(&b, "| %s | %d | %d | %d |\n", name, k.Faults, k.Killed, k.Right)
	}
	b.WriteString("\n| style | edition | passed | false alarms |\n|---|---|--:|--:|\n")
	for _, baseline := range s.Baseline {
		fmt.Fprintf(&b, "| %s | %s | %d of %d | %d |\n", baseline.Style, baseline.Edition, baseline.Passed, baseline.Total, baseline.Findings)
	}
	if survivors := s.Survivors(); len(survivors) > 0 {
		b.WriteString("\n## Not caught on their own requirement\n\n| fault | requirement | mark | what the mock does | hits |\n|---|---|---|---|--:|\n")
		for _, one := range survivors {
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %d |\n", code(one.ID), one.Requirement, one.Mark, escapeMarkdown(one.Sentence), one.Hits)
		}
	}
	b.WriteString(isolationMarkdown(s))
	b.WriteString("\n## The kill matrix\n\n| fault | requirement | caught by |\n|---|---|---|\n")
	for _, one := range s.Faults {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", code(one.ID), one.Requirement, killers(one))
	}
	return b.String()
}

// killers names up to three scenarios that caught a fault.
func killers(one FaultResult) string {
	var names []string
	for _, killer := range one.By {
		if len(names) == 3 {
			names = append(names, fmt.Sprintf("and %d more", len(one.By)-3))
			break
		}
		names = append(names, code(killer.Scenario))
	}
	if len(names) == 0 {
		return "survived"
	}
	return strings.Join(names, " ")
}
