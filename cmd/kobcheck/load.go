package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/load"
	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps/suite"
)

// loadFlags are the flags of load.
type loadFlags struct {
	where               workbench.Where
	judging             workbench.Judging
	out                 workbench.Output
	noNotice, show      string
	shard, startAt      string
	meet                string
	meetWithin          time.Duration
	killFile, keyNights string
	metricsAddr         string
	seed                int64
	rate, length        float64
	dryRun, notice      bool
	canary              time.Duration
	plans               []*load.Plan
}

func newLoad() *cobra.Command {
	var f loadFlags
	command := &cobra.Command{
		Use:   "load [PLAN|FILE...]",
		Short: "Load plans with gates: against the mock inside, or an allowed target",
		Long: `Load plans with gates: against the mock inside, or an allowed target

A plan is a name that "kobcheck list plans" shows, a YAML file, or a feature: each of its scenarios says in the sentences
of "kobcheck list steps" which load is put on the API and what is promised then.`,
		Example: `  kobcheck load
  kobcheck load idempotency ledger
  kobcheck load mixed --config staging.yaml --rate 0.2 --dry-run
  kobcheck load --print mixed > ours.yaml && kobcheck load ours.yaml
  kobcheck load ours.feature --config staging.yaml`,
		ValidArgsFunction: workbench.Values("plan"),
		RunE: workbench.Verb(func(ctx context.Context, b *workbench.Bench, names []string) error {
			return putUnderLoad(ctx, b, &f, names)
		}),
	}
	flags := command.Flags()
	f.where.Flags(flags, "the load is on the mock inside")
	f.where.LimitFlags(flags)
	f.out.Flags(flags, "reports/out", "folder for load.json, load.md, junit.xml and load.html")
	flags.Int64Var(&f.seed, "seed", 0, "seed of arrivals and keys; 0 picks one and prints it")
	flags.Float64Var(&f.rate, "rate", 1, "factor on every rate of the plans")
	flags.Float64Var(&f.length, "time", 1, "factor on every time of the plans")
	flags.BoolVar(&f.dryRun, "dry-run", false, "print what would be sent, to whom and how much")
	flags.BoolVar(&f.notice, "notice", false, "print the announcement that a burst needs 48 hours ahead (RATE-09)")
	flags.StringVar(&f.noNotice, "no-notice-needed", "", "reason why no burst notice is needed; it is kept in the "+
		"report")
	flags.StringVar(&f.show, "print", "", "print a built-in plan, to be copied and changed")
	flags.StringVar(&f.shard, "shard", "", "part of the arrivals, such as 1/4; kobcheck load merge puts the parts "+
		"together")
	flags.StringVar(&f.startAt, "start-at", "", "moment to begin at, such as 2026-01-30T01:00:00Z, so that shards "+
		"begin together")
	flags.StringVar(&f.meet, "meet", "", "folder or place in a bucket at which the shards of one load wait for each "+
		"other and agree on the moment to begin")
	flags.DurationVar(&f.meetWithin, "meet-within", 10*time.Minute, "how long a shard waits for the others")
	flags.StringVar(&f.killFile, "kill-file", "", "the load ends once a file of that name is there")
	flags.StringVar(&f.metricsAddr, "metrics-addr", "", "address of this machine, such as 127.0.0.1:9464, that serves "+
		"Prometheus metrics while the load runs")
	flags.StringVar(&f.keyNights, "key-nights", "", "file with the idempotency keys of earlier runs, which brackets "+
		"how long the target remembers a key; made and kept by idempotency plans")
	flags.DurationVar(&f.canary, "canary", -1, "time between rounds of functional scenarios beside the load; 0 for "+
		"none; by default 2s on this machine, 15s elsewhere")
	f.judging.Flags(flags)
	command.AddCommand(newLoadMerge())
	return command
}

// loadByDefault are the plans of kobcheck load without a name: those that take seconds.
var loadByDefault = []string{"mixed", "idempotency", "ledger"}

func putUnderLoad(ctx context.Context, b *workbench.Bench, f *loadFlags, names []string) error {
	if f.show != "" {
		text, err := load.Source(f.show)
		if err == nil {
			_, err = fmt.Fprintf(b.Out, "# yaml-language-server: $schema=plan.schema.json\n%s", text)
		}
		return err
	}
	if len(names) == 0 {
		names = loadByDefault
	}
	var err error
	if f.plans, err = workbench.Plans(names, f.rate, f.length); err != nil {
		return err
	}
	f.seed = b.Seed(f.seed)
	subject, err := b.Subject(ctx, &f.where, f.seed)
	if err != nil {
		return err
	}
	defer subject.Close()
	var notice string
	if f.notice {
		notice, err = load.Notice(subject.File, f.plans, b.Now().Add(49*time.Hour).Truncate(time.Hour))
	} else {
		notice, err = load.AllAllowed(subject.File, f.plans, b.Now(), f.noNotice)
	}
	var refused *load.Refused
	switch {
	case errors.As(err, &refused):
		b.Say("%v", err)
		return workbench.ExitWith(evidence.ExitSafetyStop)
	case err != nil:
		return err
	case f.notice:
		_, err := fmt.Fprint(b.Out, notice)
		return err
	case f.dryRun:
		return load.PrintDryRun(b.Out, subject.File.Target.BaseURL, f.plans)
	}
	return performPlans(ctx, b, f, subject, notice)
}

// begin returns at the moment to begin at: the one that was said, or the one that the shards agree on.
func (f *loadFlags) begin(ctx context.Context, b *workbench.Bench, part kind.Shard) error {
	at, err := workbench.Moment("start-at", f.startAt)
	switch {
	case err != nil || f.meet == "":
	case part.Of < 2:
		return errors.New("--meet is for shards; say which one with --shard")
	default:
		if at, err = b.Meet(ctx, f.meet, part, f.meetWithin); err != nil {
			b.Say("the shards did not meet: %v", err)
			return workbench.ExitWith(evidence.ExitInconclusive)
		}
	}
	if err == nil {
		workbench.WaitUntil(ctx, at)
	}
	return err
}

// tells makes a target say how far its plans are, and keep what they learn; the function that it returns says more.
func (f *loadFlags) tells(b *workbench.Bench, on *kind.Target) (show func(line string, whole bool)) {
	show = b.Progress()
	on.KillFile, on.KeyNights, on.Progress = f.killFile, f.keyNights, func(line string) { show(line, false) }
	on.Keep = func(path string, render func(io.Writer) error) error {
		_, err := f.out.Writer(nil).File(path, render) // the keys are no secrets, and masked ones would be of no use
		return err
	}
	return show
}

// tellRest says how the plans that were left over are performed.
func (f *loadFlags) tellRest(b *workbench.Bench, plans []*load.Plan) {
	for _, plan := range plans {
		b.Say("%s did not come to its turn; kobcheck load %s --seed %d performs it", plan.ID, plan.ID, f.seed)
	}
}

func performPlans(ctx context.Context, b *workbench.Bench, f *loadFlags, subject *workbench.Subject,
	notice string) error {
	by, err := b.Judgement(&f.judging)
	if err != nil {
		return err
	}
	part, err := suite.ParseShard(f.shard)
	if err != nil {
		return err
	}
	if err := errors.Join(f.out.Ready(), workbench.CanWrite("key-nights", f.keyNights),
		b.NewAt(ctx, f.meet, kind.Shard(part))); err != nil {
		return err
	}
	ctx, stopped, release := workbench.UntilSignal(ctx)
	defer release()
	result := &reports.LoadRun{Tool: b.Tool, RunID: b.RunID(), Seed: f.seed, StartedAt: b.Now().UTC(),
		Target: subject.Report(), Notice: notice, Plans: []reports.LoadPlan{}}
	made, err := b.Journal(subject, &f.where, &f.out, result.RunID, f.out.Writer(nil).ClearLoad)
	if err != nil {
		return err
	}
	defer made.Done(false)
	on, api, end, err := b.UnderLoad(ctx, subject.File, result.RunID, f.seed, f.plans...)
	if err != nil {
		return err
	}
	defer end()
	show := f.tells(b, on)
	silence, err := b.Canary(on, f.canary, subject.File, by.Policy, f.seed)
	if err != nil {
		return err
	}
	defer silence()
	meter, endLive, err := b.Live(ctx, on, subject.File.Target.Name, f.metricsAddr)
	if err != nil {
		return err
	}
	defer endLive()
	if err := f.begin(ctx, b, kind.Shard(part)); err != nil {
		return err
	}
	perform := func(plan *load.Plan) {
		b.Say("%s on %s, seed %d", plan.ID, subject.File.Target.Name, f.seed)
		defer meter.Plan(ctx, plan.ID)()
		result.Plans = append(result.Plans, *load.Perform(ctx, on, plan, f.seed, kind.Shard(part)))
		show("", true)
	}
	for _, plan := range f.plans {
		if ctx.Err() == nil {
			perform(plan)
		}
	}
	if result.ExitCode = stopped.Code(); result.ExitCode != evidence.ExitPassed {
		defer f.tellRest(b, f.plans[len(result.Plans):])
	}
	api.Close() // reports take files, of which connections hold some
	subject.Close()
	return b.FinishLoad(result, by, f.out.Writer(api.Redactor()))
}
