package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/mock/fault"
)

func newExplain() *cobra.Command {
	return &cobra.Command{
		Use:               "explain REQUIREMENT|OPERATION|SCENARIO",
		Short:             "Tells everything of one requirement, operation or scenario: sentence, source, scenarios, readings",
		Example:           "  kobcheck explain CARD-CREATE-15\n  kobcheck explain cards-create\n  kobcheck explain cards-create.created",
		Args:              workbench.Takes(1, 1),
		ValidArgsFunction: workbench.Values("requirement", "operation", "scenario"),
		RunE: workbench.Verb(func(_ context.Context, b *workbench.Bench, ids []string) error {
			faults, err := fault.Catalogue()
			if err != nil {
				return err
			}
			return b.Scenarios.Explain(b.Out, b.Facts, fault.ByRequirement(faults), ids[0])
		}),
	}
}
