package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/reports/evidence"
)

// fewestAkin is from how many requirements on the same remark on each is one cause.
const fewestAkin = 3

// akin puts together what is only to be read and is said in the same words of several operations, each of which has a
// requirement of its own for it: that lists come within an object is one choice of an API, however many lists it has.
func (l *causes) akin() {
	groups := map[string][]*Cause{}
	said := func(c *Cause) string {
		f := c.Finding
		if f.Gated || f.Hazard != "" || f.Check == evidence.NotServed || len(c.Operations) == 0 {
			return ""
		}
		return strings.Join([]string{f.Check, f.Message, f.Actual, string(f.Verdict)}, "\x00")
	}
	for _, one := range l.list {
		if id := said(one); id != "" && !slices.ContainsFunc(groups[id],
			func(other *Cause) bool { return other.Finding.Requirement == one.Finding.Requirement }) {
			groups[id] = append(groups[id], one)
		}
	}
	gone := map[*Cause]bool{}
	for _, group := range groups {
		if len(group) < fewestAkin {
			continue
		}
		slices.SortStableFunc(group, func(a, b *Cause) int { return cmp.Compare(b.about, a.about) })
		for _, other := range group[1:] {
			group[0].Further = append(group[0].Further, other.Finding.Requirement)
			group[0].join(other)
			gone[other] = true
		}
	}
	l.list = slices.DeleteFunc(l.list, func(one *Cause) bool { return gone[one] })
}

// Requirement is the one that the cause breaks, and how many further ones it breaks alike.
func (c Cause) Requirement() string {
	if n := len(c.Further); n > 0 {
		return fmt.Sprintf("%s and %d more", c.Finding.Requirement, n)
	}
	return c.Finding.Requirement
}
