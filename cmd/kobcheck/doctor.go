package main

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps/doctor"
)

func newDoctor() *cobra.Command {
	var config string
	var asJSON bool
	command := &cobra.Command{
		Use:     "doctor",
		Short:   "Looks at a target before a run: reachable, tokens, fixtures, and what will not be testable",
		Example: "  kobcheck doctor --config staging.yaml",
		Args:    workbench.Takes(0, 0),
		RunE: workbench.Verb(func(ctx context.Context, b *workbench.Bench, _ []string) error {
			return examine(ctx, b, config, asJSON)
		}),
	}
	command.Flags().StringVar(&config, "config", "", "target file")
	workbench.WeakSecretsFlag(command.Flags())
	command.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return command
}

func examine(ctx context.Context, b *workbench.Bench, path string, asJSON bool) error {
	if path == "" {
		return errors.New("doctor needs a target: name its file with --config")
	}
	file, err := b.ReadTarget(path)
	if err != nil {
		return err
	}
	api, err := b.Client(file, b.Watched(client.Config{RunID: "doctor-" + b.RunID()}))
	if err != nil {
		return err
	}
	defer api.Close()
	ctx, _, release := workbench.UntilSignal(ctx)
	defer release()
	checks := (&doctor.Doctor{Contract: b.Facts, File: file, Client: api, Now: b.Now}).Examine(ctx)
	for _, line := range b.Shown() {
		checks = append(checks, doctor.Check{What: "nothing secret in answers", State: doctor.Broken, Detail: line,
			Next: "have it looked at before anything else: whoever reads a log of these answers has it"})
	}
	said := doctor.NewOpinion(file.Target.Name, checks)
	if said.Code() == evidence.ExitPassed { // where something is broken no run is to be foretold
		expected, err := b.Forecast(ctx, file)
		if err != nil {
			return err
		}
		said.Foretell(expected)
	}
	if err := b.Print(asJSON, said, func(w io.Writer) error { return said.Print(w) }); err != nil {
		return err
	}
	return workbench.ExitWith(said.Code())
}
