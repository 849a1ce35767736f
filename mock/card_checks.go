package mock

import "encoding/json"

// cardRequest is what the eight checks look at.
type cardRequest struct {
	caller  *client
	program *program // nil where there is none
	wallet  *wallet  // nil where there is none
	holder  *enduser // nil where there is none
}

// cardCheck is one of the eight checks of card creation, with its exact message (doc-1946732).
type cardCheck struct {
	number  int
	message string
	holds   func(*cardRequest) bool
}

// cardChecks are the eight checks in their documented order: the first that fails decides.
var cardChecks = []cardCheck{
	{1, "Invalid program id", func(r *cardRequest) bool { return r.program != nil && r.program.status == "ACTIVE" }},
	{2, "Invalid metadata", func(r *cardRequest) bool { return r.program != nil && validMetadata(r.program.metadata) }},
	{3, "Invalid or dormant wallet", func(r *cardRequest) bool {
		return r.wallet != nil && r.wallet.status == "ACTIVE" && r.wallet.owner == r.caller.id
	}},
	{4, "Invalid wallet with existing entity association", func(r *cardRequest) bool { return r.wallet == nil || r.wallet.external == "" }},
	{5, "Invalid enduser associated with wallet", func(r *cardRequest) bool { return r.holder != nil }},
	{6, "Enduser does not belong to requesting client", func(r *cardRequest) bool { return r.holder == nil || r.holder.owner == r.caller.id }},
	{7, "Unsupported enduser entity type", func(r *cardRequest) bool { return r.holder == nil || r.holder.person != nil }},
	{8, "Unable to create card", func(r *cardRequest) bool { return r.program == nil || !refusedByProvider(r.program.metadata) }},
}

// firstFailed returns the check that decides, or nil where all hold.
func (s *Server) firstFailed(r *cardRequest) *cardCheck {
	for _, check := range s.orderedChecks() {
		if !check.holds(r) {
			return &check
		}
	}
	return nil
}

// orderedChecks is the documented order, with what the faults do to it.
func (s *Server) orderedChecks() []cardCheck {
	if !s.faults.Any() {
		return cardChecks
	}
	checks := append([]cardCheck(nil), cardChecks...)
	for i := range checks {
		number := string(rune('0' + checks[i].number))
		if s.faults.On(faultID("order.check-" + number + "-missing")) {
			checks[i].holds = func(*cardRequest) bool { return true }
		}
		// Check 8 may answer with the provider's own error, so its message can't be wrong.
		if number != "8" && s.faults.On(faultID("order.message-"+number+"-wrong")) {
			checks[i].message = "Something went wrong"
		}
		if i+1 < len(checks) && s.faults.On(faultID("order.swap-"+number+"-"+string(rune('1'+checks[i].number)))) {
			checks[i], checks[i+1] = checks[i+1], checks[i]
			return checks
		}
	}
	if s.faults.On("order.provider-first") {
		checks = append([]cardCheck{checks[7]}, checks[:7]...)
	}
	if s.faults.On("order.reversed") {
		for i, j := 0, len(checks)-1; i < j; i, j = i+1, j-1 {
			checks[i], checks[j] = checks[j], checks[i]
		}
	}
	return checks
}

// validMetadata is MetadataKobbleDebit1: two texts, and a list of texts that may be left out.
func validMetadata(raw json.RawMessage) bool {
	var metadata struct {
		Parent  *string  `json:"parent_account_id"`
		Product *string  `json:"product_id"`
		Groups  []string `json:"group_id"`
	}
	return json.Unmarshal(raw, &metadata) == nil && metadata.Parent != nil && *metadata.Parent != "" && metadata.Product != nil && *metadata.Product != ""
}

// refusingProduct is a product that the card provider of this mock refuses, so that check 8 can fail.
const refusingProduct = "refused-by-provider"

func refusedByProvider(raw json.RawMessage) bool {
	var metadata struct {
		Product string `json:"product_id"`
	}
	return json.Unmarshal(raw, &metadata) == nil && metadata.Product == refusingProduct
}
