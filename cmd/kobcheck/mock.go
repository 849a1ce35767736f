package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/mock/limit"
)

func newMock() *cobra.Command {
	var options mock.Options
	var address, edition, limitText, limiter, limitScope string
	var printTarget, log bool
	command := &cobra.Command{
		Use:   "mock",
		Short: "Serves the mock alone and prints a target file for it",
		Example: `  kobcheck mock --addr 127.0.0.1:8080 > mock.yaml
  kobcheck mock --style strict-http --fault order.swap-3-4
  kobcheck mock --style random:7 --freedom C-15=inactive,N-09=422`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := settle(command.Flags(), nil); err != nil {
				return err
			}
			if log {
				options.Log = func(method, path string, status int, took time.Duration) {
					fmt.Fprintf(os.Stderr, "%s %s %d %.1f ms\n", method, path, status, float64(took.Microseconds())/1000)
				}
			}
			limited, err := limitOf(limitText, limiter, limitScope)
			if err != nil {
				return err
			}
			options.Limit = limited
			server, err := mock.New(options)
			if err != nil {
				return err
			}
			ctx, _, release := untilSignal()
			defer release()
			listening, err := server.Listen(ctx, address)
			if err != nil {
				return err
			}
			file := targetOf(server, listening.URL, contract.Edition(edition))
			if err := target.Write(command.OutOrStdout(), file, secretsOf(server), server.Inventory().ExpiredToken); err != nil || printTarget {
				return closing(listening, err)
			}
			fmt.Fprintf(os.Stderr, "kobcheck mock: serving %s in the style %s; stop it with Ctrl-C\n", listening.URL, server.Style().Name)
			<-ctx.Done()
			return listening.Close()
		},
	}
	flags := command.Flags()
	flags.StringVar(&address, "addr", "127.0.0.1:0", "address to serve on; port 0 takes a free one")
	styleFlags(flags, &options.Style, &options.Freedoms, mock.Plain)
	flags.StringVar(&edition, "edition", "v1", "edition that the printed target file names: v1 or guide (both are served)")
	flags.Int64Var(&options.Seed, "seed", 1, "seed of ids and data")
	flags.StringSliceVar(&options.Faults, "fault", nil, "faults to switch on; kobcheck list faults shows them")
	flags.DurationVar(&options.Latency, "latency", 0, "time added to every answer")
	flags.DurationVar(&options.TokenLife, "token-life", time.Hour, "life of an access token")
	flags.BoolVar(&options.NoLoopback, "no-loopback-webhooks", false, "refuse webhooks to this machine too, as a public service does")
	flags.DurationVar(&options.RetryWait, "retry-wait", retryWait, "time between two tries of a webhook delivery; SNS waits 20s")
	flags.StringVar(&options.SignatureVersion, "signature-version", "",
		"signature of webhook deliveries: 1 (SHA-1) or 2 (SHA-256); that of the style where empty")
	flags.StringVar(&limitText, "limit", "", "rate limit, such as 100/1s; without one there is none")
	flags.StringVar(&limiter, "limiter", string(limit.TokenBucket), "kind of the limit: "+strings.Join(limit.Kinds(), ", "))
	flags.StringVar(&limitScope, "limit-scope", "client", "what is counted by: "+strings.Join(limit.Scopes(), ", "))
	flags.BoolVar(&log, "log", false, "log every request to stderr")
	flags.BoolVar(&printTarget, "print-target", false, "print the target file and stop")
	return command
}

// styleFlags are those of the mock's style: a point of what the documentation leaves open.
func styleFlags(flags *pflag.FlagSet, style *string, freedoms *[]string, otherwise string) {
	flags.StringVar(style, "style", otherwise,
		"style of the mock, its answers to what the documentation leaves open: "+strings.Join(mock.Styles(), ", ")+" or random:SEED")
	flags.StringSliceVar(freedoms, "freedom", nil, "readings on top of the style, such as C-15=inactive; kobcheck list freedoms shows them")
}

func closing(listening *mock.Listening, err error) error {
	if err != nil {
		return err
	}
	return listening.Close()
}

// limitOf reads the flags of a limiter.
func limitOf(text, kind, scope string) (limit.Config, error) {
	config, err := limit.Parse(text)
	if err != nil || config.Requests == 0 {
		return config, err
	}
	if kind != "" {
		config.Kind = limit.Kind(kind)
	}
	config.Scope = scope
	return config, config.Check()
}

// retryWait is how long the mock inside waits between two tries of a webhook delivery; SNS waits 20 s.
const retryWait = 100 * time.Millisecond

// startMock starts the mock inside and describes it like any other target.
func startMock(ctx context.Context, f *runFlags) (*target.File, func(), error) {
	if edition := contract.Edition(f.edition); edition != contract.V1 && edition != contract.Guide {
		return nil, nil, fmt.Errorf("--edition: %q is no edition; it is v1 or guide", f.edition)
	}
	limited, err := limitOf(f.limit, f.limiter, "client")
	if err != nil {
		return nil, nil, err
	}
	server, err := mock.New(mock.Options{Limit: limited, Style: f.style, Freedoms: f.freedoms, Seed: f.seed, Faults: f.faults,
		Latency: f.latency, RetryWait: retryWait})
	if err != nil {
		return nil, nil, err
	}
	listening, err := server.Listen(ctx, "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	f.style, f.freedoms = server.Style().Name, nil // reports hold the whole style, so that a run can be repeated
	file := targetOf(server, listening.URL, contract.Edition(f.edition)).WithSecrets(secretsOf(server), server.Inventory().ExpiredToken)
	return file, func() { //nolint:contextcheck // stopping has time of its own
		if err := listening.Close(); err != nil {
			fmt.Fprintln(os.Stderr, "kobcheck: stopping the mock:", err)
		}
	}, nil
}

// targetOf is the target file of a mock: just a target whose file lists everything.
func targetOf(server *mock.Server, address string, edition contract.Edition) *target.File {
	stock := server.Inventory()
	file := &target.File{Target: target.Target{Name: "mock", BaseURL: address, TokenURL: address + "/oauth2/token", Edition: edition,
		Clients: map[string]target.Client{}, Paths: mock.PlaceholderPaths(edition)},
		Webhooks: &target.Webhooks{RetryWait: server.RetryWait().String()},
		Fixtures: target.Fixtures{Programs: stock.Programs, Wallets: stock.Wallets, SecondClient: stock.SecondClient,
			Bodies: stock.Bodies, ExpiredEnv: "KOBBLE_EXPIRED_TOKEN"}}
	for name, one := range stock.Clients {
		file.Target.Clients[name] = target.Client{ID: one.ID, SecretEnv: "KOBBLE_" + strings.ToUpper(name) + "_SECRET", Scope: one.Scope}
	}
	if limited := server.Limit(); limited.Requests > 0 {
		file.Limits = &target.Limits{Requests: limited.Requests, Window: limited.Window.String(), Scope: limited.Scope}
	}
	return file
}

// secretsOf are the secrets of a mock by client; they are worth nothing elsewhere.
func secretsOf(server *mock.Server) map[string]string {
	secrets := map[string]string{}
	for name, one := range server.Inventory().Clients {
		secrets[name] = one.Secret
	}
	return secrets
}
