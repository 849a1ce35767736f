package scene

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
)

// shared is what all that is prepared in a run has in common: things that nobody can change, the unit of money, and
// the client of the target file, which is used by one at a time.
type shared struct {
	mu     sync.Mutex
	pools  map[[2]string]*pool // by client and kind
	spares map[[2]string][]*Thing
	unit   Once[Unit]
	client turn
	spoilt sync.Map // by id
}

// Spoil says that a thing which scenarios share is no more as it was given: a call on it was served that should have been
// refused. What others see of it then tells nothing of what they asked for.
func (s *Scene) Spoil(id string) { s.shared.spoilt.Store(id, true) }

// Spoilt reports whether that was said of it.
func (s *Scene) Spoilt(id string) bool {
	_, spoilt := s.shared.spoilt.Load(id)
	return spoilt
}

func newShared() *shared {
	return &shared{pools: map[[2]string]*pool{}, spares: map[[2]string][]*Thing{}, unit: NewOnce[Unit](), client: newTurn()}
}

// pool returns the things of a kind that the scenes of a client share, so many at most.
func (s *shared) pool(as, kind string, most int) *pool {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := [2]string{as, kind}
	if s.pools[id] == nil {
		p := &pool{}
		for range most {
			p.places = append(p.places, NewOnce[*Thing]())
		}
		s.pools[id] = p
	}
	return s.pools[id]
}

// pool hands out a few things in turn, and makes each when its turn first comes.
type pool struct {
	mu     sync.Mutex
	next   int
	places []Once[*Thing]
}

func (p *pool) take(ctx context.Context, fresh func() (*Thing, error)) (*Thing, error) {
	p.mu.Lock()
	place := p.places[p.next%len(p.places)]
	p.next++
	p.mu.Unlock()
	thing, err := place.Get(ctx, fresh)
	if err != nil {
		return nil, err
	}
	lent := *thing // what a caller notes on it is its own
	lent.Shared = true
	return &lent, nil
}

// Common returns what the scenes of a client have in common under a name, and makes it when it is first asked for.
// Errors are those of who makes it.
func (s *Scene) Common(ctx context.Context, as, name string, fresh func() (*Thing, error)) (*Thing, error) {
	return s.shared.pool(as, name, 1).take(ctx, fresh)
}

// turn lets one at a time in, and gives up waiting with the context.
type turn chan struct{}

func newTurn() turn { return make(turn, 1) }

func (t turn) take(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (t turn) leave() { <-t }

// Once keeps the first value that could be made; a failure is not kept, since the next may have more luck.
type Once[T any] struct {
	turn turn
	kept *[]T
}

// NewOnce has made nothing yet.
func NewOnce[T any]() Once[T] { return Once[T]{turn: newTurn(), kept: new([]T)} }

// Get returns what is kept, or makes it; one at a time does so.
func (o Once[T]) Get(ctx context.Context, fresh func() (T, error)) (value T, err error) {
	if err := o.turn.take(ctx); err != nil {
		return value, err
	}
	defer o.turn.leave()
	if len(*o.kept) > 0 {
		return (*o.kept)[0], nil
	}
	if value, err = fresh(); err == nil {
		*o.kept = append(*o.kept, value)
	}
	return value, err
}

// program returns an active card program: the one of the target file, else the first that is listed as active, else
// one that the run makes once for the client (CARD-PRE-19, C-02).
func (s *Scene) program(ctx context.Context, as string) (*Thing, error) {
	given := &Thing{Kind: "program", ID: s.Given.Programs["ok"], Shared: true}
	if given.ID != "" && as != "second" {
		return given, nil
	}
	return s.shared.pool(as, "program", 1).take(ctx, func() (*Thing, error) {
		found, err := s.listed(ctx, as)
		if err != nil || found != nil {
			return found, err
		}
		if given.ID = cmp.Or(s.Given.SecondClient["program"], given.ID); given.ID != "" {
			return given, nil
		}
		made, err := s.Fresh(ctx, as, "program", nil)
		if err != nil {
			return nil, err
		}
		made.As, made.guessed = "", made.Maker != as
		return made, nil
	})
}

// listed is a program that is listed as active: the one of the target file, unless it is not among those of this client,
// else one with metadata, since without any it fails a check. Nil where none is, or none may be listed.
func (s *Scene) listed(ctx context.Context, as string) (*Thing, error) {
	programs, err := s.List(ctx, "card-programs-list", as, nil)
	if err != nil && !unreadable(err) {
		return nil, err
	}
	given := []string{s.Given.Programs["ok"], s.Given.SecondClient["program"]}
	var failing []string
	for checks, id := range s.Given.Programs {
		if checks != "ok" {
			failing = append(failing, id)
		}
	}
	best, most := (*Thing)(nil), 0
	for _, program := range programs {
		id := identity(program)
		if status, _ := program["status"].(string); !strings.EqualFold(status, "ACTIVE") || id == "" || slices.Contains(failing, id) {
			continue
		}
		metadata, _ := program["metadata"].(map[string]any)
		rank := 1 + min(1, len(metadata))
		if at := slices.Index(given, id); at >= 0 {
			rank = 2 + len(given) - at
		}
		if rank > most {
			best, most = &Thing{Kind: "program", ID: id, Body: program, Maker: as}, rank
		}
	}
	return best, nil
}
