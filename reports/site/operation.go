package site

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
)

// operationView is one operation with what this run saw of it.
type operationView struct {
	*contract.Operation
	V1, Guide string
	// Request is what is sent, Answer what comes back.
	Request, Answer []fieldView
	Curl            string
	// Sample is the answer as the page Printed has it; empty where none has one.
	Sample, Printed string
	// Example is a call of a scenario that is about the operation.
	Example      *evidence.Exchange
	From         *reports.Scenario
	Deviations   []reports.Cause
	Questions    []questionView
	Checks       []checkView
	Rules        []ruleStatus
	Counts       []string // of the rules, by status
	Undocumented []reports.Undocumented
	Statuses     []string
	Tested       ruleBook
}

// fieldView is a parameter, header or field: what it is, and what it means.
type fieldView struct {
	Name, In, Type, Example, Meaning string
	Required                         contract.Tristate
	Nullable                         bool
	Mark                             string
	// Reading says that no page states what it means.
	Reading bool
}

func (s *site) operation(o *contract.Operation) operationView {
	v := operationView{Operation: o, Statuses: s.answered(o.ID), Curl: curl(o, nil), Deviations: s.deviations[o.ID],
		Questions: s.asked(o), Request: requestOf(o)}
	v.V1, _ = o.PathIn(contract.V1)
	v.Guide, _ = o.PathIn(contract.Guide)
	v.Example, v.From = s.example(o)
	v.Tested = s.tested(o.Section, o)
	if name := o.Success.Schema; name != "" {
		d := s.facts.Prose.Schemas[name]
		v.Answer = answerOf(s.shapes.Fields(name), d, "")
		if d != nil && d.Sample != nil {
			v.Printed, v.Sample = d.Printed, sample(d.Sample, v.Answer, o.Success.Shape == "array")
		}
	}
	for _, header := range o.ResponseHeaders {
		v.Answer = append(v.Answer, parameterView(o, header, "header"))
	}
	if slices.ContainsFunc(o.Errors, func(one contract.ErrorCase) bool { return one.Check > 0 }) {
		v.Checks, _ = s.checks()
	}
	status, counts := s.statuses(), map[string]int{}
	for _, id := range o.Rules {
		if rule, there := status[id]; there {
			v.Rules = append(v.Rules, rule)
			counts[words(rule.Status)]++
		} else if s.alone {
			v.Rules = append(v.Rules, ruleStatus{Requirement: s.facts.Requirement(id)})
		}
	}
	for _, one := range slices.Sorted(maps.Keys(counts)) {
		v.Counts = append(v.Counts, fmt.Sprint(counts[one], " ", one))
	}
	for _, extra := range s.run.Undocumented {
		if extra.Operation == o.ID {
			v.Undocumented = append(v.Undocumented, extra)
		}
	}
	return v
}

func requestOf(o *contract.Operation) []fieldView {
	var out []fieldView
	for _, one := range o.PathParams {
		out = append(out, parameterView(o, one, "path"))
	}
	for _, one := range o.Query {
		out = append(out, parameterView(o, one, "query"))
	}
	for _, one := range o.Headers {
		field := newField(o.Description, one.Name)
		field.In, field.Type, field.Required, field.Mark = "header", one.Format, one.Required, string(one.Mark)
		if one.Edition != "" {
			field.In += ", edition " + string(one.Edition) + " only"
		}
		out = append(out, field)
	}
	for _, one := range o.Fields() {
		field := newField(o.Description, one.Name)
		field.In, field.Type, field.Required, field.Mark = "body", typed(one.Type, one.Format, one.Enum), one.Required, string(one.Mark)
		field.Nullable, field.Example = one.Nullable == contract.Yes, shown(one.Example)
		out = append(out, field)
	}
	return out
}

func newField(d *contract.Description, name string) fieldView {
	text, mark := d.Meaning(name)
	return fieldView{Name: name, Meaning: text, Reading: mark == contract.Inferred}
}

func parameterView(o *contract.Operation, p contract.Parameter, in string) fieldView {
	field := newField(o.Description, p.Name)
	field.In, field.Type, field.Required, field.Mark = in, typed(p.Type, p.Format, p.Enum), p.Required, string(p.Mark)
	field.Example = shown(p.Example)
	return field
}

func answerOf(fields []schemas.FieldInfo, d *contract.Description, within string) []fieldView {
	var out []fieldView
	for _, one := range fields {
		field := newField(d, within+one.Name)
		field.Type, field.Mark, field.Nullable = typed(one.Type, one.Format, one.Enum), one.Mark, one.Nullable
		if one.Of != "" {
			field.Type = strings.TrimSpace(field.Type + " of " + one.Of)
		}
		field.Required = map[bool]contract.Tristate{true: contract.Yes, false: contract.No}[one.Required]
		out = append(out, field)
		out = append(out, answerOf(one.Fields, d, within+one.Name+".")...)
	}
	return out
}

func typed(kind, format string, enum []string) string {
	text := cmp.Or(kind, format)
	if format != "" && format != text {
		text += " (" + format + ")"
	}
	if len(enum) > 0 {
		text += ", one of " + strings.Join(enum, ", ")
	}
	return text
}

// shown is an example as the page has it; empty where that is a placeholder.
func shown(example any) string {
	text, err := json.Marshal(contract.Shown(example))
	if err != nil || string(text) == "null" {
		return ""
	}
	return strings.Trim(string(text), `"`)
}

// sample writes an object as a page prints it, its members in the order of the documentation.
func sample(object map[string]any, fields []fieldView, inList bool) string {
	var members []string
	for _, field := range fields {
		value, there := object[field.Name]
		if text, err := json.MarshalIndent(value, "  ", "  "); there && err == nil {
			members = append(members, fmt.Sprintf("  %q: %s", field.Name, text))
		}
	}
	text := "{\n" + strings.Join(members, ",\n") + "\n}"
	if inList {
		return pretty("[" + text + "]")
	}
	return text
}

// answered lists the statuses that the run saw of an operation, with their numbers.
func (s *site) answered(operation string) []string {
	var out []string
	for _, use := range s.run.Operations {
		if use.ID != operation {
			continue
		}
		for status, n := range use.Statuses {
			times := fmt.Sprintf("%d times", n)
			if n == 1 {
				times = "once"
			}
			out = append(out, fmt.Sprintf("%s (%s)", status, times))
		}
	}
	slices.Sort(out)
	return out
}

// checkView is one of the eight checks with the statuses that were seen for it.
type checkView struct {
	contract.CardCheck
	Seen string
}

// shownAny reports whether a run met any of the checks: without one their statuses make no column.
func shownAny(checks []checkView) bool {
	return slices.ContainsFunc(checks, func(one checkView) bool { return one.Seen != "" })
}

type pairView struct {
	contract.CardPair
	Decided int // 0 where no request of the run failed just these two
	By      string
}

func (s *site) checks() ([]checkView, []pairView) {
	statuses := map[string]string{}
	for _, one := range s.run.Observations {
		statuses[one.ID] = strings.Join(append(strings.Fields(statuses[one.ID]), one.Answer), " ")
	}
	var checks []checkView
	for _, check := range s.facts.CardOrder.Checks {
		checks = append(checks, checkView{check, statuses[fmt.Sprintf("cards-create.check-%d.status", check.Number)]})
	}
	var pairs []pairView
	for _, pair := range s.facts.CardOrder.Pairs {
		one := pairView{CardPair: pair}
		if s.run.CardOrder != nil {
			for _, d := range s.run.CardOrder.Decisions {
				if len(d.Failing) == 2 && d.Failing[0] == pair.First && d.Failing[1] == pair.Second {
					one.Decided, one.By = d.Decided, d.Scenario
				}
			}
		}
		pairs = append(pairs, one)
	}
	return checks, pairs
}
