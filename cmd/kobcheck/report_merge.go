package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/schemas/redact"
)

func newMerge() *cobra.Command {
	var files workbench.Files
	command := &cobra.Command{
		Use:     "merge FILE...",
		Short:   "Puts the run.json of the shards of one run together",
		Example: "  kobcheck report merge shard-*/run.json --out reports/nightly",
		Args:    workbench.Takes(1, workbench.Many),
		RunE: workbench.Verb(func(_ context.Context, b *workbench.Bench, paths []string) error {
			if err := files.Ready(); err != nil {
				return err
			}
			parts, err := workbench.OpenAll(workbench.OpenRun, paths)
			if err != nil {
				return err
			}
			whole, err := reports.Merge(parts)
			if err != nil {
				return err
			}
			whole.Judge(b.Facts, whole.EndedAt)
			return b.Finish(whole, files.Formats, files.Writer(redact.New()))
		}),
	}
	files.Flags(command.Flags())
	return command
}
