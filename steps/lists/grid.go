package lists

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/things"
)

func gridSentences() []steps.Definition {
	const area = "list"
	return []steps.Definition{
		steps.Define(area, `we ask for parts of the list of (those|the wallet), by its parameters together`,
			"Asks for combinations of offset, limit, order and a range of time, as many as this run goes deep.", askForParts),
		steps.Define(area, `each part is (that part of the whole|empty)`, "Compares each with the part of the whole list that it names.", partsAreParts),
	}
}

// point is one combination of what a list can be asked for: entries from the first to the last one by time, in an
// order, as many as limit from the offset-th on. What is not asked is -1.
type point struct{ offset, limit, first, last int }

// asked are the points of the grid over a list of so many entries, each in both orders; ranges says that its entries
// can be told apart by time.
func asked(entries int, ranges bool) []point {
	var all []point
	offsets := slices.Compact([]int{-1, 1, 2, max(2, entries-1), max(2, entries), max(2, entries+1)})
	limits := slices.Compact([]int{-1, 1, 2, max(2, entries-1), max(2, entries+1)})
	bounds := []int{-1}
	for i := 0; ranges && i < entries; i++ {
		bounds = append(bounds, i)
	}
	for _, offset := range offsets {
		for _, limit := range limits {
			for _, first := range bounds {
				for _, last := range bounds {
					if first < 0 || last < 0 || first <= last {
						all = append(all, point{offset, limit, first, last})
					}
				}
			}
		}
	}
	return all
}

// simpler are the points that ask for one thing less.
func (p point) simpler() (all []point) {
	for _, unasked := range []point{{-1, p.limit, p.first, p.last}, {p.offset, -1, p.first, p.last},
		{p.offset, p.limit, -1, p.last}, {p.offset, p.limit, p.first, -1}} {
		if unasked != p {
			all = append(all, unasked)
		}
	}
	return all
}

// grid is a list whose entries are known, with how it is asked for.
type grid struct {
	operation *contract.Operation
	base      url.Values
	entries   []*scene.Thing
	// whole are the ids of the whole list, in ascending order.
	whole []string
}

func (g *grid) query(p point, newestFirst bool) url.Values {
	query := things.CopyQuery(g.base)
	query.Set("order", map[bool]string{false: "asc", true: "desc"}[newestFirst])
	for name, number := range map[string]int{"offset": p.offset, "limit": p.limit} {
		if number >= 0 {
			query.Set(name, strconv.Itoa(number))
		}
	}
	if !query.Has("limit") { // how many come where nobody says is open (N-19)
		query.Set("limit", strconv.Itoa(things.PageSize))
	}
	if p.first >= 0 {
		query.Set("from", things.Stamp(things.Created(g.entries[p.first]).Add(-time.Millisecond)))
	}
	if p.last >= 0 {
		query.Set("to", things.Stamp(after(g.entries[p.last])))
	}
	return query
}

// part is what a point names of the whole list.
func (g *grid) part(p point, newestFirst bool) []string {
	whole := slices.Clone(g.whole)
	if p.first >= 0 || p.last >= 0 {
		within := g.entries[max(p.first, 0):]
		if p.last >= 0 {
			within = g.entries[max(p.first, 0) : p.last+1]
		}
		whole = slices.DeleteFunc(whole, func(id string) bool {
			return !slices.ContainsFunc(within, func(thing *scene.Thing) bool { return thing.ID == id })
		})
	}
	if newestFirst {
		slices.Reverse(whole)
	}
	whole = whole[min(max(p.offset, 0), len(whole)):]
	if p.limit >= 0 {
		whole = whole[:min(p.limit, len(whole))]
	}
	return whole
}

// look asks for a point and reports whether the part of the whole came. What is refused shows nothing: no page says how
// far an offset may reach.
func (g *grid) look(ctx context.Context, w *steps.World, p point, newestFirst bool) (holds bool, got []string, err error) {
	entries, err := w.Scene.List(ctx, g.operation.ID, "primary", g.query(p, newestFirst))
	if blocked, is := errors.AsType[*scene.Blocked](err); is && blocked.Status/100 == 4 && p.offset >= len(g.whole) {
		return true, nil, nil
	}
	got = things.IDs(entries)
	return slices.Equal(got, g.part(p, newestFirst)), got, err
}

// partCheck is the name of the check of parts of a list.
const partCheck = "a part of a list is that part of the whole"

// parts are what was seen of the parts of a list: how many were that part of the whole, and the first that was not.
type parts struct {
	held    int
	differs *evidence.Assertion
}

// partsAreParts is for parts of the whole and for those of nothing alike: what a part is, its grid knows.
func partsAreParts(w *steps.World, _ string) error {
	seen := steps.State[parts](w)
	if seen.held == 0 && seen.differs == nil {
		return steps.Faulty("no part of a list was asked for before this step")
	}
	for range seen.held {
		w.Expect(true, evidence.Assertion{Check: partCheck, Fact: w.Own(contract.Effect)})
	}
	if seen.differs != nil {
		w.Expect(false, *seen.differs)
	}
	return nil
}

// pointsToOne is how many points are looked at for each of other cases: they are many, and cost one request each.
const pointsToOne = 3

// explore looks at as many points as the run goes deep. What differs first is shrunk to the parameters that it takes,
// and breaks the requirement of one of them.
func (g *grid) explore(ctx context.Context, w *steps.World, points []point, whole func() ([]string, error)) error {
	seen := steps.State[parts](w)
	*seen = parts{}
	for i, p := range steps.Sampled(w, points, pointsToOne*w.Depth()) {
		newestFirst := i%2 == 1
		holds, got, err := g.look(ctx, w, p, newestFirst)
		if err != nil {
			return err
		}
		if !holds && whole != nil { // others may have changed the list meanwhile, and no page says which time counts
			if g.whole, err = whole(); err == nil {
				holds, got, err = g.look(ctx, w, p, newestFirst)
			}
			if err != nil {
				return err
			}
		}
		fact := w.Own(contract.Effect)
		if holds {
			seen.held++
			continue
		}
		for simpler := p.simpler(); len(simpler) > 0; simpler = simpler[1:] {
			holds, other, err := g.look(ctx, w, simpler[0], newestFirst)
			if err != nil {
				return err
			}
			if !holds {
				p, got = simpler[0], other
				simpler = append([]point{p}, p.simpler()...)
			}
		}
		fact.Requirement, fact.Also = g.blames(p, newestFirst, fact.Requirement), nil
		query := g.query(p, newestFirst)
		seen.differs = &evidence.Assertion{Check: partCheck, Kind: evidence.Queried, Fact: fact, Exchange: w.Last.N,
			Message:  fmt.Sprintf("the list of %s with %s is not that part of the whole", g.operation.Title, query.Encode()),
			Expected: fmt.Sprint(g.part(p, newestFirst)), Actual: fmt.Sprint(got)}
		return nil
	}
	return nil
}

// blames is the requirement of the parameter that a point cannot do without, the leading one where it is no single one.
func (g *grid) blames(p point, newestFirst bool, leading string) string {
	asked := map[string]bool{"offset": p.offset > 0, "limit": p.limit >= 0, "from": p.first >= 0, "to": p.last >= 0}
	maps.DeleteFunc(asked, func(_ string, is bool) bool { return !is })
	if len(asked) == 0 {
		asked["wallet"], asked["order"] = len(g.base) > 0 && !newestFirst, newestFirst
	}
	for _, parameter := range g.operation.Query {
		if asked[parameter.Name] && parameter.Requirement != "" {
			return parameter.Requirement
		}
	}
	return leading
}

func askForParts(ctx context.Context, w *steps.World, of string) error {
	if of == "the wallet" {
		return askOfWallet(ctx, w)
	}
	s, err := spanOf(w)
	if err != nil {
		return err
	}

	g := &grid{operation: s.operation, base: s.base, entries: s.all()}
	alone := len(s.base) > 0 // nobody else has the wallet
	if !alone {
		g.base, g.entries = s.window(), s.inside
	}
	whole := func() ([]string, error) {
		query := things.CopyQuery(g.base)
		query.Set("order", "asc")
		query.Set("limit", strconv.Itoa(things.PageSize))
		all, err := w.Scene.List(ctx, s.operation.ID, "primary", query)
		return things.IDs(all), err
	}
	if g.whole, err = whole(); err != nil {
		return err
	}
	if len(g.whole) >= things.PageSize {
		return &scene.NotTestable{Why: "others made more in that time than one page holds"}
	}
	return g.explore(ctx, w, asked(len(g.entries), alone), whole)
}

func askOfWallet(ctx context.Context, w *steps.World) error {
	wallet, err := w.Thing("wallet")
	if err != nil {
		return err
	}
	g := &grid{operation: w.Session.Contract.Operation("transactions-list"), base: url.Values{"wallet": {wallet.ID}}}
	return g.explore(ctx, w, asked(0, false), nil)
}
