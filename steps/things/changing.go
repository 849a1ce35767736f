package things

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas/match"
	"github.com/kobcheck/kobcheck/steps"
)

func changingSentences() []steps.Definition {
	const area = "effect"
	return []steps.Definition{
		steps.Define(area, `we call "([^"]+)" with each value that its page names`,
			"Calls the operation once for each documented status, or once. Before and after each call it looks at everything of "+
				"the scenario.", callWithEachValue),
		steps.Define(area, `we call "([^"]+)" with every other member of the thing`,
			"Sends, beside what the operation is for, the other members of the thing that it names, with other values. It may be "+
				"refused.", callWithOthers),
		steps.Define(area, `it has changed what it is for, and nothing else`,
			"What was changed reads back, alone and in the list, and all else is as it was.", changedNothingElse),
	}
}

// changeable are the members that a call of an operation may change, by the kind of a thing that it names. What a
// replacement does to the card is open (N-29). What is not listed stays as it is.
var changeable = map[string]map[string][]string{
	"beneficiaries-update":       {"beneficiary": {"status", "metadata"}},
	"cards-update-status":        {"card": {"status"}},
	"cards-replace-renew":        {"card": {"*"}, "wallet": {"external_id"}},
	"cards-generate-secret":      {"card": {}},
	"cards-create":               {"wallet": {"external_id"}},
	"clients-update-status":      {"client": {"status"}},
	"transactions-create":        {"wallet": {"amount", "total_amount", "reserved_amount"}},
	"transactions-manual-credit": {"wallet": {"amount", "total_amount", "reserved_amount"}},
	"transactions-manual-debit":  {"wallet": {"amount", "total_amount", "reserved_amount"}},
	"wallets-update":             {"wallet": {"status"}},
}

// changes are the calls of a scenario that change something, in their order.
type changes struct{ made []change }

// change is a call, and what the things of the scenario were like around it; shown is the thing that it changed, as a
// read by its id and its entry in the list show it.
type change struct {
	draft         *scene.Draft
	exchange      *client.Exchange
	before, after *steps.Frame
	kind          string
	shown         map[string]map[string]any
	pairs         []pair
}

// pair is a thing that the call names, as a read by its id and its entry in the list of its kind show it afterwards.
type pair struct {
	thing       *scene.Thing
	lister      *contract.Operation
	read, entry map[string]any
}

func callWithEachValue(ctx context.Context, w *steps.World, title string) error {
	operation, err := w.Operation(title)
	if err != nil {
		return err
	}
	values := []string{""}
	if field := operation.Field("status"); field != nil && len(field.Enum) > 0 {
		values = field.Enum
	}
	served := false
	for _, value := range values {
		c := change{}
		if c.draft, err = w.Scene.Draft(ctx, operation, w.Session.Client.Caller(operation), w.Things); err != nil {
			return err
		}
		if value != "" {
			c.draft.Set("status", value)
		}
		if c.before, err = w.Frame(ctx); err != nil {
			return err
		}
		if c.exchange, err = w.Send(ctx, c.draft); err != nil {
			return err
		}
		if c.after, err = w.Again(ctx, c.before); err != nil {
			return err
		}
		if c.exchange.Status/100 == 2 {
			served = true
			if err := c.pair(ctx, w); err != nil {
				return err
			}
		}
		steps.State[changes](w).made = append(steps.State[changes](w).made, c)
	}
	if !served {
		return w.Served(operation, w.Last)
	}
	return nil
}

// callWithOthers asks a change for more than it is for: what an API copies from a body into what it keeps shows then.
func callWithOthers(ctx context.Context, w *steps.World, title string) error {
	operation, err := w.Operation(title)
	if err != nil {
		return err
	}
	c := change{}
	if c.draft, err = w.Scene.Draft(ctx, operation, w.Session.Client.Caller(operation), w.Things); err != nil {
		return err
	}
	if c.before, err = w.Frame(ctx); err != nil {
		return err
	}
	if thing := w.Things[operation.PathParams[0].Fixture]; thing != nil {
		now, err := look(ctx, w, thing, nil)
		if err != nil {
			return err
		}
		for name, value := range now {
			if operation.Field(name) == nil {
				scene.SetMember(c.draft.Body, name, other(value))
			}
		}
	}
	if c.exchange, err = w.Send(ctx, c.draft); err != nil {
		return err
	}
	c.after, err = w.Again(ctx, c.before)
	steps.State[changes](w).made = append(steps.State[changes](w).made, c)
	return err
}

// other is a value of the same type as another, and not that value.
func other(value any) any {
	switch value := value.(type) {
	case json.Number:
		return json.Number("7531")
	case string:
		if len(scene.IDsIn(value)) > 0 {
			return uuid.NewString()
		}
		if when := instant(value); !when.IsZero() {
			return Stamp(when.Add(-time.Hour))
		}
		return "another " + value
	case bool:
		return !value
	case nil:
		return "another"
	}
	return map[string]any{"another": "value"}
}

// pair reads each thing that the call names, alone and in the list of its kind: what a list shows of a thing that has
// changed is not always what reading it shows.
func (c *change) pair(ctx context.Context, w *steps.World) error {
	defer func() { w.Last = c.exchange }()
	known := map[string]bool{}
	for _, thing := range w.Things {
		lister := steps.Lister(w, thing.Kind)
		if known[thing.ID] || thing.Shared || lister == nil || steps.Reader(w, thing.Kind) == nil || !steps.Mentions(c.draft, thing) {
			continue
		}
		known[thing.ID] = true
		entry, _, err := listed(ctx, w, thing, thing.As)
		if err != nil {
			return err
		}
		now, err := look(ctx, w, thing, nil)
		if err != nil {
			return err
		}
		c.pairs = append(c.pairs, pair{thing: thing, lister: lister, read: now, entry: entry})
		if c.draft.Operation.Field("status") != nil && slices.Contains(slices.Collect(maps.Values(c.draft.Request.Path)), thing.ID) {
			c.kind, c.shown = thing.Kind, map[string]map[string]any{"read by its id": now, "in the list": entry}
		}
	}
	return nil
}

// expectListed checks that the list shows the things that the call named as reading them does.
func (c *change) expectListed(w *steps.World) {
	for _, one := range c.pairs {
		fact := func(requirement string) contract.Fact {
			return contract.Fact{Requirement: requirement, Operation: one.lister.ID, Facet: contract.Effect, Edition: w.Session.Edition}
		}
		w.Expect(one.entry != nil, evidence.Assertion{Check: "what has changed is still in the list", Exchange: c.exchange.N,
			Fact:     fact("HARNESS-13"),
			Message:  fmt.Sprintf("the %s is not in the list of its kind after %q", one.thing.Kind, c.draft.Operation.Title),
			Expected: "an entry with the id " + one.thing.ID, Actual: "none"})
		misshapen := w.Misshapen(one.thing.Kind, one.read, one.entry)
		for _, name := range slices.Sorted(maps.Keys(one.entry)) {
			value, there := one.read[name]
			if !there || misshapen[name] {
				continue // how much of a thing a list shows is asked elsewhere
			}
			requirement := "HARNESS-13"
			if one.thing.Kind == "wallet" && slices.Contains(changeable["transactions-create"]["wallet"], name) {
				requirement = "MONEY-01"
			}
			w.Match(match.Field(match.Equal(value), name), one.entry, evidence.Assertion{Exchange: c.exchange.N,
				Check: "the list shows what reading shows", Fact: fact(requirement),
				Message: fmt.Sprintf("%q in the list differs from what reading the %s by its id gives", name, one.thing.Kind)})
		}
	}
}

// changedNothingElse looks at what each call has changed and what not. Which changes of a status are allowed is open
// (N-27): one that is refused changes nothing.
func changedNothingElse(w *steps.World) error {
	made := steps.State[changes](w).made
	if len(made) == 0 {
		return steps.Faulty("nothing was changed before this step")
	}
	for _, c := range made {
		breaks, message := steps.NothingMay, "something changed although the request was refused"
		if c.exchange.Status/100 == 2 {
			message = fmt.Sprintf("%q changed something that it is not for", c.draft.Operation.Title)
			breaks = func(thing *scene.Thing, member string) string { return breach(c.draft, thing, member) }
		}
		w.ExpectSame(c.before, c.after, evidence.Assertion{Check: "all else is as it was", Exchange: c.exchange.N,
			Fact: w.Own(contract.Effect), Message: message}, breaks)
		c.expectKept(w)
		c.expectAnswered(w)
		c.expectListed(w)
	}
	return nil
}

// breach is what a change of a member breaks; empty where the call is for that.
func breach(draft *scene.Draft, thing *scene.Thing, member string) string {
	may, touched := changeable[draft.Operation.ID][thing.Kind]
	named := steps.Mentions(draft, thing) || strings.HasPrefix(draft.Operation.ID, "cards-") && thing.Kind == "wallet"
	switch {
	case touched && named && (member == "updated_at" || slices.Contains(may, member) || slices.Contains(may, "*")):
		return ""
	case thing.Kind == "enduser" && member == "metadata":
		return "META-02"
	case thing.Kind == "wallet" && (member == "amount" || member == "total_amount" || member == "reserved_amount"):
		return "MONEY-06"
	}
	return "HARNESS-27"
}

// expectKept checks that what a change has sent is what the thing reads as, alone and in the list of its kind.
func (c *change) expectKept(w *steps.World) {
	for where, shown := range c.shown {
		misshapen := w.Misshapen(c.kind, shown)
		for name, value := range c.draft.Body {
			if _, there := shown[name]; !there || misshapen[name] {
				continue // a list may come in parts (N-21), and what is shown of a thing is asked elsewhere
			}
			w.Match(match.Field(match.Equal(value), name), shown, evidence.Assertion{Exchange: c.exchange.N,
				Check: "a change is kept, " + where, Fact: w.Fact(c.draft.Operation.Requirement, contract.Effect),
				Message: fmt.Sprintf("%q of the %s, %s, is not what it was changed to", name, c.kind, where)})
		}
	}
}

// expectAnswered checks that what the answer to a change shows of the thing is what reading it shows.
func (c *change) expectAnswered(w *steps.World) {
	answer, read := w.Body(c.exchange), c.shown["read by its id"]
	misshapen := w.Misshapen(c.kind, answer, read)
	for _, name := range slices.Sorted(maps.Keys(answer)) {
		if _, there := read[name]; !there || misshapen[name] || answer["id"] == nil {
			continue // whether the thing is answered, and how much of it, is said elsewhere
		}
		w.Match(match.Field(match.Equal(answer[name]), name), read, evidence.Assertion{Exchange: c.exchange.N,
			Check: "what a change answers is what is read", Fact: w.Fact("HARNESS-12", contract.Effect),
			Message: fmt.Sprintf("%q of the %s that the change answers is not what reading it shows", name, c.kind)})
	}
}
