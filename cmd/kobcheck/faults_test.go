package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/mock/fault"
)

// TestEveryFaultOfTheMockIsCaughtOnItsOwnRequirement switches each fault on alone and runs the scenarios
// of the requirement that it breaks: one of them has to report a finding on that very requirement. A
// fault that only one style can show is tried in both.
func TestEveryFaultOfTheMockIsCaughtOnItsOwnRequirement(t *testing.T) {
	faults, err := fault.Catalogue()
	require.NoError(t, err)
	for _, one := range faults {
		t.Run(string(one.ID), func(t *testing.T) {
			for _, style := range mock.Styles() {
				folder := t.TempDir()
				kobcheck(t, "run", "--style", style, "--fault", string(one.ID), "--requirement", one.Requirement, "--seed", "7", "--format", "json", "--out", folder)
				for _, scenario := range readRun(t, folder).Scenarios {
					for _, finding := range scenario.Findings {
						if finding.Requirement == one.Requirement {
							return
						}
					}
				}
			}
			t.Errorf("nobody noticed: %s", one.Sentence)
		})
	}
}
