package workbench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/load"
	"github.com/kobcheck/kobcheck/load/deliveries"
	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/wording"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/catalog"
)

// loadConnections are as many idle ones as a plan may keep under way.
const loadConnections = 512

// loadPatience is how long a plan may take beside its arrivals: what it prepares, and what it looks at afterwards.
const loadPatience = 10 * time.Minute

// UnderLoad is a target with a client for load, which a 429 does not slow down, and with what its file hands over.
// It hears deliveries where one of the plans is on them. The function that it returns ends both.
func (b *Bench) UnderLoad(ctx context.Context, file *target.File, runID string, seed int64,
	plans ...*load.Plan) (*kind.Target, *client.Client, func(), error) {
	exposed := newExposed(true)
	api, err := b.Client(file, client.Config{RunID: runID, Seed: seed, Connections: loadConnections, Unpaced: true, Hear: exposed.hear})
	if err != nil {
		return nil, nil, nil, err
	}
	on := &kind.Target{Scene: scene.New(b.Facts, api, file.Given()), Schemas: b.Shapes, BaseURL: file.Target.BaseURL,
		RunID: runID, Stated: statedLimit(file), LocalHost: file.LocalHost(), Exposed: exposed.Take}
	if !slices.ContainsFunc(plans, func(p *load.Plan) bool { return p.Kind == deliveries.Kind }) {
		return on, api, api.Close, nil
	}
	hooks, err := Receiver(ctx, file)
	if err != nil || hooks == nil {
		return on, api, api.Close, err
	}
	on.Receiver = hooks
	return on, api, func() { hooks.Close(); api.Close() }, nil
}

// statedLimit is the limit that the target file states, or nil.
func statedLimit(file *target.File) *kind.Limit {
	if file.Limits == nil {
		return nil
	}
	window, err := time.ParseDuration(file.Limits.Window)
	if err != nil {
		return nil // the file was checked when it was read
	}
	return &kind.Limit{Requests: file.Limits.Requests, Window: window}
}

// Plans returns the plans of these names, and those of the scenarios of a feature, with every rate and time multiplied.
func Plans(names []string, rate, length float64) ([]*load.Plan, error) {
	if rate <= 0 || length <= 0 {
		return nil, errors.New("--rate and --time are factors above 0")
	}
	var plans []*load.Plan
	for _, name := range names {
		more, err := plansOf(name)
		if err != nil {
			return nil, err
		}
		plans = append(plans, more...)
	}
	for _, plan := range plans {
		plan.Scale(rate, length)
	}
	return plans, nil
}

// plansOf is the plan of a name, or those of a feature.
func plansOf(name string) ([]*load.Plan, error) {
	if filepath.Ext(name) != ".feature" {
		plan, err := load.Find(name)
		return []*load.Plan{plan}, err
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("reading the feature %s: %w", name, err)
	}
	scenarios, err := catalog.Parse(name, data)
	if err != nil {
		return nil, err
	}
	var plans []*load.Plan
	for _, scenario := range scenarios {
		var sentences []string
		for _, step := range scenario.Steps {
			sentences = append(sentences, step.Text)
		}
		plan, err := load.FromScenario(fmt.Sprintf("%s:%d", name, scenario.Line), scenario.ID, scenario.Name, sentences)
		if err != nil {
			return nil, err
		}
		plans = append(plans, plan)
	}
	return plans, nil
}

// Loader performs plans for the scenarios under features/load, under the same safety rules, one at a time and each
// plan once: several scenarios speak of one.
func (b *Bench) Loader(file *target.File, runID string, seed int64) func(context.Context, string) (*steps.LoadResult,
	error) {
	var mu sync.Mutex
	done := map[string]*steps.LoadResult{}
	return func(ctx context.Context, name string) (*steps.LoadResult, error) {
		mu.Lock()
		defer mu.Unlock()
		if done[name] != nil {
			return done[name], nil
		}
		plan, err := load.Find(name)
		if err != nil {
			return nil, err
		}
		var refused *load.Refused
		if _, err := load.Allowed(file, plan, b.Now(), ""); errors.As(err, &refused) {
			return nil, &scene.NotTestable{Why: err.Error()}
		} else if err != nil {
			return nil, err
		}
		// A client of its own counts its keys from the first again.
		on, _, end, err := b.UnderLoad(ctx, file, runID+"-"+plan.ID, seed, plan)
		if err != nil {
			return nil, err
		}
		defer end()
		if plan.Kind == deliveries.Kind && on.Receiver == nil {
			return nil, &scene.NotTestable{Key: "webhooks.public_url", Why: "the API has no address under which it reaches this run"}
		}
		patience := plan.Ceiling().Time + loadPatience
		ctx, cancel := context.WithTimeoutCause(ctx, patience, fmt.Errorf("the load took longer than %v", patience))
		defer cancel()
		run := reports.LoadRun{Plans: []reports.LoadPlan{*load.Perform(ctx, on, plan, seed, kind.Shard{})}}
		run.Judge(b.Plain(), b.Now())
		done[name] = forScenarios(&run.Plans[0])
		return done[name], nil
	}
}

// forScenarios says of a plan what its scenarios speak of.
func forScenarios(plan *reports.LoadPlan) *steps.LoadResult {
	result := &steps.LoadResult{}
	result.Invariants = append(result.Invariants, plan.Invariants...)
	result.Gate = func(text string) (steps.LoadGate, error) {
		gate, err := load.HoldGate(plan, text)
		return steps.LoadGate{Text: text, State: gate.State, Figure: wording.Figure(gate.Figure) + " " + gate.Unit}, err
	}
	if plan.Verdict == evidence.Inconclusive {
		result.Unfit = plan.Reason
	}
	return result
}

// WaitUntil waits for the moment at which shards begin together.
func WaitUntil(ctx context.Context, at time.Time) {
	_ = kind.Wait(ctx, time.Until(at)) // whoever waits asks the context
}

// Moment reads a time with an offset from a flag; the zero time where it is empty.
func Moment(flag, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, fmt.Errorf("--%s: %q is no time with an offset, such as 2026-01-30T01:00:00Z", flag, text)
	}
	return at, nil
}
