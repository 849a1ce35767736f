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
