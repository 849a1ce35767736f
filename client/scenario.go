package client

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/http"
	"sync/atomic"

	"github.com/google/uuid"
)

// Scenario is what the context of a scenario carries: its id, which every one of its requests names,
// and who keeps its exchanges.
type Scenario struct {
	ID     string
	Record func(*Exchange)

	exchanges *atomic.Int64
	keys      *atomic.Int64
}

type scenarioKey struct{}

// WithScenario returns a context whose requests belong to the scenario. Record may be called from
// several goroutines.
func WithScenario(ctx context.Context, scenario Scenario) context.Context {
	scenario.exchanges, scenario.keys = new(atomic.Int64), new(atomic.Int64)
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

// keys makes idempotency keys: version 4 UUIDs that follow from run, seed, scenario and their place in
// the scenario, so that a run can be repeated and concurrency changes nothing.
type keys struct {
	base  string
	loose *atomic.Int64
}

func newKeys(runID string, seed int64) keys {
	return keys{base: fmt.Sprintf("%s/%d", runID, seed), loose: new(atomic.Int64)}
}

func (k keys) next(ctx context.Context) string {
	var id string
	var n int64
	if scenario, ok := scenarioIn(ctx); ok {
		id, n = scenario.ID, scenario.keys.Add(1)
	} else {
		n = k.loose.Add(1)
	}
	sum := sha256.Sum256(binary.BigEndian.AppendUint64([]byte(k.base+"/"+id+"/"), uint64(n)))
	key := uuid.UUID(sum[:16])
	key[6] = key[6]&0x0f | 0x40 // version 4
	key[8] = key[8]&0x3f | 0x80 // variant of RFC 9562
	return key.String()
}

// mark names run and scenario on the request, from its own context, so that the server's log can be
// joined with the report; a trace id does the same for tracing systems.
func (c *Client) mark(ctx context.Context, r *http.Request) {
	scenario, _ := scenarioIn(ctx)
	r.Header.Set("User-Agent", fmt.Sprintf("kobcheck/%s (run=%s; scenario=%s)", c.config.Version, c.config.RunID, scenario.ID))
	r.Header.Set("X-Kobcheck-Run", c.config.RunID+"/"+scenario.ID)
	sum := sha256.Sum256([]byte(c.config.RunID + "/" + scenario.ID))
	span := binary.BigEndian.AppendUint64(nil, binary.BigEndian.Uint64(sum[16:24])|1)
	r.Header.Set("Traceparent", "00-"+hex.EncodeToString(sum[:16])+"-"+hex.EncodeToString(span)+"-01")
}
