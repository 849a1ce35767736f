package client

import (
	"bufio"
	"cmp"
	"context"
	"io"
	"math"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/kobcheck/kobcheck/contract"
)

// Lines are connections to the API that are open before requests leave on them at one moment. They belong to one
// caller at a time.
type Lines struct {
	client *Client
	open   []*line
}

type line struct {
	net.Conn
	// head bounds what is read before a body.
	head    *io.LimitedReader
	answers *bufio.Reader
	used    time.Time
}

// Copy is one of several requests that left at one moment, with what it was answered. Its Err is set where no whole
// answer came.
type Copy struct {
	*Exchange
	// Released is when its last byte was out; zero where it never was.
	Released time.Time
}

// Ended is when its answer was whole, or was given up.
func (c Copy) Ended() time.Time { return c.StartedAt.Add(c.Duration) }

// Lines returns connections for [Lines.Together]; they are opened as they are needed.
func (c *Client) Lines() *Lines { return &Lines{client: c} }

// Close closes the connections.
func (l *Lines) Close() {
	for i := range l.open {
		l.drop(i)
	}
}

func (l *Lines) drop(i int) {
	if l.open[i] != nil {
		_ = l.open[i].Close() // nothing is written on it any more
		l.open[i] = nil
	}
}

// Together sends requests of an operation, each on a connection of its own: all but the last bytes first, and then
// those at one moment. It returns when all were answered or given up. An error is that of the environment before
// anything was released: no token, no connection; a request without an answer is a copy with an Err.
func (l *Lines) Together(ctx context.Context, operation *contract.Operation, requests []Request) ([]Copy, error) {
	copies, last := make([]Copy, len(requests)), make([][]byte, len(requests))
	released := false
	defer func() {
		if !released {
			l.Close() // halves of requests stand on them
		}
	}()
	if err := l.ready(ctx, len(requests)); err != nil {
		return nil, err
	}
	for i, request := range requests {
		b, text, err := l.client.written(ctx, operation, &request)
		if err != nil {
			return nil, err
		}
		copies[i].Exchange, last[i] = l.client.exchange(operation, request, b), text[len(text)-1:]
		if err := l.begin(ctx, i, text[:len(text)-1]); err != nil {
			return nil, noAnswer(ctx, operation.ID, l.client.base.Host, err)
		}
	}
	if err := Wait(ctx, atTheDoor); err != nil {
		return nil, noAnswer(ctx, operation.ID, l.client.base.Host, err)
	}
	under := slices.Clone(l.open[:len(requests)])
	over := context.AfterFunc(ctx, func() {
		for _, one := range under {
			_ = one.SetDeadline(time.Unix(1, 0)) // wakes who reads or writes
		}
	})
	ended := make([]bool, len(requests))
	released = true
	for i := range requests { // one after another without a pause: goroutines of their own would be further apart
		copies[i].StartedAt = time.Now()
		_, copies[i].Err = l.open[i].Write(last[i])
		copies[i].Released = time.Now()
	}
	var all sync.WaitGroup
	for i := range requests {
		all.Go(func() { ended[i] = l.finish(ctx, i, &copies[i]) })
	}
	all.Wait()
	over()
	for i := range copies {
		if ended[i] {
			l.drop(i)
		}
		l.client.heard(ctx, operation, copies[i].Exchange)
	}
	return copies, nil
}

// atTheDoor is how long requests that lack their last byte stand on their connections before it leaves: an API that has
// read so much of each has all of them at work at once.
const atTheDoor = 3 * time.Millisecond

// ready opens so many connections at once, and those anew that were idle for so long that the API may have closed
// them.
func (l *Lines) ready(ctx context.Context, n int) error {
	for len(l.open) < n {
		l.open = append(l.open, nil)
	}
	failures := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		if l.open[i] != nil && time.Since(l.open[i].used) < idleAtMost {
			continue
		}
		l.drop(i)
		all.Go(func() { failures[i] = l.dial(ctx, i) })
	}
	all.Wait()
	return cmp.Or(failures...)
}

func (l *Lines) dial(ctx context.Context, i int) error {
	connection, err := l.client.Dial(ctx)
	if err == nil {
		head := &io.LimitedReader{R: connection, N: mostHead}
		l.open[i] = &line{Conn: connection, head: head, answers: bufio.NewReader(head), used: time.Now()}
	}
	return err
}

// begin sends a request but for its last byte. A connection that died meanwhile is opened anew: what the API has seen
// of the request is no whole one.
func (l *Lines) begin(ctx context.Context, i int, text []byte) error {
	write := func() error {
		if err := l.open[i].SetDeadline(time.Now().Add(l.client.config.Timeout)); err != nil {
			return err
		}
		_, err := l.open[i].Write(text)
		return err
	}
	if write() == nil {
		return nil
	}
	l.drop(i)
	if err := l.dial(ctx, i); err != nil {
		return err
	}
	return write()
}

// finish reads the answer to a request that is out. It reports whether the connection is of no further use.
func (l *Lines) finish(ctx context.Context, i int, one *Copy) (ended bool) {
	defer func() { one.Duration, l.open[i].used = time.Since(one.StartedAt), time.Now() }()
	failed := func(err error) bool {
		one.Err = noAnswer(ctx, one.Operation, l.client.base.Host, err)
		return true
	}
	if one.Err != nil {
		one.Released = time.Time{}
		return failed(one.Err)
	}
	l.open[i].head.N = mostHead
	answer, err := http.ReadResponse(l.open[i].answers, &http.Request{Method: one.sent.Method})
	for err == nil && answer.StatusCode < 200 {
		answer, err = http.ReadResponse(l.open[i].answers, &http.Request{Method: one.sent.Method})
	}
	if err != nil {
		return failed(err)
	}
	one.Status, one.Header = answer.StatusCode, answer.Header
	l.open[i].head.N = math.MaxInt64 // of the body the client has bounds of its own
	counted, err := l.client.read(answer, one.Exchange)
	defer l.client.hold(ctx, counted)
	_ = answer.Body.Close() // it says nothing beyond what reading said
	if err != nil {
		return failed(err)
	}
	return answer.Close || one.Beyond != ""
}

// SendWhole sends a request on a connection of its own and returns the connection without reading an answer, for who
// wants to lose it. It leaves no exchange: nothing is known of what came of it.
func (c *Client) SendWhole(ctx context.Context, operation *contract.Operation, request Request) (net.Conn, error) {
	_, text, err := c.written(ctx, operation, &request)
	if err != nil {
		return nil, err
	}
	connection, err := c.Dial(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := connection.Write(text); err != nil {
		_ = connection.Close() // the error that matters is that of writing
		return nil, noAnswer(ctx, operation.ID, c.base.Host, err)
	}
	return connection, nil
}
