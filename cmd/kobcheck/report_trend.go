package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/reports/bucket"
	"github.com/kobcheck/kobcheck/reports/format"
	"github.com/kobcheck/kobcheck/reports/nights"
	"github.com/kobcheck/kobcheck/schemas/redact"
)

func newTrend() *cobra.Command {
	var out workbench.Output
	command := &cobra.Command{
		Use:   "trend FOLDER|BUCKET",
		Short: "What many nights show: verdicts, what changed, what is flaky, latency that shifted",
		Example: `  kobcheck report trend nights/ --out reports/out
  kobcheck report trend s3+https://storage.example.test/nightly/staging`,
		Args: workbench.Takes(1, 1),
		RunE: workbench.Verb(func(ctx context.Context, b *workbench.Bench, places []string) error {
			if err := out.Ready(); err != nil {
				return err
			}
			folder, done, err := bucket.Open(ctx, places[0], b.Getenv)
			if err != nil {
				return err
			}
			defer done()
			list, skipped, err := nights.Read(folder)
			if err != nil {
				return err
			}
			trend, err := nights.NewTrend(list, skipped)
			if err != nil {
				return err
			}
			to := out.Writer(redact.New())
			if err := nights.PrintTrend(b.Out, trend); err != nil {
				return err
			}
			paths, err := format.Trend(to, trend)
			if err != nil {
				return err
			}
			fmt.Fprintf(b.Out, "\n  report %s\n", paths[0])
			return nil
		}),
	}
	out.Flags(command.Flags(), "reports/out", "folder for trend.html")
	return command
}
