package things

import (
	"context"
	"fmt"
	"slices"
	"strings"

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
		steps.Define(area, `"([^"]+)" is called with each value that its page names`,
			"Calls the operation once for each documented status, or once. After each call it looks at everything of the "+
				"scenario: what was changed reads back, alone and in the list, and all else is as it was.", callWithEachValue),
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

func callWithEachValue(ctx context.Context, w *steps.World, title string) error {
	operation, err := w.Operation(title)
	if err != nil {
		return err
	}
	values := []string{""}
	if field := operation.Field("status"); field != nil && len(field.Enum) > 0 {
		values = field.Enum
	}
	served := 0
	for _, value := range values {
		draft, err := w.Scene.Draft(ctx, operation, w.Session.Client.Caller(operation), w.Things)
		if err != nil {
			return err
		}
		if value != "" {
			draft.Set("status", value)
		}
		before, err := w.Frame(ctx)
		if err != nil {
			return err
		}
		exchange, err := w.Send(ctx, draft)
		if err != nil {
			return err
		}
		if exchange.Status/100 == 2 {
			served++
		}
		if err := lookAround(ctx, w, draft, exchange, before); err != nil {
			return err
		}
	}
	if served == 0 {
		return w.Served(operation, w.Last)
	}
	return nil
}

// lookAround looks at what a call has changed and what not. Which changes of a status are allowed is open (N-27): one
// that is refused changes nothing.
func lookAround(ctx context.Context, w *steps.World, draft *scene.Draft, exchange *client.Exchange, before *steps.Frame) error {
	breaks, message := steps.NothingMay, "something changed although the request was refused"
	if exchange.Status/100 == 2 {
		message = fmt.Sprintf("%q changed something that it is not for", draft.Operation.Title)
		breaks = func(thing *scene.Thing, member string) string { return breach(draft, thing, member) }
	}
	err := w.ExpectFrame(ctx, before, evidence.Assertion{Check: "all else is as it was", Exchange: exchange.N,
		Fact: w.Own(contract.Effect), Message: message}, breaks)
	if err != nil || exchange.Status/100 != 2 || len(draft.Operation.PathParams) == 0 {
		return err
	}
	for _, thing := range w.Things {
		if thing.ID == draft.Request.Path[draft.Operation.PathParams[0].Name] && draft.Operation.Field("status") != nil {
			return changedReadsBack(ctx, w, draft, thing)
		}
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

// changedReadsBack checks that what a change has sent is what the thing reads as, alone and in the list of its kind.
func changedReadsBack(ctx context.Context, w *steps.World, draft *scene.Draft, thing *scene.Thing) error {
	last := w.Last
	now, err := Read(ctx, w, thing)
	if err != nil {
		return err
	}
	entry, _, err := listed(ctx, w, thing, thing.As)
	if err != nil {
		return err
	}
	w.Last = last
	for where, shown := range map[string]map[string]any{"read by its id": now, "in the list": entry} {
		for name, value := range draft.Body {
			if _, there := shown[name]; !there {
				continue // a list may come in parts (N-21), and what is shown of a thing is asked elsewhere
			}
			w.Match(match.Field(match.Equal(value), name), shown, evidence.Assertion{
				Check: "a change is kept, " + where, Fact: w.Fact(draft.Operation.Requirement, contract.Effect),
				Message: fmt.Sprintf("%q of the %s, %s, is not what it was changed to", name, thing.Kind, where)})
		}
	}
	return nil
}
