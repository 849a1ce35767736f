package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/wording"
	"github.com/kobcheck/kobcheck/steps/catalog"
)

func newLint() *cobra.Command {
	var own workbench.Own
	command := &cobra.Command{
		Use:   "lint [DIR]",
		Short: "Checks that features, tags, steps and contract hold together, and own features in DIR with them; offline, no target",
		Example: `  kobcheck lint
  kobcheck lint acme --requirements acme/requirements.yaml`,
		Args: workbench.Takes(0, 1),
		RunE: workbench.Verb(func(_ context.Context, b *workbench.Bench, arguments []string) error {
			if len(arguments) > 0 {
				own.Features = arguments[0]
			}
			if err := b.Add(own); err != nil {
				return err
			}
			return lint(b)
		}),
	}
	own.RequirementFlag(command.Flags())
	return command
}

func lint(b *workbench.Bench) error {
	sentences := workbench.Sentences()
	problems := b.Scenarios.Lint(b.Facts, sentences)
	for _, problem := range problems {
		fmt.Fprintln(b.Out, problem)
	}
	if len(problems) > 0 {
		fmt.Fprintf(b.Out, "%s\n", wording.Count(len(problems), "problem"))
		return workbench.ExitWith(evidence.ExitUsage)
	}
	added := ""
	if own := slices.DeleteFunc(slices.Clone(b.Scenarios.Scenarios),
		func(s *catalog.Scenario) bool { return s.Section != catalog.OwnSection }); len(own) > 0 {
		var ids []string
		for _, s := range own {
			ids = append(ids, s.ID)
		}
		added = fmt.Sprintf("; of your own: %s", strings.Join(ids, ", "))
	}
	fmt.Fprintf(b.Out, "%d scenarios, %d sentences, %d requirements: all of it holds together%s\n",
		len(b.Scenarios.Scenarios), len(sentences), len(b.Facts.Requirements), added)
	return nil
}
