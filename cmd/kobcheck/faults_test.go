package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/mock/fault"
)

// TestEveryFaultOfTheMockIsCaughtOnItsOwnRequirement switches each fault on alone and runs the scenarios
// of the requirement that it breaks and, where none of those notices, those of its section: one of them has
// to report a finding on that very requirement. A fault that only one style can show is tried in both.
func TestEveryFaultOfTheMockIsCaughtOnItsOwnRequirement(t *testing.T) {
	faults, err := fault.Catalogue()
	require.NoError(t, err)
	facts, err := contract.Load()
	require.NoError(t, err)
	for _, one := range faults {
		t.Run(string(one.ID), func(t *testing.T) {
			for _, selection := range selectionsFor(facts, one) {
				for _, style := range mock.Styles() {
					folder := t.TempDir()
					kobcheck(t, append(selection, "run", "--style", style, "--fault", string(one.ID), "--seed", "7", "--format", "json", "--out", folder)...)
					for _, scenario := range readRun(t, folder).Scenarios {
						for _, finding := range scenario.Findings {
							if finding.Requirement == one.Requirement {
								return
							}
						}
					}
				}
			}
			t.Errorf("nobody noticed: %s", one.Sentence)
		})
	}
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
