package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/load"
	"github.com/kobcheck/kobcheck/mock/fault"
	"github.com/kobcheck/kobcheck/reports/wording"
	"github.com/kobcheck/kobcheck/steps/catalog"
	"github.com/kobcheck/kobcheck/steps/vocabulary"
)

// listing is what there is of a kind: entries for JSON, and the rows of a table.
type listing struct {
	entries any
	head    string // names of the columns, parted by tabs
	rows    [][]any
	// blocks are entries of several lines each, in place of rows.
	blocks []string
	// foot is a second table below the first.
	foot *listing
}

// listings are the kinds, in the order of the help.
var listings = []struct {
	name string
	make func(*workbench.Bench) (*listing, error)
}{
	{"operations", listOperations}, {"requirements", listRequirements}, {"conflicts", listConflicts}, {"freedoms",
		listFreedoms},
	{"scenarios", listScenarios}, {"faults", listFaults}, {"plans", listPlans}, {"steps", listSteps},
}

func newList() *cobra.Command {
	var asJSON bool
	var kinds []string
	for _, one := range listings {
		kinds = append(kinds, one.name)
	}
	command := &cobra.Command{
		Use: "list " + strings.Join(kinds, "|"),
		Short: "Prints what there is: operations, requirements and their coverage, conflicts, freedoms, " +
			"scenarios, faults, plans, steps",
		Example:   "  kobcheck list requirements\n  kobcheck list scenarios --json",
		Args:      workbench.OneOf,
		ValidArgs: kinds,
		RunE: workbench.Verb(func(_ context.Context, b *workbench.Bench, arguments []string) error {
			for _, one := range listings {
				if one.name == arguments[0] {
					list, err := one.make(b)
					if err != nil {
						return err
					}
					return b.Print(asJSON, list.entries, list.print)
				}
			}
			return nil
		}),
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return command
}

// print prints a line for each entry, in columns, the sentence last; or what takes more than a line.
func (l *listing) print(w io.Writer) error {
	if l.blocks != nil {
		_, err := fmt.Fprintf(w, "%s\n\n%s\n", l.head, strings.Join(l.blocks, "\n"))
		return err
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	head := l.head
	if len(l.rows) > 0 {
		head = strings.ToUpper(head)
	}
	fmt.Fprintln(table, head)
	for _, row := range l.rows {
		for i, cell := range row {
			if i > 0 {
				fmt.Fprint(table, "\t")
			}
			fmt.Fprint(table, cell)
		}
		fmt.Fprintln(table)
	}
	if err := table.Flush(); err != nil || l.foot == nil {
		return err
	}
	fmt.Fprintln(w)
	return l.foot.print(w)
}

// table is a listing with a row for each entry.
func table[T any](head string, entries []T, row func(T) []any) *listing {
	list := &listing{entries: entries, head: head}
	for _, one := range entries {
		list.rows = append(list.rows, row(one))
	}
	return list
}

func listOperations(b *workbench.Bench) (*listing, error) {
	return table("id\tsection\tmethod\tpath\tmark\tscenarios", b.Scenarios.ListOperations(b.Facts), func(e catalog.OperationEntry) []any {
		return []any{e.ID, e.Section, e.Method, e.Path, e.Mark, len(e.Scenarios)}
	}), nil
}

func listRequirements(b *workbench.Bench) (*listing, error) {
	faults, err := fault.Catalogue()
	if err != nil {
		return nil, err
	}
	list := table("id\tmark\towed by\tscenarios\tfaults\tsentence", b.Scenarios.ListRequirements(b.Facts, fault.ByRequirement(faults)),
		func(e catalog.RequirementEntry) []any {
			covered := fmt.Sprint(len(e.Scenarios))
			if e.Reason != "" {
				covered = "reason"
			}
			return []any{e.ID, e.Mark, e.Who, covered, len(e.Faults), e.Sentence}
		})
	list.foot = table("mark\towed by the API\twith scenarios\twith a reason\topen", b.Scenarios.CoverageByMark(b.Facts),
		func(c catalog.MarkCount) []any { return []any{c.Mark, c.Owed, c.Proved, c.Reason, c.Open} })
	return list, nil
}

func listConflicts(b *workbench.Bench) (*listing, error) {
	return table("id\tmay gate\tsubject\ttaken", b.Facts.Conflicts,
		func(e *contract.Conflict) []any { return []any{e.ID, e.Gate, e.Subject, e.Taken} }), nil
}

func listFreedoms(b *workbench.Bench) (*listing, error) {
	return table("id\treadings\ttouches\tsubject", b.Facts.Freedoms, func(e *contract.Freedom) []any {
		return []any{e.ID, strings.Join(e.Readings, ", "), strings.Join(e.Touches, ", "), e.Subject}
	}), nil
}

func listScenarios(b *workbench.Bench) (*listing, error) {
	return table("id\tmark\trequirements\tname", b.Scenarios.ListScenarios(), func(e catalog.ScenarioEntry) []any {
		return []any{e.ID, e.Mark, strings.Join(e.Requirements, " "), e.Name}
	}), nil
}

func listFaults(*workbench.Bench) (*listing, error) {
	entries, err := fault.Catalogue()
	return table("id\tgroup\trequirement\tmark\tsentence", entries,
		func(e fault.Fault) []any { return []any{e.ID, e.Group, e.Requirement, e.Mark, e.Sentence} }), err
}

func listPlans(*workbench.Bench) (*listing, error) {
	plans, err := load.Plans()
	type entry struct {
		ID       string   `json:"id"`
		Sentence string   `json:"sentence"`
		Gates    []string `json:"gates"`
	}
	var entries []entry
	list := &listing{head: "id\tkind\tgates\tsentence"}
	for _, plan := range plans {
		entries = append(entries, entry{plan.ID, plan.Sentence, append([]string{}, plan.Gates...)})
		list.rows = append(list.rows, []any{plan.ID, plan.Kind, strings.Join(plan.Gates, ", "), plan.Sentence})
	}
	list.entries = entries
	return list, err
}

func listSteps(*workbench.Bench) (*listing, error) {
	type entry struct{ Area, Sentence, Pattern, Doc string }
	var entries []entry
	list := &listing{head: `"…" is a text, N a number; (one|other) is a choice, and what stands in [brackets] may be left out.`}
	for _, d := range vocabulary.All() {
		entries = append(entries, entry{d.Area, d.Sentence(), d.Pattern.String(), d.Doc})
		list.blocks = append(list.blocks, fmt.Sprintf("%s: %s\n    %s", d.Area, d.Sentence(), wording.Wrap(d.Doc, 4)))
	}
	list.entries = entries
	return list, nil
}
