package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"sync/atomic"

	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
)

// What is held of answers. A target can answer whatever it likes, to every scenario at once.
const (
	// mostHeld bounds, in bytes, what the answers that scenarios under way hold take together, decoded.
	mostHeld = 96 << 20
	// valueSize is what a JSON value takes at most when it is decoded, in bytes, beside its text.
	valueSize = 128
	// longestObject is what is read of an answer that is no list, in bytes; a documented one has a thousandth of it.
	longestObject = 1 << 20
	// keptBeyond is what is kept, for evidence, of a body that goes beyond a bound.
	keptBeyond = 16 << 10
	// smallAnswer is not worth counting: a whole run of them fits many times.
	smallAnswer = 4 << 10
)

// memory counts what answers hold.
type memory struct{ held atomic.Int64 }

// take reports whether so many more bytes may be held.
func (m *memory) take(bytes int64) bool {
	if m.held.Add(bytes) <= mostHeld {
		return true
	}
	m.held.Add(-bytes)
	return false
}

func (m *memory) give(bytes int64) { m.held.Add(-bytes) }

// room is where the next bytes of a body go: behind it, where it has room, else beside it.
func room(body []byte, beside *[]byte) []byte {
	if len(body) < cap(body) {
		return body[len(body):cap(body)]
	}
	if *beside == nil {
		*beside = make([]byte, 32<<10)
	}
	return *beside
}

// read reads the body of an answer, up to the bounds. What arrived before a failure is kept. Counted is what the answer
// holds of the memory of the client, until it is given back.
func (c *Client) read(response *http.Response, exchange *Exchange) (counted int64, err error) {
	if response.Request.Method == http.MethodHead {
		return 0, nil // its Content-Length is that of the body which a GET would have
	}
	var values tally
	var long *sieve
	var total int64
	var beside []byte
	exchange.Body = make([]byte, 0, min(max(response.ContentLength+1, 512), 32<<10)) // not filled by one that says its length
	for err == nil {
		piece := room(exchange.Body, &beside)
		var n int
		n, err = response.Body.Read(piece)
		total += int64(n)
		exchange.Octets = int(total)
		if long == nil {
			exchange.Body = append(exchange.Body, piece[:n]...) // in its place already, where there was room
			values.add(piece[:n])
		} else {
			long.add(piece[:n])
		}
		size := int64(len(exchange.Body))
		if long != nil {
			size, values = int64(long.kept.Len()), long.values
		}
		cost := 2*size + valueSize*int64(values.seen) + int64(evidence.HeadSize(response.Header))
		switch {
		case long == nil && size > sievedFrom && size > c.wholeTo(exchange):
			long = &sieve{concerns: c.known.concerns}
			long.add(exchange.Body)
			exchange.Body = nil
		case long != nil && (total > longestList || long.entry.Len() > longestEntry):
			exchange.Beyond = inWords(min(total, longestList))
		case size > c.mostOf(long):
			exchange.Beyond = inWords(c.mostOf(long))
		case values.seen > schemas.MaxValues:
			exchange.Beyond = fmt.Sprintf("%d values", schemas.MaxValues)
		case cost > smallAnswer && cost > counted:
			if !c.memory.take(cost - counted) {
				exchange.Beyond = fmt.Sprintf("the %d MiB that all answers under way have; lower --concurrency", mostHeld>>20)
				break
			}
			counted = cost
		}
		if exchange.Beyond != "" {
			exchange.Body = long.orWhole(exchange.Body)
			most := min(int64(len(exchange.Body)), c.config.MaxBody, keptBeyond)
			exchange.Body = slices.Clone(exchange.Body[:most])
			c.memory.give(counted)
			return 0, nil
		}
	}
	if long != nil {
		if exchange.Body = long.rest(); long.left > 0 {
			exchange.Listed, exchange.Left, exchange.ours = long.entries, long.left, long.ours
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return counted, err
}

// mostOf is how much of an answer is kept, in bytes: of what has no entries that can be left out, less.
func (c *Client) mostOf(long *sieve) int64 {
	if long == nil || long.entries == 0 {
		return min(c.config.MaxBody, longestObject)
	}
	return c.config.MaxBody
}

// wholeTo is how long an answer may be to be kept whole, in bytes: a list as its operation has it is sieved, one with
// pages where nobody asks for such a page.
func (c *Client) wholeTo(exchange *Exchange) int64 {
	operation := c.config.Contract.Operation(exchange.Operation)
	switch {
	case operation == nil || operation.Success.Shape != "array" || exchange.Status/100 != 2:
		return math.MaxInt64
	case operation.Takes("limit"):
		return longestPage
	}
	return sievedFrom
}

// inWords says a bound in MiB where it is whole ones, as the documentation has it.
func inWords(bytes int64) string {
	if bytes%(1<<20) == 0 {
		return fmt.Sprintf("%d MiB", bytes>>20)
	}
	return fmt.Sprintf("%d bytes", bytes)
}

// hold gives back what an answer was counted at when its scenario is over, or at once where none keeps it.
func (c *Client) hold(ctx context.Context, counted int64) {
	if counted == 0 {
		return
	}
	if scenario, within := scenarioIn(ctx); within && scenario.Keeps {
		scenario.atEnd(func() { c.memory.give(counted) })
		return
	}
	c.memory.give(counted)
}

// tally counts the values of JSON as its text goes by: as many as a decoder makes of it, or a few more.
type tally struct {
	seen               int
	inString, escaping bool
}

func (t *tally) add(text []byte) {
	for _, c := range text {
		switch {
		case t.escaping:
			t.escaping = false
		case c == '"':
			t.inString = !t.inString
		case t.inString:
			t.escaping = c == '\\'
		case c == ',', c == '[', c == '{':
			t.seen++
		}
	}
}
