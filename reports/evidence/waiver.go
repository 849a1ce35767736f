package evidence

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/contract/yamlfile"
)

// Waiver is one entry of a waiver file: a standard that something in front of the API breaks (a gateway
// that answers 401 without a challenge, or 404 where 405 belongs), put up with until a date. The check
// stays and is reported; until that day it does not gate.
type Waiver struct {
	Requirement string `yaml:"requirement" json:"requirement" need:"a waiver has requirement, reason, owner and until" doc:"the standard that is put up with"`
	Reason      string `yaml:"reason" json:"reason" need:"a waiver has requirement, reason, owner and until" doc:"why"`
	Owner       string `yaml:"owner" json:"owner" need:"a waiver has requirement, reason, owner and until" doc:"who looks after it"`
	// Until is the last day of the waiver, as 2026-12-31 (UTC).
	Until string `yaml:"until" json:"until" need:"a waiver has requirement, reason, owner and until" form:"date" doc:"last day of the waiver (UTC)"`
	// Ended says that the day is past: the requirement gates again.
	Ended bool `yaml:"-" json:"ended,omitempty"`
	// Findings counts what the run found that the waiver speaks of.
	Findings int `yaml:"-" json:"findings"`
}

// Waivers is the list of a file.
type Waivers []Waiver

// ReadWaivers reads a waiver file. Only requirements of the mark standard can be waived: what the
// documentation states is either a known failure or a failure. An unknown key or requirement, an empty
// field or a broken date is an error that names file and line.
func ReadWaivers(path string, facts *contract.Contract, now time.Time) (Waivers, error) {
	data, err := contract.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the waivers: %w; leave --waivers out if there are none", err)
	}
	var list Waivers
	document, err := waiverFile.Read(path, data, &list)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var faults []error
	for i := range list {
		if wrong := list[i].check(facts, seen, now); wrong != "" {
			faults = append(faults, document.Fault(fmt.Sprintf("[%d].requirement", i+1), "%s", wrong))
		}
	}
	return list, errors.Join(faults...)
}

var waiverFile = yamlfile.Definition{Name: "a list of waivers"}

// WaiverSchema is the JSON Schema of a waiver file.
func WaiverSchema() map[string]any { return waiverFile.Schema(new(Waivers)) }

// check says what is wrong with a waiver, or "".
func (w *Waiver) check(facts *contract.Contract, seen map[string]bool, now time.Time) string {
	requirement := facts.Requirement(w.Requirement)
	switch {
	case requirement == nil:
		return fmt.Sprintf("there is no requirement %q; kobcheck list requirements shows them", w.Requirement)
	case requirement.Mark != contract.Standard:
		return fmt.Sprintf("%s is %s, and only standards can be waived; list its failure with --known, or leave it out of --scored",
			w.Requirement, requirement.Mark)
	case seen[w.Requirement]:
		return fmt.Sprintf("%s is waived twice", w.Requirement)
	}
	seen[w.Requirement] = true
	last, _ := time.Parse(time.DateOnly, w.Until) // it has that form
	w.Ended = now.UTC().Truncate(24 * time.Hour).After(last)
	return ""
}

// InForce returns the requirements that do not gate for as long as their waivers last.
func (l Waivers) InForce() map[string]bool {
	waived := map[string]bool{}
	for _, one := range l {
		if !one.Ended {
			waived[one.Requirement] = true
		}
	}
	return waived
}

// Counted returns the waivers with what each was needed for, by requirement.
func (l Waivers) Counted(findings map[string]int) []Waiver {
	out := make([]Waiver, 0, len(l))
	for _, one := range l {
		one.Findings = findings[one.Requirement]
		out = append(out, one)
	}
	slices.SortFunc(out, func(a, b Waiver) int { return strings.Compare(a.Requirement, b.Requirement) })
	return out
}

// Sentence says what the waiver did in the run and what to do about it.
func (w Waiver) Sentence() string {
	switch {
	case w.Ended && w.Findings > 0:
		return fmt.Sprintf("ended on %s and gates again: %s (%s)", w.Until, w.Reason, w.Owner)
	case w.Ended:
		return fmt.Sprintf("ended on %s and is not needed: remove it (%s)", w.Until, w.Owner)
	case w.Findings == 0:
		return fmt.Sprintf("nothing was found that needs it; remove it (%s)", w.Owner)
	}
	noun := "findings"
	if w.Findings == 1 {
		noun = "finding"
	}
	return fmt.Sprintf("%d %s put up with until %s: %s (%s)", w.Findings, noun, w.Until, w.Reason, w.Owner)
}
