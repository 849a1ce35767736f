package reports

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/wording"
)

// seldom is the largest part of an operation's answers that server errors may be, to be chance.
const seldom = 0.1

// besideStanding lets what one scenario met by chance go with the same cause that stands elsewhere.
func (l *causes) besideStanding() {
	l.list = slices.DeleteFunc(l.list, func(one *Cause) bool {
		f := one.Finding
		f.Verdict = ""
		standing := l.by[key(f)]
		with := one.Flaky() && standing != nil && slices.Contains(l.list, standing)
		if with {
			one.about = besideIt
			standing.join(one)
		}
		return with
	})
}

// nowAndThen makes one cause of server errors that come and go, whatever was asked of which operation: another attempt
// did not meet them, or the same operation serves the most of its calls.
func (l *causes) nowAndThen() {
	var group []*Cause
	var operations []string
	for _, one := range l.list {
		if l.chance(one) {
			group, operations = append(group, one), union(operations, one.Operations)
		}
	}
	if len(operations) < fewestAkin {
		return
	}
	lead := func(c *Cause) int {
		plain := c.Finding.Hazard == "" && codeLike.MatchString(c.Finding.Actual)
		return slices.Index([]bool{c.Finding.Gated && !c.Flaky(), c.Finding.Gated && plain, c.Finding.Gated, true}, true)
	}
	slices.SortStableFunc(group, func(a, b *Cause) int { return lead(a) - lead(b) })
	all := group[0]
	found := all.Finding
	for _, other := range group[1:] {
		all.join(other)
	}
	all.Further = without(union(all.Further, []string{all.Finding.Requirement}), found.Requirement)
	answers, errors := 0, 0
	for _, use := range l.run.Operations {
		for status, n := range use.Statuses {
			if answers += n; slices.Contains(operations, use.ID) && status >= "500" && status < "600" {
				errors += n
			}
		}
	}
	found.Message, found.Pointer, found.Expected = "now and then an answer is a server error", "", "the answer that others get to the same"
	found.Actual = fmt.Sprintf("%s in %d of %d answers, of %s", codeOf(found), errors, answers, wording.Count(len(operations), "operation"))
	all.Finding, all.common, all.Places = found, true, nil
	l.list = slices.DeleteFunc(l.list, func(one *Cause) bool { return one != all && slices.Contains(group, one) })
}

func codeOf(f evidence.Finding) string {
	status, _, _ := strings.Cut(f.Actual, ":")
	return status
}

// chance reports whether a cause is a server error that comes and goes.
func (l *causes) chance(c *Cause) bool {
	f := c.Finding
	code := codeLike.FindString(f.Actual)
	if e := c.Exchange(); c.Flaky() && code == "" && e != nil && e.Response != nil {
		code = strconv.Itoa(e.Response.Status) // it lacks what its success would have had
	}
	if code < "500" || c.Known() || c.Flaky() {
		return code >= "500" && c.Flaky()
	}
	at := slices.IndexFunc(l.run.Operations, func(use OperationUse) bool { return use.ID == f.Operation })
	if at < 0 || f.Hazard != "" || f.Kind != evidence.Unserved {
		return false
	}
	use := l.run.Operations[at]
	return float64(use.Statuses[code]) <= seldom*float64(use.Requests)
}
