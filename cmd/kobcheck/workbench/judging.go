package workbench

import (
	"github.com/spf13/pflag"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/format"
	"github.com/kobcheck/kobcheck/reports/nights"
)

// Judging says what fails, and which files say how results are read.
type Judging struct {
	Gate                            []string
	Known, Scored, Waivers, Profile string
	Strict                          bool
}

// Flags adds the flags: the same for a run and for load.
func (j *Judging) Flags(flags *pflag.FlagSet) {
	flags.StringSliceVar(&j.Gate, "gate", []string{"stated", "standard", "hazard"}, "what fails: marks, and hazard")
	flags.StringVar(&j.Known, "known", "", "list of known failures; the reports of a failure have entries ready to "+
		"paste")
	flags.StringVar(&j.Scored, "scored", "", "file with the requirements that gate, one id a line; newer ones are "+
		"advisory until promoted")
	flags.StringVar(&j.Waivers, "waivers", "", "standards that are put up with until a date: requirement, reason, "+
		"owner, until")
}

// Judgement is what a run or a load plan is judged by.
type Judgement struct {
	Policy  *evidence.Policy
	Known   evidence.KnownFailures
	Waivers evidence.Waivers
	// Profile is that of the file named, nil where none is.
	Profile *nights.Profile
}

// Judgement reads what the flags say of what fails.
func (b *Bench) Judgement(j *Judging) (*Judgement, error) {
	gate, err := evidence.ParseGate(j.Gate)
	if err != nil {
		return nil, err
	}
	by := &Judgement{Policy: &evidence.Policy{Contract: b.Facts, Gate: gate, Strict: j.Strict}}
	if j.Known != "" {
		if by.Known, err = evidence.ReadKnownFailures(j.Known, b.Scenarios.Has); err != nil {
			return nil, err
		}
	}
	if j.Scored != "" {
		if by.Policy.Scored, err = b.Facts.ReadRequirementList(j.Scored); err != nil {
			return nil, err
		}
	}
	if j.Waivers != "" {
		if by.Waivers, err = evidence.ReadWaivers(j.Waivers, b.Facts, b.Now()); err != nil {
			return nil, err
		}
		by.Policy.Waived = by.Waivers.InForce()
	}
	if j.Profile != "" {
		by.Profile, err = nights.ReadProfile(j.Profile)
	}
	return by, err
}

// Plain is a judgement without anybody's lists.
func (b *Bench) Plain() *evidence.Policy {
	return &evidence.Policy{Contract: b.Facts, Gate: evidence.DefaultGate()}
}

// KeepProfile holds a run against the profile of the target and writes it as it is now. What keeps it from being
// written does not keep the run's reports.
func (b *Bench) KeepProfile(by *Judgement, path string, result *reports.Run, to *format.Writer) {
	if by.Profile == nil {
		return
	}
	result.ProfileChanges = by.Profile.Update(result)
	found, err := to.File(path, by.Profile.Write)
	if found != "" {
		result.Exposed(found)
	}
	if err != nil {
		b.Say("the profile is as it was: %v", err)
	}
}
