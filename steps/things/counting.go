package things

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps"
)

func countingSentences() []steps.Definition {
	const area = "effect"
	return []steps.Definition{
		steps.Define(area, `"([^"]+)" is called once( with a key)?`, "Reads the list of the kind, then makes one thing that can be told "+
			"from those of others by what it names.", callOnce),
		steps.Define(area, `one more of it is listed`, "Reads the list again: there is not more than one new entry that names what the request named.", oneMore),
	}
}

// counted is a request that makes something, and what the list of its kind showed of it before.
type counted struct {
	draft  *scene.Draft
	names  []string
	before map[string]bool
}

func callOnce(ctx context.Context, w *steps.World, title, keyed string) error {
	operation, err := w.Operation(title)
	if err != nil {
		return err
	}
	c := steps.State[counted](w)
	if c.draft, err = w.Scene.Draft(ctx, operation, w.Session.Client.Caller(operation), w.Things); err != nil {
		return err
	}
	if keyed != "" {
		c.draft.Request.Key = uuid.NewString()
	}
	c.names = ownNames(w, c.draft)
	if c.before, err = shown(ctx, w, c); err != nil {
		return err
	}
	w.Draft = c.draft
	if err := w.SendDraft(ctx); err != nil {
		return err
	}
	return w.Served(operation, w.Last)
}

// ownNames are the texts of a request that no other has: the ids of things that only this scenario has, and what is new
// in each request.
func ownNames(w *steps.World, draft *scene.Draft) (names []string) {
	shared := map[string]bool{}
	for _, thing := range w.Things {
		shared[thing.ID] = thing.Shared
	}
	for _, field := range draft.Operation.Body.Fields {
		value, there := scene.Member(draft.Body, field.Name)
		if !there || field.Fixture != "" && shared[fmt.Sprint(value)] {
			continue
		}
		names = append(names, scene.IDsIn(fmt.Sprint(value))...)
	}
	return names
}

// shown are the ids of the entries that name what a request names.
func shown(ctx context.Context, w *steps.World, c *counted) (map[string]bool, error) {
	ids := map[string]bool{}
	lister := steps.Lister(w, c.draft.Operation.Creates)
	see := func(entries []map[string]any) bool {
		for _, entry := range entries {
			for _, name := range c.names {
				if strings.Contains(strings.ToLower(fmt.Sprint(entry)), name) {
					ids[scene.ID(entry)] = true
				}
			}
		}
		return true
	}
	err := w.Preparing(func() error {
		last := w.Last
		defer func() { w.Last = last }()
		if !lister.Takes("offset") {
			entries, err := w.Scene.List(ctx, lister.ID, c.draft.Request.As, nil)
			see(entries)
			return err
		}
		query := url.Values{"order": {"desc"}}
		if lister.Takes("wallet") {
			query.Set("wallet", c.names[0])
		}
		pages := 0
		_, _, err := Walk(ctx, w, lister, c.draft.Request.As, query, func(entries []map[string]any) bool {
			pages++
			return see(entries) && pages < newestPages
		})
		return err
	})
	return ids, err
}

// newestPages is how far back a thing that was just made is looked for.
const newestPages = 3

func oneMore(ctx context.Context, w *steps.World) error {
	c := steps.State[counted](w)
	if c.draft == nil {
		return steps.Faulty("nothing was called once before this step")
	}
	now, err := shown(ctx, w, c)
	if err != nil {
		return err
	}
	for id := range c.before {
		delete(now, id)
	}
	// A list may come in parts (N-21): that none is shown is what other scenarios are about.
	requirement := "HARNESS-29"
	if c.draft.Operation.NeedsKey() {
		requirement = "IDEMP-01"
	}
	fact := w.Tagged(w.Fact(requirement, contract.Effect))
	w.Expect(len(now) <= 1, evidence.Assertion{Check: "one request makes one thing", Fact: fact,
		Through:  steps.Lister(w, c.draft.Operation.Creates).ID,
		Message:  fmt.Sprintf("%q made more than the one %s of its answer", c.draft.Operation.Title, c.draft.Operation.Creates),
		Expected: "one more in the list", Actual: fmt.Sprintf("%d more", len(now))})
	return nil
}
