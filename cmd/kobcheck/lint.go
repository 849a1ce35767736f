package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps/catalog"
	"github.com/kobcheck/kobcheck/steps/vocabulary"
)

func newLint() *cobra.Command {
	return &cobra.Command{
		Use:     "lint",
		Short:   "Checks that features, tags, steps and contract hold together; offline, no target",
		Example: "  kobcheck lint",
		Args:    cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			facts, scenarios, err := documentation()
			if err != nil {
				return err
			}
			problems := scenarios.Lint(facts, sentences())
			for _, problem := range problems {
				fmt.Fprintln(command.OutOrStdout(), problem)
			}
			if len(problems) > 0 {
				fmt.Fprintf(command.OutOrStdout(), "%d problems\n", len(problems))
				return exitError{evidence.ExitUsage}
			}
			fmt.Fprintf(command.OutOrStdout(), "%d scenarios, %d sentences, %d requirements: all of it holds together\n", len(scenarios.Scenarios), len(sentences()), len(facts.Requirements))
			return nil
		},
	}
}

func sentences() []catalog.Sentence {
	var out []catalog.Sentence
	for _, definition := range vocabulary.All() {
		out = append(out, catalog.Sentence{Pattern: definition.Pattern})
	}
	return out
}
