package mock

import (
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/mock/fault"
)

// The faults of the eight checks, by place in the order. A check whose object is missing decides nothing.
var (
	checkMissing = [8]fault.ID{"order.check-1-missing", "order.check-2-missing", "order.check-3-missing",
		"order.check-4-missing",
		"order.check-5-missing", "order.check-6-missing", "order.check-7-missing", "order.check-8-missing"}
	messageWrong = [8]fault.ID{"order.message-1-wrong", "order.message-2-wrong", "order.message-3-wrong",
		"order.message-4-wrong",
		"order.message-5-wrong", "order.message-6-wrong", "order.message-7-wrong", "order.message-8-missing"}
	swapped = []struct {
		fault fault.ID
		a, b  int // numbers of the checks
	}{{"order.swap-1-2", 1, 2}, {"order.swap-2-3", 2, 3}, {"order.swap-3-4", 3, 4}, {"order.swap-4-5", 4, 5},
		{"order.swap-6-7", 6, 7},
		{"order.swap-7-8", 7, 8}, {"order.swap-1-8", 1, 8}, {"order.swap-2-7", 2, 7}, {"order.swap-4-6", 4, 6},
		{"order.swap-5-8", 5, 8}}
)

// wrongMessages are what the checks say where a fault took their messages away. Check 8 may say anything,
// since the error of the provider will do (CARD-ORDER-08), so it says nothing.
var wrongMessages = [8]string{"Wrong program", "Wrong metadata", "Wrong wallet", "Wrong entity", "Wrong enduser",
	"Wrong client", "Wrong type", ""}

// brokenChecks is the documented order with what the faults make of it. A fault counts as hit where the
// request would have been decided otherwise.
func (s *Server) brokenChecks(r *cardRequest) []cardCheck {
	checks := slices.Clone(cardChecks)
	always := func(*cardRequest) bool { return true }
	for i := range checks {
		failed := !checks[i].holds(r)
		if failed && s.faults.On(checkMissing[i]) {
			checks[i].holds = always
		}
		if failed && s.faults.On(messageWrong[i]) {
			checks[i].message = wrongMessages[i]
		}
	}
	s.loosenChecks(r, checks)
	if r.wallet != nil && r.wallet.external != "" && s.store.now()-r.wallet.updated < latelyWithin && s.faults.On("card.rivals-at-once") {
		checks[3].holds = always
	}
	for _, swap := range swapped {
		if s.faults.On(swap.fault) {
			checks[swap.a-1], checks[swap.b-1] = checks[swap.b-1], checks[swap.a-1]
		}
	}
	if s.faults.On("order.provider-first") {
		checks = append([]cardCheck{checks[7]}, checks[:7]...)
	}
	if s.faults.On("order.reversed") {
		slices.Reverse(checks)
	}
	if s.faults.On("order.all-messages") {
		checks = allAtOnce(r, checks)
	}
	return checks
}

// brokenDecision lets a card be issued that the second check refuses, where a fault asks for it.
func (s *Server) brokenDecision(failed *cardCheck) *cardCheck {
	if failed.number == 2 && s.faults.On("metadata.unfit-issues-cards") {
		return nil
	}
	return failed
}

// loosenChecks takes away parts of checks 1 to 3.
func (s *Server) loosenChecks(r *cardRequest, checks []cardCheck) {
	always := func(*cardRequest) bool { return true }
	switch {
	case r.program == nil && s.faults.On("order.unknown-program-accepted"),
		r.program != nil && r.program.status != "ACTIVE" && s.faults.On("order.inactive-program-accepted"):
		checks[0].holds = always
	}
	if r.program != nil && strings.Contains(string(r.program.metadata), "parent_account_id") &&
		s.faults.On("order.metadata-product-not-needed") {
		checks[1].holds = always
	}
	if r.program != nil && s.takesAsText(r.program.metadata) {
		checks[1].holds = always
	}
	if r.wallet == nil {
		return
	}
	ours := r.wallet.owner == r.caller.id
	switch {
	case ours && r.wallet.status == "SUSPENDED" && s.faults.On("order.suspended-wallet-accepted"),
		ours && r.wallet.status == "INACTIVE" && s.faults.On("order.inactive-wallet-accepted"):
		checks[2].holds = always
	case !ours && s.faults.On("tenancy.card-on-foreign-wallet"):
		// An API that forgets whose wallet it is takes the holder as the wallet's owner has it.
		checks[2].holds, checks[5].holds = always, always
	}
}

// allAtOnce makes one check of those that fail, with all their messages.
func allAtOnce(r *cardRequest, checks []cardCheck) []cardCheck {
	var messages []string
	var first cardCheck
	for _, check := range checks {
		if !check.holds(r) {
			if len(messages) == 0 {
				first = check
			}
			messages = append(messages, check.message)
		}
	}
	if messages == nil {
		return nil
	}
	first.message = strings.Join(messages, "; ")
	return []cardCheck{first}
}
