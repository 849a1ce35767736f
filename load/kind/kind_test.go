package kind_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/load/kind"
)

func TestAnInvariantHoldsIsBrokenOrWasNotDecided(t *testing.T) {
	for name, c := range map[string]struct {
		shown  bool
		broken []string
		holds  any
	}{
		"nothing broke and something was shown":   {true, nil, true},
		"nothing broke and nothing was shown":     {false, nil, nil},
		"something broke":                         {true, []string{"a"}, false},
		"something broke where little was shown":  {false, []string{"a", "b"}, false},
		"an empty list of what broke breaks none": {true, []string{}, true},
	} {
		one := kind.Held("R-1", "a sentence", c.shown, c.broken)
		require.Equal(t, "R-1", one.Requirement, name)
		require.NotNil(t, one.Evidence, "%s: load.json has a list", name)
		if c.holds == nil {
			require.Nil(t, one.Holds, name)
			continue
		}
		require.NotNil(t, one.Holds, name)
		require.Equal(t, c.holds, *one.Holds, name)
		require.Len(t, one.Evidence, len(c.broken), name)
	}
}

func TestAShardIsWrittenLikeOneOfSeveral(t *testing.T) {
	require.Equal(t, "2/4", kind.Shard{Index: 2, Of: 4}.String())
	require.Empty(t, kind.Shard{}.String(), "the whole is no shard")
	require.Empty(t, kind.Shard{Index: 1, Of: 1}.String())
}

func TestADurationIsReadInTheFormOfGo(t *testing.T) {
	for text, want := range map[string]time.Duration{"250ms": 250 * time.Millisecond, `"10s"`: 10 * time.Second, " '1m' ": time.Minute} {
		var d kind.Duration
		require.NoError(t, d.UnmarshalYAML([]byte(text)), text)
		require.Equal(t, want, time.Duration(d), text)
	}
	var d kind.Duration
	require.ErrorContains(t, d.UnmarshalYAML([]byte("soon")), "soon is no duration; write it like 250ms")
}

func TestAHeadTellsWhatIsWrongWithIt(t *testing.T) {
	faults := func(change func(*kind.Head)) []string {
		head := kind.Usual()
		head.ID = "x"
		change(&head)
		var told []string
		head.CheckHead(func(key, format string, arguments ...any) {
			told = append(told, key+": "+fmt.Sprintf(format, arguments...))
		})
		return told
	}
	require.Empty(t, faults(func(*kind.Head) {}), "what is usual is right")
	require.Contains(t, faults(func(h *kind.Head) { h.ID = "" })[0], "id: a plan needs one")
	require.Contains(t, faults(func(h *kind.Head) { h.Arrivals = "bursty" })[0], "neither even nor poisson")
	require.Len(t, faults(func(h *kind.Head) { h.Connections, h.CheckEvery = 0, 0 }), 1)
}

func TestAWaitEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, kind.Wait(ctx, time.Hour), context.Canceled)
	require.NoError(t, kind.Wait(t.Context(), 0))
}

func TestMomentsOfBothClocksAgree(t *testing.T) {
	moment := time.Now()
	require.InDelta(t, float64(kind.Now()), float64(kind.At(moment)), float64(time.Minute))
	require.Equal(t, 3*time.Second, kind.At(moment.Add(3*time.Second))-kind.At(moment))
	require.InDelta(t, 1.5, kind.Milliseconds(1500*time.Microsecond), 1e-9)
}
