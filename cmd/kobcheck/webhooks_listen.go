package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"

	"al.essio.dev/pkg/shellescape"
	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/client/webhook"
	"github.com/kobcheck/kobcheck/client/webhook/torment"
	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
)

// listenFlags are the flags of webhooks listen.
type listenFlags struct {
	verification  workbench.Verification
	address, path string
	count         int
	refuse        bool
}

func newWebhooksListen() *cobra.Command {
	var f listenFlags
	command := &cobra.Command{
		Use:   "listen",
		Short: "Listens for deliveries and prints each with its verification; confirms nothing by itself",
		Example: `  kobcheck webhooks listen --addr 127.0.0.1:9000 --certificate-host 127.0.0.1:8080
  kobcheck webhooks listen --addr 127.0.0.1:9000 --path /webhooks --certificate-host 127.0.0.1:9001 --topic ` + torment.Topic + ` --refuse &
  kobcheck webhooks torment http://127.0.0.1:9000/webhooks --addr 127.0.0.1:9001`,
		Args:        workbench.Takes(0, 0),
		Annotations: workbench.Little(),
		RunE: workbench.Verb(func(ctx context.Context, b *workbench.Bench, _ []string) error {
			ctx, _, release := workbench.UntilSignal(ctx)
			defer release()
			return listen(ctx, b, &f)
		}),
	}
	flags := command.Flags()
	f.verification.Flags(flags)
	flags.StringVar(&f.address, "addr", "127.0.0.1:0", "address to listen on")
	flags.StringVar(&f.path, "path", "", "path of the address, such as /webhooks; one that nobody can guess without it")
	flags.IntVar(&f.count, "count", 0, "end after so many deliveries; 0 goes on until it is stopped")
	flags.BoolVar(&f.refuse, "refuse", false, "answer 403 to what does not verify, as a receiver should; 200 to "+
		"everything without it")
	return command
}

// listen prints each delivery as it comes, up to a number of them.
func listen(ctx context.Context, b *workbench.Bench, f *listenFlags) error {
	verifier, err := f.verification.Verifier()
	if err != nil {
		return err
	}
	receiver, err := webhook.Listen(ctx, f.address, "")
	if err != nil {
		return err
	}
	defer receiver.Close()
	inbox := receiver.NewInbox()
	if f.path != "" {
		inbox = receiver.InboxAt(f.path)
	}
	if f.refuse {
		answering := *verifier
		answering.Seen = nil // what comes again is to be taken again
		inbox.Answer(func(one webhook.Received) int {
			if _, checks := answering.Verify(ctx, one.Delivery); !webhook.Holds(checks) {
				return http.StatusForbidden
			}
			return http.StatusOK
		})
	}
	fmt.Fprintln(b.Out, inbox.URL)
	for shown := 0; f.count == 0 || shown < f.count; shown++ {
		one, came := inbox.Next(ctx)
		if !came {
			return nil
		}
		message, checks := verifier.Verify(ctx, one.Delivery)
		b.Delivered(message)
		if err := printChecks(b.Out, message, checks); err != nil {
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
