package main

import (
	"time"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps/catalog"
)

// lists are the files beside a run that say how its results are read.
type lists struct {
	known   evidence.KnownFailures
	scored  map[string]bool
	waivers evidence.Waivers
	profile *reports.Profile
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
		l.profile, err = reports.ReadProfile(f.profile)
	}
	return l, err
}

// keepProfile holds the run against the last profile and writes the new one.
func (l lists) keepProfile(path string, result *reports.Run) error {
	if l.profile == nil {
		return nil
	}
	result.ProfileChanges = l.profile.Update(result)
	return l.profile.Write(path)
}
