package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock"
)

func newMock() *cobra.Command {
	var options mock.Options
	var where workbench.Where
	var address string
	var printTarget, log bool
	command := &cobra.Command{
		Use:   "mock",
		Short: "Serves the mock alone and prints a target file for it",
		Example: `  kobcheck mock --addr 127.0.0.1:8080 > mock.yaml
  kobcheck mock --style strict-http --fault order.swap-3-4
  kobcheck mock --style random:7 --freedom C-15=inactive,N-09=422`,
		Args: workbench.Takes(0, 0),
		RunE: workbench.Verb(func(ctx context.Context, b *workbench.Bench, _ []string) error {
			ctx, _, release := workbench.UntilSignal(ctx)
			defer release()
			if log {
				options.Log = func(method, path string, status int, took time.Duration) {
					fmt.Fprintf(b.Err, "%s %s %d %.1f ms\n", method, path, status, float64(took.Microseconds())/1000)
				}
			}
			return b.Serve(ctx, options, &where, address, printTarget)
		}),
	}
	flags := command.Flags()
	flags.StringVar(&address, "addr", "127.0.0.1:0", "address to serve on; port 0 takes a free one")
	where.MockFlags(flags, mock.Plain, string(contract.V1))
	flags.Lookup("edition").Usage = "edition that the printed target file names: v1 or guide (both are served)"
	where.LimitFlags(flags)
	flags.Int64Var(&options.Seed, "seed", 1, "seed of ids and data")
	flags.DurationVar(&options.TokenLife, "token-life", time.Hour, "life of an access token")
	flags.BoolVar(&options.NoLoopback, "no-loopback-webhooks", false,
		"refuse webhooks to this machine too, as a public service does")
	flags.DurationVar(&options.RetryWait, "retry-wait", workbench.RetryWait,
		"time between two tries of a webhook delivery; SNS waits 20s")
	flags.StringVar(&options.SignatureVersion, "signature-version", "",
		"signature of webhook deliveries: 1 (SHA-1) or 2 (SHA-256); that of the style where empty")
	flags.IntVar(&options.Filled, "filled", 0,
		"endusers, wallets, cards, transactions and beneficiaries that are there from the start, of each")
	flags.StringVar(&options.Secret, "secret", "", "what the clients' secrets are made of; made up anew on other than loopback, "+
		"else they follow from the seed")
	flags.BoolVar(&log, "log", false, "log every request to stderr")
	flags.BoolVar(&printTarget, "print-target", false, "print the target file and stop")
	return command
}
