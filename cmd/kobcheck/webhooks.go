package main

import (
	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
)

func newWebhooks() *cobra.Command {
	command := &cobra.Command{Use: "webhooks", Short: "Webhook deliveries: verify one, listen and show what comes " +
		"in, or torment a receiver",
		Args: workbench.AVerb, RunE: func(command *cobra.Command, _ []string) error { return command.Help() }}
	command.AddCommand(newWebhooksVerify(), newWebhooksListen(), newWebhooksTorment())
	return command
}
