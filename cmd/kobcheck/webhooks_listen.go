package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"al.essio.dev/pkg/shellescape"
	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/client/webhook"
	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
)

func newWebhooksListen() *cobra.Command {
	var verification workbench.Verification
	var address string
	var count int
	command := &cobra.Command{
		Use:     "listen",
		Short:   "Listens for deliveries and prints each with its verification; confirms nothing by itself",
		Example: "  kobcheck webhooks listen --addr 127.0.0.1:9000 --certificate-host 127.0.0.1:8080",
		Args:    workbench.Takes(0, 0),
		RunE: workbench.Verb(func(ctx context.Context, b *workbench.Bench, _ []string) error {
			verifier, err := verification.Verifier()
			if err != nil {
				return err
			}
			ctx, _, release := workbench.UntilSignal(ctx)
			defer release()
			receiver, err := webhook.Listen(ctx, address, "")
			if err != nil {
				return err
			}
			defer receiver.Close()
			return listen(ctx, b, receiver.NewInbox(), verifier, count)
		}),
	}
	verification.Flags(command.Flags())
	command.Flags().StringVar(&address, "addr", "127.0.0.1:0", "address to listen on")
	command.Flags().IntVar(&count, "count", 0, "end after so many deliveries; 0 goes on until it is stopped")
	return command
}

// listen prints each delivery as it comes, up to a number of them.
func listen(ctx context.Context, b *workbench.Bench, inbox *webhook.Inbox, verifier *webhook.Verifier, count int) error {
	fmt.Fprintln(b.Out, inbox.URL)
	for shown := 0; count == 0 || shown < count; shown++ {
		seen := 0
		one, came := inbox.Wait(ctx, func(webhook.Received) bool { seen++; return seen > shown })
		if !came {
			return nil
		}
		message, checks := verifier.Verify(ctx, one.Delivery)
		if message != nil {
			b.Secrets.Add(message.Token, "[token of the subscription]")
		}
		if err := webhook.PrintChecks(b.Out, message, checks); err != nil {
			return err
		}
		if webhook.Holds(checks) && webhook.MayFetch(message.SubscribeURL, verifier.CertificateHost) {
			if err := offerConfirmation(b, message.SubscribeURL); err != nil {
				return err
			}
		}
	}
	return nil
}

// offerConfirmation prints what confirms a subscription. The address holds a token, so that it stands in a file of the
// user's own and on no command line.
func offerConfirmation(b *workbench.Bench, address string) error {
	file, err := os.CreateTemp("", "kobcheck-confirm-*")
	if err != nil {
		return fmt.Errorf("keeping the SubscribeURL: %w", err)
	}
	_, err = fmt.Fprintf(file, "url = \"%s\"\n", strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(address))
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("keeping the SubscribeURL: %w", err)
	}
	_, err = fmt.Fprintf(b.Out, "to confirm the subscription: curl -sS -K %s\n", shellescape.Quote(file.Name()))
	return err
}
