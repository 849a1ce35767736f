package format

import (
	"fmt"
	"io"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
)

// PrintOrder prints the proof of the order as a small graph, with what shows each pair, what is open and why,
// and the fewest requests that prove as much.
func PrintOrder(w io.Writer, p *reports.OrderProof, order contract.CardOrder) error {
	var b strings.Builder
	fmt.Fprintf(&b, "The order of the %d checks of card creation, as %d requests that failed several of them show it\n\n",
		len(order.Checks), len(p.Decisions))
	for _, line := range p.Chains() {
		fmt.Fprintf(&b, "  %s\n", line)
	}
	b.WriteString("\n")
	for _, check := range order.Checks {
		fmt.Fprintf(&b, "  %d  %s\n", check.Number, check.Check)
	}
	fmt.Fprintf(&b, "\n%s.\n", p.Sentence())
	b.WriteString("\nShown\n")
	for _, pair := range p.Before {
		fmt.Fprintf(&b, "  %d before %d   %s\n", pair.First, pair.Second, strings.Join(pair.By, ", "))
	}
	for _, part := range []struct {
		title string
		pairs []reports.OrderedPair
	}{{"Inverted: not the documented order", p.Inverted}, {"Contradictory: seen in both orders", p.Contradictory}} {
		if len(part.pairs) > 0 {
			fmt.Fprintf(&b, "\n%s\n", part.title)
		}
		for _, pair := range part.pairs {
			fmt.Fprintf(&b, "  %d before %d   %s\n", pair.First, pair.Second, strings.Join(pair.By, ", "))
		}
	}
	if len(p.Open) > 0 {
		b.WriteString("\nNot shown\n")
	}
	for _, pair := range p.Open {
		fmt.Fprintf(&b, "  %d and %d      %s\n", pair.First, pair.Second, pair.Why)
	}
	fmt.Fprintf(&b, "\nThe fewest requests that prove as much: %d\n", len(p.Fewest))
	for _, d := range p.Fewest {
		fmt.Fprintf(&b, "  one that fails %s: check %d decides (%s)\n", numbers(d.Failing), d.Decided, d.Scenario)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func numbers(checks []int) string {
	var words []string
	for _, check := range checks {
		words = append(words, fmt.Sprint(check))
	}
	return strings.Join(words, ", ")
}
