package scene

import (
	"context"
	"errors"
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

// GiveBack hands things of the scene to others, but those that it keeps. Exchanges are all that it had a part in:
// what they changed, or may have, is nobody's any more.
func (s *Scene) GiveBack(exchanges []*client.Exchange, keep Things) {
	var kept []loan
	for _, one := range s.loans.things {
		switch {
		case keep.hold(one.thing):
			kept = append(kept, one)
		case one.spent(exchanges):
		default:
			s.shared.add(one)
		}
	}
	s.loans.things = kept
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
		sent := exchange.Request()
		if exchange.N <= l.since || sent.Method == http.MethodGet || sent.Method == http.MethodHead {
			continue
		}
		text := strings.ToLower(sent.URL + " " + string(sent.Body)) // ids in capitals may be taken for the same
		named := strings.Contains(text, strings.ToLower(l.thing.ID))
		if named && exchange.Status/100 != 4 || l.thing.Parts.named(text) {
			return true
		}
		l.thing.poked = l.thing.poked || named
	}
	return false
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
			if thing.poked = err != nil || !unchanged(thing.Body, now); thing.poked {
				continue // a refusal has changed it, or it is answered in another form
			}
		}
		s.loans.things = append(s.loans.things, loan{as, kind, thing, s.loans.latest})
		thing.Parts.into(have)
		return thing, nil
	}
}

// telling are the members in which a change of a thing shows. What else stands in one of two answers alone may be of
// their forms.
var telling = []string{"status", "external_id", "amount", "reserved_amount", "total_amount", "updated_at"}

// unchanged reports whether two answers are of one state of a thing.
func unchanged(before, now map[string]any) bool {
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
	case FundedWallet, CompanyWallet:
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
