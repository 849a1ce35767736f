package suite

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/things"
)

// accounts are what a run asked to have made and what it was given, so that what is there in the end beyond that can be
// told: made by a request that was refused, or the second of one request.
type accounts struct {
	// given are the ids in answers to what writes, ours the ids and texts that nobody had before this run.
	given, ours map[string]bool
	asked       []asking
}

// asking is a request to make something.
type asking struct {
	scenario, kind, operation, as string
	exchange, status              int
	names                         []string // the ids and new texts in it
}

func newAccounts() accounts { return accounts{given: map[string]bool{}, ours: map[string]bool{}} }

// add notes what a scenario sent and was given.
func (a accounts) add(facts *contract.Contract, scenario string, heard []*client.Exchange) (asked []asking) {
	for _, e := range heard {
		operation := facts.Operation(e.Operation)
		if operation == nil || operation.ID == "token" || e.Request().Method == http.MethodGet {
			continue
		}
		if e.Status/100 == 2 {
			for _, id := range scene.IDsIn(string(e.Body)) {
				a.given[id] = true
			}
		}
		if operation.Creates == "" {
			continue
		}
		if e.Status/100 == 2 {
			a.ours[strings.ToLower(scene.IDOf(e))] = true
		}
		for _, id := range fresh(operation, e.Request().Body) {
			a.ours[id] = true
		}
		status := e.Status
		if status == http.StatusTooManyRequests || e.Interposed() != "" {
			status = 0 // whoever said that stands before the API, and need not know what it did
		}
		asked = append(asked, asking{scenario: scenario, kind: operation.Creates, operation: operation.ID, as: e.As, exchange: e.N,
			status: status, names: scene.IDsIn(string(e.Request().Body))})
	}
	return asked
}

// fresh are the texts of a body that are new in each request, and no ids of things that others may have.
func fresh(operation *contract.Operation, body []byte) (texts []string) {
	sent, _ := scene.Value(body).(map[string]any)
	for name, value := range sent {
		if field := operation.Field(name); field != nil && field.Fixture == "" {
			texts = append(texts, scene.IDsIn(fmt.Sprint(value))...)
		}
	}
	return slices.DeleteFunc(texts, func(id string) bool { return id == steps.AbsentID })
}

// What bounds the look at what is there in the end: so long, and so many pages of a list.
const (
	accountsTime  = 20 * time.Second
	accountsPages = 60
	clocksDiffer  = 5 * time.Minute
)

// watchMade looks through the lists for things of this run that no answer has given to it.
func (r *runner) watchMade(ctx context.Context) {
	if ctx.Err() != nil || !r.anyAnswer || r.outage.down || r.config.Selection.Quick {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, accountsTime)
	defer cancel()
	by := map[[2]string][]asking{}
	for _, one := range r.accounts.asked {
		by[[2]string{one.kind, one.as}] = append(by[[2]string{one.kind, one.as}], one)
	}
	w := r.config.Session.NewWorld(steps.Scenario{ID: "accounts"})
	for _, key := range slices.SortedFunc(maps.Keys(by), func(a, b [2]string) int { return cmp.Compare(a[0]+a[1], b[0]+b[1]) }) {
		lister := steps.Lister(w, key[0])
		if lister == nil || !slices.ContainsFunc(by[key], func(one asking) bool { return len(one.names) > 0 }) {
			continue
		}
		var beyond []map[string]any
		err := w.Preparing(func() error {
			var err error
			given := slices.ContainsFunc(by[key], func(one asking) bool { return one.status/100 == 2 })
			beyond, err = r.beyondGiven(ctx, w, lister, key[1], given)
			return err
		})
		if err == nil { // a list that is not served is what its own scenarios are about
			r.blame(by[key], beyond)
		}
	}
	r.uses.Add(w.Evidence().Exchanges)
}

// beyondGiven are the entries of a list that no answer gave to the run; none where answers gave something and no entry has
// an id of that: then its ids are of another kind, which is told of the list.
func (r *runner) beyondGiven(ctx context.Context, w *steps.World, lister *contract.Operation, as string, given bool,
) (beyond []map[string]any, err error) {
	known := !given
	defer func() {
		if !known {
			beyond = nil
		}
	}()
	see := func(entries []map[string]any) {
		for _, entry := range entries {
			switch id := strings.ToLower(scene.ID(entry)); {
			case r.accounts.given[id]:
				known = true
			case id != "":
				beyond = append(beyond, entry)
			}
		}
	}
	paged := lister.Takes("offset")
	if !paged {
		entries, err := w.Scene.List(ctx, lister.ID, as, nil)
		see(entries)
		return beyond, err
	}
	pages := 0
	query := url.Values{"order": {"desc"}, "from": {things.Stamp(r.started.Add(-clocksDiffer))}}
	_, _, err = things.Walk(ctx, w, lister, as, query, func(entries []map[string]any) bool {
		see(entries)
		pages++
		return pages < accountsPages
	})
	return beyond, err
}

// blame finds the requests that made what nobody was given. What names something of this run but stands in no request to
// make such a thing is made by the API on its own account, as a wallet with each enduser may be: then nothing of the kind
// is anybody's fault. Nor is what a request without an answer may have made.
func (r *runner) blame(asked []asking, beyond []map[string]any) {
	type fault struct {
		asking
		entry map[string]any
	}
	var faults []fault
	for _, entry := range beyond {
		names := slices.DeleteFunc(scene.IDsIn(fmt.Sprint(entry)), func(id string) bool { return !r.accounts.ours[id] })
		naming := func(wanted func(status int) bool) *asking {
			for i := range asked {
				if wanted(asked[i].status) && slices.ContainsFunc(asked[i].names, func(id string) bool { return slices.Contains(names, id) }) {
					return &asked[i]
				}
			}
			return nil
		}
		refused := naming(func(status int) bool { return status/100 == 4 })
		served := naming(func(status int) bool { return status/100 == 2 })
		unsure := naming(func(status int) bool { return status/100 != 2 && status/100 != 4 })
		switch {
		case unsure != nil:
		case refused != nil:
			faults = append(faults, fault{*refused, entry})
		case served != nil:
			faults = append(faults, fault{*served, entry})
		case len(names) > 0:
			return
		}
	}
	for _, one := range faults {
		r.blamed(one.asking, one.entry)
	}
}

func (r *runner) blamed(one asking, entry map[string]any) {
	operation := r.config.Session.Contract.Operation(one.operation)
	requirement, check := "HARNESS-11", "a refused request makes nothing"
	message := fmt.Sprintf("%q was refused and made a %s all the same", operation.Title, one.kind)
	if one.status/100 == 2 {
		requirement, check = "HARNESS-29", "one request makes one thing"
		if operation.NeedsKey() {
			requirement = "IDEMP-01"
		}
		message = fmt.Sprintf("%q made more than the one %s of its answer", operation.Title, one.kind)
	}
	w := r.config.Session.NewWorld(steps.Scenario{ID: one.scenario})
	_ = w.Preparing(func() error { // what is only noticed fails nothing
		w.Expect(false, evidence.Assertion{Check: check, Exchange: one.exchange, Message: message,
			Fact:     contract.Fact{Requirement: requirement, Operation: one.operation, Facet: contract.Effect, Edition: r.config.Session.Edition},
			Expected: "nothing that no answer gave", Actual: "the " + one.kind + " " + scene.ID(entry) + " is listed"})
		return nil
	})
	r.noticeAfter(w.Evidence())
}
