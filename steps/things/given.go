// Package things holds the sentences that make things, change them and read them again, and how any area reads and
// lists what a scenario has.
package things

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/steps"
)

// Sentences returns the definitions of the area.
func Sentences() []steps.Definition {
	return slices.Concat(givenSentences(), readingSentences(), markedSentences(), effectSentences(), changingSentences(),
		countingSentences())
}

func givenSentences() []steps.Definition {
	const area = "given"
	return []steps.Definition{
		steps.Define(area, `(a|an|another) `+steps.Kinds+`( of another client)?`, "Makes a new thing of that kind for our client, with all that it "+
			"needs; a second one is called the other, and one of the second client the foreign one.", oneThing),
		steps.Define(area, `(?:a|an) {}`, "Makes a thing that is more than its kind says.", steps.Choice{
			{Word: "company enduser", Doc: "one that has no person.", Handler: aCompanyEnduser},
			{Word: "wallet of a company", Doc: "its holder is a company.", Handler: aCompanyWallet},
			{Word: "funded wallet", Doc: "a manual credit has put money on it.", Handler: aFundedWallet},
			{Word: "funded wallet of another client", Doc: "the same for the second client, where it may be credited.", Handler: aFundedForeignWallet},
			{Word: "active card", Doc: "its status was changed to ACTIVE.", Handler: anActiveCard},
		}),
		steps.Define(area, `an enduser with the metadata`, "Makes a person enduser with the JSON object below as its metadata.", anEnduserWithMetadata),
		steps.Define(area, `a moment passes`, "Waits until the clock has moved on by a few milliseconds, so that times differ.", aMomentPasses),
	}
}

func oneThing(ctx context.Context, w *steps.World, article, kind, whose string) error {
	switch {
	case whose != "":
		return aForeignThing(ctx, w, kind)
	case article == "another":
		return Another(ctx, w, kind)
	}
	return Make(ctx, w, kind)
}

// Make makes a new thing of a kind in place of the one that the scenario has.
func Make(ctx context.Context, w *steps.World, kind string) error {
	delete(w.Things, kind)
	return keep(w, kind)(fresh(ctx, w, kind, w.Things))
}

// keep puts a thing that was made among those of the scenario.
func keep(w *steps.World, name string) func(*scene.Thing, error) error {
	return func(thing *scene.Thing, err error) error {
		if err == nil {
			w.Things[name] = thing
		}
		return err
	}
}

// fresh returns a thing for our client that the scenario may do with as it likes. An enduser is none
// that others have too, since a scenario that speaks of it is about its fields.
func fresh(ctx context.Context, w *steps.World, kind string, have scene.Things) (*scene.Thing, error) {
	if kind == "enduser" {
		return w.Scene.Own(ctx, "primary", kind, have)
	}
	return w.Scene.Need(ctx, "primary", kind, have)
}

// Another makes a second thing of a kind, which the sentences call the other one.
func Another(ctx context.Context, w *steps.World, kind string) error {
	// The other thing must not lean on the first one, so what it needs is found anew.
	have := scene.Things{}
	for _, shareable := range []string{"program", "enduser"} {
		if first := w.Things[shareable]; first != nil && !first.Shared && shareable != kind {
			have[shareable] = first
		}
	}
	return keep(w, "other "+kind)(fresh(ctx, w, kind, have))
}

func aForeignThing(ctx context.Context, w *steps.World, kind string) error {
	return keep(w, "foreign "+kind)(w.Scene.Foreign(ctx, kind))
}

// aFundedForeignWallet is another client's wallet with money on it, so that nothing but its owner keeps us from it. Where
// that client may not be credited it has none (N-48).
func aFundedForeignWallet(ctx context.Context, w *steps.World) error {
	if err := aForeignThing(ctx, w, "wallet"); err != nil || !w.Session.Client.Has("second") {
		return err
	}
	_, err := w.Scene.Book(ctx, "transactions-manual-credit", "second", scene.Funding, "", w.Things["foreign wallet"].ID)
	var blocked *scene.Blocked
	var untestable *scene.NotTestable
	if errors.As(err, &blocked) || errors.As(err, &untestable) {
		return nil
	}
	return err
}

func aCompanyEnduser(ctx context.Context, w *steps.World) error {
	return keep(w, "enduser")(w.Scene.Fresh(ctx, "primary", scene.Company, nil))
}

func anEnduserWithMetadata(ctx context.Context, w *steps.World, document string) error {
	metadata, err := steps.Literal(document)
	if err != nil {
		return err
	}
	enduser, err := w.Scene.Common(ctx, "primary", "enduser with "+document, func() (*scene.Thing, error) {
		draft, err := w.Scene.Draft(ctx, w.Session.Contract.Creator("enduser"), "primary", scene.Things{})
		if err != nil {
			return nil, err
		}
		return w.Scene.Create(ctx, draft.Set("metadata", metadata))
	})
	if err == nil {
		enduser.Shared = false // nobody can change one, and whether it is as it was is looked at
		w.Things["enduser"] = enduser
	}
	return err
}

func aCompanyWallet(ctx context.Context, w *steps.World) error {
	wallet, err := w.Scene.Fresh(ctx, "primary", scene.CompanyWallet, w.Things)
	if err == nil {
		w.Things["enduser"], w.Things["wallet"] = wallet.Parts["enduser"], wallet
	}
	return err
}

func aFundedWallet(ctx context.Context, w *steps.World) error {
	delete(w.Things, scene.FundedWallet)
	return keep(w, "wallet")(w.Scene.Need(ctx, "primary", scene.FundedWallet, w.Things))
}

func anActiveCard(ctx context.Context, w *steps.World) error {
	if err := Make(ctx, w, "card"); err != nil || w.Things["card"].Body["status"] == "ACTIVE" {
		return err
	}
	draft, err := w.Scene.Draft(ctx, w.Session.Contract.Operation("cards-update-status"), "primary", w.Things)
	if err != nil {
		return err
	}
	_, _, err = w.Scene.Serve(ctx, draft.Set("status", "ACTIVE"))
	return err
}

// moment is long enough for two times in milliseconds to differ.
const moment = 3 * time.Millisecond

func aMomentPasses(ctx context.Context, w *steps.World) error {
	var coarsest *scene.Thing
	for _, object := range w.Things {
		if coarsest == nil || apart(object) > apart(coarsest) {
			coarsest = object
		}
	}
	return Pass(ctx, coarsest)
}

// apart is how long two times of a thing must lie apart to differ in writing.
func apart(object *scene.Thing) time.Duration {
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

// Pass waits until a time stamped now differs from those of a thing.
func Pass(ctx context.Context, object *scene.Thing) error {
	if client.Wait(ctx, apart(object)) != nil {
		return context.Cause(ctx)
	}
	return nil
}
