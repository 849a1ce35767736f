package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/features"
	"github.com/kobcheck/kobcheck/load"
	"github.com/kobcheck/kobcheck/mock/fault"
	"github.com/kobcheck/kobcheck/steps/catalog"
	"github.com/kobcheck/kobcheck/steps/vocabulary"
)

func newList() *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:       "list operations|requirements|conflicts|freedoms|scenarios|faults|plans|steps",
		Short:     "Prints what there is: operations, requirements and their coverage, conflicts, freedoms, scenarios, faults, plans, steps",
		Example:   "  kobcheck list requirements\n  kobcheck list scenarios --json",
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		ValidArgs: []string{"operations", "requirements", "conflicts", "freedoms", "scenarios", "faults", "plans", "steps"},
		RunE: func(command *cobra.Command, args []string) error {
			return list(command.OutOrStdout(), args[0], asJSON)
		},
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return command
}

// documentation returns what the documentation says and the scenarios that hold an API to it.
func documentation() (*contract.Contract, *catalog.Catalog, error) {
	facts, err := contract.Load()
	if err != nil {
		return nil, nil, err
	}
	scenarios, err := catalog.Read(features.Files)
	return facts, scenarios, err
}

func list(out io.Writer, what string, asJSON bool) error {
	facts, scenarios, err := documentation()
	if err != nil {
		return err
	}
	faults, err := fault.Catalogue()
	if err != nil {
		return err
	}
	var entries any
	t := table.NewWriter()
	t.SetOutputMirror(out)
	t.SetStyle(table.StyleLight)
	t.SetColumnConfigs([]table.ColumnConfig{{Name: "sentence", WidthMax: 70, WidthMaxEnforcer: text.WrapSoft}, {Name: "name", WidthMax: 70, WidthMaxEnforcer: text.WrapSoft}})
	switch what {
	case "requirements":
		list := scenarios.ListRequirements(facts, faultsByRequirement(faults))
		entries = list
		t.AppendHeader(table.Row{"id", "mark", "owed by", "scenarios", "faults", "sentence"})
		for _, e := range list {
			covered := fmt.Sprint(len(e.Scenarios))
			if e.Reason != "" {
				covered = "reason"
			}
			t.AppendRow(table.Row{e.ID, e.Mark, e.Who, covered, len(e.Faults), e.Sentence})
		}
	case "operations":
		list := scenarios.ListOperations(facts)
		entries = list
		t.AppendHeader(table.Row{"id", "section", "method", "path", "mark", "scenarios"})
		for _, e := range list {
			t.AppendRow(table.Row{e.ID, e.Section, e.Method, e.Path, e.Mark, len(e.Scenarios)})
		}
	case "conflicts":
		entries = facts.Conflicts
		t.AppendHeader(table.Row{"id", "subject", "may gate", "sentence"})
		for _, e := range facts.Conflicts {
			t.AppendRow(table.Row{e.ID, e.Subject, e.Gate, e.Taken})
		}
	case "freedoms":
		entries = facts.Freedoms
		t.AppendHeader(table.Row{"id", "readings", "touches", "sentence"})
		for _, e := range facts.Freedoms {
			t.AppendRow(table.Row{e.ID, strings.Join(e.Readings, "\n"), strings.Join(e.Touches, "\n"), e.Subject})
		}
	case "scenarios":
		list := scenarios.ListScenarios()
		entries = list
		t.AppendHeader(table.Row{"id", "mark", "requirements", "name"})
		for _, e := range list {
			t.AppendRow(table.Row{e.ID, e.Mark, strings.Join(e.Requirements, " "), e.Name})
		}
	case "faults":
		entries = faults
		t.AppendHeader(table.Row{"id", "group", "requirement", "mark", "sentence"})
		for _, e := range faults {
			t.AppendRow(table.Row{e.ID, e.Group, e.Requirement, e.Mark, e.Sentence})
		}
	case "plans":
		plans, err := load.Plans()
		if err != nil {
			return err
		}
		type entry struct {
			ID       string   `json:"id"`
			Sentence string   `json:"sentence"`
			Gates    []string `json:"gates"`
		}
		var list []entry
		t.AppendHeader(table.Row{"id", "kind", "gates", "sentence"})
		for _, plan := range plans {
			list = append(list, entry{plan.ID, plan.Sentence, append([]string{}, plan.Gates...)})
			t.AppendRow(table.Row{plan.ID, plan.Kind, strings.Join(plan.Gates, "\n"), plan.Sentence})
		}
		entries = list
	case "steps":
		vocabulary := vocabulary.All()
		type entry struct{ Area, Pattern, Doc string }
		var list []entry
		t.AppendHeader(table.Row{"area", "sentence", "name"})
		for _, d := range vocabulary {
			list = append(list, entry{d.Area, d.Pattern.String(), d.Doc})
			t.AppendRow(table.Row{d.Area, d.Pattern.String(), d.Doc})
		}
		entries = list
	}
	if asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(entries)
	}
	t.Render()
	if what == "requirements" {
		return listCoverage(out, scenarios, facts)
	}
	return nil
}

func listCoverage(out io.Writer, scenarios *catalog.Catalog, facts *contract.Contract) error {
	t := table.NewWriter()
	t.SetOutputMirror(out)
	t.SetStyle(table.StyleLight)
	t.AppendHeader(table.Row{"mark", "owed by the API", "with scenarios", "with a reason", "open"})
	for _, c := range scenarios.CoverageByMark(facts) {
		t.AppendRow(table.Row{c.Mark, c.Owed, c.Proved, c.Reason, c.Open})
	}
	t.Render()
	return nil
}

func faultsByRequirement(faults []fault.Fault) map[string][]string {
	by := map[string][]string{}
	for _, f := range faults {
		for _, requirement := range append([]string{f.Requirement}, f.Also...) {
			by[requirement] = append(by[requirement], string(f.ID))
		}
		for _, place := range f.Places {
			if place.Requirement != f.Requirement {
				by[place.Requirement] = append(by[place.Requirement], string(f.ID)+"."+place.Name)
			}
		}
	}
	return by
}

func newExplain() *cobra.Command {
	return &cobra.Command{
		Use:     "explain REQUIREMENT|OPERATION",
		Short:   "Tells everything of one requirement or operation: sentence, source, scenarios, readings",
		Example: "  kobcheck explain CARD-CREATE-15\n  kobcheck explain cards-create",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			facts, scenarios, err := documentation()
			if err != nil {
				return err
			}
			faults, err := fault.Catalogue()
			if err != nil {
				return err
			}
			return scenarios.Explain(command.OutOrStdout(), facts, faultsByRequirement(faults), args[0])
		},
	}
}
