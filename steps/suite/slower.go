package suite

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/catalog"
)

// pace is how long answers took over the run, so that an API that takes longer with each call is seen whenever the
// scenario about that came to its turn. Lists grow with what is made, and are left out.
type pace struct{ took []taken }

type taken struct {
	at time.Time
	d  time.Duration
}

// mostPaced bounds what is kept of a run that goes very deep.
const mostPaced = 200_000

func (p *pace) hear(exchanges []*client.Exchange) {
	for _, e := range exchanges {
		if e.Err == nil && e.Operation != tokenCall && !strings.HasSuffix(e.Operation, "-list") && len(p.took) < mostPaced {
			p.took = append(p.took, taken{e.StartedAt, e.Duration})
		}
	}
}

// The rule: of each tenth of the run the quickest answer is looked at, since a busy machine slows many down and never all.
// It took longer in each tenth than in the one before, but for one, and grew to so much in all.
const (
	slowerTenths  = 10
	slowerFewest  = 50 // answers in a tenth
	slowerFactor  = 3
	slowerBy      = 50 * time.Millisecond
	slowerExcepts = 1
)

// slower returns the quickest answers of the first and of the last tenth, and whether all grew in between.
func (p *pace) slower() (first, last time.Duration, there bool) {
	slices.SortFunc(p.took, func(a, b taken) int { return a.at.Compare(b.at) })
	size := len(p.took) / slowerTenths
	if size < slowerFewest {
		return 0, 0, false
	}
	var quickest []time.Duration
	rises := 0
	for tenth := range slowerTenths {
		least := slices.MinFunc(p.took[tenth*size:(tenth+1)*size], func(a, b taken) int { return int(a.d - b.d) }).d
		if tenth > 0 && least > quickest[tenth-1] {
			rises++
		}
		quickest = append(quickest, least)
	}
	first, last = quickest[0], quickest[slowerTenths-1]
	return first, last, rises >= slowerTenths-1-slowerExcepts && last >= slowerFactor*first && last-first >= slowerBy
}

// watchPace says once that answers took longer and longer over the run.
func (r *runner) watchPace() {
	first, last, there := r.pace.slower()
	if !there {
		return
	}
	scenario := r.order[max(slices.IndexFunc(r.order, func(s *catalog.Scenario) bool {
		return slices.Contains(s.Requirements, "HARNESS-22") // the one that is about it, where it is in the run
	}), 0)]
	w := r.config.Session.NewWorld(steps.Scenario{ID: scenario.ID})
	_ = w.Preparing(func() error { // what is only noticed fails nothing
		w.Expect(false, evidence.Assertion{Check: "answers do not slow down",
			Fact:    contract.Fact{Requirement: "HARNESS-22", Facet: contract.Pace},
			Message: "each call takes longer than the one before", Expected: "about as long at the end as at the beginning",
			Actual: fmt.Sprintf("the quickest of %d took %v at first and %v at last", len(r.pace.took)/slowerTenths,
				first.Round(time.Millisecond), last.Round(time.Millisecond))})
		return nil
	})
	r.noticeAfter(w.Evidence())
}
