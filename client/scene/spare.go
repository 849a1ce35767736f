package scene

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/client"
)

// loans is what an observed scene, which belongs to one goroutine, has in hand. A thing belongs to one scene at a
// time; one on which all that wrote was refused is as good as new for the next.
type loans struct {
	anew   bool
	latest int // the number of the latest exchange that was heard
	things []loan
	client *Thing
	back   []func(context.Context) error
	reads  map[[3]string]reading
}

// reading is what a thing last read as, and by which exchange.
type reading struct {
	n    int
	body map[string]any
}

// LastRead returns what a thing last read as by an operation, and the number of the exchange; nil where it was not read.
func (s *Scene) LastRead(operation, as, id string) (map[string]any, int) {
	if s.loans == nil {
		return nil, 0
	}
	last := s.loans.reads[[3]string{operation, as, id}]
	return last.body, last.n
}

func (l *loans) note(operation, as, id string, exchange *client.Exchange, body map[string]any) {
	if l.reads == nil {
		l.reads = map[[3]string]reading{}
	}
	l.reads[[3]string{operation, as, id}] = reading{exchange.N, body}
}

// loan is a thing that was complete at an exchange of a number.
type loan struct {
	as, kind string
	thing    *Thing
	since    int
}

func (l *loans) hear(exchange *client.Exchange) {
	l.latest = exchange.N
}

// lend notes a new thing, if somebody else may use it afterwards.
func (s *Scene) lend(as, kind string, thing *Thing) {
	switch kind {
	case "card", "enduser", "transaction", "wallet", FundedWallet:
		if s.loans != nil {
			s.loans.things = append(s.loans.things, loan{as, kind, thing, s.loans.latest})
		}
	}
}

// lent returns the client whose status may be changed; the same one until the scene puts it back.
func (s *Scene) lent(ctx context.Context) (*Thing, error) {
	if s.Given.Client != "" && s.loans.client != nil {
		return s.loans.client, nil
	}
	thing, back, err := s.Disposable(ctx)
	if err == nil {
		s.loans.client = thing
		s.loans.back = append(s.loans.back, back)
	}
	return thing, err
}

// PutBack undoes what was done to the client of the target file, so that the next scene may have it.
func (s *Scene) PutBack(ctx context.Context) error {
	var failed []error
	for _, back := range s.loans.back {
		failed = append(failed, back(ctx))
	}
	s.loans.back, s.loans.client = nil, nil
	return errors.Join(failed...)
}

// movedWallet is a wallet on which money was booked, and nothing else was done: it serves where one with money is asked for.
const movedWallet = "moved wallet"

// mostMoved is how many bookings such a wallet may have, so that what is listed of it stays short.
const mostMoved = 6

// GiveBack hands things of the scene to others, but those that it keeps. Exchanges are all that it had a part in:
// what they changed, or may have, is nobody's any more, but a wallet of which only the amounts did.
func (s *Scene) GiveBack(exchanges []*client.Exchange, keep Things) {
	var kept, moved, free []loan
	gone := Things{} // what is kept, or goes to others with all that it was made with
	for _, one := range s.loans.things {
		switch {
		case keep.hold(one.thing):
			kept = append(kept, one)
			gone[one.thing.ID] = one.thing
		case one.spent(exchanges):
			moved = append(moved, one)
		case gone[one.thing.ID] == nil && !one.thing.given:
			free = append(free, one)
			gone[one.thing.ID] = one.thing
		}
	}
	for _, one := range moved {
		if !one.thing.given && !gone.hold(one.thing) && one.onlyMoved(exchanges) {
			gone[one.thing.ID] = one.thing
			one.kind, one.thing.poked = movedWallet, true
			free = append(free, one)
		}
	}
	s.loans.things = kept
	for _, one := range free {
		one.thing.Parts.give()
	}
	for _, one := range free { // from here on it is another's
		if !one.thing.given {
			s.shared.add(one)
		}
	}
}

// give notes of parts that they go with what they are parts of.
func (t Things) give() {
	for _, part := range t {
		if part != nil && !part.Shared && !part.given {
			part.given = true
			part.Parts.give()
		}
	}
}

// onlyMoved reports whether money was booked on a wallet, a few times in all, and nothing else was done to it.
func (l loan) onlyMoved(exchanges []*client.Exchange) bool {
	if l.thing.Kind != "wallet" {
		return false
	}
	for _, exchange := range exchanges {
		if exchange.N <= l.since || !writes(exchange) || !strings.Contains(naming(exchange), strings.ToLower(l.thing.ID)) {
			continue
		}
		if !strings.HasPrefix(exchange.Operation, "transactions-") || exchange.Status/100 != 2 && exchange.Status/100 != 4 {
			return false
		}
		l.thing.moved++
	}
	return l.thing.moved <= mostMoved
}

// hold reports whether a thing is among some, or among the parts of one of them.
func (t Things) hold(thing *Thing) bool {
	for _, one := range t {
		if one == thing || one != nil && one.Parts.hold(thing) {
			return true
		}
	}
	return false
}

// spent reports whether a thing or a part of it may have been changed. A refused change is looked into by who gets
// the thing next; nobody looks into those of parts.
func (l loan) spent(exchanges []*client.Exchange) bool {
	if l.kind == "enduser" {
		return false // no operation changes one
	}
	for _, exchange := range exchanges {
		if exchange.N <= l.since || !writes(exchange) {
			continue
		}
		text := naming(exchange)
		named := strings.Contains(text, strings.ToLower(l.thing.ID))
		if named && exchange.Status/100 != 4 || l.thing.Parts.named(text) {
			return true
		}
		l.thing.poked = l.thing.poked || named
	}
	return false
}

func writes(exchange *client.Exchange) bool {
	method := exchange.Request().Method
	return method != http.MethodGet && method != http.MethodHead
}

// naming is the text of a request that names things, in small letters: ids in capitals may be taken for the same.
func naming(exchange *client.Exchange) string {
	sent := exchange.Request()
	return strings.ToLower(sent.URL + " " + string(sent.Body))
}

// named reports whether a text in small letters names one of the things that others don't have.
func (t Things) named(text string) bool {
	for _, one := range t {
		if one != nil && !one.Shared && (strings.Contains(text, strings.ToLower(one.ID)) || one.Parts.named(text)) {
			return true
		}
	}
	return false
}

func (s *shared) add(one loan) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := [2]string{one.as, one.kind}
	s.spares[id] = append(s.spares[id], one.thing)
}

func (s *shared) spare(as, kind string) *Thing {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := [2]string{as, kind}
	last := len(s.spares[id]) - 1
	if last < 0 {
		return nil
	}
	thing := s.spares[id][last]
	s.spares[id] = s.spares[id][:last]
	return thing
}

// spare returns a thing that another scene has left as good as new, together with its parts, or nil. A caller with
// parts of its own needs one that is made of them.
func (s *Scene) spare(ctx context.Context, as, kind string, have Things) (*Thing, error) {
	if s.loans == nil || s.loans.anew || s.leans(kind, have) {
		return nil, nil //nolint:nilnil // there may be none
	}
	for {
		thing := s.shared.spare(as, kind)
		if thing == nil {
			return nil, nil //nolint:nilnil // there may be none
		}
		if thing.poked {
			now, err := s.Get(ctx, s.reader(kind), as, thing.ID)
			if err != nil && !unreadable(err) {
				return nil, err
			}
			if thing.poked = err != nil || !unchanged(thing.Body, now, kind == movedWallet); thing.poked {
				continue // a refusal has changed it, or it is answered in another form
			}
			thing.Body = now
		}
		s.loans.things = append(s.loans.things, loan{as, kind, thing, s.loans.latest})
		thing.Parts.into(have)
		return thing, nil
	}
}

// telling are the members in which a change of a thing shows. What else stands in one of two answers alone may be of
// their forms.
var telling = []string{"status", "external_id", "amount", "reserved_amount", "total_amount", "updated_at"}

// amounts are the members of a wallet that bookings change.
var amounts = []string{"amount", "total_amount", "updated_at"}

// unchanged reports whether two answers are of one state of a thing, but for bookings on it where it has moved.
func unchanged(before, now map[string]any, moved bool) bool {
	if moved && before != nil {
		before = maps.Clone(before)
		for _, name := range amounts {
			before[name] = now[name]
		}
	}
	for _, name := range telling {
		if !reflect.DeepEqual(before[name], now[name]) {
			return false
		}
	}
	for name, value := range before {
		if other, there := now[name]; there && !reflect.DeepEqual(value, other) {
			return false
		}
	}
	return true
}

// into puts parts among the things of a caller.
func (t Things) into(have Things) {
	for kind, one := range t {
		had := have[kind]
		if have != nil && one != nil && (had == nil || had.Shared && had.As == one.As) {
			have[kind] = one
			one.Parts.into(have)
		}
	}
}

// leans reports whether a caller has a thing of its own that a new one of a kind would be made with.
func (s *Scene) leans(kind string, have Things) bool {
	return slices.ContainsFunc(s.parts(kind), func(part string) bool {
		thing := have[part]
		return thing != nil && (!thing.Shared || thing.particular) || s.leans(part, have)
	})
}

// parts are the kinds that a thing of a kind is made with.
func (s *Scene) parts(kind string) []string {
	switch kind {
	case FundedWallet, CompanyWallet, movedWallet:
		kind = "wallet"
	}
	if operation := s.Contract.Creator(kind); operation != nil {
		return operation.Fixtures()
	}
	return nil
}

// reader is the operation that reads a thing of a kind.
func (s *Scene) reader(kind string) string {
	switch kind {
	case "card", "enduser", "transaction":
		return kind + "s-get"
	}
	return "wallets-get"
}
