package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps/explore"
)

// exploreFlags are the flags of explore.
type exploreFlags struct {
	where  workbench.Where
	out    workbench.Output
	how    explore.Config
	alone  bool
	maxRPS float64
}

func newExplore() *cobra.Command {
	var f exploreFlags
	command := &cobra.Command{
		Use:   "explore",
		Short: "Walks the API at random against a model of its rules, and shrinks what differs to a scenario",
		Example: `  kobcheck explore --steps 2000 --seed 7
  kobcheck explore --config staging.yaml --steps 200 --max-rps 5`,
		Args: workbench.Takes(0, 0),
		RunE: workbench.Verb(func(ctx context.Context, b *workbench.Bench,
			_ []string) error {
			return walk(ctx, b, &f)
		}),
	}
	flags := command.Flags()
	f.where.Flags(flags, "the walk is on the mock inside")
	f.out.Flags(flags, "reports/out", "folder for made.ndjson, the journal of what the walk makes on a target")
	flags.IntVar(&f.how.Steps, "steps", 500, "steps of the walk")
	flags.Int64Var(&f.how.Seed, "seed", 0, "seed of the choices; 0 picks one and prints it")
	flags.BoolVar(&f.alone, "one-at-a-time", false, "no requests at the same moment")
	flags.Float64Var(&f.maxRPS, "max-rps", 0, "most requests per second; 0 for no bound on this machine, 10 elsewhere")
	return command
}

func walk(ctx context.Context, b *workbench.Bench, f *exploreFlags) error {
	f.how.Seed, f.how.AtOnce = b.Seed(f.how.Seed), !f.alone
	subject, err := b.Subject(ctx, &f.where, f.how.Seed)
	if err != nil {
		return err
	}
	defer subject.Close()
	runID := b.RunID()
	made, err := b.Journal(subject, &f.where, &f.out, runID, nil)
	if err != nil {
		return err
	}
	defer made.Done(false)
	api, err := b.Client(subject.File, b.Gently(subject.File, b.Watched(client.Config{RunID: runID, Seed: f.how.Seed,
		MaxRPS: f.maxRPS, Connections: 16})))
	if err != nil {
		return err
	}
	defer api.Close()
	f.how.Scene = scene.New(b.Facts, api, subject.File.Given())
	ctx, stopped, release := workbench.UntilSignal(ctx)
	defer release()
	b.Say("%d steps on %s, seed %d", f.how.Steps, subject.File.Target.Name, f.how.Seed)
	result, err := explore.Explore(ctx, f.how)
	code := stopped.Code()
	var difference *explore.Difference
	switch {
	case code != evidence.ExitPassed:
		err = result.PrintStopped(b.Out)
	case errors.As(err, &difference):
		code = evidence.ExitFailed
		_, err = fmt.Fprintln(b.Out, "the walk could not begin: "+difference.Error())
	case err != nil && (result == nil || result.Difference == nil):
		b.Say("%v", err)
		return workbench.ExitWith(evidence.ExitInconclusive)
	default:
		if result.Difference != nil {
			code = evidence.ExitFailed
		}
		err = result.Print(b.Out)
	}
	if err != nil {
		return err
	}
	return workbench.ExitWith(code)
}
