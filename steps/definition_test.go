package steps

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// run calls a handler as godog does.
func run(t *testing.T, w *World, handler any, arguments ...any) error {
	t.Helper()
	in := []reflect.Value{reflect.ValueOf(w.In(t.Context()))}
	for _, one := range arguments {
		in = append(in, reflect.ValueOf(one))
	}
	out := reflect.ValueOf(Define("test", "a sentence", "a step", handler).Guarded()).Call(in)
	err, _ := out[0].Interface().(error)
	return err
}

func TestAHandlerIsGivenWhatItAsksForByType(t *testing.T) {
	w := world(t, "CARD-01")
	w.Last, w.Draft = &client.Exchange{Status: http.StatusOK}, &scene.Draft{}
	called := 0
	require.NoError(t, run(t, w, func() { called++ }))
	require.NoError(t, run(t, w, func(got *World, text string, answer *client.Exchange, n int) {
		require.Same(t, w, got)
		require.Same(t, w.Last, answer)
		require.Equal(t, "a", text)
		require.Equal(t, 2, n)
		called++
	}, "a", 2))
	require.NoError(t, run(t, w, func(ctx context.Context, draft *scene.Draft, _ *World) error {
		require.Same(t, w, From(ctx))
		require.Same(t, w.Draft, draft)
		called++
		return nil
	}))
	require.NoError(t, run(t, w, (*World).StartStep, 7))
	require.Equal(t, 3, called)
	require.Equal(t, 7, w.step)
}

func TestAHandlerThatAsksForWhatThereIsNotIsNotCalled(t *testing.T) {
	require.ErrorContains(t, run(t, world(t, "CARD-01"), func(*client.Exchange) { t.Error("called") }), "no call was made")
	require.ErrorContains(t, run(t, world(t, "CARD-01"), func(*scene.Draft) { t.Error("called") }), "no request was prepared")
}

func TestWhateverHappensInAStepEndsThatStep(t *testing.T) {
	w := world(t, "CARD-CREATE-01")
	why := errors.New("why")
	require.ErrorIs(t, run(t, w, func() error { return why }), why)
	require.ErrorContains(t, run(t, w, func() { panic("oh") }), "a step panicked: oh")
	require.ErrorContains(t, run(t, w, func() { runtime.Goexit() }), "ended its goroutine")
	var broken *Broken
	require.ErrorAs(t, run(t, w, func(w *World) {
		w.StartStep(0)
		w.Expect(false, evidence.Assertion{Check: "a check", Fact: w.Own(contract.Effect), Message: "it is not so"})
	}), &broken)
	require.Equal(t, "it is not so", broken.Error())
	var environment *Environment
	require.ErrorAs(t, run(t, w, func() error { return &client.NoAnswer{Kind: client.Cut} }), &environment)
	require.True(t, environment.Whole)
	var untestable *scene.NotTestable
	require.ErrorAs(t, run(t, w, func() error { return &client.PathUnknown{Operation: "healthcheck"} }), &untestable)
	require.Equal(t, "target.paths.healthcheck", untestable.Key)
}

func TestAnAreaKeepsItsStateForAScenarioAndForARun(t *testing.T) {
	type balance struct{ amount int }
	type other struct{ amount int }
	first := world(t, "CARD-01")
	State[balance](first).amount = 7
	require.Equal(t, 7, State[balance](first).amount)
	require.Zero(t, State[other](first).amount)
	second := first.Session.NewWorld(Scenario{ID: "another"})
	require.Zero(t, State[balance](second).amount)
	fresh := func() *balance { return &balance{amount: 1} }
	Shared(first.Session, fresh).amount++
	require.Equal(t, 2, Shared(second.Session, fresh).amount)
}
