package mock

import (
	"context"
	"time"
)

// Clock is where the mock reads the time.
type Clock interface {
	Now() time.Time
	// Wait returns when so much time has passed, or at the end of the context.
	Wait(ctx context.Context, d time.Duration)
}

type realClock struct{}

func (realClock) Now() time.Time { return time.Now() }

func (realClock) Wait(ctx context.Context, d time.Duration) { pause(ctx, d) }
