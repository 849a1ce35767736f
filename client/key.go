package client

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"sync/atomic"

	"github.com/google/uuid"
)

// keys makes idempotency keys: version 4 UUIDs that follow from run, seed, scenario and their place in
// the scenario, so that a run can be repeated and concurrency changes nothing.
type keys struct {
	base  string
	loose *atomic.Int64
}

func newKeys(runID string, seed int64) keys {
	return keys{base: fmt.Sprintf("%q %d", runID, seed), loose: new(atomic.Int64)}
}

// next returns the next key of the scenario that the context carries. Calls outside of a scenario
// share one sequence.
func (k keys) next(ctx context.Context) string {
	var n int64
	id, attempt := "", 0
	if scenario, ok := scenarioIn(ctx); ok {
		id, attempt, n = scenario.ID, scenario.Attempt, scenario.keys.Add(1)
	} else {
		n = k.loose.Add(1)
	}
	text := fmt.Appendf(nil, "%s %q %d ", k.base, id, attempt)
	sum := sha256.Sum256(binary.BigEndian.AppendUint64(text, uint64(n)))
	key := uuid.UUID(sum[:16])
	key[6] = key[6]&0x0f | 0x40 // version 4
	key[8] = key[8]&0x3f | 0x80 // variant of RFC 9562
	return key.String()
}

// NewKey returns a fresh idempotency key of the scenario that the context carries. It never fails; the
// error is there for callers that check one.
func (c *Client) NewKey(ctx context.Context) (string, error) { return c.keys.next(ctx), nil }
