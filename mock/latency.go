package mock

import (
	"context"
	"time"
)

// latency is how long the next answer is held back.
func (s *Server) latency() time.Duration {
	wait := s.options.Latency
	if s.faults.On("slow.grows") {
		wait += min(time.Duration(s.arrivals.Load())*100*time.Microsecond, 2*time.Second)
	}
	return wait
}

// pause waits, but no longer than somebody waits for the answer.
func pause(ctx context.Context, wait time.Duration) {
	ctx, end := context.WithTimeout(ctx, wait)
	defer end()
	<-ctx.Done()
}

// Clock is where the mock reads the time.
type Clock interface {
	Now() time.Time
	// Wait returns when so much time has passed, or at the end of the context.
	Wait(ctx context.Context, d time.Duration)
}

type realClock struct{}

func (realClock) Now() time.Time { return time.Now() }

func (realClock) Wait(ctx context.Context, d time.Duration) { pause(ctx, d) }
