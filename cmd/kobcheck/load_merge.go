package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/load"
	"github.com/kobcheck/kobcheck/schemas/redact"
)

func newLoadMerge() *cobra.Command {
	var judging workbench.Judging
	var out workbench.Output
	var wait, others time.Duration
	command := &cobra.Command{
		Use:   "merge FILE...",
		Short: "Puts the load.json of shards together exactly and evaluates the gates once",
		Example: "  kobcheck load merge shard-*/load.json --out reports/night\n" +
			"  kobcheck load merge --wait 10m s3+https://storage.example.test/loads/night/{0,1}/load.json",
		Args: workbench.Takes(1, workbench.Many),
		RunE: workbench.Verb(func(ctx context.Context, b *workbench.Bench, files []string) error {
			by, err := b.Judgement(&judging)
			if err != nil {
				return err
			}
			parts, err := b.OpenLoads(ctx, files, wait, others)
			if err == nil && wait > 0 {
				err = b.MergedBefore(ctx, out.Folder, parts)
			}
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
	command.Flags().DurationVar(&wait, "wait", 0, "how long files are waited for that are not there yet")
	command.Flags().DurationVar(&others, "wait-others", 5*time.Minute, "how long the others are waited for once one is there")
	return command
}
