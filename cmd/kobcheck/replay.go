package main

import (
	"fmt"
	"io"
	"sort"
	"time"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/format"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/suite"
)

func newReplay() *cobra.Command {
	var f runFlags
	var scenario string
	var times int
	var curl bool
	command := &cobra.Command{
		Use:   "replay RUN.JSON",
		Short: "Performs a scenario of a run again, with fresh ids and keys, and says how often it fails alike",
		Example: `  kobcheck replay reports/out/run.json --scenario cards-create.created --config staging.yaml --times 5
  kobcheck replay reports/out/run.json --scenario cards-create.created --curl > again.sh`,
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			run, err := openRun(args[0])
			if err != nil {
				return err
			}
			was, err := chosen(run, scenario)
			if err != nil {
				return err
			}
			if curl {
				return format.WriteScript(command.OutOrStdout(), was)
			}
			if times < 1 {
				return fmt.Errorf("--times: it takes at least 1")
			}
			return performAgain(command, &f, run, was, times)
		},
	}
	flags := command.Flags()
	flags.StringVar(&scenario, "scenario", "", "id of the scenario; without one the first that failed")
	flags.IntVar(&times, "times", 3, "how often")
	flags.BoolVar(&curl, "curl", false, "print a shell script for curl and jq instead")
	flags.StringVar(&f.config, "config", "", "target file; without one a mock inside, in the style of the run")
	flags.StringSliceVar(&f.faults, "fault", nil, "faults to switch on in the mock inside")
	flags.DurationVar(&f.timeout, "timeout", suite.DefaultTimeout, "time for one repetition")
	styleFlags(flags, &f.style, &f.freedoms, "") // empty means that of the run
	flags.StringVar(&f.edition, "edition", "", "edition of the mock inside; that of the run where empty")
	return command
}

// chosen returns the scenario of an id, or the first that failed.
func chosen(run *reports.Run, id string) (*reports.Scenario, error) {
	for i := range run.Scenarios {
		one := &run.Scenarios[i]
		if one.ID == id || id == "" && (one.Verdict == evidence.Failed || one.Verdict == evidence.Flaky) {
			return one, nil
		}
	}
	if id == "" {
		return nil, fmt.Errorf("no scenario of the run failed; name one with --scenario")
	}
	return nil, fmt.Errorf("the run has no scenario %q; its run.json lists them", id)
}

func performAgain(command *cobra.Command, f *runFlags, run *reports.Run, was *reports.Scenario, times int) error {
	facts, scenarios, err := documentation()
	if err != nil {
		return err
	}
	shapes, err := schemas.Load()
	if err != nil {
		return err
	}
	if f.style == "" {
		f.style = run.Target.Style
	}
	if f.edition == "" {
		f.edition = string(run.Target.Edition)
	}
	f.seed = run.Seed
	file, stop, err := chooseTarget(command, f)
	if err != nil {
		return err
	}
	defer stop()
	config := file.ClientConfig(facts)
	config.RunID, config.Seed, config.Version = newRunID(), run.Seed, version
	api, err := client.New(config)
	if err != nil {
		return err
	}
	defer api.Close()
	ctx, _, release := untilSignal()
	defer release()
	result, err := suite.Again(ctx, suite.Config{Session: steps.NewSession(&evidence.Policy{Contract: facts, Gate: run.Gate, Strict: run.Settings.Strict}, shapes, file, api), Catalog: scenarios,
		Timeout: f.timeout, Seed: run.Seed, RunID: config.RunID, Tidy: f.config != ""}, was, times)
	if err != nil {
		return err
	}
	code := evidence.ExitPassed
	for _, one := range result.Runs {
		one.Close(facts, time.Now())
		if one.ExitCode == evidence.ExitFailed || code == evidence.ExitPassed {
			code = one.ExitCode
		}
	}
	if err := printReplay(command.OutOrStdout(), was, result); err != nil {
		return err
	}
	if code != evidence.ExitPassed {
		return exitError{code}
	}
	return nil
}

func printReplay(w io.Writer, was *reports.Scenario, result *suite.Replay) error {
	if _, err := fmt.Fprintf(w, "%s (%s): %d of %d times as in the run, where it was %s\n", was.Name, was.ID, result.Reproduced, result.Times, was.Verdict); err != nil {
		return err
	}
	differences := make([]string, 0, len(result.Differences))
	for text := range result.Differences {
		differences = append(differences, text)
	}
	sort.Strings(differences)
	for _, text := range differences {
		if _, err := fmt.Fprintf(w, "  %d times  %s\n", result.Differences[text], text); err != nil {
			return err
		}
	}
	return nil
}
