package main

import (
	"cmp"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/format"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/suite"
)

// replayFlags are the flags of replay.
type replayFlags struct {
	where    workbench.Where
	how      suite.Config
	scenario string
	times    int
	curl     bool
}

func newReplay() *cobra.Command {
	var f replayFlags
	command := &cobra.Command{
		Use:   "replay RUN.JSON",
		Short: "Performs a scenario of a run again, with fresh ids and keys, and says how often it fails alike",
		Example: `  kobcheck replay reports/out/run.json --scenario cards-create.created --config staging.yaml --times 5
  kobcheck replay reports/out/run.json --scenario cards-create.created --curl > again.sh`,
		Args: workbench.Takes(1, 1),
		RunE: workbench.Verb(func(ctx context.Context, b *workbench.Bench, files []string) error {
			run, err := workbench.OpenRun(files[0])
			if err != nil {
				return err
			}
			was, err := suite.Chosen(run, f.scenario)
			if err != nil {
				return err
			}
			if f.curl {
				return format.WriteScript(b.Out, was)
			}
			return again(ctx, b, &f, run, was)
		}),
	}
	flags := command.Flags()
	flags.StringVar(&f.scenario, "scenario", "", "id of the scenario; without one the first that failed")
	flags.IntVar(&f.times, "times", 3, "how often")
	flags.BoolVar(&f.curl, "curl", false, "print a shell script for curl and jq instead")
	flags.StringVar(&f.where.Config, "config", "", "target file; without one a mock inside, like that of the run")
	workbench.WeakSecretsFlag(flags)
	f.where.MockFlags(flags, "", "") // empty means that of the run
	flags.DurationVar(&f.how.Timeout, "timeout", suite.DefaultTimeout, "time for one repetition")
	return command
}

func again(ctx context.Context, b *workbench.Bench, f *replayFlags, run *reports.Run, was *reports.Scenario) error {
	if !run.Target.Embedded && f.where.Config == "" && f.where.Style == "" {
		return fmt.Errorf("the run was on %s (%s); name its target file with --config, or the style of a mock to "+
			"perform it on with --style",
			run.Target.Name, run.Target.BaseURL)
	}
	f.where.Style = cmp.Or(f.where.Style, run.Target.Style)
	if !b.Given("fault") {
		f.where.Faults = run.Settings.Faults
	}
	f.where.Edition = cmp.Or(f.where.Edition, string(run.Target.Edition))
	subject, err := b.Subject(ctx, &f.where, run.Seed)
	if err != nil {
		return err
	}
	defer subject.Close()
	f.how.Catalog, f.how.Seed, f.how.RunID, f.how.Tidy = b.Scenarios, run.Seed, b.RunID(), !subject.Embedded
	api, err := b.Client(subject.File, client.Config{RunID: f.how.RunID, Seed: run.Seed})
	if err != nil {
		return err
	}
	defer api.Close()
	ctx, _, release := workbench.UntilSignal(ctx)
	defer release()
	policy := &evidence.Policy{Contract: b.Facts, Gate: run.Gate, Strict: run.Settings.Strict}
	f.how.Session = steps.NewSession(policy, b.Shapes, subject.File, api)
	result, err := suite.Again(ctx, f.how, was, f.times)
	if err != nil {
		return err
	}
	code := result.Judge(b.Facts, b.Now())
	if err := result.Print(b.Out, was); err != nil {
		return err
	}
	return workbench.ExitWith(code)
}
