package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/load"
	"github.com/kobcheck/kobcheck/load/deliveries"
	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/mock/limit"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/format"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/suite"
)

// loadFlags are the flags of load.
type loadFlags struct {
	run                   runFlags
	rate, length          float64
	dryRun, notice        bool
	noNotice, show, shard string
	startAt, killFile     string
	keyNights             string
	canary                time.Duration
}

func newLoad() *cobra.Command {
	var f loadFlags
	command := &cobra.Command{
		Use:   "load [PLAN...]",
		Short: "Load plans with gates: against the mock inside, or an allowed target",
		Example: `  kobcheck load
  kobcheck load idempotency ledger
  kobcheck load mixed --config staging.yaml --rate 0.2 --dry-run
  kobcheck load --print mixed > ours.yaml && kobcheck load ours.yaml`,
		RunE: func(command *cobra.Command, args []string) error { return performLoad(command, &f, args) },
	}
	flags := command.Flags()
	flags.StringVar(&f.run.config, "config", "", "target file; without one the load is on the mock inside")
	outputFlags(flags, &f.run.to, "reports/out", "folder for load.json, load.md and load.html")
	flags.Int64Var(&f.run.seed, "seed", 0, "seed of arrivals and keys; 0 picks one and prints it")
	flags.Float64Var(&f.rate, "rate", 1, "factor on every rate of the plans")
	flags.Float64Var(&f.length, "time", 1, "factor on every time of the plans")
	flags.BoolVar(&f.dryRun, "dry-run", false, "print what would be sent, to whom and how much")
	flags.BoolVar(&f.notice, "notice", false, "print the announcement that a burst needs 48 hours ahead (RATE-09)")
	flags.StringVar(&f.noNotice, "no-notice-needed", "", "reason why no burst notice is needed; it is kept in the report")
	flags.StringVar(&f.show, "print", "", "print a built-in plan, to be copied and changed")
	flags.StringVar(&f.shard, "shard", "", "part of the arrivals, such as 1/4; kobcheck load merge puts the parts together")
	flags.StringVar(&f.startAt, "start-at", "", "moment to begin at, such as 2026-01-30T01:00:00Z, so that shards begin together")
	flags.StringVar(&f.killFile, "kill-file", "", "the load ends once a file of that name is there")
	flags.StringVar(&f.keyNights, "key-nights", "", "file with the idempotency keys of earlier runs, which brackets how long the target remembers a key; made and kept by idempotency plans")
	flags.DurationVar(&f.canary, "canary", -1, "time between rounds of functional scenarios beside the load; 0 for none; by default 2s on this machine, 15s elsewhere")
	styleFlags(flags, &f.run.style, &f.run.freedoms, mock.Plain)
	flags.StringVar(&f.run.edition, "edition", "v1", "edition of the mock inside: v1 or guide")
	flags.StringSliceVar(&f.run.faults, "fault", nil, "faults to switch on in the mock inside")
	flags.StringVar(&f.run.limit, "limit", "", "rate limit of the mock inside, such as 100/1s")
	flags.StringVar(&f.run.limiter, "limiter", string(limit.TokenBucket), "kind of that limit: "+strings.Join(limit.Kinds(), ", "))
	flags.DurationVar(&f.run.latency, "latency", 0, "latency of the mock inside")
	judgingFlags(flags, &f.run)
	command.AddCommand(newLoadMerge())
	return command
}

// loadByDefault are the plans of kobcheck load without a name: those that take seconds.
var loadByDefault = []string{"mixed", "idempotency", "ledger"}

func performLoad(command *cobra.Command, f *loadFlags, names []string) error {
	if f.show != "" {
		text, err := load.Source(f.show)
		if err != nil {
			return err
		}
		_, err = command.OutOrStdout().Write(text)
		return err
	}
	if len(names) == 0 {
		names = loadByDefault
	}
	plans, err := findPlans(names, f.rate, f.length)
	if err != nil {
		return err
	}
	part, err := suite.ParseShard(f.shard)
	if err != nil {
		return err
	}
	if f.run.seed == 0 {
		f.run.seed = time.Now().UnixNano() % 1_000_000_000
	}
	file, stop, err := chooseTarget(command, &f.run)
	if err != nil {
		return err
	}
	defer stop()
	if f.notice {
		_, err := fmt.Fprint(command.OutOrStdout(), load.Notice(file, plans, time.Now().Add(49*time.Hour).Truncate(time.Hour)))
		return err
	}
	return loadTarget(command, f, file, plans, kind.Shard{Index: part.Index, Of: part.Of})
}

func findPlans(names []string, rate, length float64) ([]*load.Plan, error) {
	if rate <= 0 || length <= 0 {
		return nil, errors.New("--rate and --time are factors above 0")
	}
	var plans []*load.Plan
	for _, name := range names {
		plan, err := load.Find(name)
		if err != nil {
			return nil, err
		}
		plan.Scale(rate, length)
		plans = append(plans, plan)
	}
	return plans, nil
}

func loadTarget(command *cobra.Command, f *loadFlags, file *target.File, plans []*load.Plan, part kind.Shard) error {
	by, err := judgement(&f.run)
	if err != nil {
		return err
	}
	facts := by.policy.Contract
	shapes, err := schemas.Load()
	if err != nil {
		return err
	}
	result := &reports.LoadRun{Tool: reports.Tool{Name: "kobcheck", Version: version}, RunID: newRunID(), Seed: f.run.seed, StartedAt: time.Now().UTC(),
		Target: reports.Target{Name: file.Target.Name, BaseURL: file.Target.BaseURL, Edition: file.Target.Edition, Embedded: f.run.config == "", Style: styleOf(&f.run)}, Plans: []reports.LoadPlan{}}
	for _, plan := range plans {
		notice, err := load.Allowed(file, plan, time.Now(), f.noNotice)
		var refused *load.Refused
		if errors.As(err, &refused) {
			fmt.Fprintln(command.ErrOrStderr(), "kobcheck:", err)
			return exitError{evidence.ExitSafetyStop}
		}
		result.Notice = notice
		if asks := plan.Ceiling(); f.dryRun {
			fmt.Fprintf(command.OutOrStdout(), "%s: at most %d requests at up to %.0f/s for %v to %s; about %d things stay there\n",
				plan.ID, asks.Requests, asks.Rate, asks.Time, file.Target.BaseURL, asks.Entities)
		}
	}
	if f.dryRun {
		return nil
	}
	config := file.ClientConfig(facts)
	config.RunID, config.Seed, config.Version, config.Connections, config.Unpaced = result.RunID, f.run.seed, version, 512, true
	api, err := client.New(config)
	if err != nil {
		return err
	}
	defer api.Close()
	ctx, caught, release := untilSignal()
	defer release()
	if err := waitUntil(ctx, f.startAt); err != nil {
		return err
	}
	on := underLoad(file, facts, shapes, api, result.RunID)
	on.KillFile, on.KeyNights = f.killFile, f.keyNights
	on.Progress = loadProgress(command.ErrOrStderr())
	silence, err := withCanary(on, f.canary, file, by.policy, shapes, f.run.seed)
	if err != nil {
		return err
	}
	defer silence()
	deaf, err := hearing(ctx, file, on, plans...)
	if err != nil {
		return err
	}
	defer deaf()
	for _, plan := range plans {
		if ctx.Err() != nil {
			break
		}
		fmt.Fprintf(command.ErrOrStderr(), "kobcheck: %s on %s, seed %d\n", plan.ID, file.Target.Name, f.run.seed)
		result.Plans = append(result.Plans, *load.Perform(ctx, on, plan, f.run.seed, part))
		on.Progress("")
	}
	switch caught() {
	case "interrupt":
		result.ExitCode = evidence.ExitInterrupted
	case "terminate":
		result.ExitCode = evidence.ExitTerminated
	}
	return finishLoad(command, f.run.to.writer(api.Redactor()), result, by)
}

// underLoad is a target with what its file hands over.
func underLoad(file *target.File, facts *contract.Contract, shapes *schemas.Set, api *client.Client, runID string) *kind.Target {
	return &kind.Target{Scene: scene.New(facts, api, file.Given()), Schemas: shapes, BaseURL: file.Target.BaseURL,
		RunID: runID, Stated: statedLimit(file), LocalHost: file.LocalHost()}
}

// hearing gives a target a receiver where one of the plans is on deliveries. The function that it returns ends
// the receiver.
func hearing(ctx context.Context, file *target.File, on *kind.Target, plans ...*load.Plan) (func(), error) {
	if !slices.ContainsFunc(plans, func(p *load.Plan) bool { return p.Kind == deliveries.Kind }) {
		return func() {}, nil
	}
	hooks, err := receiver(ctx, file, on.LocalHost != "")
	if err != nil || hooks == nil {
		return func() {}, err
	}
	on.Receiver = hooks
	return hooks.Close, nil
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

// finishLoad writes the reports, prints the summary and gives the exit code.
func finishLoad(command *cobra.Command, to *format.Writer, result *reports.LoadRun, by *judging) error {
	result.ApplyKnown(by.known)
	result.Close(by.policy, time.Now())
	result.ReportWaivers(by.waivers)
	paths, err := format.Load(to, result)
	if printing := to.Print(command.OutOrStdout(), func(w io.Writer) error { return format.PrintLoad(w, result) }); printing != nil {
		return printing
	}
	if err != nil {
		fmt.Fprintln(command.ErrOrStderr(), "kobcheck:", err)
		if result.ExitCode == evidence.ExitPassed {
			return exitError{evidence.ExitUsage}
		}
	}
	for _, path := range paths {
		if filepath.Base(path) == "load.html" || filepath.Base(path) == "idempotency-policy.json" {
			fmt.Fprintf(command.OutOrStdout(), "  report %s\n", path)
		}
	}
	if result.ExitCode != evidence.ExitPassed {
		return exitError{result.ExitCode}
	}
	return nil
}

func newLoadMerge() *cobra.Command {
	var f runFlags
	command := &cobra.Command{
		Use:     "merge FILE...",
		Short:   "Puts the load.json of shards together exactly and evaluates the gates once",
		Example: "  kobcheck load merge shard-*/load.json --out reports/night",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			by, err := judgement(&f)
			if err != nil {
				return err
			}
			var parts []*reports.LoadRun
			for _, path := range args {
				from, err := os.Open(path)
				if err != nil {
					return err
				}
				part, err := reports.ReadLoad(from)
				_ = from.Close() // it was only read
				if err != nil {
					return fmt.Errorf("%s: %w", path, err)
				}
				parts = append(parts, part)
			}
			whole, err := load.Merge(parts)
			if err != nil {
				return err
			}
			return finishLoad(command, f.to.writer(client.NewRedactor()), whole, by)
		},
	}
	outputFlags(command.Flags(), &f.to, "reports/out", "folder for the reports")
	judgingFlags(command.Flags(), &f)
	return command
}

// loader performs plans for the scenarios under features/load, under the same safety rules, one at a time
// and each plan once: several scenarios speak of one.
func loader(file *target.File, facts *contract.Contract, shapes *schemas.Set, f *runFlags) func(context.Context, string) (*steps.LoadResult, error) {
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
		if _, err := load.Allowed(file, plan, time.Now(), ""); err != nil {
			return nil, err
		}
		config := file.ClientConfig(facts)
		runID := f.runID + "-" + plan.ID // a client of its own counts its keys from the first again
		config.RunID, config.Seed, config.Version, config.Connections, config.Unpaced = runID, f.seed, version, 512, true
		api, err := client.New(config)
		if err != nil {
			return nil, err
		}
		defer api.Close()
		on := underLoad(file, facts, shapes, api, runID)
		deaf, err := hearing(ctx, file, on, plan)
		if err != nil {
			return nil, err
		}
		defer deaf()
		run := reports.LoadRun{Plans: []reports.LoadPlan{*load.Perform(ctx, on, plan, f.seed, kind.Shard{})}}
		run.Close(&evidence.Policy{Contract: facts, Gate: evidence.DefaultGate()}, time.Now())
		done[name] = forScenarios(&run.Plans[0])
		return done[name], nil
	}
}

// forScenarios says of a plan what its scenarios speak of.
func forScenarios(plan *reports.LoadPlan) *steps.LoadResult {
	result := &steps.LoadResult{}
	result.Invariants = append(result.Invariants, plan.Invariants...)
	for _, gate := range plan.Gates {
		result.Gates = append(result.Gates, steps.LoadGate{Text: gate.Gate, State: gate.State, Figure: fmt.Sprintf("%.3g %s", gate.Figure, gate.Unit)})
	}
	if plan.ExitCode == evidence.ExitInconclusive || plan.ExitCode == evidence.ExitProvesNone {
		result.Unfit = plan.Reason
	}
	return result
}

// waitUntil waits for the moment at which shards begin together.
func waitUntil(ctx context.Context, moment string) error {
	if moment == "" {
		return nil
	}
	at, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		return fmt.Errorf("--start-at: %q is no time with an offset, such as 2026-01-30T01:00:00Z", moment)
	}
	timer := time.NewTimer(time.Until(at))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	return nil
}
