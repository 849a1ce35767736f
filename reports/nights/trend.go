package nights

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kobcheck/kobcheck/reports"
)

// Trend is what many nights show together.
type Trend struct {
	Nights  []*Night
	Skipped []string
	// Last is what changed from the last night but one to the last; nil for a single night.
	Last *Changes
	// Open are the ways of failing of the last night, with how long each has been there without a break.
	Open []openFailure
	// Unseen stood before and was not looked for in the last night.
	Unseen []openFailure
	// Flaky are the scenarios that went from passing to failing and back.
	Flaky []flakyScenario
	// Ever are the requirements that were broken on any night, each with its status on every night.
	Ever []requirementRow
	// Trophies are the ways of failing that were caught and are mended, latest first.
	Trophies []trophy
	// Shifts are operations whose latency changed for good.
	Shifts []latencyShift
}

// standingCount is how many deviations of the last night are of one kind, and where the page of nights lists them.
type standingCount struct {
	N        int
	What, At string
}

// Standing says in numbers what the last night found: what is new, what still stands, what is mended and what nobody
// judged; what was seen on one night alone, where there is such.
func (t *Trend) Standing() []standingCount {
	fresh, mended, once := 0, 0, 0
	if t.Last != nil {
		fresh, mended = len(t.Last.New)+len(t.Last.Unlooked), reports.Mended(t.Last.Gone)
		once = len(t.Last.Gone) - mended
	}
	unseen := "open"
	if len(t.Unseen) > 0 {
		unseen = "unseen"
	}
	counts := []standingCount{{fresh, "new", "last"}, {len(t.Open) - fresh, "still there", "open"}, {mended, "mended", "last"},
		{len(t.Unseen), "not judged", unseen}}
	if once > 0 {
		counts = append(counts, standingCount{once, "seen on one night alone", "last"})
	}
	return counts
}

// trophy is a way of failing that the suite caught and that is no longer there.
type trophy struct {
	reports.NightFailure
	First, Last time.Time
	Nights      int
	// Mended says that a later night looked and did not see it.
	Mended bool
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
		t.Last = changes(t.Nights[:len(t.Nights)-1], last)
	}
	t.open()
	t.flaky()
	t.ever()
	t.trophies()
	t.shifts()
	return t, nil
}

// open parts what stands into what the last night saw and what it did not look for.
func (t *Trend) open() {
	last := t.Nights[len(t.Nights)-1]
	for _, one := range standing(t.Nights) {
		if last.fails(one.NightFailure) {
			t.Open = append(t.Open, *one)
		} else {
			t.Unseen = append(t.Unseen, *one)
		}
	}
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
