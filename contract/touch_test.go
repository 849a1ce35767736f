package contract

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// touches lists every touch with the id of its conflict or gap.
// facets lists every facet.
func facets() []Facet {
	return []Facet{Status, MediaType, Shape, Content, FieldThere, FieldType, Values, Path, Effect, Link,
		Refusal, RefusalStatus, Text, Exposure, Head, Form, Delivery, Order, Pace}
}

func touches(c *Contract) map[string][]Touch {
	all := map[string][]Touch{}
	for _, conflict := range c.Conflicts {
		all[conflict.ID] = conflict.Touches
	}
	for _, gap := range c.Gaps {
		all[gap.ID] = gap.Touches
	}
	return all
}

func TestEveryTouchNamesWhatExists(t *testing.T) {
	c, err := Load()
	require.NoError(t, err)
	for _, conflict := range c.Conflicts {
		require.NotNil(t, conflict.Touches, "%s: write touches: [] where no assertion is touched", conflict.ID)
	}
	for id, list := range touches(c) {
		for _, touch := range list {
			require.Contains(t, []string{GateYes, GateNo, GateConfig}, touch.Gate, id)
			require.NotEmpty(t, slices.Concat(touch.Operations, touch.Requirements), "%s would touch everything", id)
			for _, facet := range touch.Facets {
				require.Contains(t, facets(), Facet(facet), id)
			}
			for _, operation := range touch.Operations {
				require.NotNil(t, c.Operation(operation), "%s names %s", id, operation)
			}
			for _, requirement := range touch.Requirements {
				require.NotNil(t, c.Requirement(requirement), "%s names %s", id, requirement)
			}
		}
	}
}

// TestWhatTheDocumentationLeavesOpenCapsTheWeight reads the caps off the data: the ids of what touches an
// assertion, none where nothing does and the mark of its requirement stands.
func TestWhatTheDocumentationLeavesOpenCapsTheWeight(t *testing.T) {
	c, err := Load()
	require.NoError(t, err)
	for _, want := range []struct{ requirement, operation, facet, field, gate, by string }{
		{"AUTH-28", "wallets-list", "refusal", "", "", ""},
		{"AUTH-28", "wallets-list", "refusal status", "", GateNo, "N-49"},
		{"AUTH-28", "cards-list", "refusal status", "", "", ""},
		{"AUTH-28", "clients-list", "refusal status", "", "", ""},
		{"AUTH-28", "webhooks-list", "refusal", "", GateNo, "C-31"},
		{"AUTH-11", "cards-create", "refusal", "", GateConfig, "C-08"},
		{"AUTH-20", "token", "refusal status", "", GateNo, "C-51"},
		{"ERR-03", "cards-list", "refusal status", "", "", ""},
		{"IDEMP-01", "cards-create", "effect", "", "", ""},
		{"IDEMP-02", "cards-create", "refusal", "", "", ""},
		{"IDEMP-02", "cards-create", "refusal status", "", GateNo, "N-13"},
		{"IDEMP-02", "wallets-create", "refusal", "", GateNo, "C-11"},
		{"IDEMP-05", "cards-create", "body", "", GateNo, "C-12"},
		{"IDEMP-05", "cards-create", "values", "", "", ""},
		{"IDEMP-29", "cards-create", "effect", "", "", ""},
		{"IDEMP-29", "cards-create", "status", "", GateNo, "N-14"},
		{"IDEMP-30", "transactions-create", "refusal", "", GateNo, "C-13"},
		{"CARD-ORDER-03", "cards-create", "text", "", "", ""},
		{"CARD-ORDER-03", "cards-create", "refusal status", "", GateNo, "C-24"},
		{"CARD-ORDER-08", "cards-create", "text", "", GateNo, "N-45"},
		{"CARD-LIST-06", "cards-list", "effect", "", "", ""},
		{"CARD-LIST-06", "cards-list", "values", "", GateNo, "N-19"},
		{"CARD-LIST-10", "cards-list", "header", "", "", ""},
		{"CARD-LIST-10", "cards-list", "values", "", GateNo, "C-41"},
		{"CARD-SECRET-08", "cards-generate-secret", "values", "", GateConfig, "N-30"},
		{"CARD-SECRET-08", "cards-generate-secret", "exposure", "", GateConfig, "N-30"},
		{"CARD-14", "cards-create", "values", "expiry", GateNo, "C-27"},
		{"CARD-14", "cards-create", "field type", "expiry", "", ""},
		{"ENDUSER-16", "endusers-create", "field", "person_id", GateNo, "C-19"},
		{"ENDUSER-18", "endusers-create", "field", "company_id", "", ""},
		{"TXN-01", "transactions-list", "shape", "", GateNo, "N-22"},
		{"CARD-LIST-09", "cards-list", "shape", "", "", ""},
		{"WALLET-05", "wallets-create", "refusal", "", "", ""},
		{"WALLET-05", "wallets-create", "refusal status", "", GateNo, "N-50"},
		{"META-02", "endusers-create", "values", "metadata", "", ""},
		{"HOOK-05", "webhooks-delete", "effect", "", "", ""},
		{"SNS-01", "", "media type", "", GateNo, "C-53"},
		{"MONEY-01", "wallets-get", "values", "", GateNo, "N-26"},
		{"CARD-17", "cards-get", "values", "m_pan", "", ""},
	} {
		gate, by := "", ""
		fact := Fact{Requirement: want.requirement, Operation: want.operation, Facet: Facet(want.facet), Field: want.field}
		for id, list := range touches(c) {
			if touch := fact.within(list); touch != nil && (by == "" || id == want.by) {
				gate, by = touch.Gate, id
			}
		}
		require.Equal(t, want.by+" "+want.gate, by+" "+gate, "%+v", want)
	}
}

// TestHazardsAreThoseThatPutMoneyCardsOrClientsAtRisk lists them, so that one added or lost is seen in review; and
// no touch takes the hazard from an effect.
func TestHazardsAreThoseThatPutMoneyCardsOrClientsAtRisk(t *testing.T) {
	c, err := Load()
	require.NoError(t, err)
	hazards := map[string][]string{}
	for _, r := range c.Requirements {
		if r.Hazard != "" {
			hazards[r.Hazard] = append(hazards[r.Hazard], r.ID)
		}
	}
	require.Equal(t, map[string][]string{
		"card data shown":                {"CARD-17", "CARD-20", "HARNESS-15"},
		"a secret shown or shared":       {"CARD-05", "CARD-SECRET-08", "HARNESS-14"},
		"served without a valid token":   {"AUTH-28", "AUTH-29"},
		"another client's data":          {"OWN-01", "OWN-02", "OWN-03", "OWN-06", "OWN-07"},
		"an effect twice":                {"IDEMP-01", "IDEMP-29", "IDEMP-30"},
		"money made, lost or below zero": {"MONEY-05", "MONEY-06", "MONEY-07"},
		"a refusal that acts":            {"CARD-CREATE-19", "HARNESS-11"},
		"two cards on one wallet":        {"CARD-CREATE-20", "CARD-ORDER-04"},
	}, hazards)
	for _, ids := range hazards {
		for _, id := range ids {
			for by, list := range touches(c) {
				for _, touch := range list {
					fact := Fact{Requirement: id, Operation: "cards-create", Facet: Effect}
					require.Nil(t, fact.within([]Touch{touch}), "%s weakens the effect that is the hazard of %s", by, id)
				}
			}
		}
	}
}

// TestNoPageSaysWhich4xxRefusesAMissingField holds the list of N-50 to the bodies: only Cards and the token
// endpoint have a page that does.
func TestNoPageSaysWhich4xxRefusesAMissingField(t *testing.T) {
	c, err := Load()
	require.NoError(t, err)
	for _, o := range c.Operations {
		if o.Body == nil || o.Section == "Cards" || o.Section == "Authorization" {
			continue
		}
		for _, f := range o.Body.Fields {
			if f.Required != Yes || c.MarkOf(f.Requirement) != Stated {
				continue
			}
			fact := Fact{Requirement: f.Requirement, Operation: o.ID, Facet: RefusalStatus, Field: f.Name}
			require.NotNil(t, fact.within(touches(c)["N-50"]), "%s of %s, %s", f.Name, o.Title, f.Requirement)
		}
	}
}

// TestASuccessMarksEachOfItsFacets: the table of an operation can state one facet of its answer and leave the others
// open.
func TestASuccessMarksEachOfItsFacets(t *testing.T) {
	c, err := Load()
	require.NoError(t, err)
	for id, want := range map[string][4]Mark{
		"cards-list":         {Stated, Stated, Stated, Stated},
		"cards-create":       {Stated, Stated, Stated, Stated},
		"cards-get":          {Inferred, Inferred, Inferred, Inferred},
		"wallets-get":        {Stated, Inferred, Stated, Stated},
		"wallets-list":       {Inferred, Inferred, ThirdParty, ThirdParty},
		"endusers-list":      {NotFound, Inferred, Inferred, Inferred},
		"relays-create":      {NotFound, Stated, Inferred, Inferred},
		"webhooks-list":      {NotFound, Inferred, Inferred, Inferred},
		"transactions-list":  {NotFound, Inferred, Inferred, Inferred},
		"card-programs-list": {Stated, Stated, Stated, Stated},
		"token":              {Inferred, Inferred, Inferred, Inferred},
		"webhooks-delete":    {NotFound, NotFound, NotFound, NotFound},
	} {
		success := c.Operation(id).Success
		got := [4]Mark{success.Of("status"), success.Of("media_type"), success.Of("shape"), success.Of("schema")}
		require.Equal(t, want, got, id)
	}
}
