package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
)

func newReport() *cobra.Command {
	var f runFlags
	command := &cobra.Command{
		Use:     "report FILE",
		Short:   "Renders a run.json again",
		Example: "  kobcheck report reports/out/run.json --out reports/again",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			facts, err := contract.Load()
			if err != nil {
				return err
			}
			from, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer func() { _ = from.Close() }() // it was only read
			result, err := reports.ReadRun(from)
			if err != nil {
				return err
			}
			return finish(command, result, facts, &f, nil)
		},
	}
	command.Flags().StringVar(&f.out, "out", "reports/out", "folder for the reports")
	command.Flags().StringSliceVar(&f.formats, "format", reports.Formats(), "reports to write")
	return command
}
