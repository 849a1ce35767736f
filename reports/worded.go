package reports

import (
	"fmt"
	"strings"

	"github.com/kobcheck/kobcheck/reports/wording"
)

// Said is what the operation answered, with the requirement that says that it serves.
func (n NotServed) Said() string {
	if n.Finding == nil {
		return ""
	}
	return fmt.Sprintf("%s (%s): %s; it was answered %s", n.Finding.Requirement, n.Finding.Mark, n.Finding.Message, n.Finding.Actual)
}

// fewNames are so many operations or places that they are named; of more the number is told.
const fewNames = 3

// Where names the operations of a cause, and the places in their answers.
func (c Cause) Where() string {
	place := fmt.Sprintf("%d operations", len(c.Operations))
	if !c.Everywhere && !c.Finding.Beyond() {
		place += ", such as " + c.Finding.Operation
	}
	if len(c.Operations) <= fewNames {
		place = strings.Join(c.Operations, ", ")
	}
	if n := len(c.Places); n > fewNames {
		return fmt.Sprintf("%s in %d places", place, n)
	}
	return strings.TrimSpace(place + " " + strings.Join(c.Places, ", "))
}

// Sentence says in one line what deviates, where, and whether that gates.
func (c Cause) Sentence() string {
	f := c.Finding
	weight := string(f.Mark)
	switch {
	case c.Known():
		weight += ", known"
	case !f.Gated:
		weight += ", not gated"
	}
	if f.Hazard != "" {
		weight += ", hazard"
	}
	return fmt.Sprintf("%s (%s) %s: %s: expected %s, was %s", c.Requirement(), weight, c.Where(), f.Message, f.Expected, f.Actual)
}

// Shown counts in words what shows a cause.
func (c Cause) Shown() string {
	var parts []string
	if n := len(c.Scenarios); n > 0 {
		parts = append(parts, wording.Count(n, "scenario"))
	}
	if c.Passing > 0 {
		parts = append(parts, wording.Count(c.Passing, "answer")+" in passing")
	}
	if n := len(c.Blocks); n > 0 {
		parts = append(parts, wording.Count(n, "scenario")+" blocked")
	}
	return strings.Join(parts, ", ")
}
