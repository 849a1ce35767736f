package requests

import (
	"context"
	"net/http"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/steps"
)

func callSentences() []steps.Definition {
	const area = "call"
	return []steps.Definition{
		steps.Define(area, `we call "([^"]+)"`, "Calls the operation as our client, with the things that the scenario has and all else that it needs.", (*steps.World).Call),
		steps.Define(area, `we call "([^"]+)" for the (other|foreign) `+steps.Kinds, "Calls the operation for that thing.", weCallFor),
		steps.Define(area, `we call "([^"]+)" with the method (\w+)`, "Calls the address of the operation with another method.", callWithMethod),
		steps.Define(area, `we call "([^"]+)" at an address that does not exist`, "Calls a path beside its own that no operation has.", callUnknownAddress),
		steps.Define(area, `the edition under test is (v1|guide)`, "Goes on only where the target file names that edition.", editionIs),
	}
}

func weCallFor(ctx context.Context, w *steps.World, title, which, kind string) error {
	object, err := w.Thing(which + " " + kind)
	if err != nil {
		return err
	}
	if w.Things[kind] == nil { // so that none is made of which the request says nothing
		standIn := *object
		standIn.As, standIn.Raw, standIn.Shared = "", false, true
		w.Things[kind] = &standIn
		defer delete(w.Things, kind)
	}
	if err := w.Request(ctx, title); err != nil {
		return err
	}
	for _, parameter := range w.Draft.Operation.PathParams {
		if parameter.Fixture == kind {
			w.Draft.Request.Path[parameter.Name] = object.ID
		}
	}
	for _, parameter := range w.Draft.Operation.Query {
		if parameter.Fixture == kind {
			w.Draft.Request.Query.Set(parameter.Name, object.ID)
		}
	}
	for _, field := range w.Draft.Operation.Fields() {
		if field.Fixture == kind || field.Fixture == "funded "+kind {
			scene.SetMember(w.Draft.Body, field.Name, object.ID)
		}
	}
	return w.SendDraft(ctx)
}

func callWithMethod(ctx context.Context, w *steps.World, title, method string) error {
	if err := w.Request(ctx, title); err != nil {
		return err
	}
	w.Draft.Request.Method = method
	if method == http.MethodHead || method == http.MethodGet {
		w.Draft.Body = nil
	}
	return w.SendDraft(ctx)
}

func editionIs(w *steps.World, edition string) error {
	if string(w.Session.Edition) != edition {
		return &scene.NotTestable{Key: "target.edition", Why: "this run is of the edition " + string(w.Session.Edition)}
	}
	return nil
}

func callUnknownAddress(ctx context.Context, w *steps.World, title string) error {
	if err := w.Request(ctx, title); err != nil {
		return err
	}
	path, _ := w.Draft.Operation.PathIn(w.Session.Edition)
	w.Draft.Request.RawPath = path + "-that-nobody-has"
	return w.SendDraft(ctx)
}
