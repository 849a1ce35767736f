// Package idempotency holds the sentences about keys: repeats, copies at once, keys in other hands, and that what was
// asked for was done once.
package idempotency

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/client/sentinel"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/things"
)

// Sentences returns the definitions of the area.
func Sentences() []steps.Definition {
	const area = "idempotency"
	return []steps.Definition{
		steps.Define(area, `the request is sent again with {}`, "Sends the very same request once more.", steps.Choice{
			{Word: "the same key", Doc: "under the key of the first.", Handler: sendAgain},
			{Word: "a new key", Doc: "under a fresh one.", Handler: sendWithNewKey},
			{Word: "a key that differs at its end alone", Doc: "its last digits differ.", Handler: sendWithNearKey},
			{Word: "each key that differs in one digit", Doc: "once for each digit of the key that is free, with that digit changed.", Handler: sendWithEachNearKey},
			{Word: "the same key and no token", Doc: "without a token.", Handler: sendAgainWithoutToken},
			{Word: "the same key and a new token", Doc: "under the key of the first, with a token that was given since.", Handler: sendAgainWithNewToken},
			{Word: "the same key by another client", Doc: "by the second client.", Handler: firstAsSecond},
		}),
		steps.Define(area, `the request is sent again with the same key and "([^"]+)" changed to (.+)`, "Sends the request under the key of the first, with one field of the body changed.", sendAgainChanged),
		steps.Define(area, `the request is sent again with the same key for another (card|wallet)`, "Sends the request under the key of the first, for another thing.", sendAgainForAnother),
		steps.Define(area, `{} "([^"]+)" with the key of the first request`, "A request of its own under that key.", steps.Choice{
			{Word: "we call", Doc: "by our client.", Handler: keyOnAnotherOperation},
			{Word: "another client calls", Doc: "by the second client.", Handler: keyOfAnotherClient},
		}),
		steps.Define(area, `the request is sent (\d+) times at once under (one key|a key each)(|, in turn with another client's own|, in turn with "[^"]+" changed to .+)`, "Sends copies of one request from several connections at the same time; or of two in turn, the other one a request of the second client's own, or the same with one field of the body changed.", sendAtOnce),
		steps.Define(area, `the request's key is (left out|no UUID|empty|a UUID of version 1|the nil UUID|in upper case|in quotes|longer than any key|in the header "[^"]+")`, "Sets the idempotency key of the prepared request to something odd, leaves it out, or spells the name of its header in this way.", oddKey),
		steps.Define(area, `both answers are the same`, "Status and body of the repeat equal those of the first answer, value for value.", bothSame),
		steps.Define(area, `the answers name {} (card|transaction)s?`, "The ids in the answers.", steps.Choice{
			{Word: "the same", Doc: "that of the repeat is that of the first; of copies sent at once, all that succeeded have one id between them.", Handler: nameTheSame},
			{Word: "different", Doc: "no two are the same, since distinct requests were made.", Handler: nameDifferent},
		}),
		steps.Define(area, `no client is given the other's (?:card|transaction)`, "No id in the answers to our requests is in those to the other client's.", eachHasItsOwn),
		steps.Define(area, `it was done once`, "What the first request did, or one of the copies at once, is all that has happened.", wasDoneOnce),
		steps.Define(area, `the answer is not that of the first request`, "The id or the secret of the first answer is not in this one.", notTheFirst),
	}
}

// repeats are what a scenario sends under one key: the first request, or the answers to copies sent at once and
// the effect that was measured before them.
type repeats struct {
	first *first
	// answers are all that were given at once, foreign those among them that another client was given.
	answers, foreign []*client.Exchange
	before           map[string]any
}

// first is the request whose key is used again, and its answer.
type first struct {
	draft    *scene.Draft
	exchange *client.Exchange
	effect   map[string]any
}

// firstRequest returns the request whose key is used again; the first repeat makes the latest one so,
// and measures what it has done.
func firstRequest(ctx context.Context, w *steps.World) (*first, error) {
	if kept := steps.State[repeats](w).first; kept != nil {
		return kept, nil
	}
	draft, err := w.Drafted()
	if err != nil {
		return nil, err
	}
	exchange, err := w.Latest()
	if err != nil {
		return nil, err
	}
	if err := w.Served(draft.Operation, exchange); err != nil {
		return nil, err
	}
	kept := &first{draft: draft, exchange: exchange}
	if w.Scenario.Asks("it was done once") {
		if kept.effect, err = effect(ctx, w, draft); err != nil {
			return nil, err
		}
	}
	steps.State[repeats](w).first = kept
	return kept, nil
}

// again returns a copy of the first request under its own key.
func (f *first) again() *scene.Draft {
	draft := *f.draft
	draft.Request.Key = f.exchange.Key
	if draft.Body != nil {
		draft.Body = scene.Copy(draft.Body).(map[string]any)
	}
	draft.Request.Path = maps.Clone(draft.Request.Path)
	return &draft
}

func sendRepeat(ctx context.Context, w *steps.World, change func(*scene.Draft) error) error {
	kept, err := firstRequest(ctx, w)
	if err != nil {
		return err
	}
	draft := kept.again()
	if err := change(draft); err != nil {
		return err
	}
	// Which success a repeat is answered with is open (C-12).
	_, err = w.SendBut(ctx, draft, sentinel.SuccessStatus)
	return err
}

func sendAgain(ctx context.Context, w *steps.World) error {
	return sendRepeat(ctx, w, func(*scene.Draft) error { return nil })
}

func sendAgainChanged(ctx context.Context, w *steps.World, name, literal string) error {
	value, err := steps.Literal(literal)
	if err != nil {
		return err
	}
	return sendRepeat(ctx, w, func(draft *scene.Draft) error { scene.SetMember(draft.Body, name, value); return nil })
}

func sendAgainForAnother(ctx context.Context, w *steps.World, kind string) error {
	if w.Things["other "+kind] == nil {
		if _, err := firstRequest(ctx, w); err != nil {
			return err
		}
		if err := things.Another(ctx, w, kind); err != nil {
			return err
		}
	}
	other := w.Things["other "+kind]
	return sendRepeat(ctx, w, func(draft *scene.Draft) error {
		for _, parameter := range draft.Operation.PathParams {
			if parameter.Fixture == kind {
				draft.Request.Path[parameter.Name] = other.ID
				return nil
			}
		}
		for _, field := range draft.Operation.Body.Fields {
			if strings.TrimPrefix(field.Fixture, "funded ") == kind {
				scene.SetMember(draft.Body, field.Name, other.ID)
				return nil
			}
		}
		return steps.Faulty("%q is not for a %s", draft.Operation.Title, kind)
	})
}

func sendWithNewKey(ctx context.Context, w *steps.World) error {
	return sendRepeat(ctx, w, func(draft *scene.Draft) error { draft.Request.Key = ""; return nil })
}

// sendWithNearKey keeps all of the key but its last digits, and stays a UUID of version 4.
func sendWithNearKey(ctx context.Context, w *steps.World) error {
	return sendRepeat(ctx, w, func(draft *scene.Draft) error {
		key := draft.Request.Key
		if len(key) < 12 {
			return steps.Faulty("the first request had no key to change")
		}
		other := "000000000000"
		if strings.HasSuffix(key, other) {
			other = "111111111111"
		}
		draft.Request.Key = key[:len(key)-len(other)] + other
		return nil
	})
}

func keyOnAnotherOperation(ctx context.Context, w *steps.World, title string) error {
	kept, err := firstRequest(ctx, w)
	if err != nil {
		return err
	}
	if err := w.Request(ctx, title); err != nil {
		return err
	}
	w.Draft.Request.Key = kept.exchange.Key
	return w.SendDraft(ctx)
}

func keyOfAnotherClient(ctx context.Context, w *steps.World, title string) error {
	kept, err := firstRequest(ctx, w)
	if err != nil {
		return err
	}
	if err := w.NeedClient("second", "it takes a second client to see whether clients are kept apart"); err != nil {
		return err
	}
	operation, err := w.Operation(title)
	if err != nil {
		return err
	}
	draft, err := w.Scene.Draft(ctx, operation, "second", scene.Things{})
	if err != nil {
		return err
	}
	draft.Request.Key = kept.exchange.Key
	_, err = w.Send(ctx, draft)
	return err
}

func firstAsSecond(ctx context.Context, w *steps.World) error {
	if err := w.NeedClient("second", "it takes a second client to see whether clients are kept apart"); err != nil {
		return err
	}
	return sendRepeat(ctx, w, func(draft *scene.Draft) error { draft.Request.As = "second"; return nil })
}

func sendAgainWithoutToken(ctx context.Context, w *steps.World) error {
	return sendRepeat(ctx, w, func(draft *scene.Draft) error { draft.Request.Authorization = new(""); return nil })
}

func sendAgainWithNewToken(ctx context.Context, w *steps.World) error {
	fresh, err := w.Session.Client.FreshToken(ctx, "primary", "")
	if err != nil {
		return err
	}
	return sendRepeat(ctx, w, func(draft *scene.Draft) error { draft.Request.Authorization = new("Bearer " + fresh.Value); return nil })
}

func oddKey(draft *scene.Draft, how string) error {
	header := draft.Operation.Header("Idempotency-Key")
	if header == nil {
		return steps.Faulty("%q lists no idempotency key", draft.Operation.Title)
	}
	if _, spelling, named := strings.Cut(how, `"`); named {
		draft.Request.KeyHeader = strings.TrimSuffix(spelling, `"`)
		return nil
	}
	switch how {
	case "left out":
		draft.Request.Without = append(draft.Request.Without, header.Name)
	case "empty":
		draft.Request.Header = http.Header{header.Name: {""}}
	default:
		version4 := uuid.NewString()
		draft.Request.Key = map[string]string{"no UUID": "not-a-uuid", "a UUID of version 1": "c232ab00-9414-11ec-b3c8-9f6bdeced846",
			"the nil UUID": uuid.Nil.String(), "in upper case": strings.ToUpper(version4), "in quotes": strconv.Quote(version4),
			"longer than any key": strings.Repeat(version4, 30)}[how]
	}
	return nil
}

// repeat is the latest answer beside that of the first request.
type repeat struct {
	first, latest *client.Exchange
	before, after map[string]any
}

// Supply finds both answers.
func (r *repeat) Supply(w *steps.World) error {
	kept := steps.State[repeats](w).first
	if kept == nil {
		return steps.Faulty("no request was repeated before this step")
	}
	r.first, r.latest = kept.exchange, w.Last
	r.before, r.after = w.Body(r.first), w.Body(r.latest)
	return nil
}

func bothSame(w *steps.World, r *repeat) error {
	w.Expect(r.latest.Status == r.first.Status, evidence.Assertion{Check: "replay has the status of the first",
		Fact: w.Own(contract.Status), Message: "the repeat was not answered like the first request",
		Expected: steps.Status(r.first.Status), Actual: w.Answered(r.latest)})
	if r.latest.Status == r.first.Status {
		w.ExpectEqual("replay has the body of the first", "", r.before, r.after, func(name string, _ bool) contract.Fact {
			f := w.Own(contract.Content)
			f.Field = name
			return f
		})
	}
	return nil
}

func bothName(w *steps.World, r *repeat, kind string) error {
	if served, err := w.ExpectServed(w.Session.Contract.Operation(r.latest.Operation), r.latest); err != nil || !served {
		return err
	}
	w.Expect(r.before["id"] != nil && r.before["id"] == r.after["id"], evidence.Assertion{
		Check: "replay names the first " + kind, Fact: w.Own(contract.Effect),
		Message: "the repeat did not return the same " + kind, Expected: fmt.Sprintf("the id %v", r.before["id"]),
		Actual: fmt.Sprintf("%s, id %v", w.Answered(r.latest), r.after["id"])})
	return nil
}

func answersDiffer(w *steps.World, r *repeat, kind string) {
	w.Expect(r.latest.Status/100 == 2 && r.before["id"] != nil && r.after["id"] != nil && r.before["id"] != r.after["id"], evidence.Assertion{
		Check: "distinct requests make distinct " + kind + "s", Fact: w.Own(contract.Effect),
		Message:  "a request of its own was taken for a repeat",
		Expected: fmt.Sprintf("a success with another id than %v", r.before["id"]),
		Actual:   fmt.Sprintf("%s, id %v", w.Answered(r.latest), r.after["id"]), Kind: evidence.Unserved})
}

// nameTheSame is for a repeat, and for copies sent at once.
func nameTheSame(w *steps.World, kind string) error {
	if len(steps.State[repeats](w).answers) > 0 {
		return allName(w, kind)
	}
	r := new(repeat)
	if err := r.Supply(w); err != nil {
		return err
	}
	return bothName(w, r, kind)
}

// nameDifferent is for a repeat that is none, and for one under each of many keys.
func nameDifferent(w *steps.World, kind string) error {
	if len(steps.State[repeats](w).answers) > 0 {
		return eachIsItsOwn(w)
	}
	r := new(repeat)
	if err := r.Supply(w); err != nil {
		return err
	}
	answersDiffer(w, r, kind)
	return nil
}

func notTheFirst(ctx context.Context, w *steps.World, r *repeat) error {
	for _, name := range []string{"id", "secret"} {
		if r.before[name] == nil {
			continue
		}
		same := r.before[name] == r.after[name]
		if same && name == "id" && !namesOne(ctx, w, r.latest.Operation, fmt.Sprint(r.before[name])) {
			w.NoData("a key belongs to one caller and one request", w.Own(contract.Effect), "the id of both answers names nothing")
			continue
		}
		w.Expect(!same, evidence.Assertion{Check: "a key belongs to one caller and one request",
			Fact: w.Own(contract.Effect), Message: "the answer of the first request was given to another one",
			Expected: "another answer, or a refusal", Actual: w.Answered(r.latest) + ", with the " + name + " of the first"})
	}
	return nil
}
