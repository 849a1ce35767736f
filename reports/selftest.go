package reports

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/wording"
)

// Selftest is selftest.json: the suite held against an API that is broken on purpose, fault by fault.
type Selftest struct {
	// Upstream is the name of the target whose answers were broken by a proxy; empty for the mock and its own faults.
	Upstream string `json:"upstream,omitempty"`
	// Selected is how many faults were to be tried; fewer stand in Faults where it was stopped.
	Selected int `json:"selected"`
	// Exposed says what was masked in the reports; empty for nothing.
	Exposed   string    `json:"exposed,omitempty"`
	Version   int       `json:"version"`
	Tool      Tool      `json:"tool"`
	Seed      int64     `json:"seed"`
	StartedAt time.Time `json:"started_at"` // UTC
	EndedAt   time.Time `json:"ended_at"`   // UTC
	// Full says that every scenario that notices a fault is known, not only the first.
	Full bool `json:"full"`
	// Quick says that a quick run was tried on every fault that shows in each run.
	Quick    bool            `json:"quick,omitempty"`
	Baseline []Baseline      `json:"baseline"`
	Summary  selftestSummary `json:"summary"`
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
	// Gated is how many of the findings gate. After the faults of an API that stays, any means that what was caught
	// last may have been caught by accident.
	Gated  int `json:"gated,omitempty"`
	Passed int `json:"passed"`
	Total  int `json:"total"`
	// WallMS is in milliseconds.
	WallMS float64 `json:"wall_ms"`
}

// selftestSummary counts. Power is the share of the faults that were caught, from 0 to 1.
type selftestSummary struct {
	Faults           int `json:"faults"`
	Killed           int `json:"killed"`
	RightRequirement int `json:"right_requirement"`
	Survived         int `json:"survived"`
	// Lasting counts the faults caught that show in every run, QuickKilled those of them that a quick run noticed.
	Lasting     int     `json:"lasting,omitempty"`
	QuickKilled int     `json:"quick_killed,omitempty"`
	NotReached  int     `json:"not_reached"`
	Power       float64 `json:"power"`
	// Isolation sums up what faults do to the rest of the suite; nil where no whole run was made.
	Isolation *isolationSummary `json:"isolation,omitempty"`
	ByGroup   map[string]Killed `json:"by_group"`
	ByMark    map[string]Killed `json:"by_mark"`
	WallMS    float64           `json:"wall_ms"`
}

// QuickShare is the part of what whole runs catch that a quick run has to notice, or it is no gate.
const QuickShare = 0.6

// Killed counts the faults of a group or mark.
type Killed struct {
	Faults int `json:"faults"`
	Killed int `json:"killed"`
	Right  int `json:"right_requirement"`
	Quick  int `json:"quick,omitempty"` // noticed by a quick run
	// Reached, Forbidden and Gated are of generated faults: those that showed, those of them that a stated fact, a
	// standard or a hazard forbids, and those of the latter that a finding gated on.
	Reached   int `json:"reached,omitempty"`
	Forbidden int `json:"forbidden,omitempty"`
	Gated     int `json:"gated,omitempty"`
}

// FaultResult is one line of the kill matrix.
type FaultResult struct {
	ID          string        `json:"id"`
	Group       string        `json:"group"`
	Mark        contract.Mark `json:"mark"`
	Requirement string        `json:"requirement"`
	Sentence    string        `json:"sentence"`
	Killed      bool          `json:"killed"`
	// Quick says that a quick run noticed it, where one was tried.
	Quick bool `json:"quick,omitempty"`
	// Reason says why no scenario can hold the fault against an API, where none can.
	Reason string `json:"reason,omitempty"`
	// RightRequirement says that a finding named the very requirement that the fault breaks.
	RightRequirement bool     `json:"right_requirement"`
	By               []Killer `json:"by"`
	Runs             int      `json:"runs"`
	WallMS           float64  `json:"wall_ms"`
	// Hits is how often the broken line of the mock was reached; 0 means that the fault was never shown.
	Hits int64 `json:"hits"`
	// Probability is the share of runs that caught a fault that shows by chance, and UnderLoad that of runs with load
	// beside; 0 for the others. Tries is how many runs there were.
	Probability float64 `json:"probability,omitempty"`
	UnderLoad   float64 `json:"probability_under_load,omitempty"`
	Tries       int     `json:"tries,omitempty"`
	ByChance    bool    `json:"by_chance,omitempty"`
	// Generated says that the fault was made from the contract; Forbidden that a stated fact, a standard or a hazard
	// forbids it, Gated that a finding gated, Oracle which kind of check would see it.
	Generated bool   `json:"generated,omitempty"`
	Forbidden bool   `json:"forbidden,omitempty"`
	Gated     bool   `json:"gated,omitempty"`
	Oracle    string `json:"oracle,omitempty"`
	// Isolation is nil where no whole run was made.
	*Isolation
}

// month is how many nights a fault by chance has to be met in.
const month = 30

// Chance says how probable it is that one run catches a fault that shows by chance, and a month of nights, each with a
// seed of its own. Where no run did, it gives the most that so few runs leave probable (95 %).
func (f FaultResult) Chance() string {
	text := fmt.Sprintf("%.0f%% in one run, %.1f%% in %d nights, of %s", 100*f.Probability, 100*(1-math.Pow(1-f.Probability, month)), month,
		wording.Count(f.Tries, "run"))
	if f.Probability == 0 {
		text = fmt.Sprintf("in none of %s, so in at most %.0f%% of them", wording.Count(f.Tries, "run"),
			100*(1-math.Pow(0.05, 1/float64(max(f.Tries, 1)))))
	}
	if f.UnderLoad > f.Probability {
		text += fmt.Sprintf("; %.0f%% with load beside", 100*f.UnderLoad)
	}
	return text
}

// Caught reports whether the suite told the fault as it should: on its own requirement; of a generated one, by a
// finding that gates, or by any where nothing forbids it.
func (f FaultResult) Caught() bool {
	if f.Generated {
		return f.Gated || f.Killed && !f.Forbidden
	}
	return f.RightRequirement
}

// Lives reports whether the fault showed, may not be there, and was not caught.
func (f FaultResult) Lives() bool {
	if f.Generated {
		return f.Forbidden && f.Hits > 0 && !f.Caught()
	}
	return f.Reason == "" && !f.ByChance && !f.RightRequirement && f.Mark.Gates()
}

// Killer is a scenario that noticed a fault, and the requirement that its finding names.
type Killer struct {
	Scenario    string `json:"scenario"`
	Requirement string `json:"requirement"`
	// Check is the one that did not hold.
	Check string `json:"check"`
}

// Judge counts and gives the exit code: a survivor among the stated and standard faults that shows in every
// run and has no reason, or a false alarm, fails.
func (s *Selftest) Judge(now time.Time) int {
	s.Version, s.EndedAt = Version, now.UTC()
	sum := selftestSummary{Faults: len(s.Faults), ByGroup: map[string]Killed{}, ByMark: map[string]Killed{},
		WallMS: float64(now.Sub(s.StartedAt).Milliseconds())}
	code := evidence.ExitPassed
	for _, one := range s.Faults {
		group, mark := sum.ByGroup[one.Group], sum.ByMark[string(one.Mark)]
		group.Faults, mark.Faults = group.Faults+1, mark.Faults+1
		if one.Killed {
			sum.Killed++
			group.Killed, mark.Killed = group.Killed+1, mark.Killed+1
			if !one.ByChance {
				sum.Lasting++
			}
			if one.Quick {
				sum.QuickKilled, group.Quick = sum.QuickKilled+1, group.Quick+1
			}
		} else if one.Hits == 0 {
			sum.NotReached++
		}
		if one.RightRequirement {
			sum.RightRequirement++
			group.Right, mark.Right = group.Right+1, mark.Right+1
		}
		if one.Lives() {
			code = evidence.ExitFailed
		}
		if one.Generated && one.Hits > 0 {
			group.Reached++
			if one.Forbidden {
				group.Forbidden++
				if one.Gated {
					group.Gated++
				}
			}
		}
		sum.ByGroup[one.Group], sum.ByMark[string(one.Mark)] = group, mark
	}
	sum.Survived = sum.Faults - sum.Killed
	if sum.Faults > 0 {
		sum.Power = float64(sum.Killed) / float64(sum.Faults)
	}
	for _, baseline := range s.Baseline {
		if baseline.Findings > 0 && s.Upstream == "" || baseline.Gated > 0 {
			code = evidence.ExitFailed
		}
	}
	if s.Quick && float64(sum.QuickKilled) < QuickShare*float64(sum.Lasting) {
		code = evidence.ExitFailed
	}
	sum.Isolation = isolationOf(s.Faults)
	s.Summary = sum
	return code
}

// Halved reports whether it was stopped before every fault was tried: then it has no detection power.
func (s *Selftest) Halved() bool { return s.Selected > len(s.Faults) }

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

// ToldBy counts, by group and by the kind of check, which kind was the first to tell each fault that was caught.
func (s *Selftest) ToldBy() map[string]map[string]int {
	told := map[string]map[string]int{}
	for _, one := range s.Faults {
		if !one.Caught() || len(one.By) == 0 {
			continue
		}
		if told[one.Group] == nil {
			told[one.Group] = map[string]int{}
		}
		told[one.Group][one.By[0].Oracle()]++
	}
	return told
}

// Survivors returns the faults that nobody caught as they should be; of generated ones those that may not live.
func (s *Selftest) Survivors() []FaultResult {
	return slices.DeleteFunc(slices.Clone(s.Faults),
		func(one FaultResult) bool {
			return one.Generated && !one.Lives() || !one.Generated && one.RightRequirement
		})
}
