package client

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAllRequestsShareOnePaceAndTheWaitIsNoPartOfTheirDuration(t *testing.T) {
	const calls, perSecond = 10, 100
	a := newAPI(t)
	c := newClient(t, a, func(config *Config) { config.MaxRPS = perSecond })
	ctx, kept := inScenario("paced")
	var done sync.WaitGroup
	for range calls {
		done.Go(func() {
			_, err := c.Do(ctx, operation(t, "cards-list"), Request{})
			assert.NoError(t, err)
		})
	}
	done.Wait()
	exchanges := kept.all()
	require.Len(t, exchanges, calls+1, "the token call is paced too")
	first, last := exchanges[0].StartedAt, exchanges[0].StartedAt
	busy := time.Duration(0)
	for _, exchange := range exchanges {
		busy += exchange.Duration
		if exchange.StartedAt.Before(first) {
			first = exchange.StartedAt
		}
		if exchange.StartedAt.After(last) {
			last = exchange.StartedAt
		}
	}
	// A slow machine only makes the starts further apart.
	assert.GreaterOrEqual(t, last.Sub(first), (calls-1)*time.Second/perSecond)
	assert.Positive(t, busy)
}

func TestAPaceThatTheTimeLeftCannotKeepIsSaidAtOnce(t *testing.T) {
	a := newAPI(t)
	c := newClient(t, a, func(config *Config) { config.MaxRPS = 0.0001 })
	none := ""
	request := Request{Authorization: &none}
	_, err := c.Do(context.Background(), operation(t, "cards-list"), request)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	exchange, err := c.Do(ctx, operation(t, "cards-list"), request)
	var answer *NoAnswer
	require.ErrorAs(t, err, &answer)
	assert.Equal(t, TimedOut, answer.Kind)
	assert.ErrorContains(t, err, "our own pace of 0.0001 requests a second")
	assert.Nil(t, exchange)
	assert.Len(t, a.calls(), 1)
}

func TestACancelledContextEndsTheWaitForThePace(t *testing.T) {
	a := newAPI(t)
	c := newClient(t, a, func(config *Config) { config.MaxRPS = 0.0001 })
	none := ""
	request := Request{Authorization: &none}
	_, err := c.Do(context.Background(), operation(t, "cards-list"), request)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = c.Do(ctx, operation(t, "cards-list"), request)
	var answer *NoAnswer
	require.ErrorAs(t, err, &answer)
	assert.Equal(t, Canceled, answer.Kind)
}

func TestAPaceLearnsFromA429OnceForAllThatWereUnderWay(t *testing.T) {
	now := time.Date(2026, 1, 30, 1, 0, 0, 0, time.UTC)
	p := newPace(0, func() time.Time { return now })
	for range 50 {
		require.NoError(t, p.wait(context.Background(), "cards-list"))
	}
	p.hear(http.StatusOK, http.Header{}, now)
	assert.Nil(t, p.limiter, "an answer that is no 429 teaches nothing")
	p.hear(http.StatusTooManyRequests, http.Header{"Retry-After": {"2"}}, now)
	assert.Equal(t, now.Add(2*time.Second), p.until)
	assert.InDelta(t, 40, float64(p.limiter.Limit()), 0.001, "four fifths of what was sent")
	p.hear(http.StatusTooManyRequests, http.Header{"Retry-After": {"3"}}, now)
	assert.InDelta(t, 40, float64(p.limiter.Limit()), 0.001, "this one was under way already")
	assert.Equal(t, now.Add(3*time.Second), p.until)
	now = now.Add(4 * time.Second)
	p.hear(http.StatusTooManyRequests, http.Header{}, now)
	assert.InDelta(t, 32, float64(p.limiter.Limit()), 0.001)
	assert.Equal(t, now.Add(time.Second), p.until, "without the header a second")
}

func TestRetryAfterIsReadInBothFormsAndWithinBounds(t *testing.T) {
	now := time.Date(2026, 1, 30, 1, 0, 0, 0, time.UTC)
	for text, held := range map[string]time.Duration{
		"": time.Second, "7": 7 * time.Second, "-1": 0, "999999999999": 30 * time.Second, "4000": 30 * time.Second, "soon": time.Second,
		"Fri, 30 Jan 2026 01:00:09 GMT": 9 * time.Second, "Fri, 30 Jan 2026 00:00:00 GMT": 0,
	} {
		assert.Equal(t, held, retryAfter(http.Header{"Retry-After": {text}}, now), text)
	}
}

func TestAHoldThatIsLongerThanTheTimeLeftIsSaidAtOnce(t *testing.T) {
	p := newPace(0, time.Now)
	p.hear(http.StatusTooManyRequests, http.Header{"Retry-After": {"30"}}, time.Now())
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	assert.ErrorContains(t, p.wait(ctx, "cards-list"), "the API asked to wait for another")
}
