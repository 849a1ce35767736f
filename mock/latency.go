package mock

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// jitter makes the part of the latency that varies, from the seed of the mock.
type jitter struct {
	mu     sync.Mutex
	random *rand.Rand
}

func newJitter(seed int64) *jitter {
	return &jitter{random: rand.New(rand.NewPCG(uint64(seed), 0x6a69747465720000))}
}

func (j *jitter) upTo(most time.Duration) time.Duration {
	if most <= 0 {
		return 0
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return time.Duration(j.random.Int64N(int64(most) + 1))
}

// latency is how long the next answer is held back.
func (s *Server) latency() time.Duration {
	wait := s.options.Latency + s.jitter.upTo(s.options.Jitter)
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
