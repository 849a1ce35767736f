package nights

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// Trend is what many nights show together.
type Trend struct {
	Nights  []*Night
	Skipped []string
	// Last is what changed from the last night but one to the last; nil for a single night.
	Last *Changes
	// Open are the ways of failing of the last night, with how long each has been there without a break.
	Open []openFailure
	// Flaky are the scenarios that went from passing to failing and back.
	Flaky []flakyScenario
	// Ever are the requirements that were broken on any night, each with its status on every night.
	Ever []requirementRow
	// Trophies are the ways of failing that were caught and are mended, latest first.
	Trophies []trophy
	// Shifts are operations whose latency changed for good.
	Shifts []latencyShift
}

// openFailure is a way of failing that is still there.
type openFailure struct {
	reports.NightFailure
	Since  time.Time
	Nights int
}

// trophy is a way of failing that the suite caught and that is no longer there.
type trophy struct {
	reports.NightFailure
	First, Last time.Time
	Nights      int
}

// flakyScenario is one whose verdict comes and goes.
type flakyScenario struct {
	ID             string
	Failed, Judged int // nights
	Changes        int // of verdict
}

// requirementRow is a requirement over the nights; an empty status means that the night did not have it.
type requirementRow struct {
	ID       string
	Statuses []reports.RequirementStatus
}

// NewTrend works out what the nights show. They have to be of one target, oldest first.
func NewTrend(nights []*Night, skipped []string) (*Trend, error) {
	if len(nights) == 0 {
		return nil, errors.New("there is no night to look at; run with the format night, or keep run.json")
	}
	t := &Trend{Skipped: skipped}
	target := nights[len(nights)-1].Target
	for _, night := range nights {
		if night.Target != target {
			t.Skipped = append(t.Skipped, fmt.Sprintf("run %s: it is of the target %q, the last night is of %q", night.RunID, night.Target, target))
			continue
		}
		t.Nights = append(t.Nights, night)
	}
	last := t.Nights[len(t.Nights)-1]
	if len(t.Nights) > 1 {
		t.Last = Compare(t.Nights[len(t.Nights)-2], last)
	}
	t.open(last)
	t.flaky()
	t.ever()
	t.trophies(last)
	t.shifts()
	return t, nil
}

func (t *Trend) open(last *Night) {
	for _, failure := range last.Failures {
		one := openFailure{NightFailure: failure, Since: last.StartedAt, Nights: 1}
		for i := len(t.Nights) - 2; i >= 0 && t.Nights[i].fails(failure.Fingerprint); i-- {
			one.Since = t.Nights[i].StartedAt
			one.Nights++
		}
		t.Open = append(t.Open, one)
	}
}

// trophies collects what failed on earlier nights and is mended: a failure that comes and goes is none, for it
// may come again.
func (t *Trend) trophies(last *Night) {
	caught := map[string]*trophy{}
	breaks := map[string]int{}
	for i, night := range t.Nights {
		for _, failure := range night.Failures {
			one := caught[failure.Fingerprint]
			if one == nil {
				one = &trophy{NightFailure: failure, First: night.StartedAt}
				caught[failure.Fingerprint] = one
			} else if i > 0 && !t.Nights[i-1].fails(failure.Fingerprint) {
				breaks[failure.Fingerprint]++
			}
			one.Last, one.Nights, one.Scenarios = night.StartedAt, one.Nights+1, max(one.Scenarios, failure.Scenarios)
		}
	}
	for fingerprint, one := range caught {
		if !last.fails(fingerprint) && breaks[fingerprint] == 0 && (last.Verdict == evidence.Passed || last.Verdict == evidence.Failed) {
			t.Trophies = append(t.Trophies, *one)
		}
	}
	slices.SortFunc(t.Trophies, func(a, b trophy) int {
		return cmp.Or(b.Last.Compare(a.Last), cmp.Compare(a.Requirement+a.Message, b.Requirement+b.Message))
	})
}

func (n *Night) fails(fingerprint string) bool {
	for _, failure := range n.Failures {
		if failure.Fingerprint == fingerprint {
			return true
		}
	}
	return false
}

// flaky looks for scenarios that failed, passed and failed again, or passed, failed and passed again. A
// night without a verdict says nothing.
func (t *Trend) flaky() {
	verdicts := map[string][]bool{}
	for _, night := range t.Nights {
		for id, verdict := range night.Scenarios {
			switch verdict {
			case evidence.Passed, evidence.Advisory:
				verdicts[id] = append(verdicts[id], true)
			case evidence.Failed, evidence.Flaky:
				verdicts[id] = append(verdicts[id], false)
			}
		}
	}
	for id, list := range verdicts {
		one := flakyScenario{ID: id, Judged: len(list)}
		for i, passed := range list {
			if !passed {
				one.Failed++
			}
			if i > 0 && passed != list[i-1] {
				one.Changes++
			}
		}
		if one.Changes > 1 {
			t.Flaky = append(t.Flaky, one)
		}
	}
	slices.SortFunc(t.Flaky, func(a, b flakyScenario) int {
		return cmp.Or(cmp.Compare(b.Changes, a.Changes), cmp.Compare(a.ID, b.ID))
	})
}

func (t *Trend) ever() {
	broken := map[string]bool{}
	for _, night := range t.Nights {
		for id, status := range night.Requirements {
			if status == reports.RequirementFailed {
				broken[id] = true
			}
		}
	}
	for id := range broken {
		row := requirementRow{ID: id}
		for _, night := range t.Nights {
			row.Statuses = append(row.Statuses, night.Requirements[id])
		}
		t.Ever = append(t.Ever, row)
	}
	slices.SortFunc(t.Ever, func(a, b requirementRow) int { return cmp.Compare(a.ID, b.ID) })
}
