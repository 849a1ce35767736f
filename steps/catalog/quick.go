package catalog

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
)

// Ask is one thing that a quick run looks at: a requirement, at an operation or wherever it is proved.
type Ask struct {
	// Kind says what is looked at, in words.
	Kind        string
	Requirement string
	Operation   *contract.Operation // nil for any
}

// Asks are what a quick run looks at, as the contract lists it.
func Asks(from *contract.Contract) (asks []Ask) {
	for _, o := range from.Operations {
		if o.NeedsKey() {
			asks = append(asks, Ask{"a repeat of each that takes a key", "IDEMP-05", o})
		} else {
			asks = append(asks, Ask{"the answer of each operation", cmp.Or(o.Requirement, o.Served()), o})
		}
		if o.Header("Authorization") != nil {
			asks = append(asks, Ask{"each operation without a token", "AUTH-28", o})
		}
		if o.Method == http.MethodGet && len(o.PathParams) == 1 && slices.Contains(o.Rules, "OWN-07") {
			asks = append(asks, Ask{"a read of another client's thing of each kind", "OWN-07", o})
		}
		for _, field := range o.Fields() {
			if field.Required == contract.Yes && field.Requirement != "" {
				asks = append(asks, Ask{"each required member left out", field.Requirement, nil})
			}
		}
	}
	for _, check := range from.CardOrder.Checks {
		asks = append(asks, Ask{"each check of card creation", check.Requirement, nil})
	}
	return asks
}

// Answering returns the scenario that answers a question with the fewest steps, or nil where none does.
func (c *Catalog) Answering(ask Ask) (best *Scenario) {
	for _, s := range c.Scenarios {
		if slices.Contains(s.Requirements, ask.Requirement) && (ask.Operation == nil || s.calls(ask.Operation)) && !s.tagged(UnderLoad) &&
			(best == nil || len(s.Steps) < len(best.Steps)) {
			best = s
		}
	}
	return best
}

// quick are the scenarios of a quick run.
func (c *Catalog) quick(from *contract.Contract) map[*Scenario]bool {
	chosen := map[*Scenario]bool{}
	for _, ask := range Asks(from) {
		if s := c.Answering(ask); s != nil {
			chosen[s] = true
		}
	}
	return chosen
}

// QuickSays tells what a quick run looks at, and how much of each section it leaves out.
func (c *Catalog) QuickSays(from *contract.Contract) string {
	var kinds []string
	for _, ask := range Asks(from) {
		if !slices.Contains(kinds, ask.Kind) {
			kinds = append(kinds, ask.Kind)
		}
	}
	chosen, looked, left, all := c.quick(from), map[string]bool{}, map[string]int{}, c.Coverage()
	for s := range chosen {
		for _, id := range s.Requirements {
			looked[id] = true
		}
	}
	for id, scenarios := range all {
		if !looked[id] {
			left[strings.ReplaceAll(c.Scenario(scenarios[0]).Section, "_", " ")]++
		}
	}
	sections := slices.SortedFunc(maps.Keys(left), func(a, b string) int { return cmp.Or(left[b]-left[a], strings.Compare(a, b)) })
	out := 0
	for i, section := range sections {
		out += left[section]
		sections[i] = fmt.Sprintf("%d of %s", left[section], section)
	}
	return fmt.Sprintf("A quick run looks at %s. It leaves out %d of %d requirements: %s.", strings.Join(kinds, ", "), out, len(all),
		strings.Join(sections, ", "))
}
