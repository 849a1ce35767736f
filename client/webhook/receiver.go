package webhook

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
)

// What a receiver holds, whoever sends: so many bytes of deliveries, and so many bodies that are being read.
const (
	mostHeld    = 20 << 20
	mostAtOnce  = 32
	ofADelivery = 4 << 10 // bytes that one takes beside its body
)

// Receiver takes deliveries, each inbox under a path of its own.
type Receiver struct {
	reading chan struct{}
	// held is how many bytes of deliveries the inboxes have.
	held   atomic.Int64
	base   string
	server *http.Server
	done   chan struct{}

	mu    sync.Mutex
	boxes map[string]*Inbox
	// trouble is what kept deliveries from the inboxes on our own side, the latest; nil for nothing.
	trouble error
}

// Listen starts a receiver on an address such as 127.0.0.1:0. Public is the address under which the API
// reaches it; empty means the one that is listened on.
func Listen(ctx context.Context, address, public string) (*Receiver, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listening for webhooks on %s: %w; choose another webhooks.listen", address, err)
	}
	public = cmp.Or(public, "http://"+listener.Addr().String())
	r := &Receiver{reading: make(chan struct{}, mostAtOnce), base: strings.TrimRight(public, "/"), done: make(chan struct{}),
		boxes: map[string]*Inbox{}}
	r.server = &http.Server{Handler: r, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second}
	go func() {
		defer close(r.done)
		_ = r.server.Serve(&minded{Listener: listener, mind: r.mind}) // it ends with Close
	}()
	return r, nil
}

// Close ends the receiver; where there is none it does nothing.
func (r *Receiver) Close() {
	if r == nil {
		return
	}
	_ = r.server.Close()
	<-r.done
}

// minded is a listener whose failures are told, since net/http only tries again.
type minded struct {
	net.Listener
	mind func(error)
}

// Accept is that of [net.Listener].
func (l *minded) Accept() (net.Conn, error) {
	connection, err := l.Listener.Accept()
	if err != nil && !errors.Is(err, net.ErrClosed) {
		l.mind(fmt.Errorf("our own receiver could not take a connection: %w; raise the limit of open files (ulimit -n), or lower "+
			"--concurrency", err))
	}
	return connection, err
}

func (r *Receiver) mind(trouble error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.trouble = trouble
}

// Trouble says what kept deliveries from the inboxes on our own side; nil for nothing.
func (r *Receiver) Trouble() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.trouble
}

// Inbox is one address of the receiver.
type Inbox struct {
	// URL is what a subscription is made with.
	URL string

	held     *atomic.Int64
	mu       sync.Mutex
	received []Received
	// failing answers the first try of each event with failWith; failed remembers which.
	failing        bool
	failWith       int
	failed         map[string]bool
	changed        chan struct{}
	handle, answer func(Received) int
}

// Received is a delivery that came in.
type Received struct {
	Delivery
	At time.Time
	// Answer is the status that it was answered, or [HangUp].
	Answer int
	// Message is nil where the body could not be read; Wrong says why.
	Message *Message
	Wrong   error
}

// size is what a delivery takes, in bytes: its body, and the message that was read from it.
func (r *Received) size() int64 { return 2*int64(len(r.Body)) + ofADelivery }

// NewInbox opens an address that nobody can guess.
func (r *Receiver) NewInbox() *Inbox {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.inboxAt("/" + uuid.NewString())
}

// InboxAt opens an address that others know.
func (r *Receiver) InboxAt(path string) *Inbox {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.inboxAt(path)
}

func (r *Receiver) inboxAt(path string) *Inbox {
	box := &Inbox{URL: r.base + path, changed: make(chan struct{}), held: &r.held}
	r.boxes[path] = box
	return box
}

// ServeHTTP takes a delivery and answers at once.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	box := r.boxOf(request.URL.Path)
	r.reading <- struct{}{}
	defer func() { <-r.reading }()
	body, err := io.ReadAll(io.LimitReader(request.Body, MaxBytes+1))
	if box == nil && request.Method == http.MethodPost {
		r.mind(fmt.Errorf("a delivery came to %.80q, which is no inbox of this run; does webhooks.public_url lead here with its path as "+
			"it is?", request.URL.Path))
	}
	if box == nil || err != nil || request.Method != http.MethodPost {
		http.NotFound(w, request)
		return
	}
	answer := box.take(Delivery{Header: request.Header, Body: body})
	if answer == http.StatusInsufficientStorage {
		r.mind(fmt.Errorf("our own receiver holds %d MiB of deliveries and takes no more; run fewer scenarios at once", mostHeld>>20))
	}
	if answer == HangUp {
		panic(http.ErrAbortHandler) // net/http's own way to close a connection without an answer
	}
	w.WriteHeader(answer)
}

// boxOf is the inbox of a path. An ingress may keep a path of its own before it; ids are unlike, so that the end tells.
func (r *Receiver) boxOf(path string) *Inbox {
	r.mu.Lock()
	defer r.mu.Unlock()
	if box := r.boxes[path]; box != nil {
		return box
	}
	return r.boxes[path[max(0, strings.LastIndexByte(path, '/')):]]
}

func (b *Inbox) take(d Delivery) int {
	one := Received{Delivery: d, At: time.Now(), Answer: http.StatusOK}
	one.Message, one.Wrong = Parse(d.Body)
	b.mu.Lock()
	handle := b.handle
	b.mu.Unlock()
	if handle != nil && one.Message != nil && one.Message.Type == Notification {
		return handle(one)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failing && one.Message != nil && one.Message.Type == Notification {
		// By the event, not by the message id: a retry with another id is still a retry.
		if event, err := one.Message.Event(); err == nil && !b.failed[event.ID] {
			b.failed[event.ID] = true
			one.Answer = b.failWith
		}
	}
	if b.answer != nil {
		one.Answer = b.answer(one)
	}
	if b.held.Add(one.size()) > mostHeld {
		b.held.Add(-one.size())
		return http.StatusInsufficientStorage
	}
	b.received = append(b.received, one)
	close(b.changed)
	b.changed = make(chan struct{})
	return one.Answer
}

// HangUp in place of a status closes the connection without an answer.
const HangUp = 0

// FailOnce answers the first try of each event with a status, or [HangUp], from now on.
func (b *Inbox) FailOnce(status int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failing, b.failWith, b.failed = true, status, map[string]bool{}
}

// Handle hands every further notification over in place of keeping it; what is returned is the status that
// it is answered. It is called from many goroutines at once.
func (b *Inbox) Handle(handle func(Received) int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.handle = handle
}

// Answer answers every further delivery with the status that is returned. It is called one at a time.
func (b *Inbox) Answer(answer func(Received) int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answer = answer
}

// Next waits for a delivery, and hands it over instead of keeping it; false at the end of the context.
func (b *Inbox) Next(ctx context.Context) (Received, bool) {
	one, came := b.Wait(ctx, 0, func(Received) bool { return true })
	if came {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.received = slices.Delete(b.received, 0, 1)
		b.held.Add(-one.size())
	}
	return one, came
}

// All returns what came in so far.
func (b *Inbox) All() []Received {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Received(nil), b.received...)
}

// tick is the unit in which patience is spent.
const tick = 10 * time.Millisecond

// Wait returns the first delivery that fits, as soon as it is there, or false at the end of the context or of the
// patience; 0 is patience without end. Patience is spent by ticks that this process was awake for: a machine that
// gives it no time must not make a sender seem late.
func (b *Inbox) Wait(ctx context.Context, patience time.Duration, fits func(Received) bool) (Received, bool) {
	ticks := time.NewTicker(tick)
	defer ticks.Stop()
	for spent := time.Duration(0); patience == 0 || spent < patience; {
		b.mu.Lock()
		changed := b.changed
		found := slices.IndexFunc(b.received, fits)
		if found >= 0 {
			defer b.mu.Unlock()
			return b.received[found], true
		}
		b.mu.Unlock()
		select {
		case <-changed:
		case <-ticks.C:
			spent += tick
		case <-ctx.Done():
			return Received{}, false
		}
	}
	return Received{}, false
}
