package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/format"
	"github.com/kobcheck/kobcheck/schemas/redact"
	"github.com/kobcheck/kobcheck/steps/suite"
)

func newBook() *cobra.Command {
	var out workbench.Output
	var address string
	command := &cobra.Command{
		Use:   "book [RUN.JSON]",
		Short: "Writes the API as a book: what the documentation says, and what a run saw where one is named",
		Example: "  kobcheck book --out public\n" +
			"  kobcheck book reports/out/run.json --out public --url https://me.github.io/kobble",
		Args: workbench.Takes(0, 1),
		RunE: workbench.Verb(func(_ context.Context, b *workbench.Bench, paths []string) error {
			if err := out.Ready(); err != nil {
				return err
			}
			var run *reports.Run
			if len(paths) > 0 {
				var err error
				if run, err = workbench.OpenRun(paths[0]); err != nil {
					return err
				}
			}
			planned := suite.Planned(b.Scenarios.Scenarios)
			files, err := format.Book(out.Writer(redact.New()), run, planned, b.Sources(), b.Tool, address)
			if err != nil {
				return err
			}
			fmt.Fprintf(b.Out, "%d pages; begin with %s\n", len(files), files[0])
			return nil
		}),
	}
	out.Flags(command.Flags(), "reports/out/book", "folder for the pages")
	command.Flags().StringVar(&address, "url", "", "address under which the pages will stand; it makes a sitemap.xml")
	return command
}
