package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps/explore"
)

// exploreRate is how fast a walk goes on a target that is not on this machine.
const exploreRate = 10

func newExplore() *cobra.Command {
	var f runFlags
	var count int
	var alone bool
	command := &cobra.Command{
		Use:   "explore",
		Short: "Walks the API at random against a model of its rules, and shrinks what differs to a scenario",
		Example: `  kobcheck explore --steps 2000 --seed 7
  kobcheck explore --config staging.yaml --steps 200 --max-rps 5`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			facts, err := contract.Load()
			if err != nil {
				return err
			}
			file, stop, err := chooseTarget(command, &f)
			if err != nil {
				return err
			}
			defer stop()
			if f.seed == 0 {
				f.seed = time.Now().UnixNano() % 1_000_000_000
			}
			if f.maxRPS == 0 && file.LocalHost() == "" {
				f.maxRPS = exploreRate
			}
			config := file.ClientConfig(facts)
			config.RunID, config.Seed, config.Version, config.MaxRPS, config.Connections = newRunID(), f.seed, version, f.maxRPS, 16
			api, err := client.New(config)
			if err != nil {
				return err
			}
			defer api.Close()
			ctx, caught, release := untilSignal()
			defer release()
			fmt.Fprintf(command.ErrOrStderr(), "kobcheck: %d steps on %s, seed %d\n", count, file.Target.Name, f.seed)
			result, err := explore.Explore(ctx, explore.Config{Scene: scene.New(facts, api, file.Given()), Steps: count, Seed: f.seed, AtOnce: !alone})
			if signal := caught(); signal != "" {
				return interruptedWalk(command.OutOrStdout(), signal, result)
			}
			var difference *explore.Difference
			switch {
			case errors.As(err, &difference):
				fmt.Fprintln(command.OutOrStdout(), "the walk could not begin: "+difference.Error())
				return exitError{evidence.ExitFailed}
			case err != nil && result == nil, err != nil && result.Difference == nil:
				fmt.Fprintln(command.ErrOrStderr(), "kobcheck:", err)
				return exitError{evidence.ExitInconclusive}
			}
			if err := printWalk(command.OutOrStdout(), result); err != nil {
				return err
			}
			if result.Difference != nil {
				return exitError{evidence.ExitFailed}
			}
			return nil
		},
	}
	flags := command.Flags()
	flags.StringVar(&f.config, "config", "", "target file; without one the walk is on the mock inside")
	flags.IntVar(&count, "steps", 500, "steps of the walk")
	flags.Int64Var(&f.seed, "seed", 0, "seed of the choices; 0 picks one and prints it")
	flags.BoolVar(&alone, "one-at-a-time", false, "no requests at the same moment")
	flags.Float64Var(&f.maxRPS, "max-rps", 0, "most requests per second; 0 for no bound on this machine, 10 elsewhere")
	styleFlags(flags, &f.style, &f.freedoms, mock.Plain)
	flags.StringVar(&f.edition, "edition", "v1", "edition of the mock inside: v1 or guide")
	flags.StringSliceVar(&f.faults, "fault", nil, "faults to switch on in the mock inside")
	return command
}

// interruptedWalk says how far a walk came that was stopped, and what it had found by then.
func interruptedWalk(w io.Writer, signal string, r *explore.Result) error {
	code := evidence.ExitInterrupted
	if signal == "terminate" {
		code = evidence.ExitTerminated
	}
	switch {
	case r == nil:
		fmt.Fprintln(w, "stopped before the first step")
	case r.Difference != nil:
		fmt.Fprintln(w, "stopped while a difference was being shrunk; what there is of it:")
		if err := printWalk(w, r); err != nil {
			return err
		}
	default:
		fmt.Fprintf(w, "stopped after %d steps and %d requests without a difference (seed %d)\n", r.Steps, r.Requests, r.Seed)
	}
	return exitError{code}
}

func printWalk(w io.Writer, r *explore.Result) error {
	if r.Difference == nil {
		_, err := fmt.Fprintf(w, "no difference in %d steps and %d requests (seed %d)\n", r.Steps, r.Requests, r.Seed)
		return err
	}
	text, whole := r.Gherkin()
	_, err := fmt.Fprintf(w, "a difference after %d steps (seed %d), shrunk in %d walks to %d steps\n  requirement  %s\n  finding      %s\n  expected     %s\n  actual       %s\n\n%s\n", r.Steps, r.Seed, r.Shrinking, len(r.Walk),
		r.Difference.Requirement, r.Difference.Message, r.Difference.Expected, r.Difference.Actual, text)
	if err == nil && !whole {
		_, err = fmt.Fprintln(w, "Not all of it can be said in the sentences there are (kobcheck list steps); the requests tell the rest.")
	}
	for _, exchange := range r.Exchanges {
		if err == nil {
			_, err = fmt.Fprintf(w, "  %s\n", exchange.Curl)
		}
	}
	return err
}
