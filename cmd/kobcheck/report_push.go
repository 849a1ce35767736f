package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/reports/bucket"
)

func newPush() *cobra.Command {
	return &cobra.Command{
		Use:   "push FOLDER BUCKET",
		Short: "Keeps a report folder in an S3-compatible bucket, for trend and for who reads it there",
		Long: "Keeps a report folder in an S3-compatible bucket. Credentials come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,\n" +
			"AWS_SESSION_TOKEN and AWS_REGION. What has been pushed went through the look for secrets when it was written.",
		Example: "  kobcheck report push reports/out s3+https://storage.example.test/nightly/staging/2026-01-30",
		Args:    workbench.Takes(2, 2),
		RunE: workbench.Verb(func(ctx context.Context, b *workbench.Bench, places []string) error {
			to, err := bucket.At(places[1], b.Getenv)
			if err != nil {
				return err
			}
			pushed, err := to.Push(ctx, places[0])
			if err != nil {
				return err
			}
			fmt.Fprintf(b.Out, "%d files of %s are kept at %s\n", pushed, places[0], places[1])
			return nil
		}),
	}
}
