package steps

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
)

func effectSentences() []Definition {
	const area = "effect"
	return []Definition{
		define(area, `the `+kinds+` is as it was`, "Reads the thing again: every field has the value it had when it was made or last seen.", isAsItWas),
		define(area, `the foreign `+kinds+` is as it was`, "Its owner reads it again: every field has the value it had.", foreignAsItWas),
		define(area, `the `+kinds+` is seen`, "Reads the thing and keeps its present state for later comparison.", isSeen),
		define(area, `the card's status is changed to "([^"]+)"`, "Calls Update card status as our client.", changeCardStatus),
		define(area, `the wallet's status is changed to "([^"]+)"`, "Calls Update wallet as our client.", changeWalletStatus),
		define(area, `the `+kinds+`'s "updated_at" is later than before`, "Reads the thing: updated_at has moved on since it was last seen.", updatedAtMoved),
		define(area, `the `+kinds+`'s "updated_at" is not before its "created_at"`, "Reads the thing and compares its two times.", updatedNotBeforeCreated),
		define(area, `the wallet is linked to the card`, "The wallet now has an external_id, which is not null.", walletLinked),
		define(area, `the two secrets differ`, "Two secrets made with different keys at different times are not the same.", secretsDiffer),
		define(area, `a secret is made`, "Generates a secret for the card and keeps it for comparison.", makeSecret),
	}
}

func isAsItWas(ctx context.Context, kind string) error {
	w := From(ctx)
	object, err := w.thing(kind)
	if err != nil {
		return err
	}
	now, err := w.read(ctx, object)
	if err != nil {
		return err
	}
	w.expectUnchanged(w.leading(), object.Body, now)
	return nil
}

func foreignAsItWas(ctx context.Context, kind string) error {
	w := From(ctx)
	object, err := w.thing("foreign " + kind)
	if err != nil {
		return err
	}
	if err := w.called("second", "only its owner can tell whether it changed"); err != nil {
		return err
	}
	now, err := w.read(ctx, object)
	if err != nil {
		return err
	}
	if object.Body == nil {
		return &scene.NotTestable{Key: "target.clients.second", Why: "what the thing was like before was not seen"}
	}
	w.expectUnchanged("OWN-07", object.Body, now)
	return nil
}

func isSeen(ctx context.Context, kind string) error {
	w := From(ctx)
	for _, name := range []string{kind, "foreign " + kind} {
		object := w.things[name]
		if object == nil {
			continue
		}
		now, err := w.read(ctx, object)
		if err != nil {
			return err
		}
		object.Body = now
	}
	return nil
}

func changeCardStatus(ctx context.Context, value string) error {
	return changeStatus(ctx, "cards-update-status", value)
}

func changeWalletStatus(ctx context.Context, value string) error {
	return changeStatus(ctx, "wallets-update", value)
}

func changeStatus(ctx context.Context, operation, value string) error {
	w := From(ctx)
	draft, err := w.scene.Draft(ctx, w.Session.Contract.Operation(operation), "primary", w.things)
	if err != nil {
		return err
	}
	if thing := w.things[draft.Operation.PathParams[0].Fixture]; thing != nil && thing.Body["status"] == value {
		// Whether the status that a thing has may be set again is stated nowhere: the draft names another.
		if err := w.changed(ctx, draft, fmt.Sprint(draft.Body["status"])); err != nil {
			return err
		}
	}
	w.draft = draft.Set("status", value)
	if slices.Contains(draft.Operation.Rules, w.leading()) {
		return sendDraft(ctx)
	}
	return w.changed(ctx, draft, value)
}

// changed changes a status that the scenario needs. No page says which changes are allowed (N-27, N-28).
func (w *World) changed(ctx context.Context, draft *scene.Draft, value string) error {
	exchange, _, err := w.scene.Serve(ctx, draft.Set("status", value))
	if exchange != nil && exchange.Status/100 == 4 {
		return &scene.NotTestable{Why: fmt.Sprintf("this target refuses to make the %s %s: %s", draft.Operation.PathParams[0].Fixture, value, w.answered(exchange))}
	}
	return err
}

func updatedAtMoved(ctx context.Context, kind string) error {
	w := From(ctx)
	object, err := w.thing(kind)
	if err != nil {
		return err
	}
	now, err := w.read(ctx, object)
	if err != nil {
		return err
	}
	before, after := instant(object.Body["updated_at"]), instant(now["updated_at"])
	if before.IsZero() || after.IsZero() {
		w.NoData("updated_at moves on", w.own(contract.Effect), "the answers do not have the field updated_at")
		return nil
	}
	w.Expect(after.After(before), evidence.Assertion{Check: "updated_at moves on", Fact: w.own(contract.Effect), Pointer: "/updated_at",
		Message:  "updated_at did not move on with the change",
		Expected: "later than " + stamp(before), Actual: stamp(after)})
	return nil
}

func updatedNotBeforeCreated(ctx context.Context, kind string) error {
	w := From(ctx)
	object, err := w.thing(kind)
	if err != nil {
		return err
	}
	now, err := w.read(ctx, object)
	if err != nil {
		return err
	}
	created, updated := instant(now["created_at"]), instant(now["updated_at"])
	if created.IsZero() || updated.IsZero() {
		w.NoData("updated_at is not before created_at", w.own(contract.Order), "the answer lacks one of the two times")
		return nil
	}
	w.Expect(!updated.Before(created), evidence.Assertion{Check: "updated_at is not before created_at", Fact: w.own(contract.Effect),
		Pointer: "/updated_at",
		Message: "the thing was changed before it was made", Expected: "not before " + stamp(created), Actual: stamp(updated)})
	return nil
}

func walletLinked(ctx context.Context) error {
	w := From(ctx)
	wallet, err := w.thing("wallet")
	if err != nil {
		return err
	}
	now, err := w.read(ctx, wallet)
	if err != nil {
		return err
	}
	external, _ := now["external_id"].(string)
	w.Expect(strings.TrimSpace(external) != "", evidence.Assertion{Check: "the wallet is linked", Fact: w.own(contract.Effect),
		Pointer: "/external_id",
		Message: "the wallet of the new card has no external_id", Expected: "a text", Actual: text(now["external_id"])})
	return nil
}

func makeSecret(ctx context.Context) error {
	w := From(ctx)
	if err := weCall(ctx, "Generate card secret"); err != nil {
		return err
	}
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	if served, err := w.expectServed(w.draft.Operation, exchange); !served {
		return err
	}
	body := w.body(exchange)
	secrets, _ := w.notes["secrets"].([]any)
	w.notes["secrets"] = append(secrets, body["secret"])
	return nil
}

func secretsDiffer(ctx context.Context) error {
	w := From(ctx)
	secrets, _ := w.notes["secrets"].([]any)
	if len(secrets) < 2 {
		return faulty("two secrets have to be made before this step")
	}
	w.Expect(secrets[0] != secrets[1], evidence.Assertion{Check: "secrets differ", Fact: w.own(contract.Exposure),
		Message:  "two secrets are the same",
		Expected: "two different secrets", Actual: fmt.Sprintf("the same one twice, %d characters long", len(fmt.Sprint(secrets[0])))})
	return nil
}

// instant is a time of an answer; zero where there is none.
func instant(value any) time.Time {
	when, _ := schemas.Instant(value)
	return when
}
