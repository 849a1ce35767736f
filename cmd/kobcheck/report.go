package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/schemas/redact"
)

func newReport() *cobra.Command {
	var files workbench.Files
	command := &cobra.Command{
		Use:     "report FILE",
		Short:   "Renders a run.json again",
		Example: "  kobcheck report reports/out/run.json --out reports/again",
		Args:    workbench.AFile,
		RunE: workbench.Verb(func(_ context.Context, b *workbench.Bench, paths []string) error {
			if err := files.Ready(); err != nil {
				return err
			}
			result, err := workbench.OpenRun(paths[0])
			if err != nil {
				return err
			}
			return b.Finish(result, files.Formats, files.Writer(redact.New()))
		}),
	}
	command.AddCommand(newMerge(), newOrder(), newTrend(), newCompare(), newPush(), newHAR(), newServe())
	files.Flags(command.Flags())
	return command
}
