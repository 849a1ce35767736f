package main

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/catalog"
	"github.com/kobcheck/kobcheck/steps/explore"
	"github.com/kobcheck/kobcheck/steps/suite"
)

// subjectOf starts a mock and returns a session on it.
func subjectOf(t *testing.T, options mock.Options) *steps.Session {
	t.Helper()
	options.Seed = 1
	server, err := mock.New(options)
	require.NoError(t, err)
	listening := httptest.NewServer(server)
	t.Cleanup(listening.Close)
	facts, err := contract.Load()
	require.NoError(t, err)
	shapes, err := schemas.Load()
	require.NoError(t, err)
	file := workbench.Described(server, listening.URL, contract.V1)
	config := file.ClientConfig(facts)
	config.RunID, config.Seed, config.Connections = "explore", 1, 16
	api, err := client.New(config)
	require.NoError(t, err)
	t.Cleanup(api.Close)
	return steps.NewSession(&evidence.Policy{Contract: facts, Gate: []contract.Mark{contract.Stated, contract.Standard, contract.Inferred,
		contract.Example}}, shapes, file, api)
}

func exploring(ctx context.Context, t *testing.T, options mock.Options, count int, seed int64) *explore.Result {
	t.Helper()
	session := subjectOf(t, options)
	result, err := explore.Explore(ctx, explore.Config{Scene: session.Scene, Steps: count, Seed: seed, AtOnce: true})
	require.NoError(t, err)
	return result
}

func TestNoWalkDiffersOnTheConformingMock(t *testing.T) {
	t.Parallel()
	for _, style := range mock.Styles() {
		for seed := range int64(4) {
			result := exploring(t.Context(), t, mock.Options{Style: style}, 600, seed)
			require.Nil(t, result.Difference, "style %s, seed %d: %v", style, seed, result.Difference)
			require.Equal(t, 600, result.Steps)
		}
	}
}

// performed runs a printed scenario on a mock.
func performed(t *testing.T, text string, options mock.Options) *reports.Run {
	t.Helper()
	scenarios, err := catalog.Read(fstest.MapFS{"wallets/explored.feature": {Data: []byte("Feature: Explored\n\n" + text)}})
	require.NoError(t, err, text)
	session := subjectOf(t, options)
	run, err := suite.Run(t.Context(), suite.Config{Session: session, Catalog: scenarios, Seed: 1, RunID: "again"})
	require.NoError(t, err, text)
	require.Len(t, run.Scenarios, 1)
	return run
}

// TestAWalkFindsAFaultAndWritesTheScenarioThatShowsIt lets walks find faults, and performs what they print:
// on the faulty mock it fails, on the conforming one it passes.
func TestAWalkFindsAFaultAndWritesTheScenarioThatShowsIt(t *testing.T) {
	t.Parallel()
	for fault, requirement := range map[string]string{
		"order.swap-3-4":                   "CARD-CREATE-15",
		"order.check-4-missing":            "CARD-ORDER-04",
		"order.check-7-missing":            "CARD-ORDER-07",
		"idempotency.done-again-on-replay": "IDEMP-01",
		"idempotency.replay-with-new-id":   "IDEMP-05",
		"money.credit-drifts":              "MONEY-06",
		"money.debit-drifts":               "MONEY-06",
		"money.lost-in-transfer":           "MONEY-05",
		"money.overdraft-allowed":          "MONEY-07",
		"order.suspended-wallet-accepted":  "CARD-ORDER-03",
		"persist.wallet-status-lost":       "WALLET-31",
	} {
		t.Run(fault, func(t *testing.T) {
			faulty := mock.Options{Faults: []string{fault}}
			result := exploring(t.Context(), t, faulty, 3000, 14)
			require.NotNil(t, result.Difference, "3,000 steps did not meet it")
			require.Equal(t, requirement, result.Difference.Requirement)
			require.LessOrEqual(t, len(result.Walk), 6, "%v", result.Walk)
			require.NotEmpty(t, result.Exchanges)
			text, whole := result.Gherkin()
			require.True(t, whole, text)
			failing := performed(t, text, faulty)
			require.Equal(t, evidence.Failed, failing.Scenarios[0].Verdict, "%s\n%s", text, failing.Scenarios[0].Reason)
			passing := performed(t, text, mock.Options{})
			require.Equal(t, evidence.Passed, passing.Scenarios[0].Verdict, "%s\n%s %v", text, passing.Scenarios[0].Reason,
				passing.Scenarios[0].Findings)
		})
	}
}

func TestExploreHasItsExitCodes(t *testing.T) {
	t.Parallel()
	output, code := kobcheck(t, "explore", "--steps", "200", "--seed", "3")
	require.Zero(t, code, output)
	require.Contains(t, output, "no difference in 200 steps")
	output, code = kobcheck(t, "explore", "--steps", "2000", "--seed", "7", "--fault", "money.credit-drifts")
	require.Equal(t, evidence.ExitFailed, code)
	require.Contains(t, output, "we credit the wallet with 1")
	require.Contains(t, output, "curl")
	output, code = kobcheck(t, "explore", "--steps", "10", "--config", environment(t, nil, nil, nil, secured{}), "--out", t.TempDir())
	require.Equal(t, evidence.ExitInconclusive, code)
	require.Contains(t, output, "connection refused")
}

func TestNoWalkDiffersAtRandomPointsOfTheSpace(t *testing.T) {
	t.Parallel()
	walked := 0
	for _, seed := range []string{"5", "6", "7", "15", "21", "24", "30", "33"} {
		output, _ := kobcheck(t, "explore", "--steps", "200", "--seed", seed, "--style", "random:"+seed)
		require.NotContains(t, output, "a difference", "random:%s", seed)
		if strings.Contains(output, "no difference") {
			walked++
		}
	}
	require.Positive(t, walked, "where no money can be put on a wallet, nothing is walked")
}
