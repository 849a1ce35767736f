package workbench

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/pflag"

	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/client/webhook"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/mock/limit"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/schemas/redact"
)

// Where says which API a verb works on: the one of a target file, or the mock inside.
type Where struct {
	Config           string
	Style, Edition   string
	Freedoms, Faults []string
	Latency          time.Duration
	// Limit and Limiter are a rate limit of the mock inside, such as 100/1s.
	Limit, Limiter, LimitScope string
}

// inside marks the flags that say something of the mock inside and nothing of a target.
const inside = "kobcheck_mock_inside"

// Flags adds the flags of a target file and of the mock inside.
func (w *Where) Flags(flags *pflag.FlagSet, without string) {
	flags.StringVar(&w.Config, "config", "", "target file; without one "+without)
	WeakSecretsFlag(flags)
	w.MockFlags(flags, mock.Plain, string(contract.V1))
}

// MockFlags adds those of a mock; style and edition are what it has where no flag says so.
func (w *Where) MockFlags(flags *pflag.FlagSet, style, edition string) {
	w.StyleFlags(flags, style)
	flags.StringVar(&w.Edition, "edition", edition, "edition of the mock inside: v1 or guide")
	flags.StringSliceVar(&w.Faults, "fault", nil, "faults to switch on in the mock inside; kobcheck list faults "+
		"shows them")
	flags.DurationVar(&w.Latency, "latency", 0, "time that the mock inside adds to every answer")
	ofMock(flags, "edition", "fault", "latency")
}

// StyleFlags adds those of a style: a point of what the documentation leaves open.
func (w *Where) StyleFlags(flags *pflag.FlagSet, style string) {
	flags.StringVar(&w.Style, "style", style,
		"style of the mock, its answers to what the documentation leaves open: "+strings.Join(mock.Styles(),
			", ")+" or random:SEED")
	flags.StringSliceVar(&w.Freedoms, "freedom", nil, "readings on top of the style, such as C-15=inactive; "+
		"kobcheck list freedoms shows them")
	ofMock(flags, "style", "freedom")
}

// LimitFlags adds those of a rate limit of the mock.
func (w *Where) LimitFlags(flags *pflag.FlagSet) {
	flags.StringVar(&w.Limit, "limit", "", "rate limit of the mock, such as 100/1s; without one there is none")
	flags.StringVar(&w.Limiter, "limiter", string(limit.TokenBucket),
		"kind of that limit: "+strings.Join(limit.Kinds(), ", "))
	flags.StringVar(&w.LimitScope, "limit-scope", "client", "what that limit counts by: "+strings.Join(limit.Scopes(),
		", "))
	ofMock(flags, "limit", "limiter", "limit-scope")
}

func ofMock(flags *pflag.FlagSet, names ...string) {
	for _, name := range names {
		flag := flags.Lookup(name)
		flag.Annotations = map[string][]string{inside: nil}
	}
}

// Subject is the API that a verb works on.
type Subject struct {
	File *target.File
	// Embedded says that it is the mock inside; Style is then its whole style.
	Embedded bool
	Style    string
	// Close stops the mock inside; a second call does nothing.
	Close func()
}

// Report is the subject as the reports name it.
func (s *Subject) Report() reports.Target {
	return reports.Target{Name: s.File.Target.Name, BaseURL: s.File.Target.BaseURL, Edition: s.File.Target.Edition,
		Embedded: s.Embedded, Style: s.Style}
}

// Subject reads the target file, with the settings of its own, or starts the mock inside. Seed is that of the mock.
func (b *Bench) Subject(ctx context.Context, w *Where, seed int64) (*Subject, error) {
	if w.Config == "" {
		return b.mockInside(ctx, w, seed)
	}
	file, err := b.ReadTarget(w.Config)
	if err != nil {
		return nil, err
	}
	return &Subject{File: file, Close: func() {}}, nil
}

// ReadTarget reads a target file and takes over the settings that it has for the verb.
func (b *Bench) ReadTarget(path string) (*target.File, error) {
	file, err := target.Read(path, b.Getenv)
	if err != nil {
		return nil, err
	}
	if err := fromFile(b.command, file.Run); err != nil {
		return nil, err
	}
	if allowed, err := b.command.Flags().GetBool(weakSecrets); err == nil && allowed {
		return file, nil
	}
	return file, strong(file)
}

const weakSecrets = "allow-weak-secrets"

// WeakSecretsFlag adds the flag that lets a target have secrets that can't be told apart in a report.
func WeakSecretsFlag(flags *pflag.FlagSet) {
	flags.Bool(weakSecrets, false, "go on with a secret that is too short or an ordinary word; reports are then not "+
		"looked through for it")
}

// strong refuses secrets that can't be looked for by their value, before any report depends on it.
func strong(file *target.File) error {
	var weak []error
	for _, name := range slices.Sorted(maps.Keys(file.Target.Clients)) {
		if why := redact.Weak(file.Target.Clients[name].Secret()); why != "" {
			weak = append(weak, fmt.Errorf("the secret of target.clients.%s can't be told apart in a report: %s; "+
				"use a longer one, or go on with --%s",
				name, why, weakSecrets))
		}
	}
	return errors.Join(weak...)
}

func (b *Bench) mockInside(ctx context.Context, w *Where, seed int64) (*Subject, error) {
	if err := CheckEdition(w.Edition); err != nil {
		return nil, err
	}
	limited, err := w.limit()
	if err != nil {
		return nil, err
	}
	options := mock.Options{Limit: limited, Style: w.Style, Freedoms: w.Freedoms, Seed: seed, Faults: w.Faults, Latency: w.Latency,
		RetryWait: RetryWait}
	server, listening, file, err := started(ctx, options, "127.0.0.1:0", contract.Edition(w.Edition))
	if err != nil {
		return nil, err
	}
	// The whole style, with the freedoms, so that a run can be repeated.
	return &Subject{File: file, Embedded: true, Style: server.Style().Name,
		Close: sync.OnceFunc(func() {
			if err := listening.Close(); err != nil {
				b.Say("stopping the mock: %v", err)
			}
		})}, nil
}

// CheckEdition refuses what is none of the two layouts of paths.
func CheckEdition(edition string) error {
	if e := contract.Edition(edition); e != contract.V1 && e != contract.Guide {
		return fmt.Errorf("--edition: %q is no edition; it is v1 or guide", edition)
	}
	return nil
}

// limit reads the flags of a limiter.
func (w *Where) limit() (limit.Config, error) {
	config, err := limit.Parse(w.Limit)
	if err != nil || config.Requests == 0 {
		return config, err
	}
	config.Kind, config.Scope = limit.Kind(w.Limiter), w.LimitScope
	return config, config.Check()
}

// Receiver listens for webhook deliveries where the API can reach this machine: one that is on it too, or one that
// is given a public address. It is nil where the API can't.
func Receiver(ctx context.Context, file *target.File) (*webhook.Receiver, error) {
	listen, public := "127.0.0.1:0", ""
	if hooks := file.Webhooks; hooks != nil {
		public = hooks.PublicURL
		if hooks.Listen != "" {
			listen = hooks.Listen
		}
	}
	if public == "" && file.LocalHost() == "" {
		return nil, nil
	}
	return webhook.Listen(ctx, listen, public)
}
