package mock

import (
	"context"
	"sync"
	"time"
)

// virtualClock stands still until it is advanced.
type virtualClock struct {
	mu      sync.Mutex
	now     time.Time
	moved   chan struct{}
	waiting int
}

// newVirtualClock returns a clock that shows the time given.
func newVirtualClock(now time.Time) *virtualClock {
	return &virtualClock{now: now, moved: make(chan struct{})}
}

// Wait returns when the clock was advanced so far, or at the end of the context.
func (c *virtualClock) Wait(ctx context.Context, d time.Duration) {
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
func (c *virtualClock) Waiting() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.waiting
}

// Now returns what the clock shows.
func (c *virtualClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock on.
func (c *virtualClock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	close(c.moved)
	c.moved = make(chan struct{})
}
