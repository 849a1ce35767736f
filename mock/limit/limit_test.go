package limit

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var start = time.Date(2026, 1, 30, 1, 0, 0, 0, time.UTC)

func TestNoKindLetsMoreThroughThanItsLawAllows(t *testing.T) {
	for _, kind := range Kinds() {
		config := Config{Kind: Kind(kind), Requests: 10, Window: time.Second, Scope: "client"}
		require.NoError(t, config.Check())
		l := New(config)
		random := rand.New(rand.NewPCG(7, 7))
		now := start
		var passed []time.Time
		for range 5000 {
			now = now.Add(time.Duration(random.Int64N(int64(60 * time.Millisecond))))
			ok, wait := l.Allow("a", now)
			if ok {
				passed = append(passed, now)
				continue
			}
			require.Positive(t, wait, kind)
			again := New(config)
			*again = Limiter{config: config, states: map[string]*state{"a": copyOf(l.states["a"])}}
			ok, _ = again.Allow("a", now.Add(wait))
			require.True(t, ok, "%s: after the wait that it names the next request passes", kind)
		}
		most := map[Kind]int{FixedWindow: 20, FirstWindow: 20, SlidingLog: 10, SlidingCounter: 20, TokenBucket: 20, GCRA: 20,
			PenaltyBox: 10}[config.Kind]
		for i := range passed {
			inside := 0
			for j := i; j < len(passed) && passed[j].Sub(passed[i]) < time.Second; j++ {
				inside++
			}
			require.LessOrEqual(t, inside, most, kind)
		}
		ok, _ := l.Allow("b", now)
		require.True(t, ok, "another key has a count of its own")
	}
}

func copyOf(s *state) *state {
	c := *s
	c.log = append([]time.Time(nil), s.log...)
	return &c
}

func TestALimitIsReadAndChecked(t *testing.T) {
	config, err := Parse("100/1m")
	require.NoError(t, err)
	require.Equal(t, 100, config.Requests)
	require.Equal(t, time.Minute, config.Window)
	for _, bad := range []string{"100", "0/1s", "x/1s", "5/soon", "5/-1s"} {
		_, err := Parse(bad)
		require.ErrorContains(t, err, "write it like 100/1s", bad)
	}
	require.ErrorContains(t, Config{Kind: "leaky", Scope: "client"}.Check(), "token-bucket")
	require.ErrorContains(t, Config{Kind: SlidingLog, Scope: "planet"}.Check(), "everything")
}

// TestEachKindCountsByItsLaw sends requests at moments of a window of ten seconds that lets two through, and says which
// of them pass.
func TestEachKindCountsByItsLaw(t *testing.T) {
	type request struct {
		second float64
		passes bool
	}
	for kind, requests := range map[Kind][]request{
		FixedWindow:    {{8, true}, {9, true}, {9.5, false}, {10, true}, {11, true}, {19, false}, {20, true}},
		FirstWindow:    {{8, true}, {9, true}, {10, false}, {17, false}, {18, true}, {19, true}, {20, false}},
		SlidingLog:     {{8, true}, {9, true}, {10, false}, {17.9, false}, {18, true}, {18.5, false}, {19, true}},
		SlidingCounter: {{1, true}, {2, true}, {3, false}, {10, false}, {14, false}, {15, true}, {15.1, false}},
		TokenBucket:    {{0, true}, {0, true}, {1, false}, {5, true}, {6, false}, {20, true}, {20, true}, {20, false}},
		GCRA:           {{0, true}, {0, true}, {1, false}, {5, true}, {6, false}, {20, true}, {20, true}, {20, false}},
		PenaltyBox:     {{0, true}, {1, true}, {2, false}, {11, false}, {11.9, false}, {12, true}, {13, true}},
	} {
		t.Run(string(kind), func(t *testing.T) {
			l := New(Config{Kind: kind, Requests: 2, Window: 10 * time.Second, Scope: "client"})
			for i, one := range requests {
				passes, wait := l.Allow("a", start.Add(time.Duration(one.second*float64(time.Second))))
				require.Equal(t, one.passes, passes, "the request at %v s, number %d", one.second, i+1)
				require.Equal(t, passes, wait == 0, "who is refused hears how long to wait")
			}
		})
	}
}

func TestARefusedRequestDoesNotCount(t *testing.T) {
	l := New(Config{Kind: SlidingLog, Requests: 1, Window: time.Second, Scope: "client"})
	for _, after := range []time.Duration{0, 900 * time.Millisecond} {
		_, _ = l.Allow("a", start.Add(after))
	}
	ok, _ := l.Allow("a", start.Add(1100*time.Millisecond))
	require.True(t, ok)
}

func TestNoLimitIsReadFromAnEmptyText(t *testing.T) {
	config, err := Parse("")
	require.NoError(t, err)
	require.Zero(t, config)
	for _, kind := range Kinds() {
		for _, scope := range Scopes() {
			require.NoError(t, Config{Kind: Kind(kind), Requests: 1, Window: time.Second, Scope: scope}.Check())
		}
	}
}
