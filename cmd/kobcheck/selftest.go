package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/mock/fault"
	"github.com/kobcheck/kobcheck/mock/limit"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/format"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/selftest"
)

// selftestFlags are the flags of selftest.
type selftestFlags struct {
	to            output
	faults        []string
	group         string
	parallel      int
	chanceRuns    int
	seed          int64
	everyNth      int
	requirementOf string
	full          bool
	style         string
	freedoms      []string
}

func newSelftest() *cobra.Command {
	var f selftestFlags
	command := &cobra.Command{
		Use:   "selftest",
		Short: "Detection power: runs the suite against every deliberate fault of the mock and prints who noticed",
		Example: `  kobcheck selftest
  kobcheck selftest --group idempotency
  kobcheck selftest --fault order.swap-3-4 --fault auth.expired-accepted`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := settle(command.Flags(), nil); err != nil {
				return err
			}
			return measure(command, &f)
		},
	}
	flags := command.Flags()
	outputFlags(flags, &f.to, "reports/out", "folder for selftest.json, selftest.md and selftest.html")
	flags.StringSliceVar(&f.faults, "fault", nil, "faults to try; all without it")
	flags.StringVar(&f.group, "group", "", "one group of faults, such as idempotency")
	flags.StringVar(&f.requirementOf, "requirement", "", "the faults that break one requirement")
	flags.BoolVar(&f.full, "full", false, "whole runs: find every scenario that notices a fault, and what the fault does to the rest of the suite")
	flags.IntVar(&f.parallel, "parallel", runtime.GOMAXPROCS(0), "faults tried side by side")
	flags.IntVar(&f.chanceRuns, "chance-runs", 10, "runs for a fault that shows by chance")
	flags.Int64Var(&f.seed, "seed", 7, "seed of order and data")
	styleFlags(flags, &f.style, &f.freedoms, "") // empty means every style that has a name
	flags.IntVar(&f.everyNth, "every", 1, "try only every n-th fault")
	return command
}

func measure(command *cobra.Command, f *selftestFlags) error {
	config, err := selftestConfig(f)
	if err != nil {
		return err
	}
	if len(config.Faults) == 0 {
		fmt.Fprintln(command.ErrOrStderr(), "kobcheck: no fault is selected; kobcheck list faults shows them all")
		return exitError{evidence.ExitNothing}
	}
	ctx, _, release := untilSignal()
	defer release()
	config.Progress = faultProgress(command.ErrOrStderr())
	result, err := selftest.Run(ctx, config)
	if err != nil {
		return err
	}
	code := result.Close(time.Now())
	if ctx.Err() != nil {
		code = evidence.ExitInterrupted
	}
	to := f.to.writer(client.NewRedactor())
	paths, err := format.Selftest(to, result)
	if err != nil {
		return err
	}
	if err := to.Print(command.OutOrStdout(), func(w io.Writer) error { return format.PrintSelftest(w, result) }); err != nil {
		return err
	}
	if result.Exposed != "" {
		code = evidence.ExitSecretFound
	}
	fmt.Fprintf(command.OutOrStdout(), "  report  %s\n", paths[0])
	if code != evidence.ExitPassed {
		return exitError{code}
	}
	return nil
}

// faultProgress shows how many faults were tried.
func faultProgress(out io.Writer) func(done, total int) {
	terminal, last := onTerminal(out), time.Time{}
	return func(done, total int) {
		switch {
		case terminal:
			fmt.Fprintf(out, "\r\x1b[K%d of %d faults tried", done, total)
			if done == total {
				fmt.Fprint(out, "\r\x1b[K")
			}
		case time.Since(last) > logPace:
			last = time.Now()
			fmt.Fprintf(out, "%d of %d faults tried\n", done, total)
		}
	}
}

// selftestConfig puts together the faults that the flags select and the way to start a mock with them.
func selftestConfig(f *selftestFlags) (selftest.Config, error) {
	facts, scenarios, err := documentation()
	if err != nil {
		return selftest.Config{}, err
	}
	shapes, err := schemas.Load()
	if err != nil {
		return selftest.Config{}, err
	}
	faults, err := fault.Catalogue()
	if err != nil {
		return selftest.Config{}, err
	}
	if _, err := fault.New(f.faults...); err != nil {
		return selftest.Config{}, err
	}
	styles, err := f.styles()
	if err != nil {
		return selftest.Config{}, err
	}
	config := selftest.Config{Contract: facts, Schemas: shapes, Catalog: scenarios, Styles: styles, Editions: []contract.Edition{contract.V1, contract.Guide},
		Loader: func(file *target.File) func(context.Context, string) (*steps.LoadResult, error) {
			return loader(file, facts, shapes, &runFlags{runID: newRunID(), seed: f.seed})
		},
		Start: startSubject, Parallel: f.parallel, Seed: f.seed, ChanceRuns: f.chanceRuns, Full: f.full, Tool: reports.Tool{Name: "kobcheck", Version: version}}
	for i, one := range faults {
		if len(f.faults) > 0 && !slices.Contains(f.faults, string(one.ID)) || f.group != "" && one.Group != f.group ||
			f.requirementOf != "" && one.Requirement != f.requirementOf || f.everyNth > 1 && i%f.everyNth != 0 {
			continue
		}
		config.Faults = append(config.Faults, selftest.Fault{ID: string(one.ID), Group: one.Group, Sentence: one.Sentence, Requirement: one.Requirement, Mark: one.Mark, Reason: one.Reason, Edition: one.Edition, Besides: besides(one), ByChance: byChance(one), Everywhere: one.Group == "rare" || one.Group == "busy"})
	}
	return config, nil
}

// styles are the styles that the flags choose: without --style every one that has a name, each with the freedoms.
func (f *selftestFlags) styles() ([]string, error) {
	chosen := []string{f.style}
	if f.style == "" {
		chosen = mock.Styles()
	}
	for i, text := range chosen {
		style, err := mock.StyleNamed(text, f.freedoms...)
		if err != nil {
			return nil, err
		}
		chosen[i] = style.Name
	}
	return chosen, nil
}

// besides lists the requirements that a fault breaks beside its own: in general words, or at single places.
func besides(one fault.Fault) []string {
	list := append([]string{}, one.Also...)
	for _, place := range one.Places {
		if place.Requirement != one.Requirement {
			list = append(list, place.Requirement)
		}
	}
	return list
}

// byChance reports whether a fault shows in some requests only.
func byChance(one fault.Fault) bool {
	id := string(one.ID)
	return strings.HasPrefix(id, "rare.") || strings.HasPrefix(id, "slow.") || strings.HasPrefix(id, "busy.") || strings.HasPrefix(id, "idempotency.race") || id == "money.lost-update" || id == "idempotency.lost-answer-not-kept"
}

// startSubject starts a mock with faults switched on.
func startSubject(ctx context.Context, style string, edition contract.Edition, faults ...string) (*selftest.Subject, error) {
	options := mock.Options{Style: style, Seed: 7, Faults: faults, RetryWait: retryWait}
	if slices.Contains(faults, "limit.counts-double") {
		options.Limit = limit.Config{Kind: limit.FixedWindow, Requests: 40, Window: time.Second, Scope: "client"}
	}
	server, err := mock.New(options)
	if err != nil {
		return nil, err
	}
	listening, err := server.Listen(ctx, "127.0.0.1:0")
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
	return &selftest.Subject{File: targetOf(server, listening.URL, edition).WithSecrets(secretsOf(server), server.Inventory().ExpiredToken), Hits: hits, Close: listening.Close}, nil
}
