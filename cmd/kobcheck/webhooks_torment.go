package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/client/webhook/torment"
	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

func newWebhooksTorment() *cobra.Command {
	var options torment.Options
	var asJSON bool
	command := &cobra.Command{
		Use:   "torment URL",
		Short: "Plays a hostile sender against an integrator's receiver and prints what it wrongly accepted",
		Long: `Sends good and hostile deliveries to a receiver and prints a table of what it wrongly accepted.

The receiver has to trust the certificates of the host that is printed first (--addr fixes it), and take the topic
that --topic names: without a good delivery that is accepted, a refusal proves nothing. The first example is tried against
kobcheck webhooks listen, whose second example is the receiver to it.`,
		Example: `  kobcheck webhooks torment http://127.0.0.1:9000/webhooks --addr 127.0.0.1:9001
  kobcheck webhooks torment https://hooks.example.test/kobble --host hooks.example.test`,
		Args: workbench.Takes(1, 1),
		RunE: workbench.Verb(func(ctx context.Context, b *workbench.Bench, addresses []string) error {
			options.URL = addresses[0]
			options.Ready = func(host, topic string) { b.Say("certificates at %s, topic %s", host, topic) }
			ctx, _, release := workbench.UntilSignal(ctx)
			defer release()
			report, err := torment.Run(ctx, options)
			if err != nil {
				return err
			}
			if err := b.Print(asJSON, report, report.Print); err != nil {
				return err
			}
			switch {
			case report.Count(torment.Wrong) > 0:
				return workbench.ExitWith(evidence.ExitFailed)
			case !report.Trusted:
				return workbench.ExitWith(evidence.ExitInconclusive)
			}
			return nil
		}),
	}
	flags := command.Flags()
	flags.StringVar(&options.Host, "host", "", "name the host once more if it is not on this machine")
	flags.StringVar(&options.Address, "addr", "127.0.0.1:0", "address to serve the certificates on")
	flags.StringVar(&options.Topic, "topic", torment.Topic, "TopicArn of the good deliveries")
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	return command
}
