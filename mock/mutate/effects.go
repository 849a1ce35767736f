package mutate

import (
	"context"
	"net/http"

	"github.com/google/uuid"
	"github.com/tidwall/gjson"

	"github.com/kobcheck/kobcheck/contract"
)

// The kinds of oracle that see what a call did, or did not do.
const (
	oracleKept  = "what was changed is read back, by get and by list"
	oracleFresh = "a read after a change shows it"
	oracleOnce  = "effects are counted: things, balances, deliveries"
	oracleTime  = "how long answers take"
)

// effects breaks what calls do: changes that are not kept, requests that act twice, reads that are stale.
func (b *builder) effects(o *contract.Operation) {
	if !guarded(o) {
		return
	}
	b.add(draft{operation: o, group: "late", how: "each", sentence: "each answer comes late", oracle: oracleTime,
		perform: always(func(c *call, _ *answer) bool { c.wait(); return true })})
	if reads(o) {
		b.add(draft{operation: o, group: "stale", how: "first",
			sentence: "a read that was made before is answered as it was the first time",
			oracle:   oracleFresh, breaks: b.changing(o),
			perform: func(c *call, next sender) (*answer, bool, error) {
				before := c.memory.readBefore(c)
				a, err := next(c)
				if err != nil || before == nil || !a.succeeded() {
					return a, false, err
				}
				return before, string(before.body) != string(a.body), nil
			}})
		return
	}
	b.add(draft{operation: o, group: "kept", how: "not", sentence: "a request is answered and not acted upon", oracle: oracleKept,
		breaks: b.acting(o), perform: notKept})
	if o.Method == http.MethodPost {
		b.add(draft{operation: o, group: "twice", how: "each", sentence: "a request is acted upon twice", oracle: oracleOnce,
			breaks: b.once(o),
			perform: func(c *call, next sender) (*answer, bool, error) {
				a, err := next(c)
				if err != nil || !a.succeeded() {
					return a, false, err
				}
				again, failed := next(c.with(freshKey))
				return a, failed == nil && again.succeeded(), nil
			}})
	}
	for _, field := range fieldsOf(o) {
		b.unkept(o, field)
	}
}

// changing are the facts by which a read shows what was changed before it.
func (b *builder) changing(o *contract.Operation) []contract.Fact {
	facts := []contract.Fact{{Requirement: "HARNESS-12", Facet: contract.Effect}}
	if isList(o) {
		facts = []contract.Fact{{Requirement: "HARNESS-13", Facet: contract.Effect}}
	}
	switch o.Reads {
	case "wallet":
		facts = append(facts, contract.Fact{Requirement: "MONEY-06", Facet: contract.Effect})
	case "webhook", "subscription":
		facts = append(facts, contract.Fact{Requirement: "HOOK-09", Facet: contract.Effect})
	case "card":
		facts = append(facts, contract.Fact{Requirement: "CARD-STATUS-07", Facet: contract.Effect})
	}
	return facts
}

// acting are the facts by which a call that is served does what it is for.
func (b *builder) acting(o *contract.Operation) []contract.Fact {
	facts := []contract.Fact{b.served(o), {Requirement: b.naming(o, "longer listed"), Facet: contract.Effect}}
	if o.Section == "Transactions" {
		facts = append(facts, contract.Fact{Requirement: "MONEY-06", Facet: contract.Effect})
	}
	return facts
}

// once are the facts by which a request acts once.
func (b *builder) once(o *contract.Operation) []contract.Fact {
	var facts []contract.Fact
	if o.NeedsKey() && o.Creates != "secret" { // who makes two secrets shows but one
		facts = append(facts, contract.Fact{Requirement: "IDEMP-01", Facet: contract.Effect})
	}
	if o.Section == "Transactions" {
		facts = append(facts, contract.Fact{Requirement: "MONEY-06", Facet: contract.Effect})
	}
	return facts
}

// freshKey gives a request a key of its own, where it has one.
func freshKey(r *http.Request) {
	if r.Header.Get("Idempotency-Key") != "" {
		r.Header.Set("Idempotency-Key", uuid.NewString())
	}
}

// notKept answers a change with an earlier success, in which the members that were sent stand, and asks nothing of
// the upstream.
func notKept(c *call, next sender) (*answer, bool, error) {
	before := c.memory.servedBefore(c)
	if before == nil {
		return passed(c, next)
	}
	gjson.ParseBytes(c.body).ForEach(func(name, value gjson.Result) bool {
		before.edit(c.operation, name.String(), func(gjson.Result) (string, bool) { return value.Raw, true })
		return true
	})
	id := lastOf(c)
	if id == "" && c.operation.Creates != "" {
		id = uuid.NewString()
	}
	if id != "" {
		before.edit(c.operation, "id", func(gjson.Result) (string, bool) { return quoted(id), true })
	}
	return before, true, nil
}

// lastOf is the id in the address of a call; empty for none.
func lastOf(c *call) string {
	for _, parameter := range c.operation.PathParams {
		if value := c.request.PathValue(parameter.Name); value != "" {
			return value
		}
	}
	return ""
}

// unkept loses or alters one member of a request on its way.
func (b *builder) unkept(o *contract.Operation, field contract.Field) {
	breaks := []contract.Fact{{Requirement: "HARNESS-12", Facet: contract.Effect, Field: field.Name}}
	if field.Name == "metadata" && o.Section == "Endusers" {
		breaks = append(breaks, contract.Fact{Requirement: "META-02", Facet: contract.Effect, Field: field.Name})
	}
	if (o.Method == http.MethodPatch || o.Method == http.MethodPut) && field.Type != "object" {
		breaks = append(breaks, b.served(o)) // that a free object is kept as it was sent is stated of endusers alone
	}
	if field.Type == "integer" && o.Section == "Transactions" {
		breaks = append(breaks, contract.Fact{Requirement: "MONEY-06", Facet: contract.Effect, Field: field.Name})
	}
	if field.Required != contract.Yes {
		b.add(draft{operation: o, group: "kept", place: field.Name, how: "lost",
			sentence: "the member " + field.Name + " of a request is lost",
			oracle:   oracleEcho, breaks: breaks, perform: sentOtherwise(field.Name, func(gjson.Result) (string, bool) { return "", true })})
	}
	change, can := otherwise(field)
	if !can {
		return
	}
	b.add(draft{operation: o, group: "kept", place: field.Name, how: "altered",
		sentence: "the member " + field.Name + " of a request is altered",
		oracle:   oracleEcho, breaks: breaks, perform: sentOtherwise(field.Name, change)})
	b.add(draft{operation: o, group: "kept", place: field.Name, how: "altered-unseen", breaks: breaks, oracle: oracleKept,
		sentence: "the member " + field.Name + " of a request is altered, and the answer shows what was sent",
		perform:  unseen(field.Name, sentOtherwise(field.Name, change))})
}

// unseen puts what was sent into the answer.
func unseen(member string, perform performance) performance {
	return func(c *call, next sender) (*answer, bool, error) {
		a, changed, err := perform(c, next)
		if changed {
			sent := c.member(member).Raw
			a.edit(c.operation, member, func(gjson.Result) (string, bool) { return sent, true })
		}
		return a, changed, err
	}
}

// wait holds an answer back for as long as the proxy was told.
func (c *call) wait() {
	ctx, end := context.WithTimeout(c.request.Context(), c.proxy.config.Delay)
	defer end()
	<-ctx.Done()
}
