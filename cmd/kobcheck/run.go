package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/client/webhook"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/format"
	"github.com/kobcheck/kobcheck/reports/nights"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/catalog"
	"github.com/kobcheck/kobcheck/steps/derived"
	"github.com/kobcheck/kobcheck/steps/suite"
)

// runFlags are the flags of run.
type runFlags struct {
	config, tags, section, requirement     string
	to                                     output
	scenarios, gate, formats, faults       []string
	freedoms                               []string
	concurrency                            int
	seed                                   int64
	runID, style, edition                  string
	timeout, latency                       time.Duration
	maxRPS                                 float64
	strict, flakyFails                     bool
	shard, known, scored, profile, waivers string
	history                                string
	retries, depth                         int
	patience                               time.Duration
	limit, limiter                         string // of the mock inside
}

func newRun() *cobra.Command {
	var f runFlags
	command := &cobra.Command{
		Use:   "run",
		Short: "The conformance run: against the mock inside, or the target that --config names",
		Example: `  kobcheck run
  kobcheck run --config staging.yaml --tags "@stated and not @card-order" --out reports/nightly
  kobcheck run --section cards --seed 7
  kobcheck run --requirement CARD-CREATE-15`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error { return run(command, &f) },
	}
	flags := command.Flags()
	flags.StringVar(&f.config, "config", "", "target file; without one the run is against the mock inside")
	outputFlags(flags, &f.to, "reports/out", "folder for the reports")
	flags.StringVar(&f.tags, "tags", "", "tag expression, such as \"@stated and not @inferred\"")
	flags.StringVar(&f.section, "section", "", "one section, such as cards")
	flags.StringVar(&f.requirement, "requirement", "", "one requirement, such as CARD-CREATE-15")
	flags.StringSliceVar(&f.scenarios, "scenario", nil, "scenario ids; an outline's id means all of its rows")
	flags.IntVar(&f.concurrency, "concurrency", suite.DefaultConcurrency, "scenarios side by side")
	flags.Int64Var(&f.seed, "seed", 0, "seed of order and data; 0 picks one and prints it")
	flags.StringVar(&f.runID, "run-id", "", "name of the run, in every request; idempotency keys follow from it and the seed")
	flags.DurationVar(&f.timeout, "timeout", suite.DefaultTimeout, "time for one scenario")
	flags.Float64Var(&f.maxRPS, "max-rps", 0, "most requests per second; 0 for no bound")
	flags.StringVar(&f.shard, "shard", "", "part of the run, such as 2/5; kobcheck report merge puts the parts together")
	flags.IntVar(&f.retries, "retries", 0, "more attempts, with fresh data, for scenarios that failed")
	flags.IntVar(&f.depth, "depth", derived.DefaultDepth, "derived inputs of each class to send")
	flags.BoolVar(&f.flakyFails, "flaky-fails", false, "scenarios that failed and then passed fail the run")
	judgingFlags(flags, &f)
	flags.StringVar(&f.profile, "profile", "", "profile.json of the target: answers to open questions; read, compared and written")
	flags.StringVar(&f.history, "history", "", "folder of earlier nights: the reports say since when each failure is there, what is new and what vanished")
	flags.DurationVar(&f.patience, "patience", 5*time.Second, "how long a target that is down is waited for")
	flags.BoolVar(&f.strict, "strict", false, "undocumented fields fail")
	flags.StringSliceVar(&f.formats, "format", format.Default(), "reports to write")
	styleFlags(flags, &f.style, &f.freedoms, mock.Plain)
	flags.StringVar(&f.edition, "edition", "v1", "edition of the mock inside: v1 or guide")
	flags.StringSliceVar(&f.faults, "fault", nil, "faults to switch on in the mock inside")
	flags.DurationVar(&f.latency, "latency", 0, "latency of the mock inside")
	return command
}

func run(command *cobra.Command, f *runFlags) error {
	facts, scenarios, err := documentation()
	if err != nil {
		return err
	}
	shapes, err := schemas.Load()
	if err != nil {
		return err
	}
	file, stop, err := chooseTarget(command, f)
	if err != nil {
		return err
	}
	defer stop()
	shard, err := suite.ParseShard(f.shard)
	if err != nil {
		return err
	}
	by, err := judgement(f)
	if err != nil {
		return err
	}
	if f.seed == 0 {
		f.seed = time.Now().UnixNano() % 1_000_000_000
	}
	if f.runID == "" {
		f.runID = newRunID()
	}
	config := file.ClientConfig(facts)
	config.RunID, config.Seed, config.Version, config.MaxRPS, config.Connections = f.runID, f.seed, version, f.maxRPS, 4*f.concurrency
	api, err := client.New(config)
	if err != nil {
		return err
	}
	defer api.Close()

	ctx, caught, release := untilSignal()
	defer release()
	fmt.Fprintf(command.ErrOrStderr(), "kobcheck %s against %s, edition %s, seed %d, run %s\n", version, file.Target.Name, file.Target.Edition, f.seed, f.runID)
	progress := newProgress(command.ErrOrStderr(), onTerminal(command.ErrOrStderr()))
	session := steps.NewSession(by.policy, shapes, file, api)
	session.Depth, session.Seed = f.depth, f.seed
	if session.Receiver, err = receiver(command.Context(), file, session.Local); err != nil {
		return err
	}
	if session.Receiver != nil {
		defer session.Receiver.Close()
	}
	if strings.Contains(f.tags, "@load") {
		session.Load = loader(file, facts, shapes, f)
	}
	result, err := suite.Run(ctx, suite.Config{
		Session: session, Catalog: scenarios,
		Selection:   catalog.Selection{Tags: f.tags, Section: f.section, Requirement: f.requirement, IDs: f.scenarios},
		Concurrency: f.concurrency, Timeout: f.timeout, Seed: f.seed, RunID: f.runID, Progress: progress.show,
		Tool:   reports.Tool{Name: "kobcheck", Version: version},
		Target: reports.Target{Name: file.Target.Name, BaseURL: file.Target.BaseURL, Edition: file.Target.Edition, Embedded: f.config == "", Style: styleOf(f)},
		MaxRPS: f.maxRPS,
		Shard:  shard, Retries: f.retries, FlakyFails: f.flakyFails, Patience: f.patience, Tidy: f.config != "",
	})
	progress.end()
	var empty *suite.EmptyError
	if errors.As(err, &empty) {
		fmt.Fprintln(command.ErrOrStderr(), "kobcheck:", err)
		return exitError{evidence.ExitNothing}
	}
	if err != nil {
		return err
	}
	result.Signal = caught()
	result.Settings.Formats, result.Settings.Scored = f.formats, f.scored
	result.ApplyKnown(by.known, time.Now())
	result.ReportWaivers(by.waivers)
	result.Close(facts, time.Now())
	if f.history != "" {
		earlier, skipped, err := nights.Read(f.history)
		if err != nil {
			fmt.Fprintln(command.ErrOrStderr(), "kobcheck: no history:", err) // a first night has none
		}
		nights.Remember(result, earlier, skipped)
	}
	to := f.to.writer(api.Redactor())
	to.Anew = true
	if err := by.keepProfile(to, f.profile, result); err != nil {
		return err
	}
	return finish(command, result, f, to)
}

// receiver listens for webhook deliveries where the API can reach this machine: one that is on it too, or
// one that is given a public address.
func receiver(ctx context.Context, file *target.File, local bool) (*webhook.Receiver, error) {
	listen, public := "127.0.0.1:0", ""
	if hooks := file.Webhooks; hooks != nil {
		public = hooks.PublicURL
		if hooks.Listen != "" {
			listen = hooks.Listen
		}
	}
	if public == "" && !local {
		return nil, nil
	}
	return webhook.Listen(ctx, listen, public)
}

// finish writes the reports, prints the summary and gives the exit code.
func finish(command *cobra.Command, result *reports.Run, f *runFlags, to *format.Writer) error {
	out := command.OutOrStdout()
	from, err := sources()
	if err != nil {
		return err
	}
	paths, err := format.Run(to, result, from, f.formats)
	printing := to.Print(out, func(w io.Writer) error { return format.PrintSummary(w, result, from.Contract, coloured(out)) })
	if printing != nil {
		return printing
	}
	if err != nil {
		fmt.Fprintln(command.ErrOrStderr(), "kobcheck:", err)
		if result.ExitCode == 0 {
			return exitError{evidence.ExitUsage}
		}
	}
	for _, path := range paths {
		if filepath.Base(path) == "index.html" {
			fmt.Fprintf(out, "  report        %s\n", path)
		}
	}
	if result.ExitCode != 0 {
		return exitError{result.ExitCode}
	}
	return nil
}

// chooseTarget reads the target file, or starts the mock inside.
func chooseTarget(command *cobra.Command, f *runFlags) (*target.File, func(), error) {
	if !command.Flags().Changed("config") && f.config == "" {
		f.config = os.Getenv("KOBCHECK_CONFIG")
	}
	if f.config == "" {
		if err := settle(command.Flags(), nil); err != nil {
			return nil, nil, err
		}
		return startMock(command.Context(), f)
	}
	file, err := target.Read(f.config, os.Getenv)
	if err != nil {
		return nil, nil, err
	}
	return file, func() {}, settle(command.Flags(), file.Run)
}

func styleOf(f *runFlags) string {
	if f.config != "" {
		return ""
	}
	return f.style
}

func newRunID() string {
	var random [4]byte
	if _, err := rand.Read(random[:]); err != nil {
		return time.Now().UTC().Format("20060102T150405.000")
	}
	return time.Now().UTC().Format("20060102T150405") + "-" + hex.EncodeToString(random[:])
}

// untilSignal returns a context that the first interrupt or termination ends, and what tells which it
// was. A second signal ends the program at once.
func untilSignal() (context.Context, func() string, func()) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	caught, done, ended := make(chan string, 1), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for first := true; ; first = false {
			select {
			case got := <-signals:
				name, code := "interrupt", evidence.ExitInterrupted
				if got != os.Interrupt {
					name, code = "terminate", evidence.ExitTerminated
				}
				if !first {
					os.Exit(code)
				}
				caught <- name
				cancel()
			case <-done:
				return
			}
		}
	}()
	name := func() string {
		select {
		case got := <-caught:
			return got
		default:
			return ""
		}
	}
	return ctx, name, func() { signal.Stop(signals); close(done); cancel(); <-ended }
}

// coloured reports whether the output is a terminal that wants colour.
func coloured(out io.Writer) bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && onTerminal(out)
}

func onTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
