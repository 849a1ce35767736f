package mutate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/schemas"
)

// Config says what stands behind a proxy and how it breaks it. The zero value of all but the first three breaks
// nothing.
type Config struct {
	Contract *contract.Contract
	Schemas  *schemas.Set
	// Upstream is the base address of the API. Token is the address of its token endpoint where that is elsewhere.
	Upstream, Token *url.URL
	Edition         contract.Edition
	// KeepHost calls the upstream by the name that the proxy was called by, so that addresses which it gives of itself
	// lead back here. Elsewhere a name often decides who answers.
	KeepHost bool
	// Paths are those of operations of which no page gives one.
	Paths map[string]string
	// Transport reaches the upstream; nil for one of the proxy's own. It may not undo codings.
	Transport http.RoundTripper
	// Mutations are the ids of those that are switched on.
	Mutations []string
	When      When
	// Delay is how long a late answer is held back.
	Delay time.Duration
}

// When says in which requests mutations show, so that a rare fault can be had.
type When struct {
	// OneIn is the chance of a request, one in so many; 0 and 1 mean each. Seed decides which.
	OneIn int64
	Seed  uint64
	// After is how many requests pass before the first that can be broken, and Until the last; 0 for no end.
	After, Until int64
}

// Proxy is an upstream with mutations. It is an [http.Handler] and safe for concurrent use.
type Proxy struct {
	config  Config
	on      []*running
	routes  *http.ServeMux
	forward *httputil.ReverseProxy
	memory  *memory
	seen    atomic.Int64

	mu     sync.Mutex
	chance *rand.Rand
}

// running is a mutation that is switched on, with how often it made a difference.
type running struct {
	Mutation
	hits atomic.Int64
}

// New returns a proxy. An id that the catalogue does not have is an error that names the nearest one.
func New(config Config) (*Proxy, error) {
	p := &Proxy{config: config, memory: newMemory(), chance: rand.New(rand.NewPCG(config.When.Seed, 1))}
	catalogue := Catalogue(config.Contract, config.Schemas)
	for _, id := range config.Mutations {
		i := slices.IndexFunc(catalogue, func(m Mutation) bool { return m.ID == id })
		if i < 0 {
			return nil, fmt.Errorf("there is no mutation %q%s; kobcheck mutate --list shows all", id, contract.Meant(id, ids(catalogue)))
		}
		p.on = append(p.on, &running{Mutation: catalogue[i]})
	}
	if p.config.Transport == nil {
		p.config.Transport = NewTransport()
	}
	var err error
	if p.routes, err = routes(config); err != nil {
		return nil, err
	}
	p.forward = &httputil.ReverseProxy{Rewrite: p.rewrite, Transport: p, FlushInterval: -1,
		ErrorLog: log.New(io.Discard, "", 0)} // an upstream that gives no answer is answered 502
	return p, nil
}

func ids(catalogue []Mutation) []string {
	all := make([]string, 0, len(catalogue))
	for _, m := range catalogue {
		all = append(all, m.ID)
	}
	return all
}

// NewTransport returns a transport that leaves answers as they are. Proxies can share it.
func NewTransport() *http.Transport {
	return &http.Transport{Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSHandshakeTimeout: 10 * time.Second, MaxIdleConnsPerHost: 64, IdleConnTimeout: 4 * time.Second, DisableCompression: true}
}

// routes finds the operation of a request by method and path.
func routes(config Config) (_ *http.ServeMux, err error) {
	mux := http.NewServeMux()
	defer func() {
		if cause := recover(); cause != nil { // two operations at one path, or a path that is none
			err = fmt.Errorf("placing the operations before %s: %v; look at target.paths", config.Upstream.Host, cause)
		}
	}()
	for _, operation := range config.Contract.Operations {
		path, known := operation.PathIn(config.Edition)
		if !known {
			path = config.Paths[operation.ID]
		}
		if operation.ID == "token" && config.Token != nil {
			path = config.Token.Path
		}
		if path != "" {
			mux.Handle(operation.Method+" "+path, route{operation})
		}
	}
	return mux, nil
}

// route marks the operation of a path.
type route struct{ operation *contract.Operation }

// ServeHTTP is never reached: routes are only looked up.
func (route) ServeHTTP(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }

// operation is the operation that a request calls; nil for none.
func (p *Proxy) operation(r *http.Request) *contract.Operation {
	handler, pattern := p.routes.Handler(r)
	found, ok := handler.(route)
	if !ok || !strings.HasPrefix(pattern, r.Method+" ") {
		return nil
	}
	// The lookup alone fills in no values of the path.
	named := strings.Split(strings.SplitN(pattern, " ", 2)[1], "/")
	for i, part := range strings.Split(r.URL.Path, "/") {
		if i < len(named) && strings.HasPrefix(named[i], "{") {
			r.SetPathValue(strings.Trim(named[i], "{}"), part)
		}
	}
	return found.operation
}

type operationKey struct{}

// ServeHTTP passes a request on, and its answer back.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// Headers that the upstream leaves out are not made up here.
	w.Header()["Date"], w.Header()["Content-Type"] = nil, nil
	if operation := p.operation(r); operation != nil {
		r = r.WithContext(context.WithValue(r.Context(), operationKey{}, operation))
	}
	p.forward.ServeHTTP(w, r)
}

// rewrite addresses a request to the upstream; path and query stay as they were written.
func (p *Proxy) rewrite(request *httputil.ProxyRequest) {
	to := p.config.Upstream
	operation, _ := request.In.Context().Value(operationKey{}).(*contract.Operation)
	if operation != nil && operation.ID == "token" && p.config.Token != nil {
		to = p.config.Token.ResolveReference(&url.URL{Path: "/"})
	}
	out := request.Out.URL
	out.Scheme, out.Host, out.RawQuery = to.Scheme, to.Host, request.In.URL.RawQuery
	if path, _, _ := strings.Cut(request.In.RequestURI, "?"); strings.HasPrefix(path, "/") {
		out.Opaque = strings.TrimRight(to.EscapedPath(), "/") + path
		if strings.HasPrefix(out.Opaque, "//") {
			out.Opaque = "//" + to.Host + out.Opaque
		}
	}
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"} {
		if values, there := request.In.Header[name]; there {
			request.Out.Header[name] = values
		}
	}
	if !p.config.KeepHost {
		request.Out.Host = to.Host
	}
}

// RoundTrip performs the mutations of a request that calls an operation, and passes every other one on.
func (p *Proxy) RoundTrip(r *http.Request) (*http.Response, error) {
	operation, _ := r.Context().Value(operationKey{}).(*contract.Operation)
	if len(p.on) == 0 || operation == nil {
		return p.config.Transport.RoundTrip(r)
	}
	body, rest, err := swallow(r.Body)
	if err != nil {
		return nil, err
	}
	if rest != nil {
		r.Body = rest
		return p.config.Transport.RoundTrip(r)
	}
	c := &call{request: r, body: body, operation: operation, memory: p.memory, proxy: p}
	p.memory.recognise(c)
	send := p.send
	for _, mutation := range p.on {
		if mutation.Operation == operation.ID && p.due() {
			send = mutation.around(send)
		}
	}
	a, err := send(c)
	if err != nil {
		return nil, err
	}
	p.memory.answered(c, a)
	a.response.Body = io.NopCloser(bytes.NewReader(a.body))
	return a.response, nil
}

// around performs a mutation and counts where it made a difference.
func (m *running) around(next sender) sender {
	return func(c *call) (*answer, error) {
		a, changed, err := m.perform(c, next)
		if changed {
			m.hits.Add(1)
		}
		return a, err
	}
}

// due counts a request and says whether it is one that can be broken.
func (p *Proxy) due() bool {
	when, n := p.config.When, p.seen.Add(1)
	if n <= when.After || when.Until > 0 && n > when.Until {
		return false
	}
	if when.OneIn <= 1 {
		return true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.chance.Int64N(when.OneIn) == 0
}

// send asks the upstream and remembers what it said.
func (p *Proxy) send(c *call) (*answer, error) {
	r := c.request.Clone(c.request.Context())
	r.Body = http.NoBody
	if len(c.body) > 0 {
		r.Body = io.NopCloser(bytes.NewReader(c.body))
	}
	response, err := p.config.Transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }() // it has been read, or is of no use
	body, rest, err := swallow(response.Body)
	if err != nil || rest != nil {
		return nil, errors.Join(err, fmt.Errorf("the answer to %s is longer than %d bytes, or came in part", c.operation.ID, mostBody))
	}
	a := &answer{response: response, body: body}
	p.memory.note(c, a)
	return a, nil
}

// Hits tells how often a mutation that is on made a difference.
func (p *Proxy) Hits(id string) int64 {
	for _, one := range p.on {
		if one.ID == id {
			return one.hits.Load()
		}
	}
	return 0
}

// Serve serves the proxy on a listener until the context ends.
func (p *Proxy) Serve(ctx context.Context, listener net.Listener) error {
	server := &http.Server{Handler: p, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving the proxy on %s: %w", listener.Addr(), err)
	}
	return nil
}

// Seen tells how many requests could have been broken so far.
func (p *Proxy) Seen() int64 { return p.seen.Load() }
