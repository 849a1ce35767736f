// Package suite runs the features: it selects scenarios, performs them side by side through godog,
// collects their evidence and hands over a finished [reports.Run].
//
// What walks in is a [Config]; what walks out is a run with verdicts, whatever happened on the way.
package suite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/cucumber/godog"

	"github.com/kobcheck/kobcheck/client/leftover"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/catalog"
	"github.com/kobcheck/kobcheck/steps/vocabulary"
)

// Config says what to run and how.
type Config struct {
	Session *steps.Session
	Catalog *catalog.Catalog
	// Vocabulary is [vocabulary.All] unless a test brings its own.
	Vocabulary []steps.Definition
	Selection  catalog.Selection
	// Concurrency is the number of scenarios side by side; 0 means [DefaultConcurrency].
	Concurrency int
	// Timeout ends one scenario; 0 means [DefaultTimeout].
	Timeout time.Duration
	// Seed orders the scenarios and, through the client, shapes the generated data.
	Seed  int64
	RunID string
	// Progress hears of every finished scenario; nil for none. It is called from one goroutine at a time.
	Progress func(Progress)

	Tool   reports.Tool
	Target reports.Target
	MaxRPS float64

	// Shard is the part of the selection to run; the zero value means all of it.
	Shard Shard
	// Retries is how often a scenario that failed is tried again with fresh data.
	Retries int
	// FlakyFails makes a scenario that failed and then passed fail the run.
	FlakyFails bool
	// Patience is how long a target that is down as a whole is waited for.
	Patience time.Duration
	// StopAt ends the run after a scenario that saw a finding for which it returns true; nil for none.
	StopAt func(evidence.Finding) bool
	// Tidy sets inactive or deletes what the run made, where the API can.
	Tidy bool
	// Away hears of each thing that was put away; nil for nobody.
	Away func(leftover.Thing)
}

// DefaultConcurrency hides the latency of an API some tens of milliseconds away without crowding it.
const DefaultConcurrency = 16

// DefaultTimeout is far beyond any scenario that is answered at all.
const DefaultTimeout = 30 * time.Second

// Progress is how far a run has come.
type Progress struct {
	Done, Total int
	Counts      map[evidence.Verdict]int
	Latest      *reports.Scenario
}

// errEnough ends a run that has seen what it was to see.
var errEnough = errors.New("the run has seen what it was to see")

// EmptyError says that nothing is left to run, and why.
type EmptyError struct{ Why string }

func (e *EmptyError) Error() string { return "no scenario is selected: " + e.Why }

// Run performs the selected scenarios. The run that it returns is complete even where the context was
// cancelled half-way: what did not come to its turn is marked so. Errors are those of the call itself:
// a selection that names something unknown, an empty selection ([EmptyError]), features that do not
// hold together.
func Run(ctx context.Context, config Config) (*reports.Run, error) {
	if config.Concurrency <= 0 {
		config.Concurrency = DefaultConcurrency
	}
	if config.Timeout <= 0 {
		config.Timeout = DefaultTimeout
	}
	if config.Vocabulary == nil {
		config.Vocabulary = vocabulary.All()
	}
	selected, err := config.Catalog.Select(config.Selection, config.Session.Contract)
	if err != nil {
		return nil, err
	}
	if len(selected) == 0 {
		return nil, &EmptyError{Why: reasonForNothing(config)}
	}
	if selected = config.Shard.of(selected); len(selected) == 0 {
		return nil, &EmptyError{Why: fmt.Sprintf("shard %d of %d gets none of so few", config.Shard.Index, config.Shard.Of)}
	}
	if err := checkSteps(selected, config.Vocabulary); err != nil {
		return nil, err
	}
	if config.Selection.Quick {
		config.Session.Depth = 1
	}
	r := newRunner(config, selected)
	if r.of, err = scenariosThere(config, selected); err != nil {
		return nil, err
	}
	running, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r.stop = stop
	r.outage = &outage{limit: max(4, config.Concurrency), patience: config.Patience, reach: config.Session.Client.Reach, stop: stop}
	for attempt := 0; ; attempt++ {
		r.attempt = attempt
		r.perform(running)
		if r.current = r.again(attempt); len(r.current) == 0 || running.Err() != nil {
			break
		}
		r.outage.awaitEnd(running)
	}
	r.watchDeliveries(running)
	r.watchMade(running)
	r.watchPace()
	if config.Tidy {
		r.tidy(ctx)
	}
	return r.finish(running), nil
}

// scenariosThere counts the scenarios of a run without a selection, and those that were selected beside them.
func scenariosThere(config Config, selected []*catalog.Scenario) (int, error) {
	all, err := config.Catalog.Select(catalog.Selection{}, config.Session.Contract)
	there := map[string]bool{}
	for _, scenario := range append(all, selected...) {
		there[scenario.Key] = true
	}
	return len(there), err
}

// reasonForNothing tells why a selection that is understood means no scenario.
func reasonForNothing(config Config) string {
	if id := config.Selection.Requirement; id != "" {
		if requirement := config.Session.Contract.Requirement(id); requirement != nil && requirement.Reason != "" {
			return fmt.Sprintf("%s is not tested from outside: %s", id, requirement.Reason)
		}
		return fmt.Sprintf("no scenario proves %s together with the other filters", id)
	}
	return "the filters leave none over; kobcheck list scenarios shows them all"
}

// checkSteps refuses features with steps that no sentence reads, or that several read: godog would
// find out in the middle of the run.
func checkSteps(selected []*catalog.Scenario, vocabulary []steps.Definition) error {
	seen := map[string]bool{}
	var failed []error
	for _, scenario := range selected {
		for _, step := range scenario.Steps {
			text := step.Text
			if seen[text] {
				continue
			}
			seen[text] = true
			matches := 0
			for _, definition := range vocabulary {
				if definition.Pattern.MatchString(text) {
					matches++
				}
			}
			if matches != 1 {
				failed = append(failed, fmt.Errorf("%s:%d: %d sentences of the vocabulary read %q; exactly one must", scenario.URI, scenario.Line,
					matches, text))
			}
		}
	}
	return errors.Join(failed...)
}

// runner is one run under way.
type runner struct {
	config   Config
	selected map[string]*catalog.Scenario // by key
	order    []*catalog.Scenario
	of       int // scenarios that there are to select from
	started  time.Time

	// current are the scenarios of the attempt under way; attempt counts from 0.
	current map[string]*catalog.Scenario
	attempt int
	outage  *outage
	stop    context.CancelCauseFunc

	mu      sync.Mutex
	results map[string]*reports.Scenario // by key
	counts  map[evidence.Verdict]int
	census  reports.Census
	uses    reports.Uses

	observations []evidence.Observation
	passing      map[string][]evidence.Finding // by key
	late         []evidence.Finding            // what was noticed when all had ended
	accounts     accounts
	places       evidence.Places             // of what is noticed in passing
	kept         int                         // bytes of evidence
	refusals     map[string][]evidence.Check // by key
	decisions    []reports.Decision
	undocumented undocumented
	made         made
	tidied       int // requests that put things away
	// environment tells the scenarios whose last attempt the environment spoilt.
	environment map[string]bool
	voices      voices
	pace        pace
	// anyAnswer says that the target answered at least one request of the run.
	anyAnswer bool
}

func newRunner(config Config, selected []*catalog.Scenario) *runner {
	r := &runner{config: config, selected: map[string]*catalog.Scenario{}, order: selected, started: time.Now().UTC(),
		results: map[string]*reports.Scenario{}, places: evidence.Places{Most: mostPlaces}, passing: map[string][]evidence.Finding{},
		refusals: map[string][]evidence.Check{}, counts: map[evidence.Verdict]int{}, census: reports.Census{}, uses: reports.Uses{},
		undocumented: undocumented{map[reports.Undocumented]bool{}, map[reports.Undocumented]int{}}, made: made{}, accounts: newAccounts(),
		environment: map[string]bool{}, voices: voices{}}
	r.current = r.selected
	for _, scenario := range selected {
		r.selected[scenario.Key] = scenario
	}
	return r
}

// features returns the sources that hold a selected scenario, shuffled by the seed. godog keeps the
// order within a feature, or shuffles it by the same seed.
func (r *runner) features() []godog.Feature {
	wanted := map[string]bool{}
	var names []string
	for _, scenario := range r.order {
		if r.current[scenario.Key] != nil && !wanted[scenario.URI] {
			wanted[scenario.URI] = true
			names = append(names, scenario.URI)
		}
	}
	shuffle := rand.New(rand.NewPCG(uint64(r.config.Seed), uint64(len(names))))
	shuffle.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	features := make([]godog.Feature, 0, len(names))
	for _, name := range names {
		features = append(features, godog.Feature{Name: name, Contents: r.config.Catalog.Sources[name]})
	}
	return features
}

// perform performs the scenarios of an attempt: those that put load on the API last, so that they disturb no other.
func (r *runner) perform(ctx context.Context) {
	all := r.current
	defer func() { r.current = all }()
	for _, underLoad := range []bool{false, true} {
		r.current = map[string]*catalog.Scenario{}
		for key, scenario := range all {
			if slices.Contains(scenario.Tags, catalog.UnderLoad) == underLoad {
				r.current[key] = scenario
			}
		}
		if len(r.current) > 0 {
			r.start(ctx)
		}
	}
}

// start performs the current scenarios. godog's own tally and exit code are not used: it counts a skipped
// scenario as passed and an undefined one as success.
func (r *runner) start(ctx context.Context) {
	registerFormat()
	suite := godog.TestSuite{
		Name:                 r.config.RunID,
		TestSuiteInitializer: r.register,
		Options: &godog.Options{
			Format: formatName, Output: io.Discard, NoColors: true, Strict: true,
			Concurrency: r.config.Concurrency, DefaultContext: ctx,
			FeatureContents: r.features(), Randomize: seedFor(r.config.Seed),
		},
	}
	suite.Run()
}

// seedFor turns the run's seed into one that godog takes: 0 would mean no shuffling, -1 a seed of its own.
func seedFor(seed int64) int64 {
	if seed <= 0 {
		return 1 - seed
	}
	return seed
}

func (r *runner) finish(ctx context.Context) *reports.Run {
	run := &reports.Run{
		Version: reports.Version, Tool: r.config.Tool, Target: r.config.Target, RunID: r.config.RunID, Seed: r.config.Seed,
		Gate: r.config.Session.Policy.Gate, StartedAt: r.started,
		Settings: reports.Settings{Concurrency: r.config.Concurrency, TimeoutMS: r.config.Timeout.Milliseconds(), Tags: r.config.Selection.Tags,
			Section: r.config.Selection.Section, Requirement: r.config.Selection.Requirement, Operation: r.config.Selection.Operation,
			Strict: r.config.Session.Policy.Strict, MaxRPS: r.config.MaxRPS,
			Of: r.of, Shard: r.config.Shard.String(), Retries: r.config.Retries, FlakyFails: r.config.FlakyFails},
	}
	for _, scenario := range r.order {
		result := r.results[scenario.Key]
		if result == nil {
			result = r.notRun(ctx, scenario)
		}
		r.proveRefusals(result, r.refusals[scenario.Key])
		run.Scenarios = append(run.Scenarios, *result)
	}
	for _, scenario := range r.order {
		run.Passing = append(run.Passing, r.passing[scenario.Key]...)
	}
	run.Passing = reports.Gathered(append(slices.Concat(run.Passing, r.late), r.places.Rest()...))
	run.Census = r.census.Counts()
	for _, operation := range r.config.Session.Contract.Operations {
		run.Operations = append(run.Operations, r.uses.Of(operation.ID))
	}
	run.Observations = reports.SettledObservations(r.observations)
	if len(r.decisions) > 0 {
		run.CardOrder = &reports.OrderProof{Decisions: r.decisions}
	}
	run.Undocumented = r.undocumented.list()
	run.LeftBehind = r.made.leftBehind()
	run.TidyRequests = r.tidied
	var down *errDown
	if r.config.Selection.Quick {
		run.Reason = r.config.Catalog.QuickSays(r.config.Session.Contract)
	}
	if errors.As(context.Cause(ctx), &down) {
		run.Reason = down.why
	}
	r.whoseFault(ctx, run)
	return run
}

// notRun is a selected scenario that left no evidence: the run was stopped before its turn, or the
// scenario died in a way that even godog did not see. Neither is a pass.
func (r *runner) notRun(ctx context.Context, scenario *catalog.Scenario) *reports.Scenario {
	result := describe(scenario)
	result.Verdict, result.Reason = evidence.Inconclusive, "the scenario ended without a result; the harness itself is at fault"
	if ctx.Err() != nil {
		result.Verdict, result.Reason = evidence.NotRun, "the run was stopped before its turn"
		if _, is := errors.AsType[*errDown](context.Cause(ctx)); is {
			result.Reason = "the target was down"
		}
	}
	return result
}
