package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/client/webhook/torment"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

func newWebhooksTorment() *cobra.Command {
	var options torment.Options
	var asJSON bool
	command := &cobra.Command{
		Use:   "torment URL",
		Short: "Plays a hostile sender against an integrator's endpoint and prints what it wrongly accepted",
		Long: `Sends good and hostile deliveries to an endpoint and prints a table of what it wrongly accepted.

The endpoint has to trust the certificates of the host that is printed first (--addr fixes it), and take the topic
that --topic names: without a good delivery that is accepted, a refusal proves nothing.`,
		Example: "  kobcheck webhooks torment http://127.0.0.1:9000/webhooks --addr 127.0.0.1:9001\n  kobcheck webhooks torment https://hooks.example.test/kobble --host hooks.example.test",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			options.URL = args[0]
			options.Ready = func(host, topic string) {
				fmt.Fprintf(command.ErrOrStderr(), "kobcheck: certificates at %s, topic %s\n", host, topic)
			}
			ctx, _, release := untilSignal()
			defer release()
			report, err := torment.Run(ctx, options)
			if err != nil {
				return err
			}
			if asJSON {
				err = json.NewEncoder(command.OutOrStdout()).Encode(report)
			} else {
				err = printTorment(command.OutOrStdout(), report)
			}
			switch {
			case err != nil:
				return err
			case report.Count(torment.Wrong) > 0:
				return exitError{evidence.ExitFailed}
			case !report.Trusted:
				return exitError{evidence.ExitInconclusive}
			}
			return nil
		},
	}
	flags := command.Flags()
	flags.StringVar(&options.Host, "host", "", "name the host once more if it is not on this machine")
	flags.StringVar(&options.Address, "addr", "127.0.0.1:0", "address to serve the certificates on")
	flags.StringVar(&options.Topic, "topic", torment.Topic, "TopicArn of the good deliveries")
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	return command
}

func printTorment(w io.Writer, report *torment.Report) error {
	for _, one := range report.Results {
		if _, err := fmt.Fprintf(w, "  %-7s %-29s %s\n          expected %s, answered %s (%s)\n", one.Verdict, one.Name, one.Sentence, one.Expected, one.Answered, one.Requirement); err != nil {
			return err
		}
	}
	confirms := "it does not fetch the SubscribeURL of a confirmation by itself"
	if report.Confirms {
		confirms = "it fetches the SubscribeURL of a good confirmation by itself"
	}
	verdict := fmt.Sprintf("%s stood %d of %d; %s", report.URL, report.Count(torment.Right), len(report.Results), confirms)
	if !report.Trusted {
		verdict = report.URL + " did not accept a good delivery, so its refusals prove nothing: make it trust the host of the certificates and the topic above"
	}
	_, err := fmt.Fprintln(w, verdict)
	return err
}
