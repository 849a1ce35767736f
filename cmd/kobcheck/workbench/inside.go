package workbench

import (
	"context"
	"crypto/rand"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/mock/fault"
	"github.com/kobcheck/kobcheck/mock/limit"
	"github.com/kobcheck/kobcheck/mock/mutate"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/selftest"
)

// RetryWait is how long the mock inside waits between two tries of a webhook delivery; SNS waits 20 s.
const RetryWait = 100 * time.Millisecond

// Described is a mock as a target like any other, whose file lists everything. Its secrets are resolved.
func Described(server *mock.Server, address string, edition contract.Edition) *target.File {
	stock := server.Inventory()
	file := &target.File{Target: target.Target{Name: "mock", BaseURL: address, TokenURL: address + "/oauth2/token",
		Edition: edition,
		Clients: map[string]target.Client{}, Paths: mock.PlaceholderPaths(edition)},
		Webhooks: &target.Webhooks{RetryWait: server.RetryWait().String()},
		Fixtures: target.Fixtures{Programs: stock.Programs, Wallets: stock.Wallets, SecondClient: stock.SecondClient,
			Bodies: stock.Bodies, ExpiredEnv: "KOBBLE_EXPIRED_TOKEN"}}
	for name, one := range stock.Clients {
		file.Target.Clients[name] = target.Client{ID: one.ID, SecretEnv: "KOBBLE_" + strings.ToUpper(name) + "_SECRET",
			Scope: one.Scope}
	}
	if limited := server.Limit(); limited.Requests > 0 {
		file.Limits = &target.Limits{Requests: limited.Requests, Window: limited.Window.String(), Scope: limited.Scope}
	}
	return file.WithSecrets(Secrets(server), stock.ExpiredToken)
}

// Secrets are those of a mock by client; they are worth nothing elsewhere.
func Secrets(server *mock.Server) map[string]string {
	secrets := map[string]string{}
	for name, one := range server.Inventory().Clients {
		secrets[name] = one.Secret
	}
	return secrets
}

// started is a mock that serves, with its target file.
func started(ctx context.Context, options mock.Options, address string, edition contract.Edition) (*mock.Server, *mock.Listening,
	*target.File, error) {
	server, err := mock.New(options)
	if err != nil {
		return nil, nil, nil, err
	}
	listening, err := server.Listen(ctx, address)
	if err != nil {
		return nil, nil, nil, err
	}
	return server, listening, Described(server, listening.URL, edition), nil
}

// Serve serves a mock, in the limits of the flags, and prints a target file for it. It ends with the context; at once
// where the file is all that is wanted.
func (b *Bench) Serve(ctx context.Context, options mock.Options, w *Where, address string, only bool) error {
	if err := CheckEdition(w.Edition); err != nil {
		return err
	}
	limited, err := w.limit()
	if err != nil {
		return err
	}
	options.Limit, options.Style, options.Freedoms, options.Faults, options.Latency = limited, w.Style, w.Freedoms, w.Faults, w.Latency
	open := !onLoopback(address)
	if open && options.Secret == "" {
		options.Secret = rand.Text()
	}
	options.NoLoopback = options.NoLoopback || open
	server, listening, file, err := started(ctx, options, address, contract.Edition(w.Edition))
	if err != nil {
		return err
	}
	defer func() { _ = listening.Close() }() // nobody is served any more
	if err := target.Write(b.Out, file, Secrets(server), server.Inventory().ExpiredToken); err != nil || only {
		return err
	}
	if open {
		b.Say("%s is not this machine alone: whoever reaches it and knows the secrets printed above is served; it posts webhooks to "+
			"no address of this machine or of a private network", address)
	}
	b.Say("serving %s in the style %s; stop it with Ctrl-C", listening.URL, server.Style().Name)
	<-ctx.Done()
	return nil
}

// onLoopback reports whether an address to listen on is one of this machine alone, as one without a host is.
func onLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil || host == "" || host == "localhost" {
		return true // what is no address is refused later
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// Selftest completes a configuration with what the bench has; where it starts no subject of its own, that is the mock
// inside, in both editions.
func (b *Bench) Selftest(config selftest.Config) selftest.Config {
	config.Contract, config.Schemas, config.Catalog, config.Tool, config.Receiver = b.Facts, b.Shapes, b.Scenarios, b.Tool, Receiver
	if config.Start != nil {
		return config
	}
	config.Start = broken
	config.Editions = []contract.Edition{contract.V1, contract.Guide}
	config.Loader = func(file *target.File) func(context.Context, string) (*steps.LoadResult, error) {
		return b.Loader(file, b.RunID(), config.Seed)
	}
	return config
}

// broken starts a mock with faults switched on.
func broken(ctx context.Context, style string, edition contract.Edition, faults ...string) (*selftest.Subject, error) {
	options := mock.Options{Style: style, Seed: 7, Faults: faults, RetryWait: RetryWait}
	if slices.Contains(faults, "limit.counts-double") {
		options.Limit = limit.Config{Kind: limit.FixedWindow, Requests: 40, Window: time.Second, Scope: "client"}
	}
	server, listening, file, err := started(ctx, options, "127.0.0.1:0", edition)
	if err != nil {
		return nil, err
	}
	hits := func() int64 {
		total := int64(0)
		for _, id := range faults {
			total += server.Faults().Hits(fault.ID(id))
		}
		return total
	}
	return &selftest.Subject{File: file, Hits: hits, Close: listening.Close}, nil
}

// Styles are those that the flags choose, whole: without a style every one that has a name, each with the freedoms.
func (w *Where) Styles() ([]string, error) {
	chosen := []string{w.Style}
	if w.Style == "" {
		chosen = mock.Styles()
	}
	for i, text := range chosen {
		style, err := mock.StyleNamed(text, w.Freedoms...)
		if err != nil {
			return nil, err
		}
		chosen[i] = style.Name
	}
	return chosen, nil
}

// SelectFaults are the faults of the catalogue that are named, of a group and of a requirement, where these are given,
// and of them every n-th.
func SelectFaults(ids []string, group, requirement string, every int) ([]selftest.Fault, error) {
	if _, err := fault.New(ids...); err != nil {
		return nil, err
	}
	catalogue, err := fault.Catalogue()
	var selected []selftest.Fault
	for i, one := range catalogue {
		if group != "" && one.Group != group || requirement != "" && one.Requirement != requirement || every > 1 && i%every != 0 {
			continue
		}
		named := []fault.Fault{one}
		if len(ids) > 0 {
			if named, err = namedBy(ids, one); err != nil {
				return nil, err
			}
		}
		for _, one := range named {
			selected = append(selected, selftest.Fault{ID: string(one.ID), Group: one.Group, Sentence: one.Sentence,
				Requirement: one.Requirement,
				Mark:        one.Mark, Reason: one.Reason, Edition: one.Edition, Besides: one.Besides(), ByChance: one.ByChance(),
				Everywhere: one.Group == "rare" || one.Group == "busy" || one.Group == "slow"})
		}
	}
	return selected, err
}

// namedBy are a fault, and the fault at single places, as far as the ids name them.
func namedBy(ids []string, one fault.Fault) ([]fault.Fault, error) {
	all, err := one.Alone()
	if err == nil && len(one.Places) > 0 {
		all = append(all, one)
	}
	return slices.DeleteFunc(all, func(f fault.Fault) bool { return !slices.Contains(ids, string(f.ID)) }), err
}

// Mutations are those of the contract, of some ids or one group.
func (b *Bench) Mutations(ids []string, group string) []mutate.Mutation {
	return slices.DeleteFunc(mutate.Catalogue(b.Facts, b.Shapes), func(m mutate.Mutation) bool {
		return group != "" && m.Group != group || len(ids) > 0 && !slices.Contains(ids, m.ID)
	})
}
