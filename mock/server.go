package mock

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock/fault"
)

// Options shape a mock. The zero value is a conforming mock in the plain style.
type Options struct {
	// Style is plain or strict-http.
	Style string
	// Seed shapes ids and data; the same seed and the same requests in the same order give the same answers.
	Seed int64
	// Clock is the real one where nil.
	Clock Clock
	// Faults are the ids of the faults to switch on.
	Faults []string
	// Latency is added to every answer.
	Latency time.Duration
	// TokenLife is how long an access token lives; 0 means an hour.
	TokenLife time.Duration
	// KeyWindow is how long an idempotency key is remembered; 0 means a day (its length is not published, N-12).
	KeyWindow time.Duration
	// Log hears of every request; nil for none.
	Log func(method, path string, status int, took time.Duration)
}

// The limits of a request: bytes of its body, depth of its JSON, entries of a page.
const (
	maxBody  = 1 << 20
	maxDepth = 64
	maxPage  = 100
)

// Server is one mock API. It is an [http.Handler] and safe for concurrent use.
type Server struct {
	options  Options
	style    Style
	clock    Clock
	faults   *fault.Set
	contract *contract.Contract
	store    *store
	tokens   *issuer
	mux      *http.ServeMux
	panics   atomic.Int64
	// inventory is what a target file for this mock has.
	inventory Inventory
}

// New returns a mock with its clients and fixtures made. It fails on an unknown style or fault.
func New(options Options) (*Server, error) {
	style, err := StyleNamed(options.Style)
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
	if options.Clock == nil {
		options.Clock = realClock{}
	}
	if options.TokenLife == 0 {
		options.TokenLife = time.Hour
	}
	if options.KeyWindow == 0 {
		options.KeyWindow = 24 * time.Hour
	}
	s := &Server{options: options, style: style, clock: options.Clock, faults: faults, contract: facts}
	s.store = newStore(options.Seed, options.Clock)
	if s.tokens, err = newIssuer(s); err != nil {
		return nil, err
	}
	s.mux = s.routes()
	return s, s.stock()
}

// Faults returns the faults that are switched on, for their hit counters.
func (s *Server) Faults() *fault.Set { return s.faults }

// Panics counts the requests that ended in a panic of the mock itself; a test holds it to zero.
func (s *Server) Panics() int64 { return s.panics.Load() }

// Listening is a mock that serves.
type Listening struct {
	// URL is the base address.
	URL    string
	server *http.Server
	done   chan error
}

// Listen serves the mock on an address, such as 127.0.0.1:0 for any free port of loopback.
func (s *Server) Listen(ctx context.Context, address string) (*Listening, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("serving the mock on %s: %w; choose another address with --addr", address, err)
	}
	l := &Listening{URL: "http://" + listener.Addr().String(), done: make(chan error, 1),
		server: &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10, ErrorLog: nil}}
	go func() { l.done <- l.server.Serve(listener) }()
	return l, nil
}

// Close stops serving: requests under way have a second, connections are then cut.
func (l *Listening) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	err := l.server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, l.server.Close())
	}
	if served := <-l.done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// ServeHTTP answers one request. Whatever goes wrong inside, the caller gets an answer.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	started := time.Now()
	answer := s.safely(r)
	if s.options.Latency > 0 {
		timer := time.NewTimer(s.options.Latency)
		select {
		case <-timer.C:
		case <-r.Context().Done():
			timer.Stop()
		}
	}
	s.write(w, r, answer)
	if s.options.Log != nil {
		s.options.Log(r.Method, r.URL.Path, answer.status, time.Since(started))
	}
}

func (s *Server) safely(r *http.Request) (answer answer) {
	defer func() {
		if recover() != nil {
			s.panics.Add(1)
			answer = s.refuse(http.StatusInternalServerError, "Internal server error")
		}
	}()
	return s.answer(r)
}

func (s *Server) write(w http.ResponseWriter, r *http.Request, a answer) {
	header := w.Header()
	for name, value := range a.header {
		header.Set(name, value)
	}
	if a.body != nil {
		header["Content-Type"] = []string{a.media()}
	}
	w.WriteHeader(a.status)
	if a.body != nil && r.Method != http.MethodHead {
		// The caller may have gone; there is nobody left to tell.
		_, _ = w.Write(a.body)
	}
}

// drain reads a body up to the limit; false means that it is longer.
func drain(body io.Reader) ([]byte, bool) {
	data, err := io.ReadAll(io.LimitReader(body, maxBody+1))
	return data, err == nil && len(data) <= maxBody
}
