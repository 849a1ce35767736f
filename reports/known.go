package reports

import (
	"fmt"
	"slices"
	"time"

	"github.com/kobcheck/kobcheck/reports/evidence"
)

// ApplyKnown holds the run against the list: what is listed in every part is known, what fails in another way
// stays a failure and says so, and a pass, or an entry without use, asks for the entry's removal: until the date of
// the entry in words alone, from then on by failing. Call it before [Run.Judge].
func (r *Run) ApplyKnown(list evidence.KnownFailures, now time.Time) {
	if len(list) == 0 {
		return
	}
	a := applying{run: r, list: list, now: now, used: map[int]bool{}, blocked: map[string]string{}}
	for i := range r.Passing {
		f := &r.Passing[i]
		a.finding("", f)
		if f.Verdict == evidence.Known && f.Check == evidence.NotServed {
			a.blocked[f.Operation] = f.Reason
		}
	}
	for i := range r.Scenarios {
		a.scenario(&r.Scenarios[i])
	}
	for i := range list {
		switch entry := &list[i]; {
		case entry.Dropped() != "":
			a.removable(entry.Dropped())
		case !a.unused(i):
		case a.blocks(entry):
			r.Unneeded = append(r.Unneeded, entry.NoLonger())
		default:
			a.removable(entry.NoLonger())
		}
	}
}

// applying is a list being held against a run. Used are the entries that cover something; blocked tells of the
// operations that are not served, and are known for it, why.
type applying struct {
	run     *Run
	list    evidence.KnownFailures
	now     time.Time
	used    map[int]bool
	blocked map[string]string
}

func (a *applying) removable(why string) {
	if !slices.Contains(a.run.Removable, why) {
		a.run.Removable = append(a.run.Removable, why)
	}
}

func (a *applying) finding(scenario string, f *evidence.Finding) []int {
	at := a.list.Apply(scenario, f, a.now)
	for _, i := range at {
		a.used[i] = true
	}
	return at
}

func (a *applying) scenario(s *Scenario) {
	own, covered := a.own(s), map[int]bool{}
	for i := range s.Findings {
		for _, at := range a.finding(s.ID, &s.Findings[i]) {
			covered[at] = true
		}
	}
	switch s.Verdict {
	case evidence.Blocked:
		if why := a.blocked[s.BlockedBy]; why != "" {
			s.Verdict, s.Reason = evidence.Known, why
		}
	case evidence.Passed, evidence.Advisory: // flaky is chance, which asks for nothing
		for _, i := range own {
			if entry := &a.list[i]; a.blocks(entry) {
				s.Verdict, s.Reason = evidence.UnexpectedPass, entry.NoLonger()
			} else {
				a.removable(entry.NoLonger())
			}
		}
	case evidence.Failed:
		a.failed(s, own, covered)
	}
}

// blocks reports whether an entry whose failure is mended fails the run.
func (a *applying) blocks(entry *evidence.KnownFailure) bool {
	return a.run.Settings.UnexpectedPass == UnexpectedPassFails || entry.Ended(a.now)
}

// UnexpectedPassFails is the setting by which an entry whose failure is mended fails the run at once.
const UnexpectedPassFails = "fail"

// own lists the entries that speak of a scenario by its name.
func (a *applying) own(s *Scenario) []int {
	var at []int
	for i := range a.list {
		if a.list[i].Scenario == s.ID {
			at = append(at, i)
		}
	}
	return at
}

// failed makes a scenario known whose gated findings are all listed.
func (a *applying) failed(s *Scenario, own []int, covered map[int]bool) {
	why := ""
	for _, f := range s.Findings {
		switch {
		case !f.Gated, f.Verdict == evidence.Flaky:
		case f.Verdict == evidence.Known:
			why = f.Reason
		case f.Reason != "": // its entry has ended
			s.Reason = f.Reason
			return
		case len(own) > 0:
			entry := &a.list[own[0]]
			s.Reason = fmt.Sprintf("fails in another way than %s says (%s): %s is new", entry.Reference, entry.At(), f.Fingerprint())
			return
		default:
			return
		}
	}
	for _, i := range own {
		entry := &a.list[i]
		if covered[i] {
			continue
		}
		why := fmt.Sprintf("the entry at %s is of no use any more: %q does not fail in that way; remove it", entry.At(), entry.Check)
		if entry.Ended(a.now) {
			s.Reason = why
			return
		}
		a.removable(why)
	}
	s.Verdict, s.Reason = evidence.Known, why
}

// unused reports whether nothing of a whole run shows an entry of a cause although it judged what the entry speaks
// of. A part of a run says nothing of that, nor does one that the environment cut short.
func (a *applying) unused(i int) bool {
	entry := &a.list[i]
	if a.used[i] || entry.Scenario != "" || a.run.Partial() || a.run.cutShort() {
		return false
	}
	if entry.Requirement == "" {
		return slices.ContainsFunc(a.run.Census, func(c CheckCount) bool { return c.Name == entry.Check && c.Evaluated > c.NoData })
	}
	for f := range a.run.Findings() {
		if f.Requirement == entry.Requirement {
			return true
		}
	}
	return slices.ContainsFunc(a.run.Scenarios, func(s Scenario) bool { return slices.Contains(s.Proves, entry.Requirement) })
}

// cutShort reports whether scenarios got no verdict, for whatever reason.
func (r *Run) cutShort() bool {
	return r.Signal != "" || slices.ContainsFunc(r.Scenarios, func(s Scenario) bool {
		return s.Verdict == evidence.Inconclusive || s.Verdict == evidence.NotRun
	})
}

// Partial reports whether the run is a selection or a shard of the scenarios that there are.
func (r *Run) Partial() bool { return r.Settings.Of > len(r.Scenarios) }

// NewFailures are entries for what fails or blocks and no list knows, one for each cause.
func (r *Run) NewFailures() evidence.KnownFailures {
	entries := evidence.KnownFailures{}
	for _, cause := range append(r.Causes(true), r.Causes(false)...) {
		f := cause.Finding
		if cause.Known() || cause.Flaky() || !f.Gated && f.Check != evidence.NotServed {
			continue
		}
		entry := evidence.KnownFailure{Requirement: f.Requirement, Check: f.Check, Fingerprint: f.Fingerprint(), Also: cause.Fingerprints[1:]}
		if len(cause.Operations) == 1 {
			entry.Operation = cause.Operations[0]
		}
		entries = append(entries, entry)
	}
	return entries
}

// ReportWaivers puts the waivers, with what each was needed for, into the run. Call it before [Run.Judge].
func (r *Run) ReportWaivers(list evidence.Waivers) {
	counts := map[string]int{}
	for f := range r.Findings() {
		counts[f.Requirement]++
	}
	r.Waivers = list.Counted(counts)
}
