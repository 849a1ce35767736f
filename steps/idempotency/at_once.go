package idempotency

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/client/sentinel"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps"
)

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
		if _, err := w.ExpectServed(draft.Operation, answers[0]); err != nil {
			return err
		}
	}
	s.answers, s.before = answers, before
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

func allName(w *steps.World, kind string) error {
	named, sent, err := successes(w)
	if err != nil {
		return err
	}
	if len(named) == 0 {
		return nil // that none was served is told where they were sent
	}
	w.Expect(len(named) == 1, evidence.Assertion{Check: "parallel requests name one " + kind,
		Fact: w.Fact("IDEMP-29", contract.Effect), Message: "parallel requests under one key did not come to one " + kind,
		Expected: "one id in all successful answers",
		Actual:   fmt.Sprintf("%d ids in the answers to %d requests", len(named), sent)})
	return nil
}

func eachHasItsOwn(ctx context.Context, w *steps.World) error {
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
		if len(whose) > 1 && !namesOne(ctx, w, s.answers[0].Operation, id) {
			w.NoData("a key belongs to one caller and one request", w.Own(contract.Effect), "the id that both were answered names nothing")
			continue
		}
		w.Expect(len(whose) == 1, evidence.Assertion{Check: "a key belongs to one caller and one request", Fact: w.Own(contract.Effect),
			Message: "two clients that used one key at once were answered with one thing", Expected: "a thing of each client's own, or a refusal",
			Actual: "the id " + id + " in answers to both"})
	}
	return nil
}
