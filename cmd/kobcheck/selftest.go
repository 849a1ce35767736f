package main

import (
	"cmp"
	"context"
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/format"
	"github.com/kobcheck/kobcheck/schemas/redact"
	"github.com/kobcheck/kobcheck/steps/selftest"
)

// selftestFlags are the flags of selftest.
type selftestFlags struct {
	where              workbench.Where
	how                selftest.Config
	out                workbench.Output
	faults             []string
	group, requirement string
	every              int
	through            mutationFlags
}

func newSelftest() *cobra.Command {
	var f selftestFlags
	command := &cobra.Command{
		Use:   "selftest",
		Short: "Detection power: runs the suite against every deliberate fault of the mock and prints who noticed",
		Example: `  kobcheck selftest
  kobcheck selftest --group idempotency
  kobcheck selftest --fault order.swap-3-4 --fault auth.expired-accepted
  kobcheck selftest --upstream http://127.0.0.1:8080 --target mock.yaml --sample 200`,
		Args: workbench.Takes(0, 0),
		RunE: workbench.Verb(func(ctx context.Context, b *workbench.Bench,
			_ []string) error {
			return measure(ctx, b, &f)
		}),
	}
	flags := command.Flags()
	f.out.Flags(flags, "reports/out", "folder for selftest.json, selftest.md and selftest.html")
	flags.StringSliceVar(&f.faults, "fault", nil, "faults to try; all without it")
	flags.StringVar(&f.group, "group", "", "one group of faults, such as idempotency")
	flags.StringVar(&f.requirement, "requirement", "", "the faults that break one requirement")
	flags.BoolVar(&f.how.Full, "full", false, "whole runs: find every scenario that notices a fault, and what the "+
		"fault does to the rest of the suite")
	flags.BoolVar(&f.how.Quick, "quick", false, "try run --quick on every fault too: how much of what is caught it notices")
	flags.IntVar(&f.how.Parallel, "parallel", 0, "faults tried side by side; 0 for one to each core")
	flags.IntVar(&f.how.ChanceRuns, "chance-runs", 10, "runs for a fault that shows by chance")
	flags.Int64Var(&f.how.Seed, "seed", 7, "seed of order and data")
	f.where.StyleFlags(flags, "") // empty means every style that has a name
	flags.IntVar(&f.every, "every", 1, "try only every n-th fault")
	f.through.add(flags)
	return command
}

func measure(ctx context.Context, b *workbench.Bench, f *selftestFlags) error {
	prepare := prepareInside
	if f.through.upstream != "" || f.through.target != "" {
		prepare = prepareUpstream
	}
	if err := prepare(b, f); err != nil {
		return err
	}
	if len(f.how.Faults) == 0 {
		b.Say("no fault is selected; kobcheck list faults and kobcheck mutate --list show them all")
		return workbench.ExitWith(evidence.ExitNothing)
	}
	f.how.Parallel = cmp.Or(f.how.Parallel, runtime.GOMAXPROCS(0))
	if err := f.out.Ready(); err != nil {
		return err
	}
	ctx, stopped, release := workbench.UntilSignal(ctx)
	defer release()
	show := b.Progress()
	f.how.Progress = func(done, total int) { show(fmt.Sprintf("%d of %d faults tried", done, total), false) }
	result, err := selftest.Run(ctx, b.Selftest(f.how))
	if err != nil {
		return err
	}
	show("", true)
	code := result.Judge(b.Now())
	if stopped.Code() != evidence.ExitPassed {
		code = stopped.Code()
	}
	to := f.out.Writer(redact.New())
	paths, err := format.Selftest(to, result)
	if err != nil {
		return err
	}
	if err := format.PrintSelftest(b.Out, result); err != nil {
		return err
	}
	if result.Exposed != "" {
		code = evidence.ExitSecretFound
	}
	fmt.Fprintf(b.Out, "  report  %s\n", paths[0])
	return workbench.ExitWith(code)
}

// prepareInside takes the mock inside and the faults that it has.
func prepareInside(_ *workbench.Bench, f *selftestFlags) (err error) {
	if f.how.Faults, err = workbench.SelectFaults(f.faults, f.group, f.requirement, f.every); err != nil {
		return err
	}
	f.how.Styles, err = f.where.Styles()
	return err
}
