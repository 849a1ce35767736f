// Package selftest measures the detection power of the suite: it runs the features against an API that is
// broken on purpose, fault by fault, and keeps who noticed.
//
// What walks in is a list of faults and a way to start a subject with one of them; what walks out is the
// kill matrix, a [reports.Selftest]. The package knows no mock: whoever has one starts it.
package selftest

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/client/webhook"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/catalog"
	"github.com/kobcheck/kobcheck/steps/suite"
)

// Fault is one way in which a subject can be broken.
type Fault struct {
	ID, Group, Sentence, Requirement string
	Mark                             contract.Mark
	// Besides are further requirements that the fault breaks, or breaks at single places.
	Besides []string
	// Edition is the only one in which the fault makes a difference; empty for both.
	Edition contract.Edition
	// ByChance says that the fault shows in some requests only.
	ByChance bool
	// Reason says why no scenario can hold the fault against an API; such a fault may survive.
	Reason string
	// Everywhere says that a fault by chance can show in any scenario, so that all are worth a look.
	Everywhere bool
}

// Subject is an API under test that was started for one run.
type Subject struct {
	File *target.File
	// Hits tells how often the broken line was reached so far.
	Hits  func() int64
	Close func() error
}

// Config says what is tested and how.
type Config struct {
	Contract *contract.Contract
	Schemas  *schemas.Set
	Catalog  *catalog.Catalog
	Faults   []Fault
	// Styles and Editions are those in which the subject can answer; a fault is looked for in every style.
	Styles   []string
	Editions []contract.Edition
	// Start starts a subject with the faults named, in a style and edition.
	Start func(ctx context.Context, style string, edition contract.Edition, faults ...string) (*Subject, error)
	// Loader performs load plans on a subject, for the scenarios tagged @load; nil where there is none.
	Loader func(file *target.File) func(ctx context.Context, plan string) (*steps.LoadResult, error)
	// Parallel is how many faults are tried side by side.
	Parallel int
	Seed     int64
	// Full runs every selection to its end, so that all scenarios that notice a fault are known, not only
	// the first.
	Full bool
	// ChanceRuns is how often a fault that shows by chance is tried.
	ChanceRuns int
	// Progress hears of every finished fault; nil for none.
	Progress func(done, total int)
	Tool     reports.Tool

	// proved are the requirements that the conforming subject proves, by style and edition.
	proved map[string][]string
}

// Run measures. It ends early with the context, with the faults that were tried until then.
func Run(ctx context.Context, config Config) (*reports.Selftest, error) {
	s := &reports.Selftest{Tool: config.Tool, Seed: config.Seed, Full: config.Full, StartedAt: time.Now().UTC()}
	config.proved = map[string][]string{}
	for _, style := range config.Styles {
		for _, edition := range config.Editions {
			baseline, proved, err := config.baseline(ctx, style, edition)
			if err != nil {
				return nil, err
			}
			config.proved[style+" "+string(edition)] = proved
			s.Baseline = append(s.Baseline, baseline)
		}
	}
	results := make([]*reports.FaultResult, len(config.Faults))
	var mu sync.Mutex
	done := 0
	one := func(i int) error {
		fault := config.Faults[i]
		if ctx.Err() != nil {
			return nil
		}
		began := time.Now()
		result, err := config.try(ctx, fault)
		if err != nil {
			return fmt.Errorf("trying the fault %s: %w", fault.ID, err)
		}
		result.WallMS = float64(time.Since(began).Microseconds()) / 1000
		results[i] = result
		mu.Lock()
		defer mu.Unlock()
		if done++; config.Progress != nil {
			config.Progress(done, len(config.Faults))
		}
		return nil
	}
	var all errgroup.Group
	all.SetLimit(max(config.Parallel, 1))
	for i, fault := range config.Faults {
		if !fault.ByChance {
			all.Go(func() error { return one(i) })
		}
	}
	err := all.Wait()
	// What shows by chance, mostly in requests under way together, gets the machine to itself.
	for i, fault := range config.Faults {
		if fault.ByChance && err == nil {
			err = one(i)
		}
	}
	for _, result := range results {
		if result != nil {
			s.Faults = append(s.Faults, *result)
		}
	}
	config.gaps(s)
	return s, err
}

// baseline runs everything on the conforming subject, and lists which requirements that proves.
func (config Config) baseline(ctx context.Context, style string, edition contract.Edition) (reports.Baseline, []string, error) {
	began := time.Now()
	run, _, err := config.perform(ctx, style, edition, catalog.Selection{}, nil)
	if err != nil {
		return reports.Baseline{}, nil, fmt.Errorf("running the suite on the conforming subject: %w", err)
	}
	b := reports.Baseline{Style: style, Edition: edition, Total: len(run.Scenarios), WallMS: float64(time.Since(began).Microseconds()) / 1000}
	for range run.Findings() {
		b.Findings++
	}
	for _, scenario := range run.Scenarios {
		if scenario.Verdict == evidence.Passed {
			b.Passed++
		}
	}
	run.Close(config.Contract, time.Now())
	return b, run.WithStatus(reports.Proved), nil
}

// perform runs a selection against a subject started for it.
func (config Config) perform(ctx context.Context, style string, edition contract.Edition, selection catalog.Selection, stopAt func(evidence.Finding) bool, faults ...string) (*reports.Run, int64, error) {
	subject, err := config.Start(ctx, style, edition, faults...)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = subject.Close() }() // whatever it says, the run is over
	settings := subject.File.ClientConfig(config.Contract)
	settings.RunID, settings.Seed, settings.Version = "selftest", config.Seed, config.Tool.Version
	api, err := client.New(settings)
	if err != nil {
		return nil, 0, err
	}
	defer api.Close()
	session := steps.NewSession(&evidence.Policy{Contract: config.Contract, Gate: evidence.DefaultGate()}, config.Schemas, subject.File, api)
	if session.Receiver, err = webhook.Listen(ctx, "127.0.0.1:0", ""); err != nil {
		return nil, 0, err
	}
	defer session.Receiver.Close()
	if config.Loader != nil {
		session.Load = config.Loader(subject.File)
	}
	run, err := suite.Run(ctx, suite.Config{Session: session,
		Catalog: config.Catalog, Selection: selection, Seed: config.Seed, RunID: settings.RunID, StopAt: stopAt})
	return run, subject.Hits(), err
}

// selections are the narrowest ones that ought to notice a fault, the narrowest first: the scenarios of
// the requirement, the section of the operation that the fault names, everything. What a fault does to all the rest
// is seen in whole runs alone.
func (config Config) selections(fault Fault) []catalog.Selection {
	if config.Full {
		return []catalog.Selection{{}, {Requirement: fault.Requirement, Tags: "@load"}}
	}
	out := []catalog.Selection{{Requirement: fault.Requirement}, {Requirement: fault.Requirement, Tags: "@load"}}
	if parts := strings.Split(fault.ID, "."); len(parts) > 1 {
		if operation := config.Contract.Operation(parts[1]); operation != nil {
			out = append(out, catalog.Selection{Section: strings.ToLower(strings.ReplaceAll(operation.Section, " ", "_"))})
		}
	}
	return append(out, catalog.Selection{})
}

// try looks for a fault until a finding names the requirement that it breaks.
func (config Config) try(ctx context.Context, fault Fault) (*reports.FaultResult, error) {
	result := &reports.FaultResult{ID: fault.ID, Group: fault.Group, Mark: fault.Mark, Requirement: fault.Requirement, Sentence: fault.Sentence, Reason: fault.Reason, ByChance: fault.ByChance, By: []reports.Killer{}}
	if fault.ByChance {
		return result, config.often(ctx, fault, result)
	}
	for _, selection := range config.selections(fault) {
		for _, style := range config.Styles {
			if err := config.once(ctx, fault, result, selection, style); err != nil {
				return nil, err
			}
			if result.RightRequirement {
				return result, nil
			}
		}
	}
	return result, nil
}

// stopAt ends a run at the first finding on the requirement that the fault breaks.
func (config Config) stopAt(fault Fault) func(evidence.Finding) bool {
	if config.Full {
		return nil
	}
	return func(f evidence.Finding) bool { return f.Requirement == fault.Requirement }
}

// once runs one selection and adds what it saw to the result.
func (config Config) once(ctx context.Context, fault Fault, result *reports.FaultResult, selection catalog.Selection, style string) error {
	edition := fault.Edition
	if edition == "" {
		edition = config.Editions[0]
	}
	run, hits, err := config.perform(ctx, style, edition, selection, config.stopAt(fault), fault.ID)
	var empty *suite.EmptyError
	if errors.As(err, &empty) {
		return nil // no scenario proves that requirement
	}
	if err != nil {
		return err
	}
	result.Runs++
	result.Hits += hits
	if config.Full && hits > 0 && !run.Partial() && result.Isolation == nil {
		run.Close(config.Contract, time.Now())
		result.Isolation = run.IsolationAgainst(config.proved[style+" "+string(edition)])
	}
	var right, other []reports.Killer
	seen := map[reports.Killer]bool{}
	for finding, scenario := range run.Findings() {
		killer := reports.Killer{Scenario: scenario, Requirement: finding.Requirement}
		switch {
		case seen[killer]:
		case finding.Requirement == fault.Requirement:
			right = append(right, killer)
		default:
			other = append(other, killer)
		}
		seen[killer] = true
	}
	if len(right) > 0 {
		result.Killed, result.RightRequirement, result.By = true, true, right
	} else if len(other) > 0 && !result.Killed {
		result.Killed, result.By = true, other
	}
	return nil
}

// often tries a fault that shows by chance and estimates how probable it is that one run catches it.
func (config Config) often(ctx context.Context, fault Fault, result *reports.FaultResult) error {
	caught, runs := 0, max(config.ChanceRuns, 1)
	if fault.Reason != "" {
		runs = 1 // nobody is expected to notice; a probability of that says nothing
	}
	for i := range runs {
		one := *result
		one.Killed, one.RightRequirement, one.By = false, false, nil
		again := config
		again.Seed += int64(i)
		style := config.Styles[i%len(config.Styles)]
		for _, selection := range []catalog.Selection{{Requirement: fault.Requirement}, {Requirement: fault.Requirement, Tags: "@load"}, {}} {
			if one.RightRequirement || selection.Requirement == "" && !fault.Everywhere {
				break
			}
			if err := again.once(ctx, fault, &one, selection, style); err != nil {
				return err
			}
		}
		result.Runs, result.Hits = one.Runs, one.Hits
		if one.RightRequirement {
			caught++
			result.By = one.By
		} else if one.Killed && len(result.By) == 0 {
			result.By = one.By
		}
		result.Killed = result.Killed || one.Killed
		result.RightRequirement = result.RightRequirement || one.RightRequirement
	}
	result.Probability = float64(caught) / float64(runs)
	return nil
}

// gaps names the scenarios that caught nothing and the requirements that no fault breaks.
func (config Config) gaps(s *reports.Selftest) {
	busy, broken := map[string]bool{}, map[string]bool{}
	for _, one := range config.Faults {
		for _, requirement := range one.Besides {
			broken[requirement] = true
		}
	}
	for _, one := range s.Faults {
		broken[one.Requirement] = true
		for _, killer := range one.By {
			busy[killer.Scenario] = true
		}
	}
	s.Idle, s.Unbroken = []string{}, []string{}
	for _, scenario := range config.Catalog.Scenarios {
		if !busy[scenario.ID] {
			s.Idle = append(s.Idle, scenario.ID)
		}
	}
	for id := range config.Catalog.Coverage() {
		if !broken[id] {
			s.Unbroken = append(s.Unbroken, id)
		}
	}
	sort.Strings(s.Unbroken)
}
