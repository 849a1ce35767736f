// Package kind is what every kind of load stands on: the head of a plan, the API under load, and how what was seen
// becomes an invariant. The kinds themselves are in the rooms beside it.
package kind

import (
	"fmt"
	"strings"
	"time"
)

// Name is what a plan calls its kind.
type Name string

// Head is what every plan says, whatever its kind. The plans of a kind embed it.
type Head struct {
	ID       string `yaml:"id"`
	Kind     Name   `yaml:"kind"`
	Sentence string `yaml:"sentence"`
	// Arrivals are even or poisson.
	Arrivals string `yaml:"arrivals"`
	// Connections bounds the requests under way; further arrivals wait, and their wait counts.
	Connections int `yaml:"connections"`
	// Precise waits for due times awake, which takes a core and brings requests within a fraction of a millisecond.
	Precise bool `yaml:"precise"`
	// CheckEvery is how many answers there are to one that is checked against its schema.
	CheckEvery int `yaml:"check_every"`
	// Lag bounds the generator's own lag at p99.
	Lag   Duration `yaml:"lag"`
	Gates []string `yaml:"gates"`
}

// Usual is the head of a plan that says nothing.
func Usual() Head {
	return Head{Arrivals: "poisson", Connections: 64, CheckEvery: 20, Lag: Duration(20 * time.Millisecond)}
}

// Common returns the head.
func (h *Head) Common() *Head { return h }

// Scale changes nothing: a plan without rates and times has none to multiply.
func (h *Head) Scale(_, _ float64) {}

// Fault hears what is wrong with the value of a key.
type Fault func(key, format string, arguments ...any)

// CheckHead tells of the values of a head that can't be.
func (h *Head) CheckHead(fault Fault) {
	if h.ID == "" {
		fault("id", "a plan needs one")
	}
	if h.Arrivals != "even" && h.Arrivals != "poisson" {
		fault("arrivals", "%q is neither even nor poisson", h.Arrivals)
	}
	if h.Connections < 1 || h.CheckEvery < 1 {
		fault("connections", "connections and check_every must be at least 1")
	}
}

// Ceiling is the most that a plan asks of a target.
type Ceiling struct {
	// Rate is in requests a second; 0 where a plan does not pace them.
	Rate     float64
	Requests int
	// Entities is about how many things stay on the target: endusers, wallets, cards, transactions.
	Entities int
	// Time is how long the arrivals of the plan take; 0 where it has none.
	Time time.Duration
	// Operations are those that are called, for the announcement of a burst.
	Operations []string
}

// Run is one performance of a plan.
type Run struct {
	Seed  int64
	Shard Shard
}

// Shard is one of several parts of a plan's arrivals, counted from 1; the zero value is the whole.
type Shard struct{ Index, Of int }

// String writes it like 2/4; empty for the whole.
func (s Shard) String() string {
	if s.Of <= 1 {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.Index, s.Of)
}

// Duration reads the form 250ms.
type Duration time.Duration

// UnmarshalYAML reads a duration.
func (d *Duration) UnmarshalYAML(text []byte) error {
	parsed, err := time.ParseDuration(strings.Trim(strings.TrimSpace(string(text)), `"'`))
	if err != nil {
		return fmt.Errorf("%s is no duration; write it like 250ms or 10s", text)
	}
	*d = Duration(parsed)
	return nil
}
