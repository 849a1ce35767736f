package webhooks

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatARunThatWasStoppedDidNotWaitForIsNoFaultOfTheAPI(t *testing.T) {
	stopped, stop := context.WithCancel(t.Context())
	stop()
	require.ErrorIs(t, undelivered(stopped, nil, false), context.Canceled)
}
