// Package limit is the mock's rate limiters: the kinds that APIs really have, on a clock that is handed in.
//
// What walks in is a key and a moment; what walks out is whether the request may pass, and else how long the
// caller should wait.
package limit

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Kind is how a limiter counts.
type Kind string

// The kinds.
const (
	FixedWindow    Kind = "fixed-window"    // so many in each window of the clock
	FirstWindow    Kind = "first-window"    // so many in a window that begins with its first request
	SlidingLog     Kind = "sliding-log"     // so many in any window that ends now
	SlidingCounter Kind = "sliding-counter" // the windows of the clock, the one before by how much of it is in reach
	TokenBucket    Kind = "token-bucket"    // a bucket that fills steadily and may be emptied at once
	GCRA           Kind = "gcra"            // a leaky bucket: each request moves the moment of the next that conforms
	PenaltyBox     Kind = "penalty-box"     // a sliding log that refuses everything for a window after an excess
)

// Kinds lists them.
func Kinds() []string {
	return []string{string(FixedWindow), string(FirstWindow), string(SlidingLog), string(SlidingCounter),
		string(TokenBucket), string(GCRA), string(PenaltyBox)}
}

// Scopes are what a limiter can count by.
func Scopes() []string { return []string{"client", "token", "address", "operation", "everything"} }

// Config shapes a limiter. Requests 0 means none.
type Config struct {
	Kind     Kind
	Requests int
	Window   time.Duration
	Scope    string
}

// Parse reads a form such as 100/1s.
func Parse(text string) (Config, error) {
	if text == "" {
		return Config{}, nil
	}
	count, window, found := strings.Cut(text, "/")
	requests, err1 := strconv.Atoi(count)
	length, err2 := time.ParseDuration(window)
	if !found || err1 != nil || err2 != nil || requests < 1 || length <= 0 {
		return Config{}, fmt.Errorf("--limit: %q is no limit; write it like 100/1s", text)
	}
	return Config{Kind: TokenBucket, Requests: requests, Window: length, Scope: "client"}, nil
}

// Check says what is wrong with a configuration.
func (c Config) Check() error {
	known := false
	for _, kind := range Kinds() {
		known = known || kind == string(c.Kind)
	}
	if !known {
		return fmt.Errorf("there is no limiter %q; there are %s", c.Kind, strings.Join(Kinds(), ", "))
	}
	if slices.Contains(Scopes(), c.Scope) {
		return nil
	}
	return fmt.Errorf("a limiter does not count by %q; it counts by %s", c.Scope, strings.Join(Scopes(), ", "))
}

// Limiter counts requests by key. It is safe for concurrent use.
type Limiter struct {
	config Config
	mu     sync.Mutex
	states map[string]*state
}

type state struct {
	window time.Time   // windows: the beginning of the present one
	count  int         // windows: what passed in it
	before int         // sliding counter: what passed in the window before
	log    []time.Time // sliding log, penalty box: when requests passed
	tokens float64     // token bucket: what is left
	filled time.Time   // token bucket: when that was so
	next   time.Time   // GCRA: when the next request is due in theory
	until  time.Time   // penalty box: the end of the block
}

// New returns a limiter.
func New(config Config) *Limiter { return &Limiter{config: config, states: map[string]*state{}} }

// Allow reports whether a request may pass at a moment, and else after how long the next one may.
func (l *Limiter) Allow(key string, now time.Time) (bool, time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.states[key]
	if s == nil {
		s = &state{tokens: float64(l.config.Requests), filled: now}
		l.states[key] = s
	}
	switch l.config.Kind {
	case FixedWindow:
		return l.fixed(s, now)
	case FirstWindow:
		return l.first(s, now)
	case SlidingLog:
		return l.sliding(s, now)
	case SlidingCounter:
		return l.counter(s, now)
	case GCRA:
		return l.leaky(s, now)
	case PenaltyBox:
		return l.penalty(s, now)
	}
	return l.bucket(s, now)
}

func (l *Limiter) fixed(s *state, now time.Time) (bool, time.Duration) {
	if begin := now.Truncate(l.config.Window); !begin.Equal(s.window) {
		s.window, s.count = begin, 0
	}
	if s.count < l.config.Requests {
		s.count++
		return true, 0
	}
	return false, s.window.Add(l.config.Window).Sub(now)
}

func (l *Limiter) sliding(s *state, now time.Time) (bool, time.Duration) {
	since := now.Add(-l.config.Window)
	s.log = slices.DeleteFunc(s.log, func(at time.Time) bool { return !at.After(since) })
	if len(s.log) < l.config.Requests {
		s.log = append(s.log, now)
		return true, 0
	}
	return false, s.log[len(s.log)-l.config.Requests].Add(l.config.Window).Sub(now)
}

func (l *Limiter) bucket(s *state, now time.Time) (bool, time.Duration) {
	perNano := float64(l.config.Requests) / float64(l.config.Window)
	s.tokens = min(float64(l.config.Requests), s.tokens+float64(now.Sub(s.filled))*perNano)
	s.filled = now
	if s.tokens >= 1-1e-9 { // what rounding loses in a nanosecond
		s.tokens--
		return true, 0
	}
	return false, time.Duration(math.Ceil((1 - s.tokens) / perNano))
}
