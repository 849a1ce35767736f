package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/client/redact"
	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/load"
)

func newLoadMerge() *cobra.Command {
	var judging workbench.Judging
	var out workbench.Output
	command := &cobra.Command{
		Use:     "merge FILE...",
		Short:   "Puts the load.json of shards together exactly and evaluates the gates once",
		Example: "  kobcheck load merge shard-*/load.json --out reports/night",
		Args:    workbench.Takes(1, workbench.Many),
		RunE: workbench.Verb(func(_ context.Context, b *workbench.Bench, files []string) error {
			by, err := b.Judgement(&judging)
			if err != nil {
				return err
			}
			parts, err := workbench.OpenAll(workbench.OpenLoad, files)
			if err != nil {
				return err
			}
			whole, err := load.Merge(parts)
			if err != nil {
				return err
			}
			return b.FinishLoad(whole, by, out.Writer(redact.New()))
		}),
	}
	out.Flags(command.Flags(), "reports/out", "folder for the reports")
	judging.Flags(command.Flags())
	return command
}
