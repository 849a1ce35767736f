package steps

import (
	"context"
	"net/url"
	"strconv"

	"github.com/kobcheck/kobcheck/contract"
)

const (
	// pageSize is how many entries of a list are asked for at once: few enough for any largest page that an API
	// may hold against it (N-19).
	pageSize = 20
	// pageBound stops a walk through a list that never ends: 1000 pages of 20.
	pageBound = 1000
	// staleBound stops a walk whose pages bring nothing new: the API does not heed the offset. One such page
	// is no proof, since what others create meanwhile moves entries onto the next one.
	staleBound = 3
)

// walk goes through the pages of a list by offset and hands each to visit, until that returns false, the
// list ends, or its pages bring nothing new. It returns how many entries it saw, and whether it stopped for
// the bound alone.
func (w *World) walk(ctx context.Context, operation *contract.Operation, as string, query url.Values, visit func(items []any) bool) (seen int, bounded bool, err error) {
	query = copyQuery(query)
	query.Set("limit", strconv.Itoa(pageSize))
	known, stale := map[any]bool{}, 0
	for page := 0; page < pageBound; page++ {
		query.Set("offset", strconv.Itoa(seen))
		items, err := w.list(ctx, operation, as, copyQuery(query))
		if err != nil {
			return seen, false, err
		}
		before := len(known)
		for _, item := range items {
			if entry, ok := item.(map[string]any); ok {
				if id, ok := entry["id"].(string); ok {
					known[id] = true
				}
			}
		}
		seen += len(items)
		// The header may count the page alone (C-41); then it says nothing of the end.
		total, _ := strconv.Atoi(w.last.Header.Get("X-Total-Count"))
		if !visit(items) || len(items) == 0 || total > len(items) && seen >= total {
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

func hasQuery(operation *contract.Operation, name string) bool {
	for _, parameter := range operation.Query {
		if parameter.Name == name {
			return true
		}
	}
	return false
}
