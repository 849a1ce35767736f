package arrivals

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/kobcheck/kobcheck/load/kind"
)

// Hit performs the n-th arrival and says what came of it; the engine fills in the times.
type Hit func(ctx context.Context, n int) Outcome

// Attack performs arrivals when they are due, through vegeta, and hands every outcome to add. At most so
// many requests as the plan has connections are under way at once; those that wait for their turn are not dropped, and
// their wait counts from their due time. It returns when all were answered, or shortly after the context's end.
//
// Who waits for a connection keeps vegeta's loop waiting, so that what is behind costs no goroutines; that wait is the
// API's, unless it is one for this machine's processors.
//
// vegeta paces, starts workers and keeps count; the requests themselves go out through the hit, so that none of vegeta's
// headers reaches the API and tokens, idempotency keys and redaction are those of the client.
func Attack(
	ctx context.Context, due []time.Duration, plan *kind.Head, perform Hit, add func(Outcome),
) {
	e := &engine{ctx: ctx, due: due, lag: make([]time.Duration, len(due)), connections: plan.Connections, perform: perform, add: add,
		precise: plan.Precise, alarm: newAlarm()}
	defer e.alarm.close()
	settleMemory(len(due))
	workers := uint64(min(plan.Connections, len(due)))
	attacker := vegeta.NewAttacker(vegeta.Workers(workers), vegeta.MaxWorkers(workers),
		vegeta.Client(&http.Client{Transport: e}), vegeta.MaxBody(0))
	targeter := func(target *vegeta.Target) error {
		target.Method, target.URL = http.MethodGet, "http://arrival.invalid/"
		return nil
	}
	for range attacker.Attack(targeter, e, 0, "") {
		// Every outcome was handed over already; vegeta only needs somebody who listens.
		continue
	}
}

// engine is the pacer and the transport of one attack.
type engine struct {
	ctx         context.Context
	due         []time.Duration
	connections int
	perform     Hit
	add         func(Outcome)
	precise     bool
	alarm       *alarm

	timer *time.Timer // the pacer's, nil until it sleeps

	once  sync.Once
	began atomic.Int64 // nanoseconds of the clock of load

	// lag is how late the pacer let each arrival go, but for its wait for a connection. The pacer writes it before it does.
	lag []time.Duration
	// full says that the arrival before met no free connection; freed is when the last such one got one, where the
	// API was what it waited for.
	full       bool
	freed      time.Duration
	processors processors
}

// start fixes the moment from which due times count.
func (e *engine) start() time.Duration {
	e.once.Do(func() { e.began.Store(int64(kind.Now())) })
	return time.Duration(e.began.Load())
}

// awake is how long before a due time the pacer of a precise plan stops sleeping at most, since who is woken is late too;
// where arrivals are close together half the time between two: who never sleeps keeps the runtime from hearing of answers.
const awake = 500 * time.Microsecond

// Pace waits until the next arrival is due. vegeta calls it from one goroutine, so that it may wait here,
// where the end of the context is heard, and never in vegeta, where it would not be.
func (e *engine) Pace(_ time.Duration, hits uint64) (time.Duration, bool) {
	at := e.start()
	if int(hits) >= len(e.due) || e.ctx.Err() != nil {
		return 0, true
	}
	at += e.due[hits]
	now := kind.Now()
	switch {
	case hits == 0:
		e.freed = now
		e.processors.begin(now)
	case e.full && !e.processors.short(now):
		e.freed = now
	}
	defer func() {
		e.lag[hits] = kind.Now() - max(at, e.freed)
		e.full = int(hits)-e.processors.calls() >= e.connections
	}()
	left := at - now
	if e.precise && hits > 0 {
		left -= min(awake, (e.due[hits]-e.due[hits-1])/2)
	}
	if left > 0 && !e.sleep(left, e.precise || !e.crowded(int(hits))) {
		return 0, true
	}
	for left = at - kind.Now(); e.precise && left > 0; left = at - kind.Now() {
		runtime.Gosched()
		// A clock that stands still while others run is a test's own: it moves on with the runtime's timers.
		if at-kind.Now() == left && kind.Wait(e.ctx, left) != nil {
			return 0, true
		}
	}
	return 0, false
}

// sleep waits so long and reports whether the context has not ended. The alarm is set after the timer, so that the timer
// is over when it goes off: who is woken before waits for another millisecond.
func (e *engine) sleep(d time.Duration, exact bool) bool {
	if e.timer == nil {
		e.timer = time.NewTimer(d)
	} else {
		e.timer.Reset(d)
	}
	if exact {
		e.alarm.set(d)
	}
	select {
	case <-e.timer.C:
		return true
	case <-e.ctx.Done():
		return false
	}
}

// crowded says that more than two arrivals are due within the time by which a timer may be late. They leave together
// then, as vegeta's do: to wait for each costs more than twice the processor.
func (e *engine) crowded(n int) bool { return n+2 < len(e.due) && e.due[n+2]-e.due[n] < timersLate }

// Rate satisfies vegeta's pacer; it is only used for vegeta's own reports.
func (e *engine) Rate(time.Duration) float64 { return 0 }

// String names the pacer.
func (e *engine) String() string { return fmt.Sprintf("%d arrivals when they are due", len(e.due)) }

// RoundTrip performs the arrival that vegeta counted. Its answer is only for vegeta.
func (e *engine) RoundTrip(r *http.Request) (*http.Response, error) {
	n, err := strconv.Atoi(r.Header.Get("X-Vegeta-Seq"))
	if err != nil || n >= len(e.due) {
		return nil, fmt.Errorf("vegeta counted an arrival %q that was never due", r.Header.Get("X-Vegeta-Seq"))
	}
	sent := kind.Now()
	o := e.perform(e.ctx, n)
	ended := kind.Now()
	e.processors.called(ended - sent)
	if e.ctx.Err() != nil && o.Class == Failed {
		return nil, e.ctx.Err() // cut off by our own end, which says nothing of the API
	}
	o.Due, o.Began, o.Sent, o.Ended = e.due[n], e.due[n]+e.lag[n], sent-e.start(), ended-e.start()
	e.add(o)
	return &http.Response{StatusCode: http.StatusOK, Status: "200 OK", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: http.NoBody, Request: r}, nil
}
