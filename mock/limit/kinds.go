package limit

import (
	"math"
	"time"
)

func (l *Limiter) first(s *state, now time.Time) (bool, time.Duration) {
	if !now.Before(s.window.Add(l.config.Window)) {
		s.window, s.count = now, 0
	}
	if s.count < l.config.Requests {
		s.count++
		return true, 0
	}
	return false, s.window.Add(l.config.Window).Sub(now)
}

func (l *Limiter) counter(s *state, now time.Time) (bool, time.Duration) {
	begin := now.Truncate(l.config.Window)
	if !begin.Equal(s.window) {
		if begin.Sub(s.window) == l.config.Window {
			s.before = s.count
		} else {
			s.before = 0
		}
		s.window, s.count = begin, 0
	}
	left := 1 - float64(now.Sub(begin))/float64(l.config.Window)
	if float64(s.before)*left+float64(s.count)+1 <= float64(l.config.Requests) {
		s.count++
		return true, 0
	}
	if s.count+1 > l.config.Requests {
		// The next window begins with this one's count before it.
		fits := float64(l.config.Requests-1) / float64(s.count)
		return false, begin.Add(l.config.Window).Sub(now) + share(1-fits, l.config.Window)
	}
	// The share of the window before at which one more fits.
	fits := float64(l.config.Requests-s.count-1) / float64(s.before)
	return false, share(left-fits, l.config.Window)
}

// share is a part of a window, and a little more for what rounding loses.
func share(part float64, window time.Duration) time.Duration {
	return time.Duration(math.Ceil(part*float64(window))) + time.Microsecond
}

func (l *Limiter) leaky(s *state, now time.Time) (bool, time.Duration) {
	gap := l.config.Window / time.Duration(l.config.Requests)
	due := s.next
	if due.Before(now) {
		due = now
	}
	if early := due.Sub(now) - (l.config.Window - gap); early > 0 {
		return false, early
	}
	s.next = due.Add(gap)
	return true, 0
}

func (l *Limiter) penalty(s *state, now time.Time) (bool, time.Duration) {
	if now.Before(s.until) {
		return false, s.until.Sub(now)
	}
	if !s.until.IsZero() {
		s.until, s.log = time.Time{}, s.log[:0]
	}
	if ok, _ := l.sliding(s, now); ok {
		return true, 0
	}
	s.until = now.Add(l.config.Window)
	return false, l.config.Window
}
