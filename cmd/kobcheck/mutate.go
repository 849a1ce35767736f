package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock/mutate"
	"github.com/kobcheck/kobcheck/schemas"
)

// mutateFlags are the flags of mutate.
type mutateFlags struct {
	upstream, target, address, edition string
	mutations                          []string
	group, chance, between             string
	after, seed                        int64
	delay                              time.Duration
	list, asJSON                       bool
}

func newMutate() *cobra.Command {
	var f mutateFlags
	command := &cobra.Command{
		Use:   "mutate",
		Short: "Serves an API through a proxy that breaks one thing of it, as the contract has it",
		Example: `  kobcheck mutate --list
  kobcheck mutate --upstream http://127.0.0.1:8080 --mutation field.cards-get.status.missing
  kobcheck mutate --target staging.yaml --mutation stale.wallets-get.first --chance 1/200`,
		Args: workbench.Takes(0, 0),
		RunE: workbench.Verb(func(ctx context.Context, b *workbench.Bench, _ []string) error {
			if f.list {
				catalogue := b.Mutations(nil, f.group)
				return b.Print(f.asJSON, catalogue, mutationTable(catalogue).print)
			}
			return serveMutated(ctx, b, &f)
		}),
	}
	flags := command.Flags()
	flags.StringVar(&f.upstream, "upstream", "", "base address of the API; one that is not on this machine needs a "+
		"target file that allows it")
	flags.StringVar(&f.target, "target", "", "target file of the API; a copy of it that names the proxy is printed")
	flags.StringVar(&f.address, "addr", "127.0.0.1:0", "address to serve on; port 0 takes a free one")
	flags.StringVar(&f.edition, "edition", string(contract.V1),
		"edition of the API where no target file names it: v1 or guide")
	flags.StringSliceVar(&f.mutations, "mutation", nil, "mutations to switch on; without any the proxy changes nothing")
	flags.StringVar(&f.chance, "chance", "", "share of the requests in which they show, such as 1/200; each without it")
	flags.Int64Var(&f.after, "after", 0, "requests that pass before the first that is broken")
	flags.StringVar(&f.between, "between", "", "requests that are broken, by number, such as 100-200; all without it")
	flags.Int64Var(&f.seed, "seed", 1, "seed that picks the requests of --chance")
	flags.DurationVar(&f.delay, "delay", 500*time.Millisecond, "how long late answers are held back")
	flags.BoolVar(&f.list, "list", false, "print the mutations with what each breaks, and stop")
	flags.StringVar(&f.group, "group", "", "with --list: one group, such as field")
	flags.BoolVar(&f.asJSON, "json", false, "with --list: print JSON")
	return command
}

// mutationTable lists mutations.
func mutationTable(catalogue []mutate.Mutation) *listing {
	list := &listing{head: "id\tbreaks\tmark\tsentence"}
	forbidden := 0
	for _, m := range catalogue {
		mark := string(m.Mark)
		if m.Hazard != "" {
			mark += ", hazard"
		}
		if m.Forbidden() {
			forbidden++
		}
		list.rows = append(list.rows, []any{m.ID, m.Requirement, mark, m.Sentence})
	}
	list.foot = &listing{head: fmt.Sprintf("%d mutations, of which %d break what is stated, a standard or a hazard",
		len(catalogue), forbidden)}
	return list
}

// serveMutated serves an upstream until it is stopped, and then says what was broken.
func serveMutated(ctx context.Context, b *workbench.Bench, f *mutateFlags) error {
	var file *target.File
	if f.target != "" {
		data, err := contract.ReadFile(f.target)
		if err != nil {
			return fmt.Errorf("reading the target file: %w", err)
		}
		if file, err = target.Parse(f.target, data); err != nil { // the proxy needs no secrets
			return err
		}
	}
	config, err := mutateConfig(f.upstream, file, contract.Edition(f.edition))
	if err != nil {
		return err
	}
	config.Mutations, config.Delay = f.mutations, f.delay
	if config.When, err = f.when(); err != nil {
		return err
	}
	ctx, _, release := workbench.UntilSignal(ctx)
	defer release()
	serving, err := startProxy(ctx, config, f.address)
	if err != nil {
		return err
	}
	if file != nil {
		if err := target.Write(b.Out, serving.stands(*file), nil, ""); err != nil {
			return errors.Join(err, serving.Close())
		}
	}
	b.Say("%s through %s; stop it with Ctrl-C", config.Upstream, serving.url)
	<-ctx.Done()
	for _, id := range f.mutations {
		b.Say("%s showed %d times", id, serving.proxy.Hits(id))
	}
	return serving.Close()
}

// when reads the flags that say in which requests mutations show.
func (f *mutateFlags) when() (mutate.When, error) {
	when := mutate.When{After: f.after, Seed: uint64(f.seed)}
	if f.chance != "" {
		if n, err := fmt.Sscanf(f.chance, "1/%d", &when.OneIn); n != 1 || err != nil || when.OneIn < 1 {
			return when, fmt.Errorf("--chance: %q is no share; write it like 1/200", f.chance)
		}
	}
	if f.between != "" {
		var from int64
		if n, err := fmt.Sscanf(f.between, "%d-%d", &from, &when.Until); n != 2 || err != nil || from < 1 || when.Until < from {
			return when, fmt.Errorf("--between: %q is no range of requests; write it like 100-200", f.between)
		}
		when.After = max(when.After, from-1)
	}
	return when, nil
}

// mutateConfig says what stands behind a proxy. An API that is not on this machine is only ever one whose target
// file allows it.
func mutateConfig(upstream string, file *target.File, edition contract.Edition) (mutate.Config, error) {
	var config mutate.Config
	if upstream == "" && file != nil {
		upstream = file.Target.BaseURL
	}
	base, err := url.Parse(upstream)
	if err != nil || base.Host == "" {
		return config, fmt.Errorf("--upstream: %q is no http or https address; give one, or a target file with "+
			"--target", upstream)
	}
	allowed := file != nil && file.Mutate != nil && file.Mutate.Allow && strings.HasPrefix(file.Target.BaseURL,
		base.Scheme+"://"+base.Host)
	if !client.OnThisMachine(base.Hostname()) && !allowed {
		return config, fmt.Errorf("--upstream: %s is not on this machine; answers of a target elsewhere are broken "+
			"only where its target file "+
			"says so: name it with --target, and set mutate.allow there", base.Host)
	}
	if config.Contract, err = contract.Load(); err != nil {
		return config, err
	}
	if config.Schemas, err = schemas.Load(); err != nil {
		return config, err
	}
	config.Upstream, config.Edition, config.KeepHost = base, edition, client.OnThisMachine(base.Hostname())
	if file == nil {
		return config, nil
	}
	config.Edition, config.Paths = file.Target.Edition, file.Target.Paths
	config.Token, err = url.Parse(file.Target.TokenURL)
	return config, err
}

// proxying is a proxy that is served.
type proxying struct {
	url   string
	proxy *mutate.Proxy
	stop  context.CancelFunc
	done  chan error
}

func startProxy(ctx context.Context, config mutate.Config, address string) (*proxying, error) {
	proxy, err := mutate.New(config)
	if err != nil {
		return nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("serving the proxy on %s: %w; choose another address with --addr", address, err)
	}
	serving := &proxying{url: "http://" + listener.Addr().String(), proxy: proxy, done: make(chan error, 1)}
	ctx, serving.stop = context.WithCancel(ctx)
	go func() { serving.done <- proxy.Serve(ctx, listener) }()
	return serving, nil
}

// Close stops serving and waits until nothing runs any more.
func (p *proxying) Close() error {
	p.stop()
	return <-p.done
}

// stands is a target file in which the proxy stands for the API behind it.
func (p *proxying) stands(file target.File) *target.File {
	token, _ := url.Parse(file.Target.TokenURL) // it was checked when the file was read
	hooks := target.Webhooks{}
	if file.Webhooks != nil {
		hooks = *file.Webhooks
	}
	hooks.Sender = cmp.Or(hooks.Sender, file.Target.BaseURL)
	file.Webhooks = &hooks
	file.Target.BaseURL, file.Target.TokenURL, file.Target.TLS = p.url, p.url+token.Path, nil
	file.Target.Name += " through a proxy"
	return &file
}
