package mock

import (
	"context"
	"sync"
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

// VirtualClock stands still until it is advanced.
type VirtualClock struct {
	mu      sync.Mutex
	now     time.Time
	moved   chan struct{}
	waiting int
}

// NewVirtualClock returns a clock that shows the time given.
func NewVirtualClock(now time.Time) *VirtualClock {
	return &VirtualClock{now: now, moved: make(chan struct{})}
}

// Wait returns when the clock was advanced so far, or at the end of the context.
func (c *VirtualClock) Wait(ctx context.Context, d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting++
	defer func() { c.waiting-- }()
	for until := c.now.Add(d); c.now.Before(until) && ctx.Err() == nil; {
		moved := c.moved
		c.mu.Unlock()
		select {
		case <-moved:
		case <-ctx.Done():
		}
		c.mu.Lock()
	}
}

// Waiting is how many wait for the clock.
func (c *VirtualClock) Waiting() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.waiting
}

// Now returns what the clock shows.
func (c *VirtualClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock on.
func (c *VirtualClock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	close(c.moved)
	c.moved = make(chan struct{})
}
