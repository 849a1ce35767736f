package client

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"net/http"
	"sync/atomic"
)

// Scenario is what the context of a scenario carries: its id, which every one of its requests names,
// and who keeps its exchanges.
type Scenario struct {
	ID string
	// Attempt counts the attempts of one scenario in one run from 0, so that another attempt gets
	// idempotency keys of its own.
	Attempt int
	// Record keeps an exchange; nil keeps none. It may be called from several goroutines, and once
	// more shortly after a call was cancelled.
	Record func(*Exchange)
	// Keeps says that who records holds the exchanges themselves until the context of the scenario ends.
	Keeps bool

	atEnd     func(func())
	exchanges *atomic.Int64
	keys      *atomic.Int64
}

type scenarioKey struct{}

// WithScenario returns a context whose requests belong to the scenario.
func WithScenario(ctx context.Context, scenario Scenario) context.Context {
	scenario.exchanges, scenario.keys = new(atomic.Int64), new(atomic.Int64)
	scenario.atEnd = func(do func()) { context.AfterFunc(ctx, do) }
	return context.WithValue(ctx, scenarioKey{}, scenario)
}

func scenarioIn(ctx context.Context) (Scenario, bool) {
	scenario, ok := ctx.Value(scenarioKey{}).(Scenario)
	return scenario, ok
}

func nextNumber(ctx context.Context) int {
	if scenario, ok := scenarioIn(ctx); ok {
		return int(scenario.exchanges.Add(1))
	}
	return 0
}

func record(ctx context.Context, exchange *Exchange) {
	if scenario, ok := scenarioIn(ctx); ok && scenario.Record != nil {
		scenario.Record(exchange)
	}
}

// marks are what each request of a scenario is marked with, from its context, so that the server's log can be joined with
// the report. The trace context (W3C, level 1) does the same for tracing systems: a trace for each scenario of a run, a
// span for each request.
type marks struct {
	agent, run []string
	trace      string
	span       uint64
}

// marksOf are those of a scenario; requests outside of any have an empty one.
func (c *Client) marksOf(scenario string) *marks {
	if known, there := c.marks.Load(scenario); there {
		return known.(*marks)
	}
	run := c.config.RunID + "/" + scenario
	sum := sha256.Sum256([]byte(run))
	made := &marks{agent: []string{"kobcheck/" + c.config.Version + " (run=" + c.config.RunID + "; scenario=" + scenario + ")"},
		run: []string{run}, trace: "00-" + hex.EncodeToString(sum[:16]) + "-", span: binary.BigEndian.Uint64(sum[16:])}
	c.marks.Store(scenario, made)
	return made
}

// mark names run and scenario on the request with this number.
func (c *Client) mark(ctx context.Context, header http.Header, number int) {
	scenario, _ := scenarioIn(ctx)
	m := c.marksOf(scenario.ID)
	header["User-Agent"], header["X-Kobcheck-Run"] = m.agent, m.run
	span := binary.BigEndian.AppendUint64(nil, max(m.span+uint64(number), 1))
	header["Traceparent"] = []string{m.trace + hex.EncodeToString(span) + "-01"}
}
