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
	performed = "4 wallets get 9 credits each from all sides and send each other money"
	isSo      = "each credit is on its wallet exactly once"
	stated    = "the limiter is the one that the operator states"
	refused   = "none is refused"
)

func planned(t *testing.T, result *steps.LoadResult, err error) *stage.Stage {
	t.Helper()
	s := stage.New(t, mock.Options{}, "MONEY-06")
	s.World.Session.Load = func(context.Context, string) (*steps.LoadResult, error) { return result, err }
	return s
}

func held(holds *bool) *steps.LoadResult {
	return &steps.LoadResult{Invariants: []evidence.Invariant{{Requirement: "MONEY-06", Sentence: "each credit is there", Holds: holds,
		Evidence: []string{"one is lost"}}}}
}

func TestWhatWasHeldUnderLoadIsACheckOfTheScenario(t *testing.T) {
	yes, no := true, false
	good := planned(t, held(&yes), nil)
	require.NoError(t, good.Say(t, performed, isSo))
	_, checks := good.Found()
	require.Equal(t, []string{"under load: MONEY-06"}, checks)

	bad := planned(t, held(&no), nil)
	require.NoError(t, bad.Say(t, performed, isSo))
	require.Equal(t, "one is lost", bad.World.Evidence().Findings[0].Actual)

	open := planned(t, held(nil), nil)
	require.NoError(t, open.Say(t, performed, isSo))
	require.NotEmpty(t, open.World.Evidence().NoData)
}

// gated is load of which every gate has a state.
func gated(state, unfit string) *steps.LoadResult {
	return &steps.LoadResult{Unfit: unfit, Gate: func(text string) (steps.LoadGate, error) {
		return steps.LoadGate{Text: text, State: state, Figure: "2 %"}, nil
	}}
}

func TestAPromiseInFiguresIsKeptBrokenOrUndecided(t *testing.T) {
	good := planned(t, gated("passed", ""), nil)
	require.NoError(t, good.Say(t, performed, refused))
	broken := planned(t, gated("failed", ""), nil)
	require.NoError(t, broken.Say(t, performed, refused))
	broke, _ := broken.Found()
	require.Equal(t, []string{"gate throttled = 0%"}, broke)
	for _, state := range []string{"inconclusive", "no data"} {
		var environment *steps.Environment
		require.ErrorAs(t, planned(t, gated(state, ""), nil).Say(t, performed, refused), &environment, state)
	}
}

func TestALateGeneratorAccusesNobody(t *testing.T) {
	late := planned(t, gated("failed", "the generator itself was late"), nil)
	var environment *steps.Environment
	require.ErrorAs(t, late.Say(t, performed, refused), &environment)
	require.ErrorContains(t, environment, "the generator itself was late")
	broke, _ := late.Found()
	require.Empty(t, broke)
}

func TestLoadThatProvesNothingEndsTheScenario(t *testing.T) {
	var environment *steps.Environment
	require.ErrorAs(t, planned(t, nil, errors.New("no such host")).Say(t, performed), &environment)
	require.ErrorAs(t, planned(t, &steps.LoadResult{Unfit: "too few"}, nil).Say(t, performed, isSo), &environment)
	require.ErrorContains(t, planned(t, &steps.LoadResult{}, nil).Say(t, performed, isSo), "holds nothing for MONEY-06")
	require.ErrorContains(t, planned(t, nil, nil).Say(t, isSo), "no load was put on the API")
	var untestable *scene.NotTestable
	require.ErrorAs(t, planned(t, &steps.LoadResult{}, nil).Say(t, performed, stated), &untestable)
	require.Equal(t, "limits", untestable.Key)
	require.ErrorAs(t, stage.New(t, mock.Options{}).Say(t, performed), &untestable)
}
