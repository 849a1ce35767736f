package reports

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/kobcheck/kobcheck/reports/evidence"
)

// notUsable lets it go with answers of an operation that are no JSON, or have no id, that nothing can be made of them.
func (l *causes) notUsable() {
	by := map[string]*Cause{}
	for _, one := range l.list {
		if f := one.Finding; check(f) == strictJSON || f.Check == evidence.DocumentedShape && f.Pointer == "/id" {
			by[one.Finding.Operation+string(one.Finding.Verdict)] = one
		}
	}
	l.list = slices.DeleteFunc(l.list, func(one *Cause) bool {
		with := by[one.Finding.Operation+string(one.Finding.Verdict)]
		if with == nil || with == one || unserved(one) == "" || codeLike.FindString(one.Finding.Actual) >= "300" {
			return false
		}
		one.about = besideIt - 1 // the other says why
		with.join(one)
		return true
	})
}

// askedWith lets what comes of requests with an id go with the answer that gave it, where that is none of the documented
// form: what it names may not be found by it.
func (l *causes) askedWith() {
	given := map[string]*Cause{}
	for _, one := range l.list {
		if f := one.Finding; f.Gated && f.Check == evidence.DocumentedShape && strings.HasSuffix(f.Pointer, "/id") {
			if id, err := strconv.Unquote(f.Actual); err == nil && len(id) >= shortestID && strings.ContainsAny(id, "0123456789") {
				given[id] = one
			}
		}
	}
	l.list = slices.DeleteFunc(l.list, func(one *Cause) bool {
		f, exchange := one.Finding, one.Exchange()
		for id, with := range given {
			if with.Finding.Verdict != f.Verdict || with == one || f.Hazard != "" {
				continue
			}
			refused := exchange != nil && exchange.Response != nil && exchange.Response.Status >= http.StatusBadRequest
			asked := refused && (strings.Contains(exchange.Request.URL, id) || strings.Contains(exchange.Request.Body, id))
			if asked || strings.HasSuffix(f.Expected, " with the id "+id) {
				one.about = besideIt - 1
				with.join(one)
				return true
			}
		}
		return false
	})
}

// shortestID is how long a text is at least that is no part of others by chance; and it has a digit, which words have not.
const shortestID = 6

// ofUnserved lets what is missed in the answers of an operation that is not served go with that.
func (l *causes) ofUnserved() {
	by := map[string]*Cause{}
	for _, one := range l.list {
		if unserved(one) != "" {
			by[one.Finding.Operation+string(one.Finding.Verdict)] = one
		}
	}
	l.list = slices.DeleteFunc(l.list, func(one *Cause) bool {
		f := one.Finding
		with := by[f.Operation+string(f.Verdict)]
		if with == nil || f.Pointer == "" || f.Actual != "absent" || f.Hazard != "" || len(one.Operations) > 1 {
			return false
		}
		with.join(one)
		return true
	})
}

// misshapen lets what is compared of a field go with its form: a value of another type is equal to nothing.
func (l *causes) misshapen() {
	of := func(one *Cause) string {
		kind, _, _ := strings.Cut(one.Finding.Operation, "-")
		return strings.Join([]string{kind, field(one.Finding), string(one.Finding.Verdict)}, "\x00")
	}
	by := map[string]*Cause{}
	for _, one := range l.list {
		if f := one.Finding; f.Gated && f.Pointer != "" && f.Check == evidence.DocumentedShape {
			by[of(one)] = one
		}
	}
	l.list = slices.DeleteFunc(l.list, func(one *Cause) bool {
		with, f := by[of(one)], one.Finding
		if with == nil || with == one || f.Pointer == "" || f.Hazard != "" {
			return false
		}
		one.about = besideIt
		with.join(one)
		return true
	})
}

// besideGated lets a remark that does not gate go with what gates at the same answers.
func (l *causes) besideGated() {
	for _, key := range []func(*Cause) string{serverError, place} {
		gated := map[string]*Cause{}
		for _, one := range l.list {
			if one.Finding.Gated && one.Finding.Hazard == "" && (gated[key(one)] == nil || !one.Known()) {
				gated[key(one)] = one
			}
		}
		l.list = slices.DeleteFunc(l.list, func(one *Cause) bool {
			with := gated[key(one)]
			if key(one) == "" || with == nil || one.Finding.Gated || one.Finding.Hazard != "" {
				return false
			}
			with.join(one)
			return true
		})
	}
}

// through lets an effect that was seen by the answers of another operation go with what is wrong with those as a whole:
// what a list leaves out is counted by nobody.
func (l *causes) through() {
	all := slices.Clone(l.list)
	l.list = slices.DeleteFunc(l.list, func(one *Cause) bool {
		by := one.Finding.Through
		with := slices.IndexFunc(all, func(other *Cause) bool {
			f := other.Finding
			return other != one && f.Through == "" && f.Gherkin == "" && f.Pointer == "" && f.Gated && f.Verdict == one.Finding.Verdict &&
				f.Operation == by && len(other.Scenarios) > 0
		})
		if by == "" || with < 0 {
			return false
		}
		one.Finding.Hazard, one.about = "", besideIt // what it was told by can't be told by
		all[with].join(one)
		return true
	})
}

// metByWalks is what walks met of one requirement, whichever call it was that showed it.
func metByWalks(c *Cause) string {
	if f := c.Finding; f.Gherkin != "" {
		return strings.Join([]string{f.Requirement, f.Check, f.Hazard}, "\x00")
	}
	return ""
}

// walks lets what a walk has met go with what a scenario shows of the call that the walk made last: a walk says that
// something is wrong after it, the scenario what.
func (l *causes) walks() {
	all := slices.Clone(l.list)
	l.list = slices.DeleteFunc(l.list, func(one *Cause) bool {
		call := one.walked()
		with := slices.IndexFunc(all, func(other *Cause) bool {
			return other.Finding.Gherkin == "" && other.Finding.Gated && other.Finding.Verdict == one.Finding.Verdict &&
				len(other.Scenarios) > 0 && slices.Contains(other.Operations, call)
		})
		if call == "" || with < 0 {
			return false
		}
		all[with].join(one)
		return true
	})
}

// walked is the operation of the last call by which a walk came to what it met; empty where none did.
func (c *Cause) walked() (operation string) {
	if c.Finding.Gherkin == "" {
		return ""
	}
	for _, exchange := range c.Scenario.Exchanges {
		if exchange.Request.Method != http.MethodGet && exchange.Operation != "token" {
			operation = exchange.Operation
		}
		if exchange.N == c.Finding.Exchange {
			break
		}
	}
	return operation
}

// strictJSON is the check that a body is JSON.
const strictJSON = "the body is strict JSON"
