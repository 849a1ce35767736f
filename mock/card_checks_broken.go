package mock

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/mock/fault"
)

// wrongMessages are what the checks say where a fault took their messages away. Check 8 may say anything,
// since the error of the provider will do (CARD-ORDER-08), so it says nothing.
var wrongMessages = [8]struct{ text, how string }{{text: "Wrong program"}, {text: "Wrong metadata"}, {text: "Wrong wallet"},
	{text: "Wrong entity"}, {text: "Wrong enduser"}, {text: "Wrong client"}, {text: "Wrong type"}, {how: "missing"}}

// brokenChecks is the documented order with what the faults make of it. A fault counts as hit where the
// request would have been decided otherwise.
func (s *Server) brokenChecks(r *cardRequest) []cardCheck {
	checks := slices.Clone(cardChecks)
	always := func(*cardRequest) bool { return true }
	for i := range checks {
		failed := !checks[i].holds(r)
		if failed && s.faults.On(fault.ID(fmt.Sprintf("order.check-%d-missing", checks[i].number))) {
			checks[i].holds = always
		}
		wrong := wrongMessages[i]
		if failed && s.faults.On(fault.ID(fmt.Sprintf("order.message-%d-%s", checks[i].number, cmp.Or(wrong.how, "wrong")))) {
			checks[i].message = wrong.text
		}
	}
	s.loosenChecks(r, checks)
	if r.wallet != nil && r.wallet.external != "" && s.store.now()-r.wallet.updated < latelyWithin && s.faults.On("card.rivals-at-once") {
		checks[3].holds = always
	}
	for _, id := range s.faults.Under("order.swap-") {
		var a, b int
		if _, err := fmt.Sscanf(string(id), "order.swap-%d-%d", &a, &b); err == nil && s.faults.On(id) {
			checks[a-1], checks[b-1] = checks[b-1], checks[a-1]
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
