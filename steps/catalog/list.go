package catalog

import (
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
)

// The entries of the lists, as kobcheck list --json prints them. Others rely on their names.
type (
	// RequirementEntry is a requirement with what proves it.
	RequirementEntry struct {
		ID        string        `json:"id"`
		Sentence  string        `json:"sentence"`
		Who       contract.Who  `json:"who"`
		Mark      contract.Mark `json:"mark"`
		Hazard    string        `json:"hazard,omitempty"`
		Source    string        `json:"source"`
		Operation []string      `json:"operation"`
		Scenarios []string      `json:"scenarios"`
		Faults    []string      `json:"faults"`
		Reason    string        `json:"reason,omitempty"`
	}
	// OperationEntry is an operation with the scenarios that call it.
	OperationEntry struct {
		ID        string        `json:"id"`
		Section   string        `json:"section"`
		Title     string        `json:"title"`
		Method    string        `json:"method"`
		Path      string        `json:"path"`
		Mark      contract.Mark `json:"mark"`
		Scenarios []string      `json:"scenarios"`
	}
	// ScenarioEntry is a scenario with what it proves.
	ScenarioEntry struct {
		ID           string        `json:"id"`
		Feature      string        `json:"feature"`
		Name         string        `json:"name"`
		Tags         []string      `json:"tags"`
		Requirements []string      `json:"requirements"`
		Mark         contract.Mark `json:"mark"`
	}
)

// ListRequirements returns every requirement with its scenarios and the faults that break it, in the
// order of the contract.
func (c *Catalog) ListRequirements(facts *contract.Contract, faults map[string][]string) []RequirementEntry {
	coverage := c.Coverage()
	entries := make([]RequirementEntry, 0, len(facts.Requirements))
	for _, r := range facts.Requirements {
		entries = append(entries, RequirementEntry{ID: r.ID, Sentence: r.Sentence, Who: r.Who, Mark: r.Mark, Hazard: r.Hazard, Source: r.Source,
			Operation: orEmpty(r.Operations), Scenarios: orEmpty(coverage[r.ID]), Faults: orEmpty(faults[r.ID]), Reason: r.Reason})
	}
	return entries
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// ListOperations returns every operation with the scenarios that name it in one of their steps or prove
// one of its requirements.
func (c *Catalog) ListOperations(facts *contract.Contract) []OperationEntry {
	entries := make([]OperationEntry, 0, len(facts.Operations))
	for _, o := range facts.Operations {
		path, _ := o.PathIn(contract.V1)
		entry := OperationEntry{ID: o.ID, Section: o.Section, Title: o.Title, Method: o.Method, Path: path,
			Mark: contract.Marked{Mark: contract.NotFound, Marks: o.Marks}.Of("path"), Scenarios: []string{}}
		for _, s := range c.where(func(s *Scenario) bool { return s.calls(o) }) {
			entry.Scenarios = append(entry.Scenarios, s.ID)
		}
		entries = append(entries, entry)
	}
	return entries
}

// where are the scenarios of which something holds.
func (c *Catalog) where(holds func(*Scenario) bool) []*Scenario {
	return slices.DeleteFunc(slices.Clone(c.Scenarios), func(s *Scenario) bool { return !holds(s) })
}

func (s *Scenario) calls(o *contract.Operation) bool {
	return slices.ContainsFunc(s.Steps, func(step Step) bool { return strings.Contains(step.Text, `"`+o.Title+`"`) }) ||
		o.Requirement != "" && slices.Contains(s.Requirements, o.Requirement)
}

// ListScenarios returns every scenario.
func (c *Catalog) ListScenarios() []ScenarioEntry {
	entries := make([]ScenarioEntry, 0, len(c.Scenarios))
	for _, s := range c.Scenarios {
		entries = append(entries, ScenarioEntry{ID: s.ID, Feature: s.Feature, Name: s.Name, Tags: s.Tags, Requirements: s.Requirements,
			Mark: s.Mark})
	}
	return entries
}

// MarkCount counts the requirements of one mark that the API owes.
type MarkCount struct {
	Mark                       contract.Mark
	Owed, Proved, Reason, Open int
}

// CoverageByMark counts, for each mark, how many requirements the API owes, how many have a scenario and
// how many a recorded reason why there can be none.
func (c *Catalog) CoverageByMark(facts *contract.Contract) []MarkCount {
	coverage := c.Coverage()
	var counts []MarkCount
	for _, mark := range contract.Marks() {
		count := MarkCount{Mark: mark}
		for _, r := range facts.Requirements {
			if r.Mark != mark || r.Who != contract.API {
				continue
			}
			count.Owed++
			switch {
			case len(coverage[r.ID]) > 0:
				count.Proved++
			case r.Reason != "":
				count.Reason++
			default:
				count.Open++
			}
		}
		if count.Owed > 0 {
			counts = append(counts, count)
		}
	}
	return counts
}
