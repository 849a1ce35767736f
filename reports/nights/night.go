package nights

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// Night is what the history keeps of a run, as night.json: small enough for hundreds of them.
type Night struct {
	NightVersion int    `json:"night_version"`
	RunID        string `json:"run_id"`
	Target       string `json:"target"`
	// Tool is the version of the program that made the run; empty in nights of earlier ones.
	Tool      string           `json:"tool_version,omitempty"`
	StartedAt time.Time        `json:"started_at"` // UTC
	Verdict   evidence.Verdict `json:"verdict"`
	ExitCode  int              `json:"exit_code"`
	// Reason is why there is no verdict, where one word of the run says it.
	Reason string `json:"reason,omitempty"`
	// Scenarios gives each scenario its verdict, Requirements each requirement its status.
	Scenarios    map[string]evidence.Verdict          `json:"scenarios"`
	Requirements map[string]reports.RequirementStatus `json:"requirements"`
	Failures     []reports.NightFailure               `json:"failures"`
	// P50 and P95 are latencies of operations in milliseconds.
	P50 map[string]float64 `json:"p50_ms"`
	P95 map[string]float64 `json:"p95_ms"`
	// Answers are those to open questions; Undocumented what was seen beyond the documentation.
	Answers      map[string]string `json:"answers"`
	Undocumented []string          `json:"undocumented"`
}

// nightVersion is the version of night.json that is written and read.
const nightVersion = 1

// Of takes from a run what the history keeps.
func Of(r *reports.Run) *Night {
	n := &Night{NightVersion: nightVersion, RunID: r.RunID, Target: r.Target.Name, Tool: r.Tool.Version, StartedAt: r.StartedAt,
		Verdict:  r.Verdict,
		ExitCode: r.ExitCode, Reason: r.Reason, Scenarios: map[string]evidence.Verdict{},
		Requirements: map[string]reports.RequirementStatus{}, Failures: []reports.NightFailure{}, P50: map[string]float64{},
		P95: map[string]float64{}, Answers: map[string]string{}, Undocumented: []string{}}
	for _, scenario := range r.Scenarios {
		n.Scenarios[scenario.ID] = scenario.Verdict
	}
	for _, requirement := range r.Requirements {
		n.Requirements[requirement.ID] = requirement.Status
	}
	for _, group := range r.Causes(true) {
		n.Failures = append(n.Failures, reports.NightFailure{Fingerprint: group.Fingerprints[0], Also: group.Fingerprints[1:],
			Requirement: group.Finding.Requirement, Message: group.Finding.Message, By: shownBy(&group),
			Scenarios: len(group.Scenarios), Passing: group.Passing, Hazard: group.Finding.Hazard, Known: group.Known(),
			Flaky: group.Flaky(), Since: r.FirstSeen(group.Finding)})
	}
	for _, use := range r.Operations {
		if use.Requests > 0 {
			n.P50[use.ID], n.P95[use.ID] = use.Latency.P50, use.Latency.P95
		}
	}
	for _, one := range r.Observations {
		n.Answers[one.ID] = one.Answer
	}
	for _, one := range r.Undocumented {
		n.Undocumented = append(n.Undocumented, one.Operation+": "+one.Kind+" "+one.Name)
	}
	slices.Sort(n.Undocumented)
	return n
}

// mostBy is how many scenarios a night names of those that show a failure.
const mostBy = 5

// shownBy names the scenarios that show a cause, else the one that met it first in passing.
func shownBy(c *reports.Cause) []string {
	if len(c.Scenarios) == 0 {
		return []string{c.Scenario.ID}
	}
	return slices.Clone(c.Scenarios[:min(mostBy, len(c.Scenarios))])
}

// ReadOne reads a night.json, or takes the night out of a run.json.
func ReadOne(path string) (*Night, error) {
	data, err := reports.ReadFile(path)
	if err != nil {
		return nil, err
	}
	night := new(Night)
	if err := json.Unmarshal(data, night); err == nil && night.NightVersion == nightVersion && len(night.Scenarios) > 0 {
		return night, nil
	}
	run, err := reports.ReadRun(strings.NewReader(string(data)))
	if err != nil {
		return nil, err
	}
	if run.RunID == "" || run.StartedAt.IsZero() {
		return nil, errors.New("this is no night.json and no run.json")
	}
	return Of(run), nil
}

// nightFiles are those of a folder that hold a night, the smallest first.
var nightFiles = []string{"night.json", "run.json.gz", "run.json"}

// Read reads the nights under a folder, oldest first: the night.json of each folder, or its run.json
// where there is none. What is corrupt or foreign is named and skipped.
func Read(folder string) (nights []*Night, skipped []string, err error) {
	chosen := map[string]string{} // the file of each folder
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() || !slices.Contains(nightFiles, name) {
			return nil
		}
		at := filepath.Dir(path)
		if was := chosen[at]; was == "" || slices.Index(nightFiles, name) < slices.Index(nightFiles, filepath.Base(was)) {
			chosen[at] = path
		}
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("reading the nights under %s: %w", folder, err)
	}
	seen := map[string]bool{}
	paths := slices.Sorted(maps.Values(chosen))
	read, failed := make([]*Night, len(paths)), make([]error, len(paths))
	var all errgroup.Group
	all.SetLimit(runtime.GOMAXPROCS(0))
	for i, path := range paths {
		all.Go(func() error {
			read[i], failed[i] = ReadOne(path)
			return nil
		})
	}
	_ = all.Wait() // what fails is told by its path
	for i, path := range paths {
		night := read[i]
		switch {
		case failed[i] != nil:
			skipped = append(skipped, fmt.Sprintf("%s: %v", path, failed[i]))
		case seen[night.RunID]:
			skipped = append(skipped, fmt.Sprintf("%s: the run %s is there already", path, night.RunID))
		default:
			seen[night.RunID] = true
			nights = append(nights, night)
		}
	}
	slices.SortStableFunc(nights, func(a, b *Night) int { return a.StartedAt.Compare(b.StartedAt) })
	return nights, skipped, nil
}
