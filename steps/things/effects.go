package things

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas/match"
	"github.com/kobcheck/kobcheck/steps"
)

func effectSentences() []steps.Definition {
	const area = "effect"
	return []steps.Definition{
		steps.Define(area, `the (foreign )?`+steps.Kinds+` is as it was`, "Reads the thing again, as its owner: every field has the value it had when it was "+
			"made or last noted.", isAsItWas),
		steps.Define(area, `the `+steps.Kinds+` is noted`, "Reads the thing and keeps its present state for later comparison.", isNoted),
		steps.Define(area, `the (card|wallet)'s status is changed to "([^"]+)"`, "Calls Update card status or Update wallet as our client.", changeStatus),
		steps.Define(area, `the `+steps.Kinds+`'s "updated_at" is {}`, "Reads the thing and looks at the time of its last change.", steps.Choice{
			{Word: "later than before", Doc: "it has moved on since it was last noted.", Handler: readAgain(updatedAtMoved)},
			{Word: `not before its "created_at"`, Doc: "the two are in order.", Handler: readAgain(updatedNotBeforeCreated)},
		}),
		steps.Define(area, `the wallet is linked to the card`, "The wallet now has an external_id, which is not null.",
			func(ctx context.Context, w *steps.World) error { return readAgain(walletLinked)(ctx, w, "wallet") }),
	}
}

// readAgain returns the step that reads a thing of the scenario again and looks at what it was and what it is.
func readAgain(compare func(w *steps.World, was, now map[string]any)) func(context.Context, *steps.World, string) error {
	return func(ctx context.Context, w *steps.World, kind string) error {
		object, err := w.Thing(kind)
		if err != nil {
			return err
		}
		now, err := look(ctx, w, object, object.Body)
		if err == nil {
			compare(w, object.Body, now)
		}
		return err
	}
}

func isAsItWas(ctx context.Context, w *steps.World, foreign, kind string) error {
	if foreign != "" {
		return foreignAsItWas(ctx, w, kind)
	}
	return readAgain(func(w *steps.World, was, now map[string]any) { w.ExpectUnchanged(w.Leading(), kind, was, now) })(ctx, w, kind)
}

func foreignAsItWas(ctx context.Context, w *steps.World, kind string) error {
	object, err := w.Thing("foreign " + kind)
	if err != nil {
		return err
	}
	if err := w.NeedClient("second", "only its owner can tell whether it changed"); err != nil {
		return err
	}
	now, err := look(ctx, w, object, object.Body)
	if err != nil {
		return err
	}
	if object.Body == nil {
		return &scene.NotTestable{Key: "target.clients.second", Why: "what the thing was like before was not seen"}
	}
	w.ExpectUnchanged("OWN-07", kind, object.Body, now)
	return nil
}

func isNoted(ctx context.Context, w *steps.World, kind string) error {
	for _, name := range []string{kind, "foreign " + kind} {
		object := w.Things[name]
		if object == nil {
			continue
		}
		now, err := look(ctx, w, object, nil)
		if err != nil {
			return err
		}
		object.Body = now
		steps.State[notes](w).of = append(steps.State[notes](w).of, object)
	}
	return nil
}

// notes are the things of a scenario whose state was noted.
type notes struct{ of []*scene.Thing }

// Noted is what a thing was like when the scenario noted it, and false where it did not.
func Noted(w *steps.World, thing *scene.Thing) (map[string]any, bool) {
	return thing.Body, slices.Contains(steps.State[notes](w).of, thing)
}

func changeStatus(ctx context.Context, w *steps.World, kind, value string) error {
	operation := map[string]string{"card": "cards-update-status", "wallet": "wallets-update"}[kind]
	draft, err := w.Scene.Draft(ctx, w.Session.Contract.Operation(operation), "primary", w.Things)
	if err != nil {
		return err
	}
	if thing := w.Things[draft.Operation.PathParams[0].Fixture]; thing != nil && thing.Body["status"] == value {
		// Whether the status that a thing has may be set again is stated nowhere: the draft names another.
		if err := changed(ctx, w, draft, fmt.Sprint(draft.Body["status"])); err != nil {
			return err
		}
	}
	w.Draft = draft.Set("status", value)
	if slices.Contains(draft.Operation.Rules, w.Leading()) {
		return w.SendDraft(ctx)
	}
	return changed(ctx, w, draft, value)
}

// changed changes a status that the scenario needs. No page says which changes are allowed (N-27, N-28).
func changed(ctx context.Context, w *steps.World, draft *scene.Draft, value string) error {
	exchange, _, err := w.Scene.Serve(ctx, draft.Set("status", value))
	if exchange != nil && exchange.Status/100 == 4 {
		return &scene.NotTestable{Why: fmt.Sprintf("this target refuses to make the %s %s: %s",
			draft.Operation.PathParams[0].Fixture, value, w.Answered(exchange))}
	}
	return err
}

func updatedAtMoved(w *steps.World, was, now map[string]any) {
	const check = "updated_at moves on"
	before := instant(was["updated_at"])
	if before.IsZero() || instant(now["updated_at"]).IsZero() {
		w.NoData(check, w.Own(contract.Effect), "the answers do not have the field updated_at")
		return
	}
	w.Match(match.Field(match.After(before), "updated_at"), now, evidence.Assertion{Check: check,
		Fact: w.Own(contract.Effect), Message: "updated_at did not move on with the change"})
}

func updatedNotBeforeCreated(w *steps.World, _, now map[string]any) {
	const check = "updated_at is not before created_at"
	if instant(now["created_at"]).IsZero() || instant(now["updated_at"]).IsZero() {
		w.NoData(check, w.Own(contract.Order), "the answer lacks one of the two times")
		return
	}
	w.Match(match.InOrder("created_at", "updated_at"), now, evidence.Assertion{Check: check, Fact: w.Own(contract.Effect),
		Message: "the thing was changed before it was made"})
}

func walletLinked(w *steps.World, _, now map[string]any) {
	if w.Misshapen("wallet", now)["external_id"] {
		return
	}
	w.Match(match.Field(match.Form("a text", func(text string) bool { return strings.TrimSpace(text) != "" }), "external_id"), now,
		evidence.Assertion{
			Check: "the wallet is linked", Fact: w.Own(contract.Effect),
			Message: "the wallet of the new card has no external_id"})
}
