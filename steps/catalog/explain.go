package catalog

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
)

// Explain prints everything of one requirement or operation: what the documentation says and where, what
// it leaves open, and the scenarios that look at it; or of one scenario, its sentences and how to see it alone. Faults
// gives the faults that break a requirement.
func (c *Catalog) Explain(w io.Writer, facts *contract.Contract, faults map[string][]string, id string) error {
	var text string
	switch requirement, operation := facts.Requirement(id), facts.Operation(id); {
	case requirement != nil:
		text = c.explainRequirement(facts, faults, requirement)
	case operation != nil:
		text = c.explainOperation(facts, operation)
	case c.Scenario(id) != nil:
		text = explainScenario(facts, c.Scenario(id))
	default:
		known := facts.RequirementIDs()
		for _, operation := range facts.Operations {
			known = append(known, operation.ID)
		}
		for _, scenario := range c.Scenarios {
			known = append(known, scenario.ID)
		}
		return &UnknownError{Kind: "requirement, operation or scenario", Name: id, Nearest: contract.Nearest(id, known)}
	}
	_, err := io.WriteString(w, text)
	return err
}

func (c *Catalog) explainRequirement(facts *contract.Contract, faults map[string][]string, r *contract.Requirement) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s\n\n  %s\n\n  mark        %s\n  owed by     %s\n  section     %s\n  source      %s\n", r.ID, r.Origin,
		r.Sentence, r.Mark, r.Who, r.Section, r.Source)
	if r.Date != "" {
		fmt.Fprintf(&b, "  dated       %s\n", r.Date)
	}
	for _, page := range r.Pages() {
		fmt.Fprintf(&b, "              %s\n", page)
	}
	if r.Hazard != "" {
		fmt.Fprintf(&b, "  hazard      %s: it gates whatever its mark is\n", r.Hazard)
	}
	if len(r.Operations) > 0 {
		fmt.Fprintf(&b, "  operations  %s\n", strings.Join(r.Operations, ", "))
	}
	if r.Reason != "" {
		fmt.Fprintf(&b, "  no scenario %s\n", r.Reason)
	}
	explainScenarios(&b, c.where(func(s *Scenario) bool { return slices.Contains(s.Requirements, r.ID) }))
	if list := faults[r.ID]; len(list) > 0 {
		fmt.Fprintf(&b, "\n  faults of the mock that break it\n")
		for _, fault := range list {
			fmt.Fprintf(&b, "    %s\n", fault)
		}
	}
	explainConflicts(&b, facts, r)
	return b.String()
}

func explainScenario(facts *contract.Contract, s *Scenario) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s\n\n  rule         %s\n  feature      %s:%d\n  mark         %s\n", s.ID, s.Name, s.Rule, s.URI, s.Line, s.Mark)
	for _, id := range s.Requirements {
		fmt.Fprintf(&b, "  requirement  %s: %s\n", id, facts.Requirement(id).Sentence)
	}
	b.WriteString("\n")
	for _, step := range s.Steps {
		fmt.Fprintf(&b, "    %s %s\n", strings.TrimSpace(step.Keyword), step.Text)
		for _, row := range step.Table {
			fmt.Fprintf(&b, "      | %s |\n", strings.Join(row, " | "))
		}
	}
	fmt.Fprintf(&b, "\n  alone        kobcheck run --scenario %s\n", s.ID)
	return b.String()
}

func explainScenarios(b *strings.Builder, scenarios []*Scenario) {
	if len(scenarios) == 0 {
		return
	}
	fmt.Fprintf(b, "\n  scenarios\n")
	for _, s := range scenarios {
		fmt.Fprintf(b, "    %s\n      %s (%s:%d)\n", s.ID, s.Name, s.URI, s.Line)
	}
}

// explainConflicts prints the conflicts and gaps that a requirement names or that touch it, with both readings.
func explainConflicts(b *strings.Builder, facts *contract.Contract, r *contract.Requirement) {
	concerns := func(id string, touches []contract.Touch) bool {
		return strings.Contains(r.Sentence, id) || slices.ContainsFunc(touches,
			func(t contract.Touch) bool { return slices.Contains(t.Requirements, r.ID) })
	}
	for _, conflict := range facts.Conflicts {
		if !concerns(conflict.ID, conflict.Touches) {
			continue
		}
		fmt.Fprintf(b, "\n  %s, where the documentation contradicts itself: %s\n", conflict.ID, conflict.Subject)
		for i, reading := range conflict.Readings {
			fmt.Fprintf(b, "    reading %d   %s\n", i+1, reading)
		}
		fmt.Fprintf(b, "    taken       %s\n    why         %s\n    may gate    %s\n", conflict.Taken, conflict.Why, conflict.Gate)
	}
	for _, gap := range facts.Gaps {
		if concerns(gap.ID, gap.Touches) {
			fmt.Fprintf(b, "\n  %s, not found on any page: %s\n", gap.ID, gap.What)
		}
	}
}

func (c *Catalog) explainOperation(facts *contract.Contract, o *contract.Operation) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s, section %s\n\n  %s (%s)\n", o.ID, o.Title, o.Section, o.Description.Purpose, o.Description.Mark)
	if o.Description.Before != "" {
		fmt.Fprintf(&b, "  before: %s\n", o.Description.Before)
	}
	fmt.Fprintf(&b, "  result: %s\n\n", o.Description.Result)
	for _, edition := range []contract.Edition{contract.V1, contract.Guide} {
		path, known := o.PathIn(edition)
		if !known {
			path = "no page gives the path; it comes from target.paths." + o.ID
		}
		fmt.Fprintf(&b, "  %-6s %s %s (%s)\n", edition, o.Method, path, o.Marks["paths."+string(edition)])
	}
	fmt.Fprintf(&b, "  page   %s\n", cmp.Or(o.Source.Address, "not known"))
	explainFields(&b, o)
	success := "any 2xx; no page gives the code"
	if o.Success.Status != 0 {
		success = fmt.Sprint(o.Success.Status)
	}
	fmt.Fprintf(&b, "\n  success       %s, %s of %s (%s)\n  idempotency   %s\n", success, cmp.Or(o.Success.Shape, "not known"),
		cmp.Or(o.Success.Schema, "not known"), o.Success.Mark, o.Idempotent)
	for _, failure := range o.Errors {
		what := failure.Meaning
		if failure.Message != "" {
			what = fmt.Sprintf("check %d, %s: %q", failure.Check, failure.Class, failure.Message)
		}
		fmt.Fprintf(&b, "  error         %s %s (%s)\n", statusText(failure.Status), what, failure.Mark)
	}
	if len(o.Unknown) > 0 {
		fmt.Fprintf(&b, "  not known     %s\n", strings.Join(o.Unknown, "; "))
	}
	fmt.Fprintf(&b, "\n  requirements\n")
	for _, id := range o.Rules {
		r := facts.Requirement(id)
		fmt.Fprintf(&b, "    %-16s %-11s %s\n", id, r.Mark, r.Sentence)
	}
	explainScenarios(&b, c.where(func(s *Scenario) bool { return s.calls(o) }))
	return b.String()
}

func explainFields(b *strings.Builder, o *contract.Operation) {
	line := func(kind, name, form string, required contract.Tristate, mark contract.Mark) {
		fmt.Fprintf(b, "  %-7s %-20s %-10s required: %-8s %s\n", kind, name, form, required, mark)
	}
	for _, p := range o.PathParams {
		line("path", p.Name, p.Type, p.Required, p.Mark)
	}
	for _, p := range o.Query {
		line("query", p.Name, p.Type, p.Required, p.Mark)
	}
	for _, h := range o.Headers {
		line("header", h.Name, "", h.Required, h.Mark)
	}
	for _, f := range o.Fields() {
		line("body", f.Name, f.Type, f.Required, f.Mark)
	}
}

func statusText(code int) string {
	if code == 0 {
		return "some status;"
	}
	return fmt.Sprint(code)
}
