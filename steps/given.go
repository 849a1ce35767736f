package steps

import (
	"context"
	"time"

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
	object, err := w.make(ctx, "primary", kind)
	if err != nil {
		return err
	}
	w.things[kind] = object
	return nil
}

func anotherThing(ctx context.Context, kind string) error {
	w := From(ctx)
	// The other thing must not lean on the first one, so what it needs is made anew.
	first := w.things
	w.things = map[string]*Object{}
	for _, shareable := range []string{"program", "enduser"} {
		if first[shareable] != nil && shareable != kind {
			w.things[shareable] = first[shareable]
		}
	}
	object, err := w.make(ctx, "primary", kind)
	w.things = first
	if err != nil {
		return err
	}
	w.things["other "+kind] = object
	return nil
}

func aForeignThing(ctx context.Context, kind string) error {
	w := From(ctx)
	object, err := w.foreign(ctx, kind)
	if err != nil {
		return err
	}
	w.things["foreign "+kind] = object
	return nil
}

// foreign returns a thing of the second client: a new one, else the one of the target file.
func (w *World) foreign(ctx context.Context, kind string) (*Object, error) {
	if !w.Session.Has["second"] {
		if id := w.Session.Given.SecondClient[kind]; id != "" {
			return &Object{Kind: kind, ID: id, As: "second"}, nil
		}
		return nil, &NotTestable{Key: "target.clients.second", Why: "it takes a second client to see whether clients are kept apart"}
	}
	ours := w.things
	w.things = map[string]*Object{}
	object, err := w.make(ctx, "second", kind)
	w.things = ours
	return object, err
}

func aCompanyEnduser(ctx context.Context) error {
	w := From(ctx)
	object, err := w.companyEnduser(ctx)
	if err != nil {
		return err
	}
	w.things["enduser"] = object
	return nil
}

func (w *World) companyEnduser(ctx context.Context) (*Object, error) {
	draft, err := w.valid(ctx, w.Session.Contract.Creator("enduser"), "primary")
	if err != nil {
		return nil, err
	}
	draft.Body = map[string]any{"company": map[string]any{"name": "Acme Pty Ltd"}, "metadata": map[string]any{}}
	return w.create(ctx, draft)
}

func anEnduserWithMetadata(ctx context.Context, document string) error {
	w := From(ctx)
	draft, err := w.valid(ctx, w.Session.Contract.Creator("enduser"), "primary")
	if err != nil {
		return err
	}
	metadata, err := parse(document)
	if err != nil {
		return err
	}
	draft.Body["metadata"] = metadata
	object, err := w.create(ctx, draft)
	if err != nil {
		return err
	}
	w.things["enduser"] = object
	return nil
}

func aCompanyWallet(ctx context.Context) error {
	w := From(ctx)
	enduser, err := w.companyEnduser(ctx)
	if err != nil {
		return err
	}
	w.things["enduser"] = enduser
	wallet, err := w.make(ctx, "primary", "wallet")
	if err != nil {
		return err
	}
	w.things["wallet"] = wallet
	return nil
}

func aFundedWallet(ctx context.Context) error {
	w := From(ctx)
	wallet, err := w.make(ctx, "primary", "funded wallet")
	if err != nil {
		return err
	}
	w.things["wallet"], w.things["funded wallet"] = wallet, wallet
	return nil
}

func anActiveCard(ctx context.Context) error {
	w := From(ctx)
	if err := aThing(ctx, "card"); err != nil {
		return err
	}
	draft, err := w.valid(ctx, w.Session.Contract.Operation("cards-update-status"), "primary")
	if err != nil {
		return err
	}
	draft.Body = map[string]any{"status": "ACTIVE"}
	_, err = w.needed(ctx, draft)
	return err
}

// moment is long enough for two times in milliseconds to differ.
const moment = 3 * time.Millisecond

func aMomentPasses(ctx context.Context) error {
	w := From(ctx)
	var coarsest *Object
	for _, object := range w.things {
		if coarsest == nil || w.moment(object) > w.moment(coarsest) {
			coarsest = object
		}
	}
	return w.pass(ctx, coarsest)
}

// moment is how long two times of a thing must lie apart to differ in writing.
func (w *World) moment(object *Object) time.Duration {
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
func (w *World) pass(ctx context.Context, object *Object) error { return wait(ctx, w.moment(object)) }

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
func (w *World) thing(name string) (*Object, error) {
	if object := w.things[name]; object != nil {
		return object, nil
	}
	return nil, faulty("the scenario has no %s; a step before must make one", name)
}
