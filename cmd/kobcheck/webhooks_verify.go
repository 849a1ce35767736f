package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/client/webhook"
	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

func newWebhooksVerify() *cobra.Command {
	var verification workbench.Verification
	var asJSON bool
	command := &cobra.Command{
		Use:     "verify FILE|-",
		Short:   "Verifies the body of a delivery step by step",
		Example: "  kobcheck webhooks verify body.json --topic arn:aws:sns:ap-southeast-2:123456789012:kobble",
		Args:    workbench.Takes(1, 1),
		RunE: workbench.Verb(func(ctx context.Context, b *workbench.Bench, paths []string) error {
			verifier, err := verification.Verifier()
			if err != nil {
				return err
			}
			from := b.In
			if paths[0] != "-" {
				file, err := os.Open(paths[0])
				if err != nil {
					return fmt.Errorf("reading the delivery: %w", err)
				}
				defer func() { _ = file.Close() }() // it is only read
				from = file
			}
			body, err := io.ReadAll(io.LimitReader(from, webhook.MaxBytes+1))
			if err != nil {
				return fmt.Errorf("reading the delivery: %w", err)
			}
			message, checks := verifier.Verify(ctx, webhook.Delivery{Body: body})
			b.Delivered(message)
			if err := b.Print(asJSON, checks, func(w io.Writer) error {
				return printChecks(w, message,
					checks)
			}); err != nil {
				return err
			}
			if !webhook.Holds(checks) {
				return workbench.ExitWith(evidence.ExitFailed)
			}
			return nil
		}),
	}
	verification.Flags(command.Flags())
	command.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return command
}
