package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/reports/format"
)

func newOrder() *cobra.Command {
	return &cobra.Command{
		Use:     "order FILE",
		Short:   "Prints what a run.json proves of the order of the eight checks of card creation",
		Example: "  kobcheck report order reports/out/run.json",
		Args:    workbench.Takes(1, 1),
		RunE: workbench.Verb(func(_ context.Context, b *workbench.Bench, paths []string) error {
			result, err := workbench.OpenRun(paths[0])
			if err != nil {
				return err
			}
			if result.CardOrder == nil {
				return fmt.Errorf("%s has no card creation that failed two checks at once; run the scenarios "+
					"card-order.pair", paths[0])
			}
			return format.PrintOrder(b.Out, result.CardOrder, b.Facts.CardOrder)
		}),
	}
}
