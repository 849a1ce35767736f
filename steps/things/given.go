package steps

import (
	"context"
	"time"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/schemas"
)

const kinds = `(beneficiary|card|client|enduser|program|relay|transaction|wallet|webhook)`

func givenSentences() []Definition {
	const area = "given"
	return []Definition{
		define(area, `(?:a|an) `+kinds, "Makes a new thing of that kind for our client, with all that it needs.", aThing),
		define(area, `another `+kinds, "Makes a second thing of that kind for our client; sentences call it the other one.", anotherThing),
		define(area, `(?:a|an) `+kinds+` of another client`, "Takes or makes a thing of that kind that belongs to the second client.", aForeignThing),
		define(area, `a company enduser`, "Makes an enduser that is a company and has no person.", aCompanyEnduser),
		define(area, `an enduser with the metadata`, "Makes a person enduser with the JSON object below as its metadata.", anEnduserWithMetadata),
		define(area, `a wallet of a company`, "Makes a wallet whose holder is a company.", aCompanyWallet),
		define(area, `a funded wallet`, "Makes a wallet and puts money on it by a manual credit.", aFundedWallet),
		define(area, `an active card`, "Makes a card and changes its status to ACTIVE.", anActiveCard),
		define(area, `a moment passes`, "Waits until the clock has moved on by a few milliseconds, so that times differ.", aMomentPasses),
	}
}

func aThing(ctx context.Context, kind string) error {
	w := From(ctx)
	delete(w.things, kind)
	thing, err := w.make(ctx, kind, w.things)
	if err == nil {
		w.things[kind] = thing
	}
	return err
}

// make returns a thing for our client that the scenario may do with as it likes. An enduser is none
// that others have too, since a scenario that speaks of it is about its fields.
func (w *World) make(ctx context.Context, kind string, have scene.Things) (*scene.Thing, error) {
	if kind == "enduser" {
		return w.scene.Own(ctx, "primary", kind, have)
	}
	return w.scene.Need(ctx, "primary", kind, have)
}

func anotherThing(ctx context.Context, kind string) error {
	w := From(ctx)
	// The other thing must not lean on the first one, so what it needs is found anew.
	have := scene.Things{}
	for _, shareable := range []string{"program", "enduser"} {
		if first := w.things[shareable]; first != nil && !first.Shared && shareable != kind {
			have[shareable] = first
		}
	}
	thing, err := w.make(ctx, kind, have)
	if err == nil {
		w.things["other "+kind] = thing
	}
	return err
}

func aForeignThing(ctx context.Context, kind string) error {
	w := From(ctx)
	thing, err := w.scene.Foreign(ctx, kind)
	if err == nil {
		w.things["foreign "+kind] = thing
	}
	return err
}

// called returns nil where the target file has a client of that name, else what it is needed for.
func (w *World) called(name, why string) error {
	if w.Session.Client.Has(name) {
		return nil
	}
	return &scene.NotTestable{Key: "target.clients." + name, Why: why}
}

func aCompanyEnduser(ctx context.Context) error {
	w := From(ctx)
	enduser, err := w.scene.Fresh(ctx, "primary", scene.Company, nil)
	if err == nil {
		w.things["enduser"] = enduser
	}
	return err
}

func anEnduserWithMetadata(ctx context.Context, document string) error {
	w := From(ctx)
	metadata, err := parse(document)
	if err != nil {
		return err
	}
	draft, err := w.scene.Draft(ctx, w.Session.Contract.Creator("enduser"), "primary", w.things)
	if err != nil {
		return err
	}
	enduser, err := w.scene.Create(ctx, draft.Set("metadata", metadata))
	if err == nil {
		w.things["enduser"] = enduser
	}
	return err
}

func aCompanyWallet(ctx context.Context) error {
	w := From(ctx)
	wallet, err := w.scene.Fresh(ctx, "primary", scene.CompanyWallet, w.things)
	if err == nil {
		w.things["enduser"], w.things["wallet"] = wallet.Parts["enduser"], wallet
	}
	return err
}

func aFundedWallet(ctx context.Context) error {
	w := From(ctx)
	delete(w.things, scene.FundedWallet)
	wallet, err := w.scene.Need(ctx, "primary", scene.FundedWallet, w.things)
	if err == nil {
		w.things["wallet"] = wallet
	}
	return err
}

func anActiveCard(ctx context.Context) error {
	w := From(ctx)
	if err := aThing(ctx, "card"); err != nil || w.things["card"].Body["status"] == "ACTIVE" {
		return err
	}
	draft, err := w.scene.Draft(ctx, w.Session.Contract.Operation("cards-update-status"), "primary", w.things)
	if err != nil {
		return err
	}
	_, _, err = w.scene.Serve(ctx, draft.Set("status", "ACTIVE"))
	return err
}

// moment is long enough for two times in milliseconds to differ.
const moment = 3 * time.Millisecond

func aMomentPasses(ctx context.Context) error {
	w := From(ctx)
	var coarsest *scene.Thing
	for _, object := range w.things {
		if coarsest == nil || w.moment(object) > w.moment(coarsest) {
			coarsest = object
		}
	}
	return w.pass(ctx, coarsest)
}

// moment is how long two times of a thing must lie apart to differ in writing.
func (w *World) moment(object *scene.Thing) time.Duration {
	if object == nil {
		return moment
	}
	for _, name := range []string{"created_at", "updated_at"} {
		if written, _ := object.Body[name].(string); schemas.Resolution(written) > time.Millisecond {
			return schemas.Resolution(written) + 50*time.Millisecond
		}
	}
	return moment
}

// pass waits until a time stamped now differs from those of a thing.
func (w *World) pass(ctx context.Context, object *scene.Thing) error {
	return wait(ctx, w.moment(object))
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// thing returns a thing by the name that the sentences give it: card, other card, foreign card.
func (w *World) thing(name string) (*scene.Thing, error) {
	if object := w.things[name]; object != nil {
		return object, nil
	}
	return nil, faulty("the scenario has no %s; a step before must make one", name)
}
