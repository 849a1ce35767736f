package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/bucket"
	"github.com/kobcheck/kobcheck/reports/format"
	"github.com/kobcheck/kobcheck/reports/nights"
)

func newTrend() *cobra.Command {
	var to output
	command := &cobra.Command{
		Use:   "trend FOLDER|BUCKET",
		Short: "What many nights show: verdicts, what changed, what is flaky, latency that shifted",
		Example: `  kobcheck report trend nights/ --out reports/out
  kobcheck report trend s3+https://storage.example.test/nightly/staging`,
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			folder, done, err := nightsOf(command.Context(), args[0])
			if err != nil {
				return err
			}
			defer done()
			list, skipped, err := nights.Read(folder)
			if err != nil {
				return err
			}
			trend, err := nights.NewTrend(list, skipped)
			if err != nil {
				return err
			}
			out, writer := command.OutOrStdout(), to.writer(client.NewRedactor())
			if err := writer.Print(out, func(w io.Writer) error { return nights.PrintTrend(w, trend) }); err != nil {
				return err
			}
			paths, err := format.Trend(writer, trend)
			if err != nil {
				return err
			}
			fmt.Fprintf(out, "\n  report %s\n", paths[0])
			return nil
		},
	}
	outputFlags(command.Flags(), &to, "reports/out", "folder for trend.html")
	return command
}

// nightsOf returns the folder of a history, which is fetched where it is a bucket, and what removes it again.
func nightsOf(ctx context.Context, place string) (string, func(), error) {
	if !bucket.Is(place) {
		return place, func() {}, nil
	}
	folder, err := os.MkdirTemp("", "kobcheck-nights-*")
	if err != nil {
		return "", nil, err
	}
	remove := func() { _ = os.RemoveAll(folder) } // it is a copy
	if err := bucket.Fetch(ctx, place, folder, os.Getenv); err != nil {
		remove()
		return "", nil, err
	}
	return folder, remove, nil
}

func newCompare() *cobra.Command {
	return &cobra.Command{
		Use:   "compare A B...",
		Short: "What differs between two runs: run.json, night.json or load.json; over more load.json, what changed for good",
		Example: `  kobcheck report compare nights/1/run.json nights/2/run.json
  kobcheck report compare nights/*/load.json`,
		Args: cobra.MinimumNArgs(2),
		RunE: func(command *cobra.Command, args []string) error {
			var loads []*reports.LoadRun
			for _, path := range args {
				if one := openLoad(path); one != nil {
					loads = append(loads, one)
				}
			}
			switch {
			case len(loads) == len(args) && len(args) == 2:
				return nights.PrintLoadDifferences(command.OutOrStdout(), nights.CompareLoad(loads[0], loads[1], 1))
			case len(loads) == len(args):
				slices.SortFunc(loads, func(a, b *reports.LoadRun) int { return a.StartedAt.Compare(b.StartedAt) })
				return nights.PrintLoadShifts(command.OutOrStdout(), loads)
			case len(args) > 2:
				return fmt.Errorf("more than two files are compared only where each is a load.json; kobcheck report trend is for the nights of runs")
			}
			var list []*nights.Night
			for _, path := range args {
				night, err := nights.ReadOne(path)
				if err != nil {
					return fmt.Errorf("%s: %w", path, err)
				}
				list = append(list, night)
			}
			return nights.PrintChanges(command.OutOrStdout(), nights.Compare(list[0], list[1]))
		},
	}
}

// openLoad reads a load.json, or returns nil where the file is none.
func openLoad(path string) *reports.LoadRun {
	from, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer func() { _ = from.Close() }() // it is only read
	run, err := reports.ReadLoad(from)
	if err != nil {
		return nil
	}
	return run
}

func newHAR() *cobra.Command {
	var scenario string
	command := &cobra.Command{
		Use:     "har FILE",
		Short:   "Prints the exchanges of a scenario as an HTTP Archive",
		Example: "  kobcheck report har reports/out/run.json --scenario cards-create.card > card.har",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			result, err := openRun(args[0])
			if err != nil {
				return err
			}
			return format.WriteHAR(command.OutOrStdout(), result, scenario)
		},
	}
	command.Flags().StringVar(&scenario, "scenario", "", "id of the scenario; an outline's id means all of its rows")
	_ = command.MarkFlagRequired("scenario") // the flag is there
	return command
}

func newServe() *cobra.Command {
	var address string
	command := &cobra.Command{
		Use:     "serve [FOLDER]",
		Short:   "Shows the latest site on loopback; the pages refresh while a run goes on",
		Example: "  kobcheck report serve reports/out --addr 127.0.0.1:8088",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			folder := "reports/out"
			if len(args) == 1 {
				folder = args[0]
			}
			if entry, err := os.Stat(folder); err != nil || !entry.IsDir() {
				return fmt.Errorf("%s is no folder with reports; kobcheck run makes one", folder)
			}
			host, _, err := net.SplitHostPort(address)
			if err != nil || !client.OnThisMachine(host) {
				return fmt.Errorf("--addr %s is not on loopback; the reports are for this machine alone", address)
			}
			ctx, _, release := untilSignal()
			defer release()
			return serveReports(ctx, folder, address, func(at string) { fmt.Fprintf(command.OutOrStdout(), "%s/index.html\n", at) })
		},
	}
	command.Flags().StringVar(&address, "addr", "127.0.0.1:0", "address on loopback; port 0 takes a free one")
	return command
}

// refreshEvery is how often a page that is looked at asks for its newest state, in seconds.
const refreshEvery = "5"

// serveReports serves a folder until the context ends; ready hears the address.
func serveReports(ctx context.Context, folder, address string, ready func(string)) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("serving the reports: %w; choose another --addr", err)
	}
	handed := http.FileServer(http.Dir(folder))
	server := &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if strings.HasSuffix(r.URL.Path, ".html") || strings.HasSuffix(r.URL.Path, "/") {
			w.Header().Set("Refresh", refreshEvery)
		}
		handed.ServeHTTP(w, r)
	})}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	ready("http://" + listener.Addr().String())
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	_ = server.Close()
	if err := <-done; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
