package main

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps/stage/sample"
)

// proved lists the requirements that a run proved.
func proved(run *reports.Run) map[string]bool {
	out := map[string]bool{}
	for _, one := range run.Requirements {
		if one.Status == reports.Proved {
			out[one.ID] = true
		}
	}
	return out
}

func TestOneDeviationCostsOneFindingAndEverythingElseIsStillJudged(t *testing.T) {
	t.Parallel()
	at := func(t *testing.T, arguments ...string) *reports.Run {
		folder := t.TempDir()
		kobcheck(t, append([]string{"run", "--seed", "7", "--format", "json", "--out", folder}, arguments...)...)
		return readRun(t, folder)
	}
	whole := proved(readRun(t, wholeRuns[mock.Plain](t).folder))
	deviations := map[string]struct {
		failed, lost int    // at most
		requirement  string // that breaks
	}{
		"status.enduser-created-201":             {2, 0, "ENDUSER-13"},
		"field.cards-create.m_pan.missing":       {3, 0, "CARD-16"},
		"field.wallets-create.asset_class.null":  {4, 0, "WALLET-17"},
		"field.endusers-create.metadata.renamed": {14, 1, "ENDUSER-19"},
		"http.no-date":                           {6, 1, "STD-07"},
		"status.card-created-200":                {3, 0, "CARD-CREATE-08"},
		"field.cards-list.wallet_id.mistyped":    {4, 1, "CARD-08"},
		"order.check-3-missing":                  {18, 1, "CARD-ORDER-03"},
		"persist.webhook-not-deleted":            {2, 0, "HOOK-09"},
	}
	for _, fault := range sample.Of(t, slices.Sorted(maps.Keys(deviations)), len(deviations)) {
		c := deviations[fault]
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			run := at(t, "--fault", fault)
			require.Equal(t, evidence.ExitFailed, run.ExitCode)
			require.LessOrEqual(t, run.Summary.Scenarios.Failed, c.failed)
			require.Zero(t, run.Summary.Scenarios.Blocked)
			broken := map[string]bool{}
			for _, one := range run.Requirements {
				broken[one.ID] = one.Status == reports.RequirementFailed
			}
			require.True(t, broken[c.requirement], "%s is not broken", c.requirement)
			lost, now := 0, proved(run)
			for id := range whole {
				if !now[id] && !broken[id] {
					lost++
				}
			}
			require.LessOrEqual(t, lost, c.lost, "proofs of other requirements are lost")
			for _, cause := range run.Causes(true) {
				require.Empty(t, cause.Finding.Hazard, "nothing is at risk: %s", cause.Finding.Message)
			}
		})
	}
}

func TestWhatCannotBePreparedIsBlockedUnderItsOperationAndNeverConforms(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	_, code := kobcheck(t, "run", "--seed", "7", "--section", "cards", "--fault", "field.endusers-create.id.missing", "--format", "json",
		"--out", folder)
	require.Equal(t, evidence.ExitFailed, code)
	run := readRun(t, folder)
	require.Positive(t, run.Summary.Scenarios.Blocked)
	require.LessOrEqual(t, run.Summary.Scenarios.Failed, 1, "but the story of the guide no scenario of the section is about the enduser")
	for _, scenario := range run.Scenarios {
		if scenario.Verdict == evidence.Blocked {
			require.Equal(t, "endusers-create", scenario.BlockedBy, scenario.ID)
		}
	}
	served := 0
	for _, finding := range run.Passing {
		if finding.Check == evidence.NotServed {
			require.Equal(t, "endusers-create", finding.Operation)
			require.Greater(t, finding.Count, 1, "counted once, with how often")
			served++
		}
	}
	require.Equal(t, 1, served)
}

func TestTokensThatAreNotTakenAreOneCauseOfTheTokenEndpoint(t *testing.T) {
	t.Parallel()
	causes := map[string]string{"token.expired-when-given": "AUTH-28", "token.reaches-nothing": "AUTH-28", "token.runs-out-early": "AUTH-15"}
	for _, fault := range sample.Of(t, slices.Sorted(maps.Keys(causes)), len(causes)) {
		requirement := causes[fault]
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			_, code := kobcheck(t, "run", "--seed", "7", "--fault", fault, "--format", "json", "--out", folder)
			require.Equal(t, evidence.ExitFailed, code)
			run := readRun(t, folder)
			causes := slices.Concat(run.Causes(true), run.Causes(false))
			require.Len(t, causes, 1, "%+v", causes)
			require.Equal(t, requirement, causes[0].Finding.Requirement)
			require.Empty(t, causes[0].Finding.Hazard, "what is not served puts nothing at risk")
			require.Zero(t, run.Summary.Scenarios.Failed+run.Summary.Scenarios.Inconclusive)
			require.NotNil(t, causes[0].Scenario)
			for _, scenario := range run.Scenarios {
				if scenario.Verdict == evidence.Blocked {
					require.Equal(t, "token", scenario.BlockedBy, scenario.ID)
				}
			}
		})
	}
}

func TestIDsOfAnotherKindInAListSayNothingOfWhatWasMade(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	kobcheck(t, "run", "--seed", "11", "--section", "cards", "--fault", "field.cards-list.id.malformed", "--format", "json", "--out", folder)
	run := readRun(t, folder)
	require.Equal(t, evidence.ExitFailed, run.ExitCode, "the list is found all the same")
	for _, cause := range run.Causes(true) {
		require.NotContains(t, []string{"a refused request makes nothing", "one request makes one thing"}, cause.Finding.Check)
	}
}
