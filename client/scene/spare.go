package scene

import (
	"context"
	"maps"
	"reflect"
	"slices"
)

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
