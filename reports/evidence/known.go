package evidence

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/contract/yamlfile"
)

// KnownFailure is one entry of known-failures.yaml: a cause of failures that somebody looks after until a
// date. What it is about runs every night all the same; only failing in just this way is known.
type KnownFailure struct {
	// Scenario narrows the entry to one scenario; empty means the cause wherever it shows.
	Scenario string `yaml:"scenario,omitempty" doc:"narrows the entry to one scenario"`
	// Requirement is the one that is broken. A run that judged it and met nothing of the entry says so; of an
	// entry without one, a run that evaluated its check does.
	Requirement string `yaml:"requirement,omitempty" doc:"the requirement that is broken"`
	// Operation narrows the entry to the answers of one operation; empty means any.
	Operation   string `yaml:"operation,omitempty" doc:"narrows the entry to the answers of one operation"`
	Check       string `yaml:"check" need:"the report prints entries ready to be filled in" doc:"the check that fails"`
	Fingerprint string `yaml:"fingerprint" need:"the report prints entries ready to be filled in" doc:"the way in which it fails"`
	// Also are the fingerprints of further ways in which the same cause shows.
	Also      []string `yaml:"also,omitempty" doc:"fingerprints of further ways in which the same cause shows"`
	Reason    string   `yaml:"reason" need:"somebody has to be able to judge the entry" doc:"why it is put up with"`
	Reference string   `yaml:"reference" need:"somebody has to be able to follow it" doc:"ticket or page"`
	Owner     string   `yaml:"owner" need:"somebody looks after it" doc:"who looks after it"`
	// Until is the last day of the entry, as 2026-12-31 (UTC).
	Until string `yaml:"until" need:"nothing is known for ever" form:"date" doc:"last day of the entry (UTC)"`

	file    string
	line    int
	last    time.Time
	dropped bool
}

// KnownFailures is the list of a file.
type KnownFailures []KnownFailure

// ReadKnownFailures reads known-failures.yaml. Exists tells which scenario ids there are; an entry for another is
// kept and [KnownFailure.Dropped], since a list may be older than the program. An unknown key, an empty field or a
// broken date is an error that names file and line.
func ReadKnownFailures(path string, exists func(id string) bool) (KnownFailures, error) {
	data, err := contract.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the known failures: %w; leave --known out if there are none", err)
	}
	var list KnownFailures
	document, err := knownFile.Read(path, data, &list)
	if err != nil {
		return nil, err
	}
	var faults []error
	first := map[string]*KnownFailure{}
	for i := range list {
		entry, at := &list[i], fmt.Sprintf("[%d]", i+1)
		entry.file, entry.line = path, document.Line(at)
		entry.last, _ = time.Parse(time.DateOnly, entry.Until) // it has that form
		entry.dropped = entry.Scenario != "" && !exists(entry.Scenario)
		id := strings.Join([]string{entry.Scenario, entry.Operation, entry.Check, entry.Fingerprint}, "\x00")
		if first[id] != nil {
			faults = append(faults, document.Fault(at, "the same entry stands at line %d already; remove one", first[id].line))
			continue
		}
		first[id] = entry
	}
	return list, errors.Join(faults...)
}

var knownFile = yamlfile.Definition{Name: "a list of known failures"}

// KnownSchema is the JSON Schema of known-failures.yaml.
func KnownSchema() map[string]any { return knownFile.Schema(new(KnownFailures)) }

// At is where the entry stands, as file:line.
func (k *KnownFailure) At() string { return fmt.Sprintf("%s:%d", k.file, k.line) }

// Ended reports whether the last day of the entry is over.
func (k *KnownFailure) Ended(now time.Time) bool {
	return k.last.Before(now.UTC().Truncate(24 * time.Hour))
}

// Covers reports whether a finding of a scenario (empty: of none) is the failure of the entry.
func (k *KnownFailure) Covers(scenario string, f Finding) bool {
	return k.covers(scenario, f, f.Fingerprint())
}

func (k *KnownFailure) covers(scenario string, f Finding, fingerprint string) bool {
	return (k.Scenario == "" || k.Scenario == scenario) && (k.Operation == "" || k.Operation == f.Operation) &&
		(k.Check == f.Check && k.Fingerprint == fingerprint || slices.Contains(k.Also, fingerprint))
}

// Covering lists the places in the list of all entries that cover a finding of a scenario.
func (l KnownFailures) Covering(scenario string, f Finding) []int {
	var at []int
	fingerprint := f.Fingerprint()
	for i := range l {
		if l[i].covers(scenario, f, fingerprint) {
			at = append(at, i)
		}
	}
	return at
}

// Apply looks for entries that cover a finding of a scenario and returns their places. A finding that fails, or
// blocks, is known from then on while one of them lasts; where all have ended, it says whose turn it is.
func (l KnownFailures) Apply(scenario string, f *Finding, now time.Time) []int {
	at := l.Covering(scenario, *f)
	for _, i := range at {
		if entry := &l[i]; !entry.Ended(now) && (f.Gated || f.Check == NotServed) {
			f.Verdict = Known
			f.Reason = fmt.Sprintf("known until %s: %s (%s, %s)", entry.Until, entry.Reason, entry.Reference, entry.Owner)
			return at
		}
	}
	if len(at) > 0 && f.Gated {
		entry := &l[at[0]]
		f.Reason = fmt.Sprintf("%s was to be mended by %s (owner: %s); mend it or give the entry at %s another date",
			entry.Reference, entry.Until, entry.Owner, entry.At())
	}
	return at
}

// Dropped says that the scenario of an entry is no more; empty where it is, or where the entry names none.
func (k *KnownFailure) Dropped() string {
	if !k.dropped {
		return ""
	}
	return fmt.Sprintf("there is no scenario %q in this version; remove the entry at %s, or name another (kobcheck list scenarios)",
		k.Scenario, k.At())
}

// NoLonger says that nothing fails any more as the entry has it.
func (k *KnownFailure) NoLonger() string {
	return fmt.Sprintf("no longer fails as %s says; remove the entry at %s", k.Reference, k.At())
}

// Write writes the entries as YAML.
func (l KnownFailures) Write(w io.Writer) error {
	if len(l) == 0 {
		_, err := fmt.Fprintln(w, "# nothing failed that is not known\n[]")
		return err
	}
	if _, err := fmt.Fprintf(w, "# entries for known-failures.yaml (%d); fill in reason, reference, owner and until\n", len(l)); err != nil {
		return err
	}
	text, err := yaml.Marshal(l)
	if err == nil {
		_, err = w.Write(text)
	}
	return err
}
