package limiter

import "math"

// Family is a way of limiting as far as it can be told from outside.
type Family string

// The families. A leaky bucket that refuses (GCRA) and a token bucket let the same requests through.
const (
	FixedFirst     Family = "fixed window, from the first request on"
	FixedClock     Family = "fixed window, by the clock"
	SlidingLog     Family = "sliding log"
	SlidingRefused Family = "sliding log that counts refused requests too"
	SlidingCounter Family = "sliding counter"
	Bucket         Family = "token bucket (or leaky bucket, GCRA)"
	PenaltyBox     Family = "window with a block after each excess"
)

// model is a limiter of one family with its figures. It is forced to what was really seen: take is told
// whether a request passed, whatever the model would have said.
type model interface {
	allows(at float64) bool
	take(at float64, passed bool)
}

// doubtful is a model that can say of a moment that it is too close to tell: by how the kind may be built, or
// because nobody knows to the last millisecond when a request was decided on.
type doubtful interface {
	unsure(at, spread float64) bool
}

// fixedFirst counts from the first request after the last window.
type fixedFirst struct {
	limit         int
	window, start float64
	count         int
}

func (m *fixedFirst) allows(at float64) bool { return at >= m.start+m.window || m.count < m.limit }

func (m *fixedFirst) take(at float64, passed bool) {
	if at >= m.start+m.window {
		m.start, m.count = at, 0
	}
	if passed {
		m.count++
	}
}

// fixedClock counts in windows that begin at phase and every window after it.
type fixedClock struct {
	limit         int
	window, phase float64
	index         float64
	count         int
}

func (m *fixedClock) allows(at float64) bool {
	return math.Floor((at-m.phase)/m.window) != m.index || m.count < m.limit
}

func (m *fixedClock) take(at float64, passed bool) {
	if index := math.Floor((at - m.phase) / m.window); index != m.index {
		m.index, m.count = index, 0
	}
	if passed {
		m.count++
	}
}

// slidingLog counts what passed, or came, within the window that ends now.
type slidingLog struct {
	limit   int
	window  float64
	refused bool
	log     []float64
}

func (m *slidingLog) allows(at float64) bool {
	count := 0
	for i := len(m.log) - 1; i >= 0 && m.log[i] > at-m.window; i-- {
		if count++; count >= m.limit {
			return false
		}
	}
	return true
}

func (m *slidingLog) take(at float64, passed bool) {
	if passed || m.refused {
		m.log = append(m.log, at)
	}
}

// slidingCounter weighs the window before by how much of it is still within reach. Implementations differ in
// whether the request itself counts: within one request of the limit both are right.
type slidingCounter struct {
	limit         int
	window, phase float64
	index         float64
	before, count int
}

func (m *slidingCounter) at(at float64) (estimate float64) {
	index := math.Floor((at - m.phase) / m.window)
	share := (at-m.phase)/m.window - index
	switch index {
	case m.index:
		return float64(m.before)*(1-share) + float64(m.count)
	case m.index + 1:
		return float64(m.count) * (1 - share)
	}
	return 0
}

func (m *slidingCounter) allows(at float64) bool { return m.at(at) < float64(m.limit) }

// unsure reports whether the two ways of counting disagree.
func (m *slidingCounter) unsure(at, _ float64) bool {
	estimate := m.at(at)
	return estimate < float64(m.limit) && estimate+1 > float64(m.limit)
}

func (m *slidingCounter) take(at float64, passed bool) {
	if index := math.Floor((at - m.phase) / m.window); index != m.index {
		if index == m.index+1 {
			m.before = m.count
		} else {
			m.before = 0
		}
		m.index, m.count = index, 0
	}
	if passed {
		m.count++
	}
}

// bucket holds so many tokens and fills at a steady rate per second.
type bucket struct {
	size, rate float64
	level, at  float64
	begun      bool
}

func (m *bucket) levelAt(at float64) float64 {
	if !m.begun {
		return m.size
	}
	return min(m.size, m.level+(at-m.at)*m.rate)
}

func (m *bucket) allows(at float64) bool { return m.levelAt(at) >= 1-1e-6 }

// mostDoubt is how much of a token may be in doubt: with more, any rate would explain anything.
const mostDoubt = 0.25

// unsure reports whether the level is within what flows in during the doubt about the time.
func (m *bucket) unsure(at, spread float64) bool {
	return math.Abs(m.levelAt(at)-1) <= min(m.rate*spread, mostDoubt)
}

func (m *bucket) take(at float64, passed bool) {
	m.level, m.at, m.begun = m.levelAt(at), at, true
	if passed {
		m.level = max(0, m.level-1)
	}
}

// penaltyBox refuses everything for a window after an excess, and then begins anew.
type penaltyBox struct {
	limit  int
	window float64
	log    []float64
	until  float64
}

func (m *penaltyBox) allows(at float64) bool {
	if m.until > 0 {
		return at >= m.until
	}
	return (&slidingLog{limit: m.limit, window: m.window, log: m.log}).allows(at)
}

func (m *penaltyBox) take(at float64, passed bool) {
	if m.until > 0 && (at >= m.until || passed) {
		m.until, m.log = 0, nil
	}
	switch {
	case passed:
		m.log = append(m.log, at)
	case m.until == 0:
		m.until = at + m.window
	}
}
