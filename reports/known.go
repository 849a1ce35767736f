package reports

import (
	"fmt"
	"io"
	"time"

	"github.com/kobcheck/kobcheck/reports/evidence"
)

// ApplyKnown holds the run against the list: what is listed in every part is known, what fails in another way
// stays a failure and says so, and a pass, or an entry past its date or without use, asks for the entry's
// removal. Call it before [Run.Close].
func (r *Run) ApplyKnown(list evidence.KnownFailures, now time.Time) {
	if len(list) == 0 {
		return
	}
	a := applying{list: list, now: now, blocked: map[string]*evidence.KnownFailure{}}
	for i := range r.Passing {
		f := &r.Passing[i]
		entry, _ := list.Entry("", *f)
		if !f.Gated || entry == nil || entry.Ended(now) {
			continue
		}
		f.Verdict = evidence.Known
		if f.Check == evidence.NotServed {
			a.blocked[f.Operation] = entry
		}
	}
	for i := range r.Scenarios {
		a.scenario(&r.Scenarios[i])
	}
}

// applying is a list being held against a run. Blocked are the entries that explain why an operation is not served.
type applying struct {
	list    evidence.KnownFailures
	now     time.Time
	blocked map[string]*evidence.KnownFailure
}

func (a *applying) scenario(s *Scenario) {
	switch s.Verdict {
	case evidence.Blocked:
		if entry := a.blocked[s.BlockedBy]; entry != nil {
			s.Verdict, s.Reason = evidence.Known, because(entry)
		}
	case evidence.Passed, evidence.Advisory, evidence.Flaky:
		for i := range a.list {
			if entry := &a.list[i]; entry.Scenario == s.ID {
				s.Verdict = evidence.UnexpectedPass
				s.Reason = fmt.Sprintf("no longer fails as %s says; remove the entry at %s", entry.Reference, entry.At())
				return
			}
		}
	case evidence.Failed:
		a.failed(s)
	}
}

// failed makes a scenario known whose gated findings are all listed.
func (a *applying) failed(s *Scenario) {
	used := map[int]bool{}
	var own *evidence.KnownFailure // an entry that speaks of this scenario, if only by its name
	for i := range a.list {
		if a.list[i].Scenario == s.ID {
			own = &a.list[i]
		}
	}
	for _, f := range s.Findings {
		if !f.Gated {
			continue
		}
		entry, at := a.list.Entry(s.ID, f)
		switch {
		case entry == nil && own != nil:
			s.Reason = fmt.Sprintf("fails in another way than %s says (%s): %s is new", own.Reference, own.At(), f.Fingerprint())
			return
		case entry == nil:
			return
		case entry.Ended(a.now):
			s.Reason = fmt.Sprintf("%s was to be mended by %s (owner: %s); mend it or give the entry at %s another date", entry.Reference, entry.Until, entry.Owner, entry.At())
			return
		}
		used[at] = true
		s.Reason = because(entry)
	}
	for i := range a.list {
		if entry := &a.list[i]; entry.Scenario == s.ID && !used[i] {
			s.Reason = fmt.Sprintf("the entry at %s is of no use any more: %q does not fail in that way; remove it", entry.At(), entry.Check)
			return
		}
	}
	s.Verdict = evidence.Known
}

func because(entry *evidence.KnownFailure) string {
	return fmt.Sprintf("known until %s: %s (%s, %s)", entry.Until, entry.Reason, entry.Reference, entry.Owner)
}

// fresh are entries for what gates and no list knows, one for each cause.
func (r *Run) fresh() evidence.KnownFailures {
	var findings []evidence.Finding
	for _, cause := range r.Causes(true) {
		if cause.Scenario.Verdict != evidence.Flaky {
			findings = append(findings, cause.Finding)
		}
	}
	return evidence.Fresh(findings)
}

func writeNewFailures(w io.Writer, r *Run) error { return r.fresh().Write(w) }

// ReportWaivers puts the waivers, with what each was needed for, into the run. Call it before [Run.Close].
func (r *Run) ReportWaivers(list evidence.Waivers) {
	counts := map[string]int{}
	for f := range r.Findings() {
		counts[f.Requirement]++
	}
	r.Waivers = list.Counted(counts)
}
