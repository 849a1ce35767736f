package mock

import (
	"encoding/json"
	"slices"
)

// cardRequest is what the eight checks look at.
type cardRequest struct {
	caller  *client
	program *program // nil where there is none
	wallet  *wallet  // nil where there is none
	holder  *enduser // nil where there is none
	// inactiveIssues lets a program that is INACTIVE issue cards (C-25).
	inactiveIssues bool
}

// cardCheck is one of the eight checks of card creation, with its exact message (doc-1946732).
type cardCheck struct {
	number  int
	message string
	holds   func(*cardRequest) bool
}

// cardChecks are the eight checks in their documented order: the first that fails decides. A check whose
// object is missing holds, since an earlier check has refused that already.
var cardChecks = []cardCheck{
	{1, "Invalid program id", func(r *cardRequest) bool {
		return r.program != nil && (r.program.status == "ACTIVE" || r.inactiveIssues)
	}},
	{2, "Invalid metadata", func(r *cardRequest) bool {
		return r.program == nil || validMetadata(r.program.metadata)
	}},
	{3, "Invalid or dormant wallet", func(r *cardRequest) bool {
		return r.wallet != nil && r.wallet.status == "ACTIVE" && r.wallet.owner == r.caller.id
	}},
	{4, "Invalid wallet with existing entity association", func(r *cardRequest) bool {
		return r.wallet == nil || r.wallet.external == ""
	}},
	{5, "Invalid enduser associated with wallet", func(r *cardRequest) bool {
		return r.holder != nil
	}},
	{6, "Enduser does not belong to requesting client", func(r *cardRequest) bool {
		return r.holder == nil || r.holder.owner == r.caller.id
	}},
	{7, "Unsupported enduser entity type", func(r *cardRequest) bool {
		return r.holder == nil || r.holder.person != nil
	}},
	{8, "Unable to create card", func(r *cardRequest) bool {
		return r.program == nil || !refusedByProvider(r.program.metadata)
	}},
}

// failedCheck returns the check that decides, or nil where all hold.
func (s *Server) failedCheck(r *cardRequest) *cardCheck {
	checks := cardChecks
	if s.faults.Any() {
		checks = s.brokenChecks(r)
	}
	for i := range checks {
		if !checks[i].holds(r) {
			return s.brokenDecision(&checks[i])
		}
	}
	return nil
}

// validMetadata is MetadataKobbleDebit1: two texts, and a list of texts that may be left out.
func validMetadata(raw json.RawMessage) bool {
	var metadata struct {
		Parent  *string         `json:"parent_account_id"`
		Product *string         `json:"product_id"`
		Groups  json.RawMessage `json:"group_id"`
	}
	if json.Unmarshal(raw, &metadata) != nil || metadata.Parent == nil || *metadata.Parent == "" ||
		metadata.Product == nil || *metadata.Product == "" {
		return false
	}
	if metadata.Groups == nil {
		return true
	}
	var groups []*string
	if json.Unmarshal(metadata.Groups, &groups) != nil || groups == nil {
		return false
	}
	return !slices.Contains(groups, nil)
}

// refusingProduct is a product that the card provider of this mock refuses, so that check 8 can fail; how
// to make a real provider refuse is not known (N-45).
const refusingProduct = "refused-by-provider"

func refusedByProvider(raw json.RawMessage) bool {
	var metadata struct {
		Product string `json:"product_id"`
	}
	return json.Unmarshal(raw, &metadata) == nil && metadata.Product == refusingProduct
}
