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

// mark names run and scenario on the request, from its own context, so that the server's log can be
// joined with the report. The trace context (W3C, level 1) does the same for tracing systems: a trace
// for each scenario of a run, a span for each request.
func (c *Client) mark(ctx context.Context, header http.Header, number int) {
	scenario, _ := scenarioIn(ctx)
	header["User-Agent"] = []string{"kobcheck/" + c.config.Version + " (run=" + c.config.RunID + "; scenario=" + scenario.ID + ")"}
	header["X-Kobcheck-Run"] = []string{c.config.RunID + "/" + scenario.ID}
	trace := sha256.Sum256([]byte(c.config.RunID + "/" + scenario.ID))
	span := binary.BigEndian.Uint64(trace[16:]) + uint64(number)
	text := make([]byte, 0, 55)
	text = hex.AppendEncode(append(text, "00-"...), trace[:16])
	text = hex.AppendEncode(append(text, '-'), binary.BigEndian.AppendUint64(nil, max(span, 1)))
	header["Traceparent"] = []string{string(append(text, "-01"...))}
}
