package limiter

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/load/kind"
)

// foundOut is a limiter of one family, with so much against it and against the next kind.
func foundOut(family Family, limit int, window float64, against, margin int) *Found {
	return &Found{Present: true, Tried: limit, Best: []Fit{{Family: family, Limit: limit, Window: window, Contradictions: against}},
		Margin: margin, Trace: make([]Seen, 100)}
}

func TestALimiterIsToldInWords(t *testing.T) {
	for want, found := range map[string]*Found{
		"none up to 400 requests at 1200/s":                                {Tried: 400, PerSecond: 1200},
		"40 requests in about 500ms, token bucket (or leaky bucket, GCRA)": foundOut(Bucket, 40, 0.5, 0, 5),
		"10 requests in about 1m0s, fixed window":                          foundOut(FixedClock, 10, 60, 0, 5),
		"7 requests in about 1.23s, sliding log":                           foundOut(SlidingLog, 7, 1.2345, 0, 5),
		"about 9 requests at once; not found out: kind":                    {Present: true, Tried: 9, Unknown: []string{"kind"}},
	} {
		require.Equal(t, want, limiterText(found))
	}
}

func TestHowSureItIsFollowsFromTheNextKind(t *testing.T) {
	for want, found := range map[string]*Found{
		"sure: 0 of 100 answers contradict it, 5 more the next kind":   foundOut(Bucket, 40, 1, 0, 5),
		"likely: 1 of 100 answers contradict it, 2 more the next kind": foundOut(Bucket, 40, 1, 1, 2),
		"tied: 0 of 100 answers contradict it":                         foundOut(Bucket, 40, 1, 0, 0),
		"sure: 0 of 100 answers contradict it":                         foundOut(Bucket, 40, 1, 0, 100),
		"none; not found out: kind":                                    {Present: true, Unknown: []string{"kind"}},
	} {
		require.Equal(t, want, confidenceText(found))
	}
	tied := foundOut(SlidingRefused, 5, 1, 0, 0)
	tied.Best = append(tied.Best, Fit{Family: PenaltyBox})
	require.Equal(t, "not found out", refusedText(tied))
	require.Contains(t, refusedText(foundOut(SlidingRefused, 5, 1, 0, 5)), "refused for longer")
	require.Contains(t, refusedText(foundOut(PenaltyBox, 5, 1, 0, 5)), "blocks for a whole window")
	require.Equal(t, "no", refusedText(foundOut(Bucket, 5, 1, 0, 5)))
}

func TestWhatALimiterCountsByIsWhatItLetsThrough(t *testing.T) {
	for _, c := range []struct {
		free      map[string]bool
		hasSecond bool
		says      string
	}{
		{map[string]bool{"operation": true, "token": false, "client": true}, true, "each operation for itself"},
		{map[string]bool{"operation": false, "token": true, "client": true}, true, "each token for itself"},
		{map[string]bool{"operation": false, "token": false, "client": true}, true, "each client for itself"},
		{map[string]bool{"operation": false, "token": false, "client": false}, true, "everything together, or the address of the caller"},
		{map[string]bool{"operation": false, "token": false}, false, "it takes a second client"},
		{map[string]bool{"client": true}, true, "each client for itself; not found out for: operation, token, since the limit filled up " +
			"meanwhile"},
	} {
		require.Contains(t, scopeText(c.free, c.hasSecond), c.says)
	}
}

func TestHeadersAreHeldAgainstWhatWasFound(t *testing.T) {
	header := http.Header{}
	require.Equal(t, "nothing before a refusal", headersText(header, foundOut(Bucket, 40, 1, 0, 5)))
	header.Set("X-RateLimit-Limit", "40")
	header.Set("X-RateLimit-Remaining", "3")
	require.Equal(t, "X-RateLimit-Limit: 40; X-RateLimit-Remaining: 3", headersText(header, foundOut(Bucket, 40, 1, 0, 5)))
	header.Set("X-RateLimit-Limit", "99")
	require.Contains(t, headersText(header, foundOut(Bucket, 40, 1, 0, 5)), "is not the 40 that was found")
	header.Set("X-RateLimit-Limit", "many")
	require.NotContains(t, headersText(header, foundOut(Bucket, 40, 1, 0, 5)), "is not")
}

func TestAWaitIsToldInWholeSeconds(t *testing.T) {
	for text, want := range map[string]bool{"0": true, "7": true, "-1": false, "1.5": false, "": false,
		"Fri, 30 Jan 2026 01:00:00 GMT": false} {
		_, readable := wholeSeconds(text)
		require.Equal(t, want, readable, text)
	}
}

func TestAStatedLimitIsHeldWithinATenthOrNotDecided(t *testing.T) {
	stated := &kind.Limit{Requests: 100, Window: time.Second}
	unknown := &Found{Present: true, Tried: 50}
	for name, c := range map[string]struct {
		found *Found
		holds any
	}{
		"it is the one":                    {foundOut(Bucket, 100, 1, 0, 5), true},
		"it is within a tenth":             {foundOut(Bucket, 108, 1, 0, 5), true},
		"in another window, but as fast":   {foundOut(FixedClock, 1000, 10, 0, 5), true},
		"it is a fifth more":               {foundOut(Bucket, 120, 1, 0, 5), false},
		"it is half":                       {foundOut(Bucket, 50, 1, 0, 5), false},
		"there is none, and it was tried":  {&Found{Tried: 200}, false},
		"there is none as far as was seen": {&Found{Tried: 60}, nil},
		"it could not be told":             {unknown, nil},
	} {
		one := statedInvariant(stated, c.found)
		require.True(t, one.Given, name)
		if c.holds == nil {
			require.Nil(t, one.Holds, name)
			continue
		}
		require.NotNil(t, one.Holds, name)
		require.Equal(t, c.holds, *one.Holds, name)
	}
}

func TestAPlanOfAProbeHasItsBounds(t *testing.T) {
	plan := New()
	plan.Most = 1300
	require.LessOrEqual(t, plan.Ceiling().Requests, 5000, "the built-in one is allowed elsewhere")
	require.Zero(t, plan.Ceiling().Entities)
	told := 0
	fault := func(string, string, ...any) { told++ }
	plan.Check(fault)
	require.Zero(t, told)
	plan.Most = 9
	plan.Check(fault)
	require.Equal(t, 1, told)
}

func TestThePictureOfAProbeBeginsAtZeroAndIsInOrder(t *testing.T) {
	asks := asksOf([]Seen{{From: 10, Passed: true}, {From: 10.25}, {From: 10.125, Passed: true}})
	require.Len(t, asks, 3)
	require.Zero(t, asks[0].AtMS)
	require.InDelta(t, 125, asks[1].AtMS, 1e-6)
	require.True(t, asks[1].Passed)
	require.InDelta(t, 250, asks[2].AtMS, 1e-6)
}
