package client

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestADateInRetryAfterIsReadByTheClockThatWroteIt(t *testing.T) {
	ours := time.Date(2026, 1, 30, 1, 0, 0, 0, time.UTC)
	theirs := ours.Add(10 * time.Minute)
	header := http.Header{"Date": {theirs.Format(http.TimeFormat)}, "Retry-After": {theirs.Add(3 * time.Second).Format(http.TimeFormat)}}
	require.Equal(t, 3*time.Second, retryAfter(header, ours))
	header.Del("Date")
	require.Equal(t, heldAtMost, retryAfter(header, ours), "without a Date there is our clock only")
}

// paced performs one second after another: so many requests as the pace lets through, up to a wish, each answered by
// an API that serves so many a second. It returns how many were sent in the last second, and how many 429 there were.
func paced(p *pace, now *time.Time, seconds, wish int, serves func() int) (last, refused int) {
	for range seconds {
		*now = now.Add(time.Second)
		last = wish
		if p.limiter != nil {
			last = min(wish, max(1, int(p.limiter.Limit())))
		}
		if now.Before(p.until) {
			continue
		}
		limit := serves()
		p.before, p.sent, p.since = last, last, *now
		for n := range last {
			status, header := http.StatusOK, http.Header{}
			if n >= limit {
				status, header = http.StatusTooManyRequests, http.Header{"Retry-After": {"0"}}
				refused++
			}
			p.hear(status, header, now.Add(time.Duration(n+1)))
		}
	}
	return last, refused
}

func TestThePaceRecoversOnceTheTargetServesAgain(t *testing.T) {
	now := time.Date(2026, 1, 30, 1, 0, 0, 0, time.UTC)
	p := newPace(0, func() time.Time { return now })
	early := 10
	sent, _ := paced(p, &now, 40, 500, func() int {
		if early--; early >= 0 {
			return 0
		}
		return 1000
	})
	require.Equal(t, 500, sent, "ten early 429 are no bound half a minute later")
}

func TestAFewEarly429DoNotMakeALongRunOfAShortOne(t *testing.T) {
	now := time.Date(2026, 1, 30, 1, 0, 0, 0, time.UTC)
	p := newPace(0, func() time.Time { return now })
	seconds := 0
	for sent := 0; sent < 5000; seconds++ { // five seconds of a run without a bound
		now = now.Add(time.Second)
		of := 1000
		if p.limiter != nil {
			of = min(of, max(1, int(p.limiter.Limit())))
		}
		p.before, p.since = of, now
		for n := range of {
			p.sent = n + 1
			status, at := http.StatusOK, now.Add(time.Duration(n+1)*time.Second/time.Duration(of+1))
			if sent++; sent <= 500 && sent%50 == 0 {
				status = http.StatusTooManyRequests
			}
			clock := now
			now = at
			p.hear(status, http.Header{"Retry-After": {"0"}}, at)
			now = clock
		}
	}
	require.LessOrEqual(t, seconds, 15)
}

func TestThePaceStaysBelowALimitThatIsThere(t *testing.T) {
	now := time.Date(2026, 1, 30, 1, 0, 0, 0, time.UTC)
	p := newPace(0, func() time.Time { return now })
	ten := func() int { return 10 }
	paced(p, &now, 60, 500, ten)
	sent, refused := paced(p, &now, 600, 500, ten)
	require.GreaterOrEqual(t, sent, 7)
	require.LessOrEqual(t, refused, 12, "what is too much is tried ever more rarely")
}

func TestThePaceNeverRisesAboveWhatTheUserSet(t *testing.T) {
	now := time.Date(2026, 1, 30, 1, 0, 0, 0, time.UTC)
	p := newPace(50, func() time.Time { return now })
	paced(p, &now, 2, 50, func() int { return 1 })
	sent, _ := paced(p, &now, 120, 500, func() int { return 1000 })
	require.Equal(t, 50, sent)
}

func TestALimiterThatBansForLongerThanItTellsIsNotWaitedForForEver(t *testing.T) {
	now := time.Date(2026, 1, 30, 1, 0, 0, 0, time.UTC)
	p := newPace(0, func() time.Time { return now })
	refuse := func() { p.hear(http.StatusTooManyRequests, http.Header{"Retry-After": {"0"}}, now.Add(1)) }
	refuse()
	now = now.Add(bannedFor - time.Second)
	refuse()
	require.NoError(t, p.learned.banned(now))
	now = now.Add(time.Second)
	var answer *NoAnswer
	require.ErrorAs(t, p.wait(context.Background(), "cards-list"), &answer)
	require.Equal(t, Banned, answer.Kind)
	require.ErrorContains(t, answer, "bans for longer than it tells")
	p.hear(http.StatusOK, http.Header{}, now.Add(1))
	require.NoError(t, p.wait(context.Background(), "cards-list"), "an answer ends the row")
}
