package main

import (
	"path/filepath"
	"time"

	"github.com/spf13/pflag"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/format"
	"github.com/kobcheck/kobcheck/reports/nights"
	"github.com/kobcheck/kobcheck/steps/catalog"
)

// lists are the files beside a run that say how its results are read.
type lists struct {
	known   evidence.KnownFailures
	scored  map[string]bool
	waivers evidence.Waivers
	profile *nights.Profile
}

// judging is what a run or a load plan is judged by.
type judging struct {
	policy *evidence.Policy
	lists
}

// judgingFlags are the flags that say what fails: the same for a run and for load.
func judgingFlags(flags *pflag.FlagSet, f *runFlags) {
	flags.StringSliceVar(&f.gate, "gate", []string{"stated", "standard", "hazard"}, "what fails: marks, and hazard")
	flags.StringVar(&f.known, "known", "", "list of known failures; the reports of a failure have entries ready to paste")
	flags.StringVar(&f.scored, "scored", "", "file with the requirements that gate, one id a line; newer ones are advisory until promoted")
	flags.StringVar(&f.waivers, "waivers", "", "standards that are put up with until a date: requirement, reason, owner, until")
}

// judgement reads what the flags say of what fails.
func judgement(f *runFlags) (*judging, error) {
	facts, scenarios, err := documentation()
	if err != nil {
		return nil, err
	}
	gate, err := evidence.ParseGate(f.gate)
	if err != nil {
		return nil, err
	}
	lists, err := readLists(f, facts, scenarios)
	if err != nil {
		return nil, err
	}
	policy := &evidence.Policy{Contract: facts, Gate: gate, Scored: lists.scored, Waived: lists.waivers.InForce(), Strict: f.strict}
	return &judging{policy, lists}, nil
}

// readLists reads the files that the flags name.
func readLists(f *runFlags, facts *contract.Contract, scenarios *catalog.Catalog) (l lists, err error) {
	if f.known != "" {
		if l.known, err = evidence.ReadKnownFailures(f.known, scenarios.Has); err != nil {
			return l, err
		}
	}
	if f.scored != "" {
		if l.scored, err = facts.ReadRequirementList(f.scored); err != nil {
			return l, err
		}
	}
	if f.waivers != "" {
		if l.waivers, err = evidence.ReadWaivers(f.waivers, facts, time.Now()); err != nil {
			return l, err
		}
	}
	if f.profile != "" {
		l.profile, err = nights.ReadProfile(f.profile)
	}
	return l, err
}

// keepProfile holds the run against the last profile and writes the new one.
func (l lists) keepProfile(to *format.Writer, path string, result *reports.Run) error {
	if l.profile == nil {
		return nil
	}
	result.ProfileChanges = l.profile.Update(result)
	found, err := (&format.Writer{Folder: filepath.Dir(path), Guard: to.Guard, Mode: to.Mode}).File(filepath.Base(path), l.profile.Write)
	if found != "" {
		result.Exposed(found)
	}
	return err
}
