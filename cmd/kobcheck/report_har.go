package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/reports/format"
)

func newHAR() *cobra.Command {
	var scenario string
	command := &cobra.Command{
		Use:     "har FILE",
		Short:   "Prints the exchanges of a scenario as an HTTP Archive",
		Example: "  kobcheck report har reports/out/run.json --scenario cards-create.card > card.har",
		Args:    workbench.Takes(1, 1),
		RunE: workbench.Verb(func(_ context.Context, b *workbench.Bench, paths []string) error {
			result, err := workbench.OpenRun(paths[0])
			if err != nil {
				return err
			}
			return format.WriteHAR(b.Out, result, scenario)
		}),
	}
	command.Flags().StringVar(&scenario, "scenario", "", "id of the scenario; an outline's id means all of its rows")
	_ = command.MarkFlagRequired("scenario") // the flag is there
	return command
}
