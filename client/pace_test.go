package client

import (
	"context"
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
