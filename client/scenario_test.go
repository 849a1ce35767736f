package client

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestEachRequestNamesItsOwnScenarioHoweverManyRunAtOnce(t *testing.T) {
	const scenarios, calls = 12, 6
	a := newAPI(t)
	c := newClient(t, a)
	kept := make([]*kept, scenarios)
	var done sync.WaitGroup
	for i := range scenarios {
		ctx, mine := inScenario(fmt.Sprintf("scenario-%d", i))
		kept[i] = mine
		for range calls {
			done.Go(func() {
				_, err := c.Do(ctx, operation(t, "cards-create"), Request{Body: map[string]any{"scenario": i}})
				assert.NoError(t, err)
			})
		}
	}
	done.Wait()
	keys, spans := map[string]bool{}, map[string]bool{}
	for _, call := range a.calls() {
		var i int
		_, err := fmt.Sscanf(call.Body, `{"scenario":%d}`, &i)
		require.NoError(t, err)
		assert.Equal(t, fmt.Sprintf("run-1/scenario-%d", i), call.Header.Get("X-Kobcheck-Run"))
		assert.Contains(t, call.Header.Get("User-Agent"), fmt.Sprintf("scenario=scenario-%d)", i))
		keys[call.Header.Get("Idempotency-Key")] = true
		spans[call.Header.Get("Traceparent")] = true
	}
	assert.Len(t, keys, scenarios*calls)
	assert.Len(t, spans, scenarios*calls)
	tokens := 0
	for _, mine := range kept {
		numbers := map[int]bool{}
		for _, exchange := range mine.all() {
			numbers[exchange.N] = true
			if exchange.Operation == "token" {
				tokens++
			}
		}
		for n := 1; n <= len(numbers); n++ {
			assert.True(t, numbers[n], "exchange %d is missing", n)
		}
	}
	assert.Equal(t, 1, tokens)
}

func TestCallsOutsideOfAScenarioAreNotNumbered(t *testing.T) {
	a := newAPI(t)
	exchange, err := newClient(t, a).Do(context.Background(), operation(t, "cards-list"), Request{})
	require.NoError(t, err)
	assert.Zero(t, exchange.N)
	assert.Equal(t, "run-1/", a.calls()[0].Header.Get("X-Kobcheck-Run"))
}

// take returns the first keys of a scenario.
func take(run string, seed int64, scenario Scenario, n int) []string {
	made := newKeys(run, seed)
	ctx := WithScenario(context.Background(), scenario)
	out := make([]string, n)
	for i := range out {
		out[i] = made.next(ctx)
	}
	return out
}

func TestIdempotencyKeysAreVersionFourAndFollowFromRunSeedAndScenario(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		run, seed := rapid.String().Draw(t, "run"), rapid.Int64().Draw(t, "seed")
		scenario := Scenario{ID: rapid.String().Draw(t, "scenario"), Attempt: rapid.IntRange(0, 3).Draw(t, "attempt")}
		first := take(run, seed, scenario, 5)
		require.Equal(t, first, take(run, seed, scenario, 5), "the same run makes the same keys")
		all := append([]string(nil), first...)
		all = append(all, take(run+"/", seed, scenario, 5)...)
		all = append(all, take(run, seed+1, scenario, 5)...)
		all = append(all, take(run, seed, Scenario{ID: scenario.ID + " ", Attempt: scenario.Attempt}, 5)...)
		all = append(all, take(run, seed, Scenario{ID: scenario.ID, Attempt: scenario.Attempt + 1}, 5)...)
		seen := map[string]bool{}
		for _, key := range all {
			parsed, err := uuid.Parse(key)
			require.NoError(t, err)
			require.Equal(t, uuid.Version(4), parsed.Version())
			require.Equal(t, uuid.RFC4122, parsed.Variant())
			require.Equal(t, parsed.String(), key)
			require.False(t, seen[key], "twice: %s", key)
			seen[key] = true
		}
	})
}

func TestKeysOfAScenarioDoNotDependOnWhatElseRuns(t *testing.T) {
	want := map[string]bool{}
	for _, key := range take("run", 1, Scenario{ID: "a"}, 50) {
		want[key] = true
	}
	made := newKeys("run", 1)
	ctx, other := WithScenario(context.Background(), Scenario{ID: "a"}), WithScenario(context.Background(), Scenario{ID: "b"})
	got := make([]string, 50)
	var done sync.WaitGroup
	for i := range got {
		done.Go(func() { got[i] = made.next(ctx) })
		done.Go(func() { made.next(other) })
		done.Go(func() { made.next(context.Background()) })
	}
	done.Wait()
	for _, key := range got {
		assert.True(t, want[key])
		delete(want, key)
	}
	assert.Empty(t, want)
}

func TestAKeyCanBeTakenInAdvance(t *testing.T) {
	a := newAPI(t)
	c := newClient(t, a)
	ctx, _ := inScenario("ahead")
	key, err := c.NewKey(ctx)
	require.NoError(t, err)
	for range 2 {
		exchange, err := c.Do(ctx, operation(t, "cards-create"), Request{Key: key})
		require.NoError(t, err)
		assert.Equal(t, key, exchange.Key)
	}
	exchange, err := c.Do(ctx, operation(t, "cards-create"), Request{})
	require.NoError(t, err)
	assert.NotEqual(t, key, exchange.Key)
}
