package storm

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/load/history"
	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/reports"
)

// duplicate is one copy of a request under one key, and what it was answered.
type duplicate struct {
	called, released, done time.Duration
	status                 int
	id, wrong              string
	// body is a fingerprint of the answer's body.
	body [sha256.Size]byte
}

// together sends requests at one moment and keeps of the answers what a storm looks at.
func together(ctx context.Context, lines *client.Lines, operation *contract.Operation, requests []client.Request) ([]duplicate, error) {
	answers, err := lines.Together(ctx, operation, requests)
	copies := make([]duplicate, len(answers))
	for i, one := range answers {
		d := duplicate{called: kind.At(one.StartedAt), done: kind.At(one.Ended()), status: one.Status, body: sha256.Sum256(one.Body)}
		if !one.Released.IsZero() {
			d.released = kind.At(one.Released)
		}
		if one.Err != nil {
			d.wrong, d.status = one.Err.Error(), 0
		}
		if d.status/100 == 2 {
			d.id = scene.IDOf(one.Exchange)
		}
		copies[i] = d
	}
	return copies, err
}

// release sends a request on each line at one moment, each under its key.
func (s *strike) release(ctx context.Context, lines *client.Lines, keys []string, wallet string) ([]duplicate, error) {
	requests := make([]client.Request, len(keys))
	for i, key := range keys {
		var err error
		if requests[i], err = s.request(ctx, wallet, key); err != nil {
			return nil, err
		}
	}
	return together(ctx, lines, s.operation, requests)
}

// overlapped reports whether all copies were under way at one moment.
func overlapped(copies []duplicate) bool {
	latest, earliest := time.Duration(0), history.Forever
	for _, one := range copies {
		latest, earliest = max(latest, one.released), min(earliest, one.done)
	}
	return latest < earliest
}

// drawn is a key with its copies, for the report.
func drawn(operation, key string, copies []duplicate) reports.LoadBurst {
	burst := reports.LoadBurst{Operation: operation, Key: shortly(key)}
	first := slices.MinFunc(copies, func(a, b duplicate) int { return cmp.Compare(a.called, b.called) }).called
	for _, one := range copies {
		burst.Copies = append(burst.Copies, reports.LoadCopy{FromMS: kind.Milliseconds(one.called - first),
			ToMS: kind.Milliseconds(one.done - first), Status: one.status, ID: shortly(one.id)})
	}
	return burst
}

// shortly is the beginning of an id or a key.
func shortly(id string) string {
	if len(id) > 8 {
		return id[:8] + "…"
	}
	return id
}

// timeline shows the copies of a key in the order of their answers, in milliseconds from the first release.
func timeline(copies []duplicate) string {
	copies = slices.SortedFunc(slices.Values(copies), func(a, b duplicate) int { return cmp.Compare(a.done, b.done) })
	first := slices.MinFunc(copies, func(a, b duplicate) int { return cmp.Compare(a.released, b.released) }).released
	var parts []string
	for _, one := range copies {
		parts = append(parts, fmt.Sprintf("%.2f–%.2f ms %d %s", kind.Milliseconds(one.released-first),
			kind.Milliseconds(one.done-first), one.status, shortly(one.id)))
	}
	return strings.Join(parts, "; ")
}

// statusText counts answers by status; under 0 are requests without an answer.
func statusText(statuses map[int]int) string {
	var parts []string
	for _, code := range slices.Sorted(maps.Keys(statuses)) {
		if code > 0 {
			parts = append(parts, fmt.Sprintf("%d × %d", statuses[code], code))
		}
	}
	if lost := statuses[0]; lost > 0 {
		parts = append(parts, fmt.Sprintf("%d without an answer", lost))
	}
	return strings.Join(parts, ", ")
}
