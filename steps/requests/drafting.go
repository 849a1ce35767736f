package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
)

func requestSentences() []Definition {
	const area = "request"
	return []Definition{
		define(area, `a valid request to "([^"]+)"`, "Prepares a request that the documentation calls right, with all that it needs.", aValidRequest),
		define(area, `the request's "([^"]+)" is (left out|null|empty|blank|of another type|outside its values|malformed)`, "Breaks one field of the prepared body.", breakField),
		define(area, `the request's "([^"]+)" is set to (.+)`, "Sets one field of the prepared body to the JSON value given.", setField),
		define(area, `the request's header "([^"]+)" is left out`, "Leaves one header out of the prepared request.", omitHeader),
		define(area, `the request's header "([^"]+)" is "([^"]*)"`, "Sets one header of the prepared request.", setHeader),
		define(area, `the request's "([^"]+)" in the address is (unknown|malformed|of another client)`, "Puts another id into the path of the prepared request.", breakPath),
		define(area, `the request's "([^"]+)" in the address is "([^"]+)"`, "Puts a word into the path of the prepared request.", setPath),
		define(area, `the request's query "([^"]+)" is "([^"]*)"`, "Sets one query parameter of the prepared request.", setQuery),
		define(area, `the request's body is (not JSON|cut in half|an empty text|a JSON list|a JSON text|sent as plain text|sent as XML)`, "Replaces the prepared body by something that is not the documented form.", breakBody),
		define(area, `the request has the further field "([^"]+)" with (.+)`, "Adds a field to the prepared body.", setField),
		define(area, `the request is sent without a token`, "Sends the prepared request with no Authorization header.", sendWithoutToken),
		define(area, `the request names the other client in the header "([^"]+)"`, "Sets the header to the id of the second client.", nameOtherClient),
		define(area, `the request's query "([^"]+)" is the wallet of the foreign transaction`, "Filters by a wallet that belongs to another client.", queryForeignWallet),
		define(area, `the request is sent`, "Sends the prepared request as our client.", sendDraft),
	}
}

func aValidRequest(ctx context.Context, title string) error {
	w := From(ctx)
	operation, err := w.operation(title)
	if err != nil {
		return err
	}
	w.draft, err = w.scene.Draft(ctx, operation, w.Session.Client.Caller(operation), w.things)
	return err
}

func (w *World) drafted() (*scene.Draft, error) {
	if w.draft == nil {
		return nil, faulty("no request was prepared; start with: a valid request to …")
	}
	return w.draft, nil
}

func breakField(ctx context.Context, name, how string) error {
	draft, err := From(ctx).drafted()
	if err != nil {
		return err
	}
	field := draft.Operation.Field(name)
	if field == nil {
		return faulty("%q has no field %q", draft.Operation.Title, name)
	}
	switch how {
	case "left out":
		scene.RemoveMember(draft.Body, name)
	case "null":
		scene.SetMember(draft.Body, name, nil)
	case "empty":
		scene.SetMember(draft.Body, name, "")
	case "blank":
		scene.SetMember(draft.Body, name, "   ")
	case "of another type":
		scene.SetMember(draft.Body, name, otherType(field.Type))
	case "outside its values":
		scene.SetMember(draft.Body, name, "NEITHER_OF_THEM")
	case "malformed":
		scene.SetMember(draft.Body, name, "not-of-this-form")
	}
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

func setField(ctx context.Context, name, literal string) error {
	draft, err := From(ctx).drafted()
	if err != nil {
		return err
	}
	value, err := parse(literal)
	if err != nil {
		return err
	}
	if draft.Body == nil {
		draft.Body = map[string]any{}
	}
	scene.SetMember(draft.Body, name, value)
	return nil
}

// parse reads a JSON literal of a feature; numbers keep their digits.
func parse(literal string) (any, error) {
	decoder := json.NewDecoder(strings.NewReader(literal))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, faulty("%q in the feature is not JSON: %v", literal, err)
	}
	return value, nil
}

func omitHeader(ctx context.Context, name string) error {
	draft, err := From(ctx).drafted()
	if err != nil {
		return err
	}
	draft.Request.Without = append(draft.Request.Without, name)
	return nil
}

func setHeader(ctx context.Context, name, value string) error {
	draft, err := From(ctx).drafted()
	if err != nil {
		return err
	}
	if draft.Request.Header == nil {
		draft.Request.Header = http.Header{}
	}
	draft.Request.Header.Set(name, value)
	return nil
}

// absentID is a valid UUID v4 that no service gives out by chance.
const absentID = "deadbeef-0000-4000-8000-00000000dead"

func breakPath(ctx context.Context, name, how string) error {
	w := From(ctx)
	draft, err := w.drafted()
	if err != nil {
		return err
	}
	switch how {
	case "unknown":
		draft.Request.Path[name] = absentID
	case "malformed":
		draft.Request.Path[name] = "not-a-uuid"
	default:
		for _, parameter := range draft.Operation.PathParams {
			if parameter.Name != name {
				continue
			}
			object, err := w.scene.Foreign(ctx, parameter.Fixture)
			if err != nil {
				return err
			}
			draft.Request.Path[name] = object.ID
			w.things["foreign "+parameter.Fixture] = object
		}
	}
	return nil
}

func setPath(ctx context.Context, name, value string) error {
	draft, err := From(ctx).drafted()
	if err != nil {
		return err
	}
	draft.Request.Path[name] = value
	return nil
}

func setQuery(ctx context.Context, name, value string) error {
	draft, err := From(ctx).drafted()
	if err != nil {
		return err
	}
	draft.Request.Query.Set(name, value)
	return nil
}

func breakBody(ctx context.Context, how string) error {
	draft, err := From(ctx).drafted()
	if err != nil {
		return err
	}
	good, err := json.Marshal(draft.Body)
	if err != nil {
		return faulty("the prepared body is not JSON: %v", err)
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

func sendDraft(ctx context.Context) error {
	w := From(ctx)
	draft, err := w.drafted()
	if err != nil {
		return err
	}
	exchange, err := w.send(ctx, draft)
	if err != nil {
		return err
	}
	// What a call of the scenario's own has made is the thing that later sentences speak of.
	if draft.Operation.Creates != "" && scene.ID(w.decoded(exchange)) != "" && exchange.Status/100 == 2 {
		_, err = w.born(draft.Operation, exchange, draft.Body)
	}
	return err
}

// born puts what a call of the scenario's own has made among its things. One without an id can't be used.
func (w *World) born(operation *contract.Operation, exchange *client.Exchange, sent map[string]any) (*scene.Thing, error) {
	thing := &scene.Thing{Kind: operation.Creates, ID: scene.ID(w.decoded(exchange)), Body: w.body(exchange),
		Sent: sent, As: exchange.As, Raw: true}
	if thing.ID == "" {
		return nil, blocked(operation, exchange, fmt.Sprintf("answered %d without an id", exchange.Status))
	}
	w.things[thing.Kind] = thing
	return thing, nil
}

func sendWithoutToken(ctx context.Context) error {
	draft, err := From(ctx).drafted()
	if err != nil {
		return err
	}
	none := ""
	draft.Request.Authorization = &none
	return sendDraft(ctx)
}

func nameOtherClient(ctx context.Context, header string) error {
	w := From(ctx)
	if err := w.called("second", "it takes the id of another client"); err != nil {
		return err
	}
	return setHeader(ctx, header, w.Session.ClientIDs["second"])
}

func queryForeignWallet(ctx context.Context, name string) error {
	w := From(ctx)
	transaction, err := w.thing("foreign transaction")
	if err != nil {
		return err
	}
	for _, side := range []string{"to", "from"} {
		if id, ok := transaction.Body[side].(string); ok && id != "" {
			return setQuery(ctx, name, id)
		}
	}
	if id := w.scene.Given.SecondClient["wallet"]; id != "" {
		return setQuery(ctx, name, id)
	}
	return &scene.NotTestable{Key: "fixtures.second_client.wallet", Why: "the transaction of the other client names no wallet"}
}
