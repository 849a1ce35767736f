package steps

import (
	"context"
	"net/http"

	"github.com/kobcheck/kobcheck/client/scene"
)

func callSentences() []Definition {
	const area = "call"
	return []Definition{
		define(area, `we call "([^"]+)"`, "Calls the operation as our client, with the things that the scenario has and all else that it needs.", weCall),
		define(area, `we call "([^"]+)" for the (other|foreign) `+kinds, "Calls the operation for that thing.", weCallFor),
		define(area, `"([^"]+)" is called with the method (\w+)`, "Calls the address of the operation with another method.", calledWithMethod),
		define(area, `we call "([^"]+)" on another wallet`, "Calls the operation for a wallet made for it.", callOnNewWallet),
		define(area, `the edition under test is (v1|guide)`, "Goes on only where the target file names that edition.", editionIs),
		define(area, `an address that does not exist is called`, "Calls a path below the edition's prefix that no operation has.", unknownAddress),
	}
}

func weCall(ctx context.Context, title string) error {
	if err := aValidRequest(ctx, title); err != nil {
		return err
	}
	return sendDraft(ctx)
}

func weCallFor(ctx context.Context, title, which, kind string) error {
	w := From(ctx)
	object, err := w.thing(which + " " + kind)
	if err != nil {
		return err
	}
	if err := aValidRequest(ctx, title); err != nil {
		return err
	}
	for _, parameter := range w.draft.Operation.PathParams {
		if parameter.Fixture == kind {
			w.draft.Request.Path[parameter.Name] = object.ID
		}
	}
	for _, parameter := range w.draft.Operation.Query {
		if parameter.Fixture == kind {
			w.draft.Request.Query.Set(parameter.Name, object.ID)
		}
	}
	if w.draft.Operation.Body != nil {
		for _, field := range w.draft.Operation.Body.Fields {
			if field.Fixture == kind || field.Fixture == "funded "+kind {
				scene.SetMember(w.draft.Body, field.Name, object.ID)
			}
		}
	}
	return sendDraft(ctx)
}

func calledWithMethod(ctx context.Context, title, method string) error {
	w := From(ctx)
	if err := aValidRequest(ctx, title); err != nil {
		return err
	}
	w.draft.Request.Method = method
	if method == http.MethodHead || method == http.MethodGet {
		w.draft.Body = nil
	}
	return sendDraft(ctx)
}

func callOnNewWallet(ctx context.Context, title string) error {
	delete(From(ctx).things, "wallet")
	return weCall(ctx, title)
}

func editionIs(ctx context.Context, edition string) error {
	w := From(ctx)
	if string(w.Session.Edition) != edition {
		return &scene.NotTestable{Key: "target.edition", Why: "this run is of the edition " + string(w.Session.Edition)}
	}
	return nil
}

func unknownAddress(ctx context.Context) error {
	w := From(ctx)
	operation := w.Session.Contract.Operation("cards-list")
	path, _ := operation.PathIn(w.Session.Edition)
	if err := aValidRequest(ctx, operation.Title); err != nil {
		return err
	}
	w.draft.Request.RawPath = path + "-that-nobody-has"
	return sendDraft(ctx)
}
