package things

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/schemas/match"
	"github.com/kobcheck/kobcheck/steps"
)

// instant is a time of an answer; zero where there is none.
func instant(value any) time.Time {
	when, _ := schemas.Instant(value)
	return when
}

// Creation is when an entry of a list was created; zero where it does not say.
func Creation(entry map[string]any) time.Time {
	return instant(entry["created_at"])
}

func readingSentences() []steps.Definition {
	const area = "reading"
	return []steps.Definition{
		steps.Define(area, `the `+steps.Kinds+` of the answer reads back equal`, "The same of the thing that the latest answer shows, where it names one.", answeredReadsBack),
		steps.Define(area, `the `+steps.Kinds+` reads back equal`, "Reads the thing by its id and compares every field with the answer that made it.", readsBackEqual),
		steps.Define(area, `the `+steps.Kinds+` reads back with the "([^"]+)" ("[^"]*"|-?\d[\d.]*|true|false|null|\{.*\}|\[.*\])`, "Reads the thing by its id and compares one field.", readsBackWith),
		steps.Define(area, `the (foreign )?`+steps.Kinds+` is (not )?in (?:the|our) list`, "Lists our things of that kind, page by page, and finds it there as it "+
			"reads by its id, or does not find it.", listHolds),
		steps.Define(area, `reading the `+steps.Kinds+` leaves its entry in the list as it was`,
			"Looks for it in the list, reads it by its id, and looks again: a first read may change what the next one shows.", readingLeaves),
		steps.Define(area, `the foreign `+steps.Kinds+` is in its owner's list`, "Lists as the other client.", staysWithItsOwner),
		steps.Define(area, `we and another client call "([^"]+)"`, "Lists as each of two clients, the newest first.", bothList),
		steps.Define(area, `neither list has an entry of the other`, "No id is on both lists.", listsApart),
		steps.Define(area, `the answer shows nothing of the foreign `+steps.Kinds, "No field of the other client's thing is in the answer.", showsNothingForeign),
	}
}

func readingLeaves(ctx context.Context, w *steps.World, kind string) error {
	object, err := w.Thing(kind)
	if err != nil {
		return err
	}
	before, _, err := listed(ctx, w, object, object.As)
	if err != nil {
		return err
	}
	if _, err := Read(ctx, w, object); err != nil {
		return err
	}
	after, _, err := listed(ctx, w, object, object.As)
	if err != nil {
		return err
	}
	if before == nil || after == nil {
		w.NoData("reading changes nothing", w.Own(contract.Effect), "the "+kind+" is not in the list of its kind")
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(before)) {
		w.Match(match.Field(match.Equal(before[name]), name), after, evidence.Assertion{Check: "reading changes nothing",
			Fact: w.Own(contract.Effect), Message: fmt.Sprintf("%q of the %s is another in the list after it was read", name, kind)})
	}
	return nil
}

// Read gets the present state of a thing, as means to an end: what deviates in it is noticed in passing.
func Read(ctx context.Context, w *steps.World, object *scene.Thing) (map[string]any, error) {
	operation, as, err := readerOf(w, object)
	if err != nil {
		return nil, err
	}
	return w.Scene.Get(ctx, operation, as, object.ID)
}

// look is [Read] where one reading will do between two requests that may change something, but what it was.
func look(ctx context.Context, w *steps.World, object *scene.Thing, was map[string]any) (map[string]any, error) {
	operation, as, err := readerOf(w, object)
	if err != nil {
		return nil, err
	}
	return w.Look(ctx, operation, as, object.ID, was)
}

func readerOf(w *steps.World, object *scene.Thing) (operation, as string, err error) {
	reader := steps.Reader(w, object.Kind)
	if reader == nil {
		return "", "", &scene.NotTestable{Why: "no documented operation reads a " + object.Kind + " by its id"}
	}
	return reader.ID, cmp.Or(object.As, w.Session.Client.Caller(reader)), nil
}

// readBack reads a thing that a scenario is about: one that is gone is its finding, and then there is no body.
func readBack(ctx context.Context, w *steps.World, object *scene.Thing) (map[string]any, error) {
	body, err := Read(ctx, w, object)
	if blocked, is := errors.AsType[*scene.Blocked](err); is && (blocked.Status == http.StatusNotFound || blocked.Status == http.StatusGone) {
		w.Expect(false, evidence.Assertion{Check: "can be read", Fact: w.Own(contract.Effect),
			Message: "the " + object.Kind + " that was made can't be read", Expected: "the " + object.Kind,
			Actual: w.Answered(w.Last)})
		return nil, nil
	}
	return body, err
}

func readsBackEqual(ctx context.Context, w *steps.World, kind string) error {
	object, err := Made(w, kind)
	if err != nil {
		return err
	}
	return expectReadsBack(ctx, w, object)
}

// answeredReadsBack is for what takes another's place: whether it is another thing is stated nowhere (N-29).
func answeredReadsBack(ctx context.Context, w *steps.World, exchange *client.Exchange, kind string) error {
	operation := w.Session.Contract.Operation(exchange.Operation)
	if err := w.Served(operation, exchange); err != nil {
		return err
	}
	object := &scene.Thing{Kind: kind, ID: scene.IDOf(exchange), As: exchange.As, Body: w.Body(exchange)}
	if object.ID == "" {
		w.NoData("reads back equal", w.Own(contract.Effect), "the answer names no "+kind)
		return nil
	}
	return expectReadsBack(ctx, w, object)
}

func expectReadsBack(ctx context.Context, w *steps.World, object *scene.Thing) error {
	now, err := readBack(ctx, w, object)
	if now == nil {
		return err
	}
	w.ExpectEqual("reads back equal", object.Kind, object.Body, now, func(name string, there bool) contract.Fact {
		return w.FieldFact(w.Leading(), name, there)
	})
	return nil
}

// Made returns the thing of a kind that the scenario made, together with the answer that made it.
func Made(w *steps.World, kind string) (*scene.Thing, error) {
	object := w.Things[kind]
	if object == nil && w.Last != nil {
		if operation := w.Session.Contract.Operation(w.Last.Operation); operation != nil && operation.Creates == kind {
			if err := w.Served(operation, w.Last); err != nil {
				return nil, err
			}
			return w.Born(operation, w.Last, nil)
		}
	}
	if object == nil {
		return nil, steps.Faulty("the scenario has no %s", kind)
	}
	return object, nil
}

func readsBackWith(ctx context.Context, w *steps.World, kind, name, literal string) error {
	expected, err := steps.Literal(literal)
	if err != nil {
		return err
	}
	object, err := Made(w, kind)
	if err != nil {
		return err
	}
	now, err := readBack(ctx, w, object)
	if now == nil {
		return err
	}
	w.ExpectMember(now, name, match.Equal(expected))
	return nil
}

func showsNothingForeign(w *steps.World, kind string) error {
	object, err := w.Thing("foreign " + kind)
	if err != nil {
		return err
	}
	exchange, err := w.Latest()
	if err != nil {
		return err
	}
	shown := ""
	for name, value := range object.Body {
		secret, ok := value.(string)
		asked := name == "id" && strings.Contains(exchange.Request().URL+string(exchange.Request().Body), secret)
		if ok && len(secret) > 8 && !asked && !knownOnBothSides(name) && !labels(object, name, secret) &&
			strings.Contains(string(exchange.Body), secret) {
			shown = name
		}
	}
	w.Expect(shown == "", evidence.Assertion{Check: "shows nothing of another client's",
		Fact: w.Fact("OWN-07", contract.Exposure), Message: "the refusal shows data of another client",
		Expected: "none of its fields", Actual: "its field " + shown})
	return nil
}

// knownOnBothSides names fields whose values both clients may rightly see.
func knownOnBothSides(name string) bool {
	switch name {
	case "program_id", "partner_product", "asset_class", "status", "type", "created_at", "updated_at":
		return true
	}
	return false
}

// label is a bare word, such as the name of a kind.
var label = regexp.MustCompile(`^[A-Za-z]+(?:[ _.-][A-Za-z]+)?$`)

// labels reports whether a field that nobody sent and no table has says no more than what the thing is called: an API
// may write the same word into any refusal.
func labels(object *scene.Thing, name, value string) bool {
	_, sent := object.Sent[name]
	return !sent && label.MatchString(value)
}

// Created is when a thing was created; zero where its answer does not say.
func Created(object *scene.Thing) time.Time {
	return instant(object.Body["created_at"])
}

// Stamp writes a time as the parameters of lists take it: UTC, in milliseconds.
func Stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
