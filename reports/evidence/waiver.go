package evidence

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/kobcheck/kobcheck/contract"
)

// Waiver is one entry of a waiver file: a standard that something in front of the API breaks (a gateway
// that answers 401 without a challenge, or 404 where 405 belongs), put up with until a date. The check
// stays and is reported; until that day it does not gate.
type Waiver struct {
	Requirement string `yaml:"requirement" json:"requirement"`
	Reason      string `yaml:"reason" json:"reason"`
	Owner       string `yaml:"owner" json:"owner"`
	// Until is the last day of the waiver, as 2026-12-31 (UTC).
	Until string `yaml:"until" json:"until"`
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
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the waivers: %w; leave --waivers out if there are none", err)
	}
	var list Waivers
	if err := yaml.UnmarshalWithOptions(data, &list, yaml.Strict()); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %s", path, yaml.FormatError(err, false, true))
	}
	lines, seen := entryLines(string(data)), map[string]bool{}
	var faults []error
	for i := range list {
		line := 0
		if i < len(lines) {
			line = lines[i]
		}
		if err := list[i].check(facts, seen, now); err != nil {
			faults = append(faults, fmt.Errorf("%s:%d: %w", path, line, err))
		}
	}
	return list, errors.Join(faults...)
}

func (w *Waiver) check(facts *contract.Contract, seen map[string]bool, now time.Time) error {
	for _, field := range []struct{ name, value string }{{"requirement", w.Requirement}, {"reason", w.Reason}, {"owner", w.Owner}, {"until", w.Until}} {
		if strings.TrimSpace(field.value) == "" {
			return fmt.Errorf("%s is missing; a waiver has requirement, reason, owner and until", field.name)
		}
	}
	requirement := facts.Requirement(w.Requirement)
	switch {
	case requirement == nil:
		return fmt.Errorf("there is no requirement %q; kobcheck list requirements shows them", w.Requirement)
	case requirement.Mark != contract.Standard:
		return fmt.Errorf("%s is %s, and only standards can be waived; list its failure with --known, or leave it out of --scored", w.Requirement, requirement.Mark)
	case seen[w.Requirement]:
		return fmt.Errorf("%s is waived twice", w.Requirement)
	}
	seen[w.Requirement] = true
	last, err := time.Parse(time.DateOnly, w.Until)
	if err != nil {
		return fmt.Errorf("until: %q is no date; write it like 2026-12-31", w.Until)
	}
	w.Ended = now.UTC().Truncate(24 * time.Hour).After(last)
	return nil
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
	return fmt.Sprintf("%d findings put up with until %s: %s (%s)", w.Findings, w.Until, w.Reason, w.Owner)
}
