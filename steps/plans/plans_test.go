package plans_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/stage"
)

const (
	performed = `the load plan "ledger" is performed`
	isSo      = `what the plan held for "MONEY-06" is so`
	stated    = `what the plan held for "MONEY-06" is so, where the operator states a limit`
	gates     = `the plan misses none of its gates`
)

func planned(t *testing.T, result *steps.LoadResult, err error) *stage.Stage {
	t.Helper()
	s := stage.New(t, mock.Options{}, "MONEY-06")
	s.World.Session.Load = func(context.Context, string) (*steps.LoadResult, error) { return result, err }
	return s
}

func held(holds *bool) *steps.LoadResult {
	return &steps.LoadResult{Invariants: []evidence.Invariant{{Requirement: "MONEY-06", Sentence: "each credit is there", Holds: holds, Evidence: []string{"one is lost"}}}}
}

func TestWhatAPlanHeldIsACheckOfTheScenario(t *testing.T) {
	yes, no := true, false
	for _, sentence := range []string{isSo, stated} {
		good := planned(t, held(&yes), nil)
		require.NoError(t, good.Say(t, performed, sentence))
		_, checks := good.Found()
		require.Equal(t, []string{"under load: MONEY-06"}, checks)

		bad := planned(t, held(&no), nil)
		require.NoError(t, bad.Say(t, performed, sentence))
		require.Equal(t, "one is lost", bad.World.Evidence().Findings[0].Actual)

		open := planned(t, held(nil), nil)
		require.NoError(t, open.Say(t, performed, sentence))
		require.NotEmpty(t, open.World.Evidence().NoData)
	}
}

func TestAGateIsPassedMissedOrUndecided(t *testing.T) {
	of := func(state string) *steps.LoadResult {
		return &steps.LoadResult{Gates: []steps.LoadGate{{Text: "p99 under 1 s", State: state, Figure: "2 s"}}}
	}
	good := planned(t, of("passed"), nil)
	require.NoError(t, good.Say(t, performed, gates))
	missed := planned(t, of("failed"), nil)
	require.NoError(t, missed.Say(t, performed, gates))
	broke, _ := missed.Found()
	require.Equal(t, []string{"gate p99 under 1 s"}, broke)
	for _, result := range []*steps.LoadResult{of("inconclusive"), {}, {Unfit: "too few"}} {
		var environment *steps.Environment
		require.ErrorAs(t, planned(t, result, nil).Say(t, performed, gates), &environment)
	}
}

func TestAPlanThatProvesNothingEndsTheScenario(t *testing.T) {
	var environment *steps.Environment
	require.ErrorAs(t, planned(t, nil, errors.New("no such plan")).Say(t, performed), &environment)
	require.ErrorAs(t, planned(t, &steps.LoadResult{Unfit: "too few"}, nil).Say(t, performed, isSo), &environment)
	require.ErrorContains(t, planned(t, &steps.LoadResult{}, nil).Say(t, performed, isSo), "holds nothing for MONEY-06")
	require.ErrorContains(t, planned(t, nil, nil).Say(t, isSo), "no load plan was performed")
	var untestable *scene.NotTestable
	require.ErrorAs(t, planned(t, &steps.LoadResult{}, nil).Say(t, performed, stated), &untestable)
	require.Equal(t, "limits", untestable.Key)
	require.ErrorAs(t, stage.New(t, mock.Options{}).Say(t, performed), &untestable)
}
