package things

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"time"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/steps"
)

// CardsOf returns the ids of our cards on a wallet that were made from a time on, sorted. The list of
// cards has no filter by wallet, hence the bound: a long-lived target has many cards.
func CardsOf(ctx context.Context, w *steps.World, walletID string, from time.Time) ([]string, error) {
	operation := w.Session.Contract.Operation("cards-list")
	var found []string
	query := url.Values{"order": {"desc"}}
	if !from.IsZero() {
		query.Set("from", Stamp(from))
	}
	_, bounded, err := Walk(ctx, w, operation, "primary", query, func(items []map[string]any) bool {
		for _, card := range items {
			// What others create meanwhile moves entries onto the next page, where they are seen again.
			if card["wallet_id"] == walletID && Times(fmt.Sprint(card["id"]), found) == 0 {
				found = append(found, fmt.Sprint(card["id"]))
			}
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	if bounded {
		return nil, tooLong()
	}
	sort.Strings(found)
	return found, nil
}

// IDs are the ids of entries, in their order.
func IDs(items []map[string]any) []string {
	out := make([]string, 0, len(items))
	for _, item := range items {
		id, _ := item["id"].(string)
		out = append(out, id)
	}
	return out
}

// Times counts an id among others.
func Times(id string, all []string) int {
	n := 0
	for _, one := range all {
		if one == id {
			n++
		}
	}
	return n
}

const (
	// PageSize is how many entries of a list are asked for at once: few enough for any largest page that an API
	// may hold against it (N-19).
	PageSize = 20
	// PageBound stops a walk through a list that never ends, or that nights have filled: 100 pages of 20 are several times
	// what a run makes.
	PageBound = 100
	// staleBound stops a walk whose pages bring nothing new: the API does not heed the offset. One such page
	// is no proof, since what others create meanwhile moves entries onto the next one.
	staleBound = 3
)

// tooLong says that a walk came to its bound before it had seen what it was to see.
func tooLong() error {
	return &scene.NotTestable{Why: fmt.Sprintf("the list has more than %d pages of %d of that time", PageBound, PageSize)}
}

// Walk goes through the pages of a list by offset and hands each to visit, until that returns false, the
// list ends, its pages bring nothing new, or, the newest first, only what is older than was asked for. It returns how
// many entries it saw, and whether it stopped for the bound alone.
func Walk(ctx context.Context, w *steps.World, operation *contract.Operation, as string, query url.Values,
	visit func(items []map[string]any) bool,
) (seen int, bounded bool, err error) {
	query = CopyQuery(query)
	query.Set("limit", strconv.Itoa(PageSize))
	known, stale := map[any]bool{}, 0
	from, _ := schemas.Instant(query.Get("from"))
	older := func(item map[string]any) bool { // where from is not heeded, and a list that nights have filled goes on and on
		at := Creation(item)
		return !at.IsZero() && at.Before(from)
	}
	for page := 0; page < PageBound; page++ {
		query.Set("offset", strconv.Itoa(seen))
		items, err := w.Scene.List(ctx, operation.ID, as, CopyQuery(query))
		if err != nil {
			return seen, false, err
		}
		before := len(known)
		for _, item := range items {
			if id, ok := item["id"].(string); ok {
				known[id] = true
			}
		}
		seen += len(items)
		// The header may count the page alone (C-41); then it says nothing of the end.
		total, _ := strconv.Atoi(w.Last.Header.Get("X-Total-Count"))
		if !visit(items) || len(items) == 0 || total > len(items) && seen >= total {
			return seen, false, nil
		}
		if query.Get("order") == "desc" && !slices.ContainsFunc(items, func(item map[string]any) bool { return !older(item) }) {
			return seen, false, nil
		}
		if stale++; len(known) > before {
			stale = 0
		}
		if stale == staleBound {
			return seen, false, nil
		}
	}
	return seen, true, nil
}

// entryOf returns the entry with an id, or nil.
func entryOf(items []map[string]any, id string) map[string]any {
	for _, entry := range items {
		if entry["id"] == id {
			return entry
		}
	}
	return nil
}

// CopyQuery returns a query that can be changed alone.
func CopyQuery(query url.Values) url.Values {
	if query == nil {
		return url.Values{}
	}
	return url.Values(http.Header(query).Clone())
}
