package reports

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"sort"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// KnownFailure is one entry of known-failures.yaml: a failure that somebody looks after until a date.
// The scenario runs every night all the same; only failing in just this way is known.
type KnownFailure struct {
	Scenario    string `yaml:"scenario"`
	Check       string `yaml:"check"`
	Fingerprint string `yaml:"fingerprint"`
	Reason      string `yaml:"reason"`
	Reference   string `yaml:"reference"`
	Owner       string `yaml:"owner"`
	// Until is the last day of the entry, as 2026-12-31.
	Until string `yaml:"until"`

	file string
	line int
	last time.Time
}

// KnownFailures is the list of a file.
type KnownFailures []KnownFailure

// ReadKnownFailures reads known-failures.yaml. Exists tells which scenario ids there are; an entry for
// another, an unknown key, an empty field or a broken date is an error that names file and line.
func ReadKnownFailures(path string, exists func(id string) bool) (KnownFailures, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the known failures: %w; leave --known out if there are none", err)
	}
	var list KnownFailures
	if err := yaml.UnmarshalWithOptions(data, &list, yaml.Strict()); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %s", path, yaml.FormatError(err, false, true))
	}
	lines := entryLines(string(data))
	var faults []error
	for i := range list {
		entry := &list[i]
		entry.file = path
		if i < len(lines) {
			entry.line = lines[i]
		}
		if err := entry.check(exists); err != nil {
			faults = append(faults, fmt.Errorf("%s:%d: %w", path, entry.line, err))
		}
	}
	return list, errors.Join(faults...)
}

// entryLines returns the lines on which the entries of a list begin.
func entryLines(text string) []int {
	var lines []int
	for i, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "- ") || line == "-" {
			lines = append(lines, i+1)
		}
	}
	return lines
}

func (k *KnownFailure) check(exists func(string) bool) error {
	for _, field := range []struct{ name, value string }{{"scenario", k.Scenario}, {"check", k.Check}, {"fingerprint", k.Fingerprint},
		{"reason", k.Reason}, {"reference", k.Reference}, {"owner", k.Owner}, {"until", k.Until}} {
		if strings.TrimSpace(field.value) == "" {
			return fmt.Errorf("%s is missing; the report prints entries ready to be filled in", field.name)
		}
	}
	if !exists(k.Scenario) {
		return fmt.Errorf("there is no scenario %q; kobcheck list scenarios shows them", k.Scenario)
	}
	var err error
	if k.last, err = time.Parse(time.DateOnly, k.Until); err != nil {
		return fmt.Errorf("until: %q is no date; write it like 2026-12-31", k.Until)
	}
	return nil
}

var (
	anyUUID   = regexp.MustCompile(`[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`)
	anyTime   = regexp.MustCompile(`\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?`)
	anyNumber = regexp.MustCompile(`\d+\.\d+|\d{4,}`)
)

// normalised takes out what differs from run to run: ids, times and amounts. A status keeps its number.
func normalised(text string) string {
	text = anyUUID.ReplaceAllString(text, "<id>")
	text = anyTime.ReplaceAllString(text, "<time>")
	return anyNumber.ReplaceAllString(text, "<number>")
}

// Fingerprint names how a finding fails: check, requirement, place, normalised expected and actual. Two
// failures of one kind have one fingerprint on every night.
func (f Finding) Fingerprint() string {
	sum := sha256.Sum256([]byte(strings.Join([]string{f.Requirement, f.Check, withoutIndex(f.Pointer), normalised(f.Expected), normalised(f.Actual)}, "\x00")))
	return hex.EncodeToString(sum[:6])
}

// ApplyKnown holds the scenarios against the list: a failure that is listed in every part is known, one
// that fails in another way stays a failure and says so, and a pass, or an entry past its date or without
// use, asks for the entry's removal. Call it before [Run.Close].
func (r *Run) ApplyKnown(list KnownFailures, now time.Time) {
	byScenario := map[string][]KnownFailure{}
	for _, entry := range list {
		byScenario[entry.Scenario] = append(byScenario[entry.Scenario], entry)
	}
	today := now.UTC().Truncate(24 * time.Hour)
	for i := range r.Scenarios {
		scenario := &r.Scenarios[i]
		if entries := byScenario[scenario.ID]; len(entries) > 0 {
			scenario.apply(entries, today)
		}
	}
}

func (s *Scenario) apply(entries []KnownFailure, today time.Time) {
	switch s.Verdict {
	case Passed, Advisory, Flaky:
		s.Verdict = UnexpectedPass
		s.Reason = fmt.Sprintf("no longer fails as %s says; remove the entry at %s:%d", entries[0].Reference, entries[0].file, entries[0].line)
		return
	case Failed:
	default:
		return // nothing was seen that could be held against the entry
	}
	used := map[int]bool{}
	for _, finding := range s.Findings {
		if !finding.Gated {
			continue
		}
		at := -1
		for i, entry := range entries {
			if entry.Check == finding.Check && entry.Fingerprint == finding.Fingerprint() {
				at = i
			}
		}
		if at < 0 {
			s.Reason = fmt.Sprintf("fails in another way than %s says (%s:%d): %s is new", entries[0].Reference, entries[0].file, entries[0].line, finding.Fingerprint())
			return
		}
		used[at] = true
	}
	for i, entry := range entries {
		switch {
		case entry.last.Before(today):
			s.Reason = fmt.Sprintf("%s was to be mended by %s (owner: %s); mend it or give the entry at %s:%d another date", entry.Reference, entry.Until, entry.Owner, entry.file, entry.line)
			return
		case !used[i]:
			s.Reason = fmt.Sprintf("the entry at %s:%d is of no use any more: %q does not fail in that way; remove it", entry.file, entry.line, entry.Check)
			return
		}
	}
	s.Verdict = Known
	s.Reason = fmt.Sprintf("known until %s: %s (%s, %s)", entries[0].Until, entries[0].Reason, entries[0].Reference, entries[0].Owner)
}

// writeNewFailures writes an entry for known-failures.yaml for every gated finding that is not known,
// ready to be filled in.
func writeNewFailures(w io.Writer, r *Run) error {
	entries := r.newFailures()
	if len(entries) == 0 {
		_, err := fmt.Fprintln(w, "# nothing failed that is not known\n[]")
		return err
	}
	if _, err := fmt.Fprintf(w, "# %d entries for known-failures.yaml; fill in reason, reference, owner and until\n", len(entries)); err != nil {
		return err
	}
	text, err := yaml.Marshal(entries)
	if err == nil {
		_, err = w.Write(text)
	}
	return err
}

func (r *Run) newFailures() KnownFailures {
	entries := KnownFailures{}
	for i := range r.Scenarios {
		scenario := &r.Scenarios[i]
		if scenario.Verdict != Failed {
			continue
		}
		seen := map[string]bool{}
		for _, finding := range scenario.Findings {
			key := finding.Check + finding.Fingerprint()
			if !finding.Gated || seen[key] {
				continue
			}
			seen[key] = true
			entries = append(entries, KnownFailure{Scenario: scenario.ID, Check: finding.Check, Fingerprint: finding.Fingerprint()})
		}
	}
	sort.SliceStable(entries, func(i, j int) bool { return entries[i].Scenario < entries[j].Scenario })
	return entries
}
