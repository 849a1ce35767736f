package mutate

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
)

// The kinds of oracle that see a wrong status or a call that should not have been served.
const (
	oracleStatus  = "documented status of a success"
	oracleServed  = "a valid request is served"
	oracleRefusal = "who may not, or sends what is wrong, is refused"
	oracleCode    = "documented status of a refusal"
	oracleText    = "documented text of a refusal"
)

// statuses answers successes with other codes, and refusals with codes of success and of the server's own fault.
func (b *builder) statuses(o *contract.Operation) {
	for _, status := range []int{http.StatusOK, http.StatusCreated, http.StatusAccepted, http.StatusNoContent} {
		if status == o.Success.Status {
			continue
		}
		var breaks []contract.Fact
		if o.Success.Status != 0 {
			breaks = []contract.Fact{{Requirement: o.Served(), Facet: contract.Status}}
		}
		b.add(draft{operation: o, group: "status", place: "success", how: strconv.Itoa(status), oracle: oracleStatus,
			sentence: fmt.Sprintf("a success is answered %d", status), breaks: breaks,
			perform: onSuccess(func(_ *call, a *answer) bool { return a.become(status) })})
	}
	for _, status := range []int{http.StatusNotFound, http.StatusInternalServerError} {
		b.add(draft{operation: o, group: "status", place: "success", how: "as-" + strconv.Itoa(status), oracle: oracleServed,
			sentence: fmt.Sprintf("what succeeds is answered %d", status), breaks: []contract.Fact{b.served(o)},
			perform: onSuccess(func(_ *call, a *answer) bool { return a.fail(status, http.StatusText(status)) })})
	}
	var told []contract.Fact
	if guarded(o) {
		told = []contract.Fact{{Requirement: "AUTH-28", Facet: contract.Refusal}}
	}
	b.add(draft{operation: o, group: "status", place: "refusal", how: "200", oracle: oracleRefusal,
		sentence: "an error is answered 200", breaks: told,
		perform: onRefusal(func(_ *call, a *answer) bool { return a.become(http.StatusOK) })})
	b.add(draft{operation: o, group: "status", place: "refusal", how: "500", oracle: "bad input is no server error",
		sentence: "a refusal is answered 500", breaks: []contract.Fact{{Requirement: "HARNESS-01", Facet: contract.RefusalStatus}},
		perform: onRefusal(func(_ *call, a *answer) bool { return a.become(http.StatusInternalServerError) })})
}

// served is the fact that a valid request is served; it weighs little where no page says who may call the operation
// or what a valid request is.
func (b *builder) served(o *contract.Operation) contract.Fact {
	fact := contract.Fact{Requirement: o.Requirement, Facet: contract.Effect}
	if o.Restricted() || o.Body != nil && !o.Body.Founded() || o.Path == "" {
		fact.Mark = contract.Inferred
	}
	return fact
}

// fail turns a success into a refusal.
func (a *answer) fail(status int, text string) bool {
	a.become(status)
	a.hold([]byte(`{"message":` + quoted(text) + `}`))
	a.say("Content-Type", "application/json; charset=utf-8")
	return true
}

// refusals turns each documented refusal into a success, into a refusal with another code, and a success into it.
func (b *builder) refusals(o *contract.Operation) {
	for _, one := range o.Errors {
		if one.Check != 0 {
			b.check(o, one)
			continue
		}
		if one.Status/100 != 4 {
			continue
		}
		requirement := b.naming(o, strconv.Itoa(one.Status))
		if requirement == "" && one.Status == http.StatusUnauthorized {
			requirement = "AUTH-29"
		}
		refusal := contract.Fact{Requirement: requirement, Facet: contract.RefusalStatus, Mark: one.Of("status")}
		this := func(change func(c *call, a *answer) bool) performance {
			return always(func(c *call, a *answer) bool { return a.response.StatusCode == one.Status && change(c, a) })
		}
		must := contract.Fact{Requirement: requirement, Facet: contract.Refusal, Mark: one.Of("status")}
		if one.Status == http.StatusUnauthorized {
			must = contract.Fact{Requirement: "AUTH-28", Facet: contract.Refusal}
		}
		place := strconv.Itoa(one.Status)
		b.add(draft{operation: o, group: "refusal", place: place, how: "served", oracle: oracleRefusal, breaks: []contract.Fact{must},
			sentence: fmt.Sprintf("what is refused with %d is answered with an earlier success", one.Status),
			perform:  served(func(a *answer) bool { return a.response.StatusCode == one.Status })})
		other := map[int]int{400: 422, 401: 403, 403: 401, 404: 400}[one.Status]
		b.add(draft{operation: o, group: "refusal", place: place, how: "other-code", oracle: oracleCode, breaks: []contract.Fact{refusal},
			sentence: fmt.Sprintf("what is refused with %d is refused with %d", one.Status, other),
			perform:  this(func(_ *call, a *answer) bool { return a.become(other) })})
		b.add(draft{operation: o, group: "refusal", place: place, how: "in-place-of-success", oracle: oracleServed,
			sentence: fmt.Sprintf("what succeeds is refused with %d", one.Status), breaks: []contract.Fact{b.served(o)},
			perform: onSuccess(func(_ *call, a *answer) bool { return a.fail(one.Status, one.Meaning) })})
	}
}

// check breaks one of the ordered checks of card creation: its refusal is another's, or none at all.
func (b *builder) check(o *contract.Operation, one contract.ErrorCase) {
	var others []contract.CardCheck
	requirement := ""
	for _, check := range b.facts.CardOrder.Checks {
		if check.Number == one.Check {
			requirement = check.Requirement
		} else {
			others = append(others, check)
		}
	}
	other := others[one.Check%len(others)]
	place := "check-" + strconv.Itoa(one.Check)
	says := func(a *answer) bool {
		return !a.succeeded() && bytes.Contains(bytes.ToLower(a.body), []byte(strings.ToLower(one.Message)))
	}
	b.add(draft{operation: o, group: "refusal", place: place, how: "other-text", oracle: oracleText,
		sentence: fmt.Sprintf("check %d is reported in the words of check %d", one.Check, other.Number),
		breaks:   []contract.Fact{{Requirement: requirement, Facet: contract.Text}},
		perform: always(func(_ *call, a *answer) bool {
			at := bytes.Index(bytes.ToLower(a.body), []byte(strings.ToLower(one.Message)))
			return says(a) && a.hold(slices.Concat(a.body[:at], []byte(other.Message), a.body[at+len(one.Message):]))
		})})
	b.add(draft{operation: o, group: "refusal", place: place, how: "served", oracle: oracleRefusal,
		sentence: fmt.Sprintf("what fails check %d is answered with an earlier success", one.Check),
		breaks:   []contract.Fact{{Requirement: requirement, Facet: contract.Refusal}},
		perform:  served(says)})
}
