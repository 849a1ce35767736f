// Package idempotency holds the sentences about keys: repeats, copies at once, keys in other hands, and that what was
// asked for was done once.
package idempotency

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/sentinel"
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
	none := ""
	return sendRepeat(ctx, w, func(draft *scene.Draft) error { draft.Request.Authorization = &none; return nil })
}

// besideIt returns the request that is sent at once with a draft, in turn with its copies: the same one, or another as a
// sentence has it.
func besideIt(ctx context.Context, w *steps.World, draft *scene.Draft, how string) (*scene.Draft, error) {
	switch _, change, changed := strings.Cut(how, `in turn with "`); {
	case how == "":
		return draft, nil
	case changed:
		name, literal, _ := strings.Cut(change, `" changed to `)
		value, err := steps.Literal(literal)
		if err != nil {
			return nil, err
		}
		other := *draft
		other.Body = scene.Copy(draft.Body).(map[string]any)
		scene.SetMember(other.Body, name, value)
		return &other, nil
	}
	if err := w.NeedClient("second", "it takes a second client to see whether clients are kept apart"); err != nil {
		return nil, err
	}
	return w.Scene.Draft(ctx, draft.Operation, "second", scene.Things{})
}

// sendAtOnce sends copies of one request together, or of two in turn. The sentinels look at the answers afterwards, one
// by one, since the world belongs to one goroutine.
func sendAtOnce(ctx context.Context, w *steps.World, draft *scene.Draft, copies int, keys, how string) error {
	other, err := besideIt(ctx, w, draft, how)
	if err != nil {
		return err
	}
	before, err := effect(ctx, w, draft)
	if err != nil {
		return err
	}
	requests := make([]client.Request, copies)
	key := ""
	for i := range requests {
		if i == 0 || keys == "a key each" {
			if key, err = w.Session.Client.NewKey(ctx); err != nil {
				return err
			}
		}
		requests[i] = []*scene.Draft{draft, other}[i%2].Ready()
		requests[i].Key = key
	}
	answers, err := w.Session.Scene.Together(ctx, draft.Operation, requests)
	if err != nil {
		return err
	}
	s := steps.State[repeats](w)
	for i, answer := range answers {
		if err := w.Judge(draft.Operation, answer, sentinel.SuccessStatus); err != nil {
			return err
		}
		if requests[i].As != draft.Request.As {
			s.foreign = append(s.foreign, answer)
		}
	}
	if none := !slices.ContainsFunc(answers, func(answer *client.Exchange) bool { return answer.Status/100 == 2 }); none {
		if open := w.Open(draft.Operation, answers[0]); open != nil {
			return open
		}
	}
	s.answers, s.before = answers, before
	return nil
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
	version4 := uuid.NewString()
	switch how {
	case "left out":
		draft.Request.Without = append(draft.Request.Without, header.Name)
	case "no UUID":
		draft.Request.Key = "not-a-uuid"
	case "empty":
		draft.Request.Header = http.Header{header.Name: {""}}
	case "a UUID of version 1":
		draft.Request.Key = "c232ab00-9414-11ec-b3c8-9f6bdeced846"
	case "the nil UUID":
		draft.Request.Key = uuid.Nil.String()
	case "in upper case":
		draft.Request.Key = strings.ToUpper(version4)
	case "in quotes":
		draft.Request.Key = strconv.Quote(version4)
	case "longer than any key":
		draft.Request.Key = strings.Repeat(version4, 30)
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
		w.ExpectEqual("replay has the body of the first", r.before, r.after, func(name string, _ bool) contract.Fact {
			f := w.Own(contract.Content)
			f.Field = name
			return f
		})
	}
	return nil
}

func bothName(w *steps.World, r *repeat, kind string) error {
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

func successes(w *steps.World) (map[string]int, int, error) {
	answers := steps.State[repeats](w).answers
	if len(answers) == 0 {
		return nil, 0, steps.Faulty("nothing was sent at once before this step")
	}
	named := map[string]int{}
	for _, answer := range answers {
		if answer.Status/100 == 2 {
			named[scene.ID(w.Decoded(answer))]++
		}
	}
	return named, len(answers), nil
}

func eachHasItsOwn(w *steps.World) error {
	s := steps.State[repeats](w)
	if len(s.foreign) == 0 {
		return steps.Faulty("nothing was sent at once with another client's request before this step")
	}
	owners := map[string]map[bool]bool{}
	for _, answer := range s.answers {
		if id := scene.ID(w.Decoded(answer)); answer.Status/100 == 2 && id != "" {
			if owners[id] == nil {
				owners[id] = map[bool]bool{}
			}
			owners[id][slices.Contains(s.foreign, answer)] = true
		}
	}
	for id, whose := range owners {
		w.Expect(len(whose) == 1, evidence.Assertion{Check: "a key belongs to one caller and one request", Fact: w.Own(contract.Effect),
			Message: "two clients that used one key at once were answered with one thing", Expected: "a thing of each client's own, or a refusal",
			Actual: "the id " + id + " in answers to both"})
	}
	return nil
}

func allName(w *steps.World, kind string) error {
	named, sent, err := successes(w)
	if err != nil {
		return err
	}
	w.Expect(len(named) == 1, evidence.Assertion{Check: "parallel requests name one " + kind,
		Fact: w.Fact("IDEMP-29", contract.Effect), Message: "parallel requests under one key did not come to one " + kind,
		Expected: "one id in all successful answers",
		Actual:   fmt.Sprintf("%d ids in the answers to %d requests", len(named), sent)})
	return nil
}

func notTheFirst(w *steps.World, r *repeat) {
	for _, name := range []string{"id", "secret"} {
		if r.before[name] == nil {
			continue
		}
		w.Expect(r.before[name] != r.after[name], evidence.Assertion{Check: "a key belongs to one caller and one request",
			Fact: w.Own(contract.Effect), Message: "the answer of the first request was given to another one",
			Expected: "another answer, or a refusal", Actual: w.Answered(r.latest) + ", with the " + name + " of the first"})
	}
}
