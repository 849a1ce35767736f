// Package requests holds the sentences that prepare a request, break it in one place, and send it.
package requests

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/steps"
)

// Sentences returns the definitions of the area.
func Sentences() []steps.Definition {
	return slices.Concat(requestSentences(), callSentences())
}

func requestSentences() []steps.Definition {
	const area = "request"
	return []steps.Definition{
		steps.Define(area, `a valid request to "([^"]+)"`, "Prepares a request that the documentation calls right, with all that it needs.", (*steps.World).Request),
		steps.Define(area, `the request's "([^"]+)" is (left out|null|empty|blank|of another type|outside its values|malformed)`, "Breaks one field of the prepared body.", breakField),
		steps.Define(area, `the request's "([^"]+)" is set to (.+)`, "Sets one field of the prepared body to the JSON value given.", setField),
		steps.Define(area, `the request's "([^"]+)" is the (other|foreign) `+steps.Kinds, "Names that thing in one field of the prepared body, and leaves the others.", nameThing),
		steps.Define(area, `the request's header "([^"]+)" is (left out|the id of the other client|"[^"]*")`, "Sets one header of the prepared request, or leaves it out.", setHeader),
		steps.Define(area, `the request's "([^"]+)" in the address is (unknown|malformed|of another client|"[^"]+")`, "Puts another id or word into the path of the prepared request.", setPath),
		steps.Define(area, `the request's query "([^"]+)" is (unknown|the wallet of the foreign transaction|"[^"]*")`, "Sets one query parameter of the prepared request, or names a thing there that nobody has.", setQuery),
		steps.Define(area, `the request's body is (not JSON|cut in half|an empty text|a JSON list|a JSON text|sent as plain text|sent as XML)`, "Replaces the prepared body by something that is not the documented form.", breakBody),
		steps.Define(area, `the request is sent`, "Sends the prepared request as our client.", (*steps.World).SendDraft),
	}
}

func breakField(draft *scene.Draft, name, how string) error {
	field := draft.Operation.Field(name)
	if field == nil {
		return steps.Faulty("%q has no field %q", draft.Operation.Title, name)
	}
	if how == "left out" {
		scene.RemoveMember(draft.Body, name)
		return nil
	}
	scene.SetMember(draft.Body, name, map[string]any{"null": nil, "empty": "", "blank": "   ", "of another type": otherType(field.Type),
		"outside its values": "NEITHER_OF_THEM", "malformed": "not-of-this-form"}[how])
	return nil
}

// otherType is a JSON value that is surely not of the documented type.
func otherType(documented string) any {
	switch documented {
	case "string":
		return 12345
	case "integer", "number":
		return "twelve"
	case "object":
		return "text in place of an object"
	}
	return []any{true}
}

func setField(draft *scene.Draft, name, literal string) error {
	value, err := steps.Literal(literal)
	if err != nil {
		return err
	}
	if draft.Body == nil {
		draft.Body = map[string]any{}
	}
	scene.SetMember(draft.Body, name, value)
	return nil
}

func setHeader(w *steps.World, draft *scene.Draft, name, words string) error {
	value := strings.Trim(words, `"`)
	switch words {
	case "left out":
		draft.Request.Without = append(draft.Request.Without, name)
		return nil
	case "the id of the other client":
		if err := w.NeedClient("second", "it takes the id of another client"); err != nil {
			return err
		}
		value = w.Session.ClientIDs["second"]
	}
	if draft.Request.Header == nil {
		draft.Request.Header = http.Header{}
	}
	draft.Request.Header.Set(name, value)
	return nil
}

func setPath(ctx context.Context, w *steps.World, draft *scene.Draft, name, how string) error {
	switch how {
	case "unknown":
		draft.Request.Path[name] = steps.AbsentID
	case "malformed":
		draft.Request.Path[name] = "not-a-uuid"
	case "of another client":
		for _, parameter := range draft.Operation.PathParams {
			if parameter.Name != name {
				continue
			}
			object, err := w.Scene.Foreign(ctx, parameter.Fixture)
			if err != nil {
				return err
			}
			draft.Request.Path[name] = object.ID
			w.Things["foreign "+parameter.Fixture] = object
		}
	default:
		draft.Request.Path[name] = strings.Trim(how, `"`)
	}
	return nil
}

func setQuery(w *steps.World, draft *scene.Draft, name, words string) error {
	switch words {
	case "the wallet of the foreign transaction":
		return queryForeignWallet(w, draft, name)
	case "unknown":
		words = steps.AbsentID
	}
	draft.Request.Query.Set(name, strings.Trim(words, `"`))
	return nil
}

func breakBody(draft *scene.Draft, how string) error {
	good, err := json.Marshal(draft.Body)
	if err != nil {
		return steps.Faulty("the prepared body is not JSON: %v", err)
	}
	switch how {
	case "not JSON":
		draft.Request.RawBody = []byte("this is not JSON")
	case "cut in half":
		draft.Request.RawBody = good[:len(good)/2]
	case "an empty text":
		draft.Request.RawBody = []byte{}
	case "a JSON list":
		draft.Request.RawBody = append(append([]byte("["), good...), ']')
	case "a JSON text":
		draft.Request.RawBody = []byte(`"a text"`)
	case "sent as plain text":
		draft.Request.RawBody, draft.Request.MediaType = good, "text/plain"
	case "sent as XML":
		draft.Request.RawBody, draft.Request.MediaType = []byte("<request/>"), "application/xml"
	}
	return nil
}

func nameThing(w *steps.World, draft *scene.Draft, field, which, kind string) error {
	object, err := w.Thing(which + " " + kind)
	if err == nil {
		scene.SetMember(draft.Body, field, object.ID)
	}
	return err
}

func queryForeignWallet(w *steps.World, draft *scene.Draft, name string) error {
	transaction, err := w.Thing("foreign transaction")
	if err != nil {
		return err
	}
	for _, side := range []string{"to", "from"} {
		if id, ok := transaction.Body[side].(string); ok && id != "" {
			draft.Request.Query.Set(name, id)
			return nil
		}
	}
	if id := w.Scene.Given.SecondClient["wallet"]; id != "" {
		draft.Request.Query.Set(name, id)
		return nil
	}
	return &scene.NotTestable{Key: "fixtures.second_client.wallet", Why: "the transaction of the other client names no wallet"}
}
