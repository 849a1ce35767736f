package nights

import (
	"cmp"
	"slices"
	"time"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// openFailure is a way of failing that is there, or that was and that no night has looked for since.
type openFailure struct {
	reports.NightFailure
	// Since is the night that saw it first, Last the one that saw it last, and Nights how many did.
	Since, Last time.Time
	Nights      int
}

// standing are the ways of failing that nights leave behind, in the order in which they came. Unseen is not gone: a
// night ends one only where it judged what showed it.
func standing(nights []*Night) []*openFailure {
	var list []*openFailure
	for _, night := range nights {
		list = slices.DeleteFunc(list, func(one *openFailure) bool {
			return !night.fails(one.NightFailure) && night.judged(one.NightFailure)
		})
		for _, failure := range night.Failures {
			at := slices.IndexFunc(list, func(one *openFailure) bool { return one.Same(failure) })
			switch {
			case at < 0 && failure.Flaky:
				continue
			case at < 0:
				at, list = len(list), append(list, &openFailure{Since: night.StartedAt})
			}
			list[at].NightFailure, list[at].Last = failure, night.StartedAt
			list[at].Nights++
		}
	}
	return list
}

// judged reports whether a night looked at what shows a failure: one of its scenarios came to its end. What an earlier
// program wrote names none; then a night with a verdict did.
func (n *Night) judged(f reports.NightFailure) bool {
	if len(f.By) == 0 {
		return n.Verdict == evidence.Passed || n.Verdict == evidence.Failed
	}
	return slices.ContainsFunc(f.By, func(id string) bool { return judges(n.Scenarios[id]) })
}

// judges reports whether a verdict says something of the API.
func judges(v evidence.Verdict) bool {
	_, judged := outcome(v)
	return judged
}

// outcome is whether a scenario held, where its verdict says that.
func outcome(v evidence.Verdict) (held, judged bool) {
	switch v {
	case evidence.Passed, evidence.Advisory, evidence.UnexpectedPass:
		return true, true
	case evidence.Failed, evidence.Known, evidence.Flaky:
		return false, true
	}
	return false, false
}

func (n *Night) fails(f reports.NightFailure) bool { return slices.ContainsFunc(n.Failures, f.Same) }

// streaks are the stretches of nights on which each way of failing stood, in the order in which they came.
func streaks(nights []*Night) [][]trophy {
	var all [][]trophy
	for _, night := range nights {
		for _, list := range all {
			if one := &list[len(list)-1]; !night.fails(one.NightFailure) && night.judged(one.NightFailure) {
				one.Mended = true
			}
		}
		for _, failure := range night.Failures {
			at := slices.IndexFunc(all, func(list []trophy) bool { return list[len(list)-1].Same(failure) })
			switch {
			case at < 0 && failure.Flaky:
				continue
			case at < 0:
				at, all = len(all), append(all, nil)
			}
			if list := all[at]; len(list) == 0 || list[len(list)-1].Mended {
				all[at] = append(list, trophy{First: night.StartedAt})
			}
			one := &all[at][len(all[at])-1]
			failure.Scenarios = max(failure.Scenarios, one.Scenarios)
			one.NightFailure, one.Last, one.Nights = failure, night.StartedAt, one.Nights+1
		}
	}
	return all
}

// trophies collects what failed on earlier nights and is mended. What was there for one night alone is none, and what
// comes and goes may come again.
func (t *Trend) trophies() {
	for _, list := range streaks(t.Nights) {
		if one := list[0]; len(list) == 1 && one.Mended && one.Nights > 1 {
			t.Trophies = append(t.Trophies, one)
		}
	}
	slices.SortFunc(t.Trophies, func(a, b trophy) int {
		return cmp.Or(b.Last.Compare(a.Last), cmp.Compare(a.Requirement+a.Message, b.Requirement+b.Message))
	})
}

// comesAndGoes is how many stretches of failing make a scenario flaky, however long each was.
const comesAndGoes = 3

// flaky looks for scenarios whose verdict comes and goes: it failed on a night between nights that it passed, again
// and again, or it failed and then passed within one night. A failure that came, stayed and was mended is none.
func (t *Trend) flaky() {
	seen := map[string]*flakyScenario{}
	type course struct {
		streak, streaks, single int
		passed                  bool
	}
	courses := map[string]*course{}
	for _, night := range t.Nights {
		for id, verdict := range night.Scenarios {
			held, judged := outcome(verdict)
			if !judged {
				continue
			}
			one, way := seen[id], courses[id]
			if one == nil {
				one, way = &flakyScenario{ID: id}, &course{}
				seen[id], courses[id] = one, way
			} else if held != way.passed {
				one.Changes++
			}
			one.Judged++
			switch {
			case !held:
				if one.Failed++; way.streak == 0 {
					way.streaks++
				}
				way.streak++
			case way.streak == 1 && one.Judged > 2:
				way.single++
				fallthrough
			default:
				way.streak = 0
			}
			if verdict == evidence.Flaky {
				way.single++
			}
			way.passed = held
		}
	}
	for id, one := range seen {
		if way := courses[id]; way.single > 0 || way.streaks >= comesAndGoes {
			t.Flaky = append(t.Flaky, *one)
		}
	}
	slices.SortFunc(t.Flaky, func(a, b flakyScenario) int {
		return cmp.Or(cmp.Compare(b.Changes, a.Changes), cmp.Compare(a.ID, b.ID))
	})
}
