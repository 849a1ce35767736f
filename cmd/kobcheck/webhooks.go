package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/client/webhook"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

func newWebhooks() *cobra.Command {
	command := &cobra.Command{Use: "webhooks", Short: "Webhook deliveries: verify one, listen and show what comes in, or torment an endpoint", Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error { return command.Help() }}
	command.AddCommand(newWebhooksVerify(), newWebhooksListen(), newWebhooksTorment())
	return command
}

// verification are the flags that say whom to trust.
type verification struct{ topic, certificate, host, moment string }

func (f *verification) add(command *cobra.Command) {
	command.Flags().StringVar(&f.topic, "topic", "", "the only TopicArn to accept; without one a good signature only proves that somebody's topic signed")
	command.Flags().StringVar(&f.certificate, "certificate", "", "PEM file to use in place of what SigningCertURL serves")
	command.Flags().StringVar(&f.host, "certificate-host", "", "host and port to trust for certificates beside Amazon's, such as that of a mock")
	command.Flags().StringVar(&f.moment, "at", "", "moment to judge the age by, such as 2026-01-30T01:00:00Z; now without it")
}

func (f *verification) verifier() (*webhook.Verifier, error) {
	v := &webhook.Verifier{Topic: f.topic, CertificateHost: f.host, Seen: map[string]bool{}}
	if f.certificate != "" {
		text, err := os.ReadFile(f.certificate)
		if err != nil {
			return nil, err
		}
		v.Fetch = func(context.Context, string) ([]byte, error) { return text, nil }
	}
	if f.moment != "" {
		at, err := time.Parse(time.RFC3339, f.moment)
		if err != nil {
			return nil, fmt.Errorf("--at: %q is no time with an offset, such as 2026-01-30T01:00:00Z", f.moment)
		}
		v.Now = func() time.Time { return at }
	}
	return v, nil
}

func newWebhooksVerify() *cobra.Command {
	var f verification
	var asJSON bool
	command := &cobra.Command{
		Use:     "verify FILE|-",
		Short:   "Verifies the body of a delivery step by step",
		Example: "  kobcheck webhooks verify body.json --topic arn:aws:sns:ap-southeast-2:123456789012:kobble",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			verifier, err := f.verifier()
			if err != nil {
				return err
			}
			from := command.InOrStdin()
			if args[0] != "-" {
				file, err := os.Open(args[0])
				if err != nil {
					return err
				}
				defer func() { _ = file.Close() }() // it is only read
				from = file
			}
			body, err := io.ReadAll(io.LimitReader(from, webhook.MaxBytes+1))
			if err != nil {
				return fmt.Errorf("reading the delivery: %w", err)
			}
			message, checks := verifier.Verify(command.Context(), webhook.Delivery{Body: body})
			if asJSON {
				err = json.NewEncoder(command.OutOrStdout()).Encode(checks)
			} else {
				err = printChecks(command.OutOrStdout(), message, checks)
			}
			if err == nil && !webhook.Holds(checks) {
				return exitError{evidence.ExitFailed}
			}
			return err
		},
	}
	f.add(command)
	command.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return command
}

func printChecks(w io.Writer, message *webhook.Message, checks []webhook.Check) error {
	for _, check := range checks {
		sign := "holds"
		if !check.Holds {
			sign = "BROKEN"
		}
		if _, err := fmt.Fprintf(w, "  %-7s %-20s %s\n", sign, check.Step, check.Detail); err != nil {
			return err
		}
	}
	if message != nil {
		if _, err := fmt.Fprintf(w, "the text that is signed:\n%s", message.Text()); err != nil {
			return err
		}
	}
	verdict := "the delivery verifies"
	if !webhook.Holds(checks) {
		verdict = "the delivery does NOT verify"
	}
	_, err := fmt.Fprintln(w, verdict)
	return err
}

func newWebhooksListen() *cobra.Command {
	var f verification
	var address string
	var count int
	command := &cobra.Command{
		Use:     "listen",
		Short:   "Listens for deliveries and prints each with its verification; confirms nothing by itself",
		Example: "  kobcheck webhooks listen --addr 127.0.0.1:9000 --certificate-host 127.0.0.1:8080",
		Args:    cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			verifier, err := f.verifier()
			if err != nil {
				return err
			}
			ctx, _, release := untilSignal()
			defer release()
			receiver, err := webhook.Listen(ctx, address, "")
			if err != nil {
				return err
			}
			defer receiver.Close()
			inbox := receiver.NewInbox()
			fmt.Fprintln(command.OutOrStdout(), inbox.URL)
			for shown := 0; count == 0 || shown < count; shown++ {
				seen := 0
				one, came := inbox.Wait(ctx, func(webhook.Received) bool { seen++; return seen > shown })
				if !came {
					return nil
				}
				message, checks := verifier.Verify(ctx, one.Delivery)
				if err := printChecks(command.OutOrStdout(), message, checks); err != nil {
					return err
				}
				if message != nil && message.SubscribeURL != "" {
					fmt.Fprintf(command.OutOrStdout(), "to confirm the subscription: curl '%s'\n", message.SubscribeURL)
				}
			}
			return nil
		},
	}
	f.add(command)
	command.Flags().StringVar(&address, "addr", "127.0.0.1:0", "address to listen on")
	command.Flags().IntVar(&count, "count", 0, "end after so many deliveries; 0 goes on until it is stopped")
	return command
}
