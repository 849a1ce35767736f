package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/nights"
)

// driftFlags are the flags of drift.
type driftFlags struct {
	configs        []string
	out            workbench.Output
	section, style string
	maxRPS         float64
	asJSON         bool
}

func newDrift() *cobra.Command {
	var f driftFlags
	command := &cobra.Command{
		Use:   "drift [RUN.JSON RUN.JSON]",
		Short: "The same scenarios on two targets: where their answers differ, and how like each operation is",
		Example: `  kobcheck drift --config staging.yaml
  kobcheck drift --config staging.yaml --config production-like.yaml --section cards
  kobcheck drift last-night/run.json tonight/run.json`,
		Args: workbench.Takes(0, 2),
		RunE: workbench.Verb(func(ctx context.Context, b *workbench.Bench, files []string) error {
			if len(files) == 0 {
				var err error
				if files, err = performBoth(ctx, b, &f); err != nil {
					return err
				}
			}
			runs, err := workbench.OpenAll(workbench.OpenRun, files)
			switch {
			case err != nil:
				return err
			case len(runs) != 2:
				return errors.New("drift compares two: two run.json, or one or two --config")
			}
			drift := nights.CompareRuns(runs[0], runs[1])
			if err := b.Print(f.asJSON, drift, func(w io.Writer) error { return nights.PrintDrift(w, drift) }); err != nil {
				return err
			}
			return bothAnswered(b, runs)
		}),
	}
	flags := command.Flags()
	flags.StringArrayVar(&f.configs, "config", nil, "target file; with one the other is the mock inside")
	workbench.WeakSecretsFlag(flags)
	f.out.Flags(flags, "reports/out/drift", "folder for the two runs")
	flags.StringVar(&f.section, "section", "", "one section, such as cards")
	flags.StringVar(&f.style, "style", "plain", "style of the mock inside")
	flags.Float64Var(&f.maxRPS, "max-rps", 0, "most requests per second to each --config's API; 0 for no bound on this machine, 10 elsewhere")
	flags.BoolVar(&f.asJSON, "json", false, "print JSON")
	return command
}

func side(i int) string { return []string{"first", "second"}[i] }

// bothAnswered ends with the code of a run that showed what none may, and with that of the environment where one of the two
// says little of its API: what is alike then is alike by silence.
func bothAnswered(b *workbench.Bench, runs []*reports.Run) error {
	for i, run := range runs {
		if run.ExitCode == evidence.ExitSecretFound {
			b.Say("HAZARD: the %s side, %s, showed a full card number or a secret: %s", side(i), run.Target.Name, reports.Headline(run))
			return workbench.ExitWith(run.ExitCode)
		}
	}
	for i, run := range runs {
		c := run.Summary.Scenarios
		if run.Summary.Operations.Exercised > 0 && 2*(c.Inconclusive+c.NotRun) <= c.Total {
			continue
		}
		b.Say("the %s side, %s, gave no answers to compare: %s", side(i), run.Target.Name, reports.Headline(run))
		return workbench.ExitWith(evidence.ExitInconclusive)
	}
	return nil
}

// performBoth performs the same scenarios with the same seed on two targets and returns their run.json.
// What a run finds does not matter here: only the answers are compared.
func performBoth(ctx context.Context, b *workbench.Bench, f *driftFlags) ([]string, error) {
	if len(f.configs) == 0 || len(f.configs) > 2 {
		return nil, errors.New("drift needs one or two target files: name them with --config")
	}
	sides := [][]string{{"--style", f.style}}
	if len(f.configs) == 2 {
		sides = nil
	}
	for _, config := range f.configs {
		theirs := []string{"--config", config}
		if f.maxRPS != 0 {
			theirs = append(theirs, "--max-rps", fmt.Sprint(f.maxRPS))
		}
		sides = append(sides, theirs)
	}
	var files []string
	for i, side := range sides {
		folder := filepath.Join(f.out.Folder, []string{"here", "there"}[i])
		root := newRoot()
		root.SetOut(io.Discard)
		root.SetErr(b.Err)
		root.SetArgs(append([]string{"run", "--out", folder, "--seed", "7", "--report-mode", f.out.Mode(), "--format",
			"json", "--section", f.section}, side...))
		var exit workbench.Exit
		if err := root.ExecuteContext(ctx); err != nil && !errors.As(err, &exit) {
			return nil, fmt.Errorf("performing the scenarios for %v: %w", side, err)
		}
		if exit.Code == evidence.ExitInterrupted || exit.Code == evidence.ExitTerminated {
			return nil, exit
		}
		files = append(files, filepath.Join(folder, "run.json"))
	}
	return files, nil
}
