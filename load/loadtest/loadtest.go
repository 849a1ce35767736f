// Package loadtest starts a mock as a target of load, for the tests of the kinds.
package loadtest

import (
	"context"
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

// At is a mock as a target under an address, which a certificate authority of its own may stand for.
func At(t *testing.T, server *mock.Server, address, caFile string) *kind.Target {
	t.Helper()
	facts, err := contract.Load()
	require.NoError(t, err)
	shapes, err := schemas.Load()
	require.NoError(t, err)
	stock := server.Inventory()
	clients := map[string]client.Credentials{}
	for name, one := range stock.Clients {
		clients[name] = client.Credentials{ID: one.ID, Secret: one.Secret, Scope: one.Scope}
	}
	api, err := client.New(client.Config{Contract: facts, BaseURL: address, TokenURL: address + "/oauth2/token",
		Edition: contract.V1, CAFile: caFile, Clients: clients, RunID: t.Name(), Connections: 256, Unpaced: true,
		Timeout: 5 * time.Second})
	require.NoError(t, err)
	t.Cleanup(api.Close)
	return &kind.Target{Scene: scene.New(facts, api, scene.Given{Programs: stock.Programs}), Schemas: shapes,
		BaseURL: address, RunID: t.Name()}
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
