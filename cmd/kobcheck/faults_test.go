package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/mock/fault"
	"github.com/kobcheck/kobcheck/reports"
)

// TestEveryFaultOfTheMockIsCaughtOnItsOwnRequirement switches each fault on alone and runs the scenarios
// of the requirement that it breaks and, where none of those notices, those of its section: one of them has
// to report a finding on that very requirement. A fault that only one style can show is tried in both.
//
// What nobody notices yet is listed in testdata/unnoticed-faults.txt: a fault that joins it, and one that is
// noticed and still listed, fail alike. The faults that show by chance may do either.
func TestEveryFaultOfTheMockIsCaughtOnItsOwnRequirement(t *testing.T) {
	faults, err := fault.Catalogue()
	require.NoError(t, err)
	facts, err := contract.Load()
	require.NoError(t, err)
	listed, err := os.ReadFile("testdata/unnoticed-faults.txt")
	require.NoError(t, err)
	unnoticed := strings.Fields(string(listed))
	for _, one := range faults {
		t.Run(string(one.ID), func(t *testing.T) {
			id := string(one.ID)
			switch noticed, known := noticed(t, facts, one), slices.Contains(unnoticed, id); {
			case !noticed && !known:
				t.Errorf("nobody noticed: %s", one.Sentence)
			case noticed && known && !slices.Contains(byChance, id):
				t.Errorf("%s is noticed now: take it from testdata/unnoticed-faults.txt", id)
			}
		})
	}
	for _, id := range unnoticed[slices.Index(unnoticed, "ways.")+1:] {
		require.True(t, slices.ContainsFunc(faults, func(f fault.Fault) bool { return string(f.ID) == id }), "testdata/unnoticed-faults.txt: there is no fault %q", id)
	}
}

// byChance are the faults that show in some runs only.
var byChance = []string{"idempotency.race", "idempotency.race-one-in-fifty", "money.lost-update", "rare.500", "rare.field-missing", "slow.grows"}

// noticed reports whether any scenario that ought to notice a fault has a finding on its requirement.
func noticed(t *testing.T, facts *contract.Contract, one fault.Fault) bool {
	t.Helper()
	for _, selection := range selectionsFor(facts, one) {
		for _, style := range mock.Styles() {
			folder := t.TempDir()
			_, code := kobcheck(t, append([]string{"run", "--style", style, "--fault", string(one.ID), "--seed", "7", "--format", "json", "--out", folder}, selection...)...)
			if code == reports.ExitNothing {
				continue // no scenario proves that requirement
			}
			for _, scenario := range readRun(t, folder).Scenarios {
				for _, finding := range scenario.Findings {
					if finding.Requirement == one.Requirement {
						return true
					}
				}
			}
		}
	}
	return false
}

// selectionsFor are the narrowest selections that ought to notice a fault, the narrowest first.
func selectionsFor(facts *contract.Contract, one fault.Fault) [][]string {
	selections := [][]string{{"--requirement", one.Requirement}}
	parts := strings.Split(string(one.ID), ".")
	if operation := facts.Operation(parts[1]); operation != nil {
		selections = append(selections, []string{"--section", strings.ToLower(strings.ReplaceAll(operation.Section, " ", "_"))})
	}
	return selections
}
