package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/reports/evidence"
)

const ownFeature = `Feature: What we agreed with the operator

  @ACME-01 @stated
  Rule: A wallet that we make has a currency.

    @id:acme.currency
    Scenario: A new wallet has a currency
      When we call "Create a new wallet"
      Then the answer has "asset"

  @ACME-02 @stated
  Rule: A wallet that we make has a colour.

    @id:acme.colour
    Scenario: A new wallet has a colour
      When we call "Create a new wallet"
      Then the answer has "colour"
`

const ownRequirements = `
- {id: ACME-01, sentence: A wallet that we make has a currency., mark: stated, source: "agreement 4711, page 2"}
- {id: ACME-02, sentence: A wallet that we make has a colour., mark: stated, source: "agreement 4711, page 3"}
`

// ownCases writes features and requirements of a user's own, as a repository of theirs has them.
func ownCases(t *testing.T, feature string) (folder, requirements string) {
	t.Helper()
	folder = t.TempDir()
	requirements = filepath.Join(folder, "requirements.yaml")
	require.NoError(t, os.WriteFile(filepath.Join(folder, "wallets.feature"), []byte(feature), 0o600))
	require.NoError(t, os.WriteFile(requirements, []byte(ownRequirements), 0o600))
	return folder, requirements
}

func TestOwnCasesRunAndGateAndStandBesideOurs(t *testing.T) {
	t.Parallel()
	folder, requirements := ownCases(t, ownFeature)
	output, code := kobcheck(t, "lint", folder, "--requirements", requirements)
	require.Zero(t, code, output)
	require.Contains(t, output, "of your own: acme.currency, acme.colour")

	out := t.TempDir()
	output, code = kobcheck(t, "run", "--features", folder, "--requirements", requirements, "--section", "own", "--out", out, "--format",
		"+github")
	require.Equal(t, evidence.ExitFailed, code, output)
	require.Contains(t, flat(output), "ACME-02 (stated): A wallet that we make has a colour.")
	require.Contains(t, output, "agreement 4711, page 3")
	result := readRun(t, out)
	require.Equal(t, 1, result.Summary.Scenarios.Passed)
	require.Equal(t, 1, result.Summary.Scenarios.Failed)
	for _, name := range []string{"summary.md", "index.html", "junit.xml", "annotations.txt"} {
		text, err := os.ReadFile(filepath.Join(out, name))
		require.NoError(t, err)
		require.Contains(t, string(text), "ACME-02", name)
	}
	annotations, err := os.ReadFile(filepath.Join(out, "annotations.txt"))
	require.NoError(t, err)
	require.Contains(t, string(annotations), "file="+folder+"/wallets.feature,line=", "a file of the user's own")
}

func TestOwnCasesThatDoNotHoldTogetherAreRefusedBeforeARun(t *testing.T) {
	t.Parallel()
	for says, feature := range map[string]string{
		"the requirement ACME-09 is not in the contract":     strings.ReplaceAll(ownFeature, "ACME-02", "ACME-09"),
		"the id cards-get.success is that of a scenario":     strings.ReplaceAll(ownFeature, "acme.colour", "cards-get.success"),
		"wallets.feature:17: ":                               strings.ReplaceAll(ownFeature, `has "colour"`, `colour shines`),
		"there is no file with the ending .feature":          "",
		"tagged @inferred, but its leading requirement ACME": strings.ReplaceAll(ownFeature, "@ACME-02 @stated", "@ACME-02 @inferred"),
	} {
		folder, requirements := ownCases(t, feature)
		if feature == "" {
			require.NoError(t, os.Remove(filepath.Join(folder, "wallets.feature")))
		}
		output, code := kobcheck(t, "run", "--features", folder, "--requirements", requirements, "--out", t.TempDir())
		require.Equal(t, evidence.ExitUsage, code, output)
		require.Contains(t, flat(output), says)
	}
}
