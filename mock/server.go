package mock

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock/fault"
	"github.com/kobcheck/kobcheck/mock/limit"
)

// Options shape a mock. The zero value is a conforming mock in the plain style.
type Options struct {
	// Style is a point of the space of conforming APIs, see [StyleNamed]; empty means plain.
	Style string
	// Freedoms are put on top of the style, such as C-15=inactive.
	Freedoms []string
	// Seed shapes ids and data: the same seed and the same requests in the same order give the same answers,
	// tokens aside.
	Seed int64
	// Clock is the real one where nil.
	Clock Clock
	// Faults are the ids of the faults to switch on.
	Faults []string
	// Latency is added to every answer.
	Latency time.Duration
	// TokenLife is how long an access token lives; 0 means an hour (N-11).
	TokenLife time.Duration
	// KeyWindow is how long an idempotency key is remembered; 0 means a day (N-12).
	KeyWindow time.Duration
	// Limits bound what a request may ask; zero fields get [DefaultLimits].
	Limits Limits
	// Log hears of every request; nil for none. It is called from many goroutines at once.
	Log func(method, path string, status int, took time.Duration)
	// RetryWait is how long a webhook delivery that failed waits for its next try; 0 means 20 s (SNS-17).
	RetryWait time.Duration
	// SignatureVersion of webhook deliveries is 1 or 2; empty leaves it to the style.
	SignatureVersion string
	// NoLoopback refuses webhooks to this machine, as a public service does; they are let through for tests.
	NoLoopback bool
	// Secret is what the secrets of the clients are made of; where it is empty they follow from the seed, as everything
	// does, and whoever knows that knows them.
	Secret string
	// Filled is how many endusers, wallets, cards, transactions and beneficiaries the primary client has from the start.
	Filled int
	// Limit is the rate limiter; its zero value is none.
	Limit limit.Config
	// OnEvent hears of everything that a webhook would tell; nil for none. It is called from many goroutines
	// at once, and before the answer goes out.
	OnEvent func(Event)
}

// Limits bound what a request may ask.
type Limits struct {
	// Body is in bytes, Depth in levels of nested JSON, Page in entries; 0 leaves the largest page to the style.
	Body, Depth, Page int
}

// DefaultLimits are those of a mock that was given none.
func DefaultLimits() Limits { return Limits{Body: 1 << 20, Depth: 64} }

// Server is one mock API. It is an [http.Handler] and safe for concurrent use.
type Server struct {
	options   Options
	style     Style
	clock     Clock
	faults    *fault.Set
	store     *store
	tokens    *issuer
	router    *router
	inventory Inventory
	postman   *postman
	limiter   *limit.Limiter
	arrivals  atomic.Int64
	requests  atomic.Int64
	panics    atomic.Int64
	lastPanic atomic.Pointer[string]
	// These count requests by the second, for a fault alone.
	busySecond, busyCount, busyBefore atomic.Int64
	// firstPages keeps how long each list was when its first page was read; only a fault asks.
	firstPages sync.Map
}

// New returns a mock with its clients and fixtures made. It fails on an unknown style or fault.
func New(options Options) (*Server, error) {
	style, err := StyleNamed(options.Style, options.Freedoms...)
	if err != nil {
		return nil, err
	}
	faults, err := fault.New(options.Faults...)
	if err != nil {
		return nil, err
	}
	facts, err := contract.Load()
	if err != nil {
		return nil, err
	}
	options.complete()
	s := &Server{options: options, style: style, clock: options.Clock, faults: faults}
	s.postman = newPostman(s)
	if options.Limit.Requests > 0 {
		if err := options.Limit.Check(); err != nil {
			return nil, err
		}
		s.limiter = limit.New(options.Limit)
	}
	s.store = newStore(options.Seed, options.Clock)
	s.store.anyVersion, s.store.wholeSeconds = style.AnyVersion, style.WholeSeconds
	if s.tokens, err = newIssuer(s); err != nil {
		return nil, err
	}
	s.router = newRouter(facts, s.handlers())
	return s, s.stock()
}

// complete fills in what was left out.
func (o *Options) complete() {
	if o.Clock == nil {
		o.Clock = realClock{}
	}
	o.TokenLife = cmp.Or(o.TokenLife, time.Hour)
	o.RetryWait = cmp.Or(o.RetryWait, 20*time.Second)
	o.KeyWindow = cmp.Or(o.KeyWindow, 24*time.Hour)
	standard := DefaultLimits()
	for _, limit := range []struct {
		given    *int
		standard int
	}{{&o.Limits.Body, standard.Body}, {&o.Limits.Depth, standard.Depth}} {
		if *limit.given == 0 {
			*limit.given = limit.standard
		}
	}
}

// Limit returns the rate limiter of the options; its zero value is none.
func (s *Server) Limit() limit.Config { return s.options.Limit }

// RetryWait is how long a webhook delivery that failed waits for its next try.
func (s *Server) RetryWait() time.Duration { return s.options.RetryWait }

// Style returns the style in which the mock answers.
func (s *Server) Style() Style { return s.style }

// Faults returns the faults that are switched on, for their hit counters.
func (s *Server) Faults() *fault.Set { return s.faults }

// Panics counts the requests that ended in a panic of the mock itself, and says what the latest one was.
func (s *Server) Panics() (count int64, latest string) {
	if text := s.lastPanic.Load(); text != nil {
		latest = *text
	}
	return s.panics.Load(), latest
}

// Listening is a mock that serves.
type Listening struct {
	// URL is the base address, such as http://127.0.0.1:41234.
	URL    string
	server *http.Server
	unhook func() bool
	done   chan struct{}
	err    error
}

// Listen serves the mock on an address until the context ends or [Listening.Close] is called. An address
// without a host, and an empty one, mean loopback; port 0 means any free one.
func (s *Server) Listen(ctx context.Context, address string) (*Listening, error) {
	host, port, err := net.SplitHostPort(address)
	switch {
	case address == "":
		host, port = "127.0.0.1", "0"
	case err != nil:
		return nil, fmt.Errorf("serving the mock on %q: %w; give an address such as 127.0.0.1:8080", address, err)
	case host == "":
		host = "127.0.0.1"
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, fmt.Errorf("serving the mock on %s: %w; choose another address", address, err)
	}
	l := &Listening{URL: "http://" + listener.Addr().String(), done: make(chan struct{}), server: &http.Server{
		Handler: s, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: log.New(io.Discard, "", 0), // what callers do wrong is answered, not logged
	}}
	s.postman.servedAt(l.URL)
	go func() {
		defer close(l.done)
		defer s.postman.close()
		if err := l.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			l.err = err
		}
	}()
	l.unhook = context.AfterFunc(ctx, l.stop)
	return l, nil
}

// Close stops serving: requests under way have a second, then their connections are cut. It returns
// when nothing of the mock runs any more.
func (l *Listening) Close() error {
	l.unhook()
	l.stop()
	<-l.done
	return l.err
}

func (l *Listening) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if l.server.Shutdown(ctx) != nil {
		_ = l.server.Close() // the listener is closed already; what is left are connections
	}
}

// ServeHTTP answers one request. Whatever goes wrong inside, the caller gets an answer.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var started time.Time
	if s.options.Log != nil {
		started = time.Now()
	}
	if s.postman.serve(w, r) {
		return
	}
	a, refused := s.limited(r)
	if !refused {
		a = s.safely(r)
	}
	if wait := s.latency(); wait > 0 {
		pause(r.Context(), wait)
	}
	s.write(w, r, a)
	if s.faults.Any() && s.faults.On("idempotency.lost-answer-not-kept") {
		s.forgetLost(r)
	}
	if s.options.Log != nil {
		s.options.Log(r.Method, r.URL.Path, a.status, time.Since(started))
	}
}

func (s *Server) safely(r *http.Request) (a answer) {
	defer func() {
		if cause := recover(); cause != nil {
			s.panics.Add(1)
			s.lastPanic.Store(new(fmt.Sprintf("%s %s: %v", r.Method, r.URL.Path, cause)))
			a = s.refuse(http.StatusInternalServerError, "Internal server error")
		}
	}()
	return s.answer(r)
}

func (s *Server) write(w http.ResponseWriter, r *http.Request, a answer) {
	header := w.Header()
	for _, one := range a.header {
		header.Set(one.name, one.value)
	}
	if s.faults.On("http.no-date") {
		header["Date"] = nil
	}
	if a.body != nil {
		media := a.media
		if media == "" {
			media = "application/json"
		}
		length := len(a.body)
		if r.Method != http.MethodHead && strings.Contains(r.URL.Path, "/cards") && s.faults.On("http.length-too-long") {
			length += 7
		}
		header["Content-Type"] = []string{media}
		header["Content-Length"] = []string{strconv.Itoa(length)}
	}
	w.WriteHeader(a.status)
	if a.body != nil && r.Method != http.MethodHead {
		_, _ = w.Write(a.body) // where the caller has gone there is nobody left to tell
	}
}

// health is a placeholder: only name and method of the operation are known (N-01).
func (s *Server) health(*call) answer {
	if refusal, breaks := s.brokenHealth(); breaks {
		return refusal
	}
	switch s.style.Health {
	case "text":
		return answer{status: http.StatusOK, body: []byte("OK"), media: "text/plain; charset=utf-8"}
	case "204-bodiless":
		return answer{status: http.StatusNoContent}
	}
	return answer{status: http.StatusOK, body: []byte(`{"status":"ok"}`)}
}
