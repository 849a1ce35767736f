package client

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"golang.org/x/time/rate"
)

// The bounds of learning: a 429 without Retry-After holds the run for a second, none for longer than
// half a minute, and the rate never falls below one request a second.
const (
	heldWithoutHeader = time.Second
	heldAtMost        = 30 * time.Second
	slowest           = 1.0
	slowedTo          = 0.8
)

// The bounds of recovering: each second that brought no 429 doubles the rate as long as it is well below the one that
// was too much, and lets it grow by a quarter beyond that, once the patience is over, and faster with
// every second that is served; each time that this was too much the patience doubles. A rate that nothing reaches
// any more is no bound.
const (
	wellBelow     = 0.9
	beyond        = 0.25
	fastest       = 4 // doublings of what it grows by, after two seconds
	firstPatience = 3 * time.Second
	longestWait   = 5 * time.Minute
	unbounded     = 2000.0
)

// bannedFor is how long nothing but 429 is put up with, whatever Retry-After says: a limiter that bans for longer than
// it tells keeps the rest of the night from an answer.
const bannedFor = 2 * time.Minute

// recovery is what a pace knows of the limit of an API.
type recovery struct {
	// most is the bound that the user set, 0 for none; tooMuch the rate that the latest 429 came at.
	most, tooMuch float64
	patience      time.Duration
	// steps counts the seconds in which the rate grew beyond since then.
	steps int
	// refused is when the latest 429 came that slowed the run, raised when the rate was raised last.
	refused, raised time.Time
	// row is when an unbroken row of 429 began, zero while there is none; said what its latest told to wait.
	row  time.Time
	said time.Duration
}

// banned says that the API answers nothing but 429 for too long; nil where it does not.
func (r *recovery) banned(now time.Time) error {
	if lasts := now.Sub(r.row); !r.row.IsZero() && lasts >= bannedFor {
		return fmt.Errorf("nothing but 429 for %v, although the last said to wait %v: the limiter bans for longer than it tells; let it "+
			"rest, and begin with a lower --max-rps",
			lasts.Round(time.Second), r.said)
	}
	return nil
}

// hear learns from an answer. Of many 429 at once only the first slows the run: those that were sent
// before it was heard say nothing new.
func (p *pace) hear(status int, header http.Header, sentAt time.Time) {
	now := p.now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if status != http.StatusTooManyRequests {
		if status != 0 && sentAt.After(p.until) {
			p.learned.row = time.Time{}
			p.recover(now)
		}
		return
	}
	held := retryAfter(header, now)
	if p.learned.said = held; p.learned.row.IsZero() {
		p.learned.row = now
	}
	if until := now.Add(held); !until.Before(p.until) {
		first := sentAt.After(p.until)
		p.until = until
		if first {
			p.slowDown(now)
		}
	}
}

// slowDown lowers the rate below what was just sent. The caller holds the lock.
func (p *pace) slowDown(now time.Time) {
	r := &p.learned
	if now.Sub(r.refused) < time.Second {
		return // one second of the API's, told more than once
	}
	perSecond := float64(max(p.sent, p.before, 1))
	if p.limiter != nil {
		perSecond = min(perSecond, float64(p.limiter.Limit()))
	}
	if r.tooMuch > 0 && perSecond > wellBelow*r.tooMuch && !r.raised.IsZero() {
		r.patience = min(2*r.patience, longestWait)
	}
	r.tooMuch, r.refused, r.raised, r.steps = perSecond, now, time.Time{}, 0
	p.bound(max(perSecond*slowedTo, slowest))
}

// recover raises the rate of a run that was slowed down and is served. The caller holds the lock.
func (p *pace) recover(now time.Time) {
	r := &p.learned
	if r.refused.IsZero() || p.limiter == nil || now.Sub(r.refused) < time.Second || now.Sub(r.raised) < time.Second {
		return
	}
	perSecond, most := float64(p.limiter.Limit()), wellBelow*r.tooMuch
	switch {
	case perSecond < most:
		perSecond = min(2*perSecond, most)
	case now.Sub(r.refused) >= r.patience:
		perSecond += max(beyond*float64(int(1)<<min(max(r.steps-1, 0), fastest))*perSecond, 1)
		r.steps++
	default:
		return
	}
	r.raised = now
	switch {
	case r.most > 0:
		p.bound(min(perSecond, r.most))
	case perSecond >= unbounded:
		p.limiter = nil
	default:
		p.bound(perSecond)
	}
}

// bound sets the rate. A burst of one: the bound holds over any second, not only on average.
func (p *pace) bound(perSecond float64) {
	if p.limiter == nil {
		p.limiter = rate.NewLimiter(rate.Limit(perSecond), 1)
		return
	}
	p.limiter.SetLimit(rate.Limit(perSecond))
}

// retryAfter reads both forms of RFC 9110 section 10.2.3, seconds and a date, within the bounds. A date is read by the
// clock that wrote it, the Date of the same answer: ours may be another.
func retryAfter(header http.Header, now time.Time) time.Duration {
	text, held := header.Get("Retry-After"), heldWithoutHeader
	if seconds, err := strconv.Atoi(text); err == nil {
		held = time.Duration(min(max(seconds, 0), 3600)) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		if theirs, err := http.ParseTime(header.Get("Date")); err == nil {
			now = theirs
		}
		held = at.Sub(now)
	}
	return min(max(held, 0), heldAtMost)
}
