// Package selftest measures the detection power of the suite: it runs the features against an API that is
// broken on purpose, fault by fault, and keeps who noticed.
//
// What walks in is a list of faults and a way to start a subject with one of them; what walks out is the
// kill matrix, a [reports.Selftest]. The package knows no mock: whoever has one starts it.
package selftest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
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
	// Generated says that the fault was made from the contract: its requirement is read off, so that any finding that
	// gates will do, and one that nothing gates on may live. Operation is where it shows, Hazard what it puts at risk,
	// Oracle the kind of check that would see it.
	Generated                 bool
	Operation, Hazard, Oracle string
}

// forbidden reports whether a stated fact, a standard or a hazard forbids the fault.
func (f Fault) forbidden() bool {
	return f.Hazard != "" || f.Mark.Gates()
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
	// Quick tries a quick run on every fault as well, to tell how much of what is caught it catches.
	Quick bool
	// ChanceRuns is how often a fault that shows by chance is tried.
	ChanceRuns int
	// RunID begins the id of each run, so that none repeats the keys of another on an API that stays; empty where each
	// run has an API of its own.
	RunID string
	// MaxRPS bounds the requests per second of each run; 0 for no bound.
	MaxRPS float64
	// Upstream is the name of the API whose answers are broken by a proxy; empty for one that breaks itself.
	Upstream string
	// MustConform refuses an API on which the suite is not green before anything is broken.
	MustConform bool
	// Receiver takes webhook deliveries of a subject; it may give none.
	Receiver func(ctx context.Context, file *target.File) (*webhook.Receiver, error)
	// Progress hears of every finished fault; nil for none.
	Progress func(done, total int)
	Tool     reports.Tool

	// proved are the requirements that the conforming subject proves, by style and edition; known are the causes that
	// it is found to deviate by, all of which may.
	proved map[string][]string
	known  map[string]bool
	// calling are the scenarios that call each operation; runs numbers the runs.
	calling map[string][]string
	runs    *atomic.Int64
}

// NotGreenError says that the suite finds something before anything is broken, so that nothing could be told.
type NotGreenError struct {
	Findings int
	// First is one of them, in words.
	First string
}

func (e *NotGreenError) Error() string {
	if e.Findings == 0 {
		return "measuring detection: no scenario passed on the unchanged API; kobcheck doctor says what is missing"
	}
	return fmt.Sprintf("measuring detection: the unchanged API breaks %d gated facts already, such as %s; what is broken on purpose "+
		"could not be told from that: mend it, or measure on an API that conforms", e.Findings, e.First)
}

// Run measures. It ends early with the context, with the faults that were tried until then.
func Run(ctx context.Context, config Config) (*reports.Selftest, error) {
	s := &reports.Selftest{Tool: config.Tool, Upstream: config.Upstream, Seed: config.Seed, Full: config.Full, StartedAt: time.Now().UTC()}
	s.Selected, s.Quick = len(config.Faults), config.Quick
	config.proved, config.known = map[string][]string{}, map[string]bool{}
	config.calling, config.runs = map[string][]string{}, new(atomic.Int64)
	for _, operation := range config.Catalog.ListOperations(config.Contract) {
		config.calling[operation.ID] = operation.Scenarios
	}
	if err := config.baselines(ctx, s); err != nil || ctx.Err() != nil {
		return s, err
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
		if ctx.Err() != nil {
			return nil // what was stopped half-way shows nothing
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
	if config.MustConform && err == nil && ctx.Err() == nil {
		after, failed := config.afterwards(ctx)
		s.Baseline, err = append(s.Baseline, after), failed
	}
	config.gaps(s)
	return s, err
}

// baselines runs everything on the unbroken API, in each style and edition. What was stopped by halves says nothing.
func (config Config) baselines(ctx context.Context, s *reports.Selftest) error {
	for _, style := range config.Styles {
		for _, edition := range config.Editions {
			baseline, proved, err := config.baseline(ctx, style, edition)
			if err != nil {
				return err
			}
			if ctx.Err() != nil {
				return nil //nolint:nilerr // being stopped is no error
			}
			config.proved[style+" "+string(edition)] = proved
			s.Baseline = append(s.Baseline, baseline)
		}
	}
	return nil
}

// afterwards runs everything on the unchanged API once more: what the runs left there may not break anything either,
// or faults were caught by accident.
func (config Config) afterwards(ctx context.Context) (reports.Baseline, error) {
	config.MustConform = false
	after, _, err := config.baseline(ctx, config.Styles[0], config.Editions[0])
	after.Style = "afterwards"
	return after, err
}

// baseline runs everything on the conforming subject, and lists which requirements that proves.
func (config Config) baseline(ctx context.Context, style string, edition contract.Edition) (reports.Baseline, []string, error) {
	began := time.Now()
	run, _, err := config.perform(ctx, style, edition, catalog.Selection{}, nil)
	if err != nil {
		return reports.Baseline{}, nil, fmt.Errorf("running the suite on the conforming subject: %w", err)
	}
	b := reports.Baseline{Style: style, Edition: edition, Total: len(run.Scenarios), WallMS: float64(time.Since(began).Microseconds()) / 1000}
	gated, first := 0, ""
	for finding := range run.Findings() {
		b.Findings++
		config.known[finding.Cause()] = true
		if finding.Gated {
			gated, first = gated+1, finding.Requirement+" of "+finding.Operation+": "+finding.Message
		}
	}
	for _, scenario := range run.Scenarios {
		if scenario.Verdict == evidence.Passed {
			b.Passed++
		}
	}
	b.Gated = gated
	if config.MustConform && (gated > 0 || b.Passed == 0 && ctx.Err() == nil) {
		return b, nil, &NotGreenError{Findings: gated, First: first}
	}
	run.Judge(config.Contract, time.Now())
	return b, run.WithStatus(reports.Proved), nil
}

// nextRun names a run.
func (config Config) nextRun() string {
	if config.RunID == "" {
		return "selftest"
	}
	return fmt.Sprintf("%s-%d", config.RunID, config.runs.Add(1))
}

// perform runs a selection against a subject started for it.
func (config Config) perform(ctx context.Context, style string, edition contract.Edition, selection catalog.Selection,
	stopAt func(evidence.Finding) bool, faults ...string,
) (*reports.Run, int64, error) {
	subject, err := config.Start(ctx, style, edition, faults...)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = subject.Close() }() // whatever it says, the run is over
	settings := subject.File.ClientConfig(config.Contract)
	settings.RunID, settings.Seed, settings.Version, settings.MaxRPS = config.nextRun(), config.Seed, config.Tool.Version, config.MaxRPS
	api, err := client.New(settings)
	if err != nil {
		return nil, 0, err
	}
	defer api.Close()
	session := steps.NewSession(&evidence.Policy{Contract: config.Contract, Gate: evidence.DefaultGate()}, config.Schemas, subject.File, api)
	if session.Receiver, err = config.Receiver(ctx, subject.File); err != nil {
		return nil, 0, err
	}
	if session.Receiver != nil {
		defer session.Receiver.Close()
	}
	if config.Loader != nil {
		session.Load = config.Loader(subject.File)
	}
	run, err := suite.Run(ctx, suite.Config{Session: session,
		Catalog: config.Catalog, Selection: selection, Seed: config.Seed, RunID: settings.RunID, StopAt: stopAt})
	return run, subject.Hits(), err
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
	slices.Sort(s.Unbroken)
}
