package scene

import (
	"net/http"
	"strings"

	"github.com/kobcheck/kobcheck/client"
)

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
