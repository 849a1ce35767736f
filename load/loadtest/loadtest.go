// Package loadtest starts a mock as a target of load, for the tests of the kinds.
package loadtest

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/load"
	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
)

// On starts a mock, behind whatever stands between, and returns it as a target.
func On(t *testing.T, options mock.Options, between func(http.Handler) http.Handler) *kind.Target {
	t.Helper()
	server, err := mock.New(options)
	require.NoError(t, err)
	handler := http.Handler(server)
	if between != nil {
		handler = between(server)
	}
	front := httptest.NewServer(handler)
	t.Cleanup(func() { front.CloseClientConnections(); front.Close() })
	return At(t, server, front.URL, "")
}

// Virtual is a mock as a target of a test in a bubble of testing/synctest: everything but waiting takes no time there,
// and each answer a fifth of a millisecond, so that no machine is too busy for it.
func Virtual(t *testing.T, options mock.Options, between func(http.Handler) http.Handler) *kind.Target {
	t.Helper()
	server, err := mock.New(options)
	require.NoError(t, err)
	handler := http.Handler(server)
	if between != nil {
		handler = between(server)
	}
	lines := pipes{accept: make(chan net.Conn), closed: make(chan struct{})}
	front := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = kind.Wait(r.Context(), 200*time.Microsecond) // whoever has gone is not answered
		handler.ServeHTTP(w, r)
	})}
	go func() { _ = front.Serve(lines) }() // it ends with the test
	t.Cleanup(func() { _ = front.Close() })
	return reach(t, server, client.Config{BaseURL: "http://127.0.0.1", Dial: lines.dial})
}

// pipes are a listener whose connections are memory.
type pipes struct {
	accept chan net.Conn
	closed chan struct{}
}

func (p pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.accept <- there:
		return here, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case connection := <-p.accept:
		return connection, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p pipes) Close() error {
	close(p.closed)
	return nil
}

func (p pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// At is a mock as a target under an address, which a certificate authority of its own may stand for.
func At(t *testing.T, server *mock.Server, address, caFile string) *kind.Target {
	t.Helper()
	return reach(t, server, client.Config{BaseURL: address, CAFile: caFile})
}

func reach(t *testing.T, server *mock.Server, config client.Config) *kind.Target {
	t.Helper()
	facts, err := contract.Load()
	require.NoError(t, err)
	shapes, err := schemas.Load()
	require.NoError(t, err)
	stock := server.Inventory()
	config.Contract, config.TokenURL, config.Edition = facts, config.BaseURL+"/oauth2/token", contract.V1
	config.RunID, config.Connections, config.Unpaced, config.Timeout = t.Name(), 256, true, 5*time.Second
	config.Clients = map[string]client.Credentials{}
	for name, one := range stock.Clients {
		config.Clients[name] = client.Credentials{ID: one.ID, Secret: one.Secret, Scope: one.Scope}
	}
	api, err := client.New(config)
	require.NoError(t, err)
	t.Cleanup(api.Close)
	return &kind.Target{Scene: scene.New(facts, api, scene.Given{Programs: stock.Programs}), Schemas: shapes,
		BaseURL: config.BaseURL, RunID: t.Name()}
}

// Parse reads a plan that is right.
func Parse(t *testing.T, text string) *load.Plan {
	t.Helper()
	plan, err := load.Parse("plan.yaml", []byte(text))
	require.NoError(t, err)
	return plan
}

// Perform runs a plan with seed 7 and judges it alone.
func Perform(ctx context.Context, t *testing.T, on *kind.Target, text string) *reports.LoadRun {
	t.Helper()
	run := &reports.LoadRun{Seed: 7, StartedAt: time.Now(),
		Plans: []reports.LoadPlan{*load.Perform(ctx, on, Parse(t, text), 7, kind.Shard{})}}
	run.Judge(Policy(on), time.Now())
	return run
}

// Policy is that of a run which says nothing of it.
func Policy(on *kind.Target) *evidence.Policy {
	return &evidence.Policy{Contract: on.Contract, Gate: evidence.DefaultGate()}
}

// Observed is the answer to one of a plan's open questions, or "".
func Observed(plan *reports.LoadPlan, id string) string {
	for _, one := range plan.Observed {
		if one.ID == id {
			return one.Answer
		}
	}
	return ""
}

// Held is what came of the first invariant of a requirement; false where the plan has none.
func Held(plan *reports.LoadPlan, requirement string) (one evidence.Invariant, there bool) {
	for _, one := range plan.Invariants {
		if one.Requirement == requirement {
			return one, true
		}
	}
	return evidence.Invariant{}, false
}
