package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps/catalog"
	"github.com/kobcheck/kobcheck/steps/vocabulary"
)

func newLint() *cobra.Command {
	return &cobra.Command{
		Use:     "lint",
		Short:   "Checks that features, tags, steps and contract hold together; offline, no target",
		Example: "  kobcheck lint",
		Args:    workbench.Takes(0, 0),
		RunE: workbench.Verb(func(_ context.Context, b *workbench.Bench, _ []string) error {
			var sentences []catalog.Sentence
			for _, definition := range vocabulary.All() {
				sentences = append(sentences, catalog.Sentence{Pattern: definition.Pattern})
			}
			problems := b.Scenarios.Lint(b.Facts, sentences)
			for _, problem := range problems {
				fmt.Fprintln(b.Out, problem)
			}
			if len(problems) > 0 {
				fmt.Fprintf(b.Out, "%d problems\n", len(problems))
				return workbench.ExitWith(evidence.ExitUsage)
			}
			fmt.Fprintf(b.Out, "%d scenarios, %d sentences, %d requirements: all of it holds together\n",
				len(b.Scenarios.Scenarios), len(sentences), len(b.Facts.Requirements))
			return nil
		}),
	}
}
