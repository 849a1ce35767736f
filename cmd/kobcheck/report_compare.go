package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/nights"
)

func newCompare() *cobra.Command {
	return &cobra.Command{
		Use: "compare A B...",
		Short: "What differs between two runs: run.json, night.json or load.json; over more load.json, what changed " +
			"for good",
		Example: `  kobcheck report compare nights/1/run.json nights/2/run.json
  kobcheck report compare nights/*/load.json`,
		Args: workbench.Takes(2, workbench.Many),
		RunE: workbench.Verb(func(_ context.Context, b *workbench.Bench, paths []string) error {
			loads, err := workbench.OpenAll(workbench.OpenLoad, paths)
			switch {
			case err == nil && len(paths) == 2:
				return nights.PrintLoadDifferences(b.Out, nights.CompareLoad(loads[0], loads[1], 1))
			case err == nil:
				slices.SortFunc(loads, func(a, b *reports.LoadRun) int { return a.StartedAt.Compare(b.StartedAt) })
				return nights.PrintLoadShifts(b.Out, loads)
			case len(paths) > 2:
				return errors.New("more than two files are compared only where each is a load.json; kobcheck report " +
					"trend is for the nights of runs")
			}
			both, err := workbench.OpenAll(openNight, paths)
			if err != nil {
				return err
			}
			return nights.PrintChanges(b.Out, nights.Compare(both[0], both[1]))
		}),
	}
}

func openNight(path string) (*nights.Night, error) {
	night, err := nights.ReadOne(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return night, nil
}
