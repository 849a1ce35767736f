package scene

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
)

// partBound stops who goes on through a list that never ends.
const partBound = 1000

// Beyond goes on through a list without documented paging, which may come whole or in parts (N-21), from the ids that
// it gave first: entries that an offset brings and that were not seen yet are handed to visit, until that returns
// false or nothing new comes. Errors are those of [Scene.List], but for an offset that is refused: then the list
// was whole.
func (s *Scene) Beyond(ctx context.Context, operation, as string, first []string, visit func(entries []map[string]any) bool) error {
	known, seen := map[string]bool{}, len(first)
	for _, id := range first {
		known[id] = true
	}
	for part := 0; part < partBound && seen > 0; part++ {
		entries, err := s.List(ctx, operation, as, url.Values{"offset": {strconv.Itoa(seen)}})
		if _, is := errors.AsType[*Blocked](err); is {
			return nil
		}
		if err != nil {
			return err
		}
		fresh := slices.DeleteFunc(slices.Clone(entries), func(entry map[string]any) bool { return known[ID(entry)] })
		if len(fresh) == 0 || !visit(fresh) {
			return nil
		}
		for _, entry := range fresh {
			known[ID(entry)] = true
		}
		seen += len(entries)
	}
	return nil
}
