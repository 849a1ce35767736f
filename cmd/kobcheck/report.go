package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/format"
)

func newReport() *cobra.Command {
	var f runFlags
	command := &cobra.Command{
		Use:     "report FILE",
		Short:   "Renders a run.json again",
		Example: "  kobcheck report reports/out/run.json --out reports/again",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			result, err := openRun(args[0])
			if err != nil {
				return err
			}
			return finish(command, result, &f, f.to.writer(client.NewRedactor()))
		},
	}
	command.AddCommand(newMerge(), newOrder(), newTrend(), newCompare(), newHAR(), newServe())
	outputFlags(command.Flags(), &f.to, "reports/out", "folder for the reports")
	command.Flags().StringSliceVar(&f.formats, "format", format.Default(), "reports to write")
	return command
}

func openRun(path string) (*reports.Run, error) {
	from, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = from.Close() }() // it was only read
	result, err := reports.ReadRun(from)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return result, nil
}

func newMerge() *cobra.Command {
	var f runFlags
	command := &cobra.Command{
		Use:     "merge FILE...",
		Short:   "Puts the run.json of the shards of one run together",
		Example: "  kobcheck report merge shard-*/run.json --out reports/nightly",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			facts, err := contract.Load()
			if err != nil {
				return err
			}
			var parts []*reports.Run
			for _, path := range args {
				part, err := openRun(path)
				if err != nil {
					return err
				}
				parts = append(parts, part)
			}
			whole, err := reports.Merge(parts)
			if err != nil {
				return err
			}
			whole.Close(facts, whole.EndedAt)
			return finish(command, whole, &f, f.to.writer(client.NewRedactor()))
		},
	}
	outputFlags(command.Flags(), &f.to, "reports/out", "folder for the reports")
	command.Flags().StringSliceVar(&f.formats, "format", format.Default(), "reports to write")
	return command
}

func newOrder() *cobra.Command {
	return &cobra.Command{
		Use:     "order FILE",
		Short:   "Prints what a run.json proves of the order of the eight checks of card creation",
		Example: "  kobcheck report order reports/out/run.json",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			facts, err := contract.Load()
			if err != nil {
				return err
			}
			result, err := openRun(args[0])
			if err != nil {
				return err
			}
			if result.CardOrder == nil {
				return fmt.Errorf("%s has no card creation that failed two checks at once; run the scenarios card-order.pair", args[0])
			}
			return format.PrintOrder(command.OutOrStdout(), result.CardOrder, facts.CardOrder)
		},
	}
}
