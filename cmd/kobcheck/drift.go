package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/nights"
)

func newDrift() *cobra.Command {
	var configs []string
	var section, style string
	var to output
	var asJSON bool
	command := &cobra.Command{
		Use:   "drift [RUN.JSON RUN.JSON]",
		Short: "The same scenarios on two targets: where their answers differ, and how like each operation is",
		Example: `  kobcheck drift --config staging.yaml
  kobcheck drift --config staging.yaml --config production-like.yaml --section cards
  kobcheck drift last-night/run.json tonight/run.json`,
		Args: cobra.MaximumNArgs(2),
		RunE: func(command *cobra.Command, files []string) error {
			if len(files) == 0 {
				var err error
				if files, err = performBoth(command, configs, &to, section, style); err != nil {
					return err
				}
			}
			if len(files) != 2 {
				return errors.New("drift compares two: two run.json, or one or two --config")
			}
			a, err := openRun(files[0])
			if err != nil {
				return err
			}
			b, err := openRun(files[1])
			if err != nil {
				return err
			}
			drift := nights.CompareRuns(a, b)
			if asJSON {
				return json.NewEncoder(command.OutOrStdout()).Encode(drift)
			}
			return nights.PrintDrift(command.OutOrStdout(), drift)
		},
	}
	flags := command.Flags()
	flags.StringArrayVar(&configs, "config", nil, "target file; with one the other is the mock inside")
	outputFlags(flags, &to, "reports/out/drift", "folder for the two runs")
	flags.StringVar(&section, "section", "", "one section, such as cards")
	flags.StringVar(&style, "style", "plain", "style of the mock inside")
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	return command
}

// performBoth performs the same scenarios with the same seed on two targets and returns their run.json.
// What a run finds does not matter here: only the answers are compared.
func performBoth(command *cobra.Command, configs []string, to *output, section, style string) ([]string, error) {
	if len(configs) == 0 || len(configs) > 2 {
		return nil, errors.New("drift needs one or two target files: name them with --config")
	}
	sides := [][]string{{"--style", style}}
	if len(configs) == 2 {
		sides = nil
	}
	for _, config := range configs {
		sides = append(sides, []string{"--config", config})
	}
	var files []string
	for i, side := range sides {
		folder := filepath.Join(to.folder, []string{"here", "there"}[i])
		arguments := append([]string{"--out", folder, "--seed", "7", "--report-mode", to.mode.String(), "--format", "json"}, side...)
		if section != "" {
			arguments = append(arguments, "--section", section)
		}
		run := newRun()
		run.SetOut(io.Discard)
		run.SetErr(command.ErrOrStderr())
		run.SetArgs(arguments)
		run.SilenceErrors, run.SilenceUsage = true, true
		var exit exitError
		if err := run.ExecuteContext(command.Context()); err != nil && !errors.As(err, &exit) {
			return nil, fmt.Errorf("performing the scenarios for %v: %w", side, err)
		}
		if exit.code == evidence.ExitInterrupted || exit.code == evidence.ExitTerminated {
			return nil, exit
		}
		files = append(files, filepath.Join(folder, "run.json"))
	}
	return files, nil
}
