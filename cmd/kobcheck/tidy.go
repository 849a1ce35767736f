package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/leftover"
	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/reports/bucket"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/wording"
)

func newTidy() *cobra.Command {
	var config string
	var rate float64
	command := &cobra.Command{
		Use:   "tidy [FOLDER|MADE.NDJSON]...",
		Short: "Puts away on a target what runs made there that ended before they could",
		Long: `Reads the journals that runs keep in their folders (made.ndjson), and deletes, suspends or sets inactive what
they made, as far as the API can. A run that comes to its end does that by itself; this is for one that was stopped or
killed, and for what load and explore made.`,
		Example: "  kobcheck tidy --config staging.yaml nights/2026-01-30",
		Args:    workbench.Takes(0, 1000),
		RunE: workbench.Verb(func(ctx context.Context, b *workbench.Bench, paths []string) error {
			return tidy(ctx, b, config, rate, paths)
		}),
	}
	command.Flags().StringVar(&config, "config", "", "target file")
	command.Flags().Float64Var(&rate, "max-rps", 0, "most requests per second; 0 for no bound on this machine, 10 elsewhere")
	workbench.WeakSecretsFlag(command.Flags())
	return command
}

func tidy(ctx context.Context, b *workbench.Bench, config string, rate float64, paths []string) error {
	if config == "" {
		return errors.New("tidy needs a target: name its file with --config")
	}
	file, err := b.ReadTarget(config)
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		paths = []string{"reports/out"}
	}
	ctx, stopped, release := workbench.UntilSignal(ctx)
	defer release()
	call := b.Gently(file, b.Watched(client.Config{RunID: "tidy-" + b.RunID(), MaxRPS: rate}))
	call.MostMade = 0
	api, err := b.Client(file, call)
	if err != nil {
		return err
	}
	defer api.Close()
	refused := false
	for _, path := range paths {
		left, err := tidyOne(ctx, b, api, file.Target.BaseURL, path)
		if err != nil {
			return err
		}
		refused = refused || left
	}
	switch {
	case stopped.Code() != 0:
		return workbench.ExitWith(stopped.Code())
	case refused:
		return workbench.ExitWith(evidence.ExitInconclusive)
	}
	return nil
}

// tidyOne puts away what one journal tells of, and reports whether the API kept something that it has a way for.
func tidyOne(ctx context.Context, b *workbench.Bench, api *client.Client, target, path string) (refused bool, err error) {
	if bucket.Is(path) {
		return false, fmt.Errorf("%s is in a bucket; fetch %s from there into a folder, and name that", path, leftover.Name)
	}
	if at, err := os.Stat(path); err == nil && at.IsDir() {
		path = filepath.Join(path, leftover.Name)
	}
	all, err := leftover.Read(path)
	if err != nil {
		return false, err
	}
	things := slices.DeleteFunc(slices.Clone(all), func(one leftover.Thing) bool { return one.Target != target })
	if len(things) == 0 && len(all) > 0 {
		return false, fmt.Errorf("%s is of runs on %s, and --config names %s; name the target file of those runs", path, all[0].Target, target)
	}
	counts := map[string]int{}
	for _, one := range things {
		counts[one.Kind]++
	}
	if len(things) == 0 {
		fmt.Fprintf(b.Out, "%s: nothing is left to put away\n", path)
		return false, nil
	}
	journal, err := leftover.Open(path, 0, target, "", b.Now)
	if err != nil {
		return false, err
	}
	gone := map[string]int{}
	requests := leftover.PutAway(ctx, api, b.Facts, things, func(one leftover.Thing) {
		journal.Away(one)
		gone[one.Kind]++
	})
	var kept []string
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		if left := counts[kind] - gone[kind]; left > 0 {
			kept = append(kept, fmt.Sprintf("%d %s", left, wording.Plural(kind, left)))
			refused = refused || leftover.CanGo(kind)
		}
	}
	fmt.Fprintf(b.Out, "%s: put away %s with %s\n", path, amounts(gone), wording.Count(requests, "request"))
	if len(kept) > 0 {
		fmt.Fprintf(b.Out, "  left on the target: %s\n", strings.Join(kept, ", "))
	}
	return refused, journal.Close(false)
}

func amounts(of map[string]int) string {
	var parts []string
	for _, kind := range slices.Sorted(maps.Keys(of)) {
		parts = append(parts, fmt.Sprintf("%d %s", of[kind], wording.Plural(kind, of[kind])))
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}
