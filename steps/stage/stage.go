// Package stage plays sentences on a mock whose answers are altered on their way, for the tests of the areas: each
// check is seen to hold on the answers as they are and to break on the altered ones.
package stage

import (
	"context"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/client/webhook"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/vocabulary"
)

// retryWait is how long the mock waits with a second try of a delivery.
const retryWait = 20 * time.Millisecond

// Stage is one scenario on a mock.
type Stage struct {
	World *steps.World
	ctx   context.Context // that of the scenario, for all of its sentences
	front *front
}

// New returns a stage for a scenario of the requirements, the leading one first. Options are those of the mock.
func New(t testing.TB, options mock.Options, requirements ...string) *Stage {
	t.Helper()
	options.RetryWait = retryWait
	server, err := mock.New(options)
	require.NoError(t, err)
	facts, err := contract.Load()
	require.NoError(t, err)
	shapes, err := schemas.Load()
	require.NoError(t, err)
	s := &Stage{front: &front{contract: facts, mock: server, altered: map[string][]*alteration{}}}
	listening := httptest.NewServer(s.front)
	t.Cleanup(listening.Close)
	behind, err := server.Listen(t.Context(), "") // where deliveries come from, and are confirmed
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, behind.Close()) })
	receiver, err := webhook.Listen(t.Context(), "127.0.0.1:0", "")
	require.NoError(t, err)
	t.Cleanup(receiver.Close)
	stock, ids := server.Inventory(), map[string]string{}
	clients := map[string]client.Credentials{}
	for name, one := range stock.Clients {
		clients[name], ids[name] = client.Credentials{ID: one.ID, Secret: one.Secret, Scope: one.Scope}, one.ID
	}
	api, err := client.New(client.Config{Contract: facts, BaseURL: listening.URL, TokenURL: listening.URL + stock.TokenPath,
		Edition: contract.V1, Clients: clients, RunID: t.Name()})
	require.NoError(t, err)
	t.Cleanup(api.Close)
	address, err := url.Parse(behind.URL)
	require.NoError(t, err)
	given := scene.Given{Programs: stock.Programs, Wallets: stock.Wallets, SecondClient: stock.SecondClient, Bodies: stock.Bodies}
	session := &steps.Session{Contract: facts, Schemas: shapes, Client: api, Edition: contract.V1, Scene: scene.New(facts, api, given),
		Policy: &evidence.Policy{Contract: facts, Gate: evidence.DefaultGate()}, ExpiredToken: stock.ExpiredToken, ClientIDs: ids,
		Host: address.Host, Local: true, Receiver: receiver, RetryWait: retryWait}
	if len(requirements) == 0 {
		requirements = []string{"CARD-01"}
	}
	s.World = session.NewWorld(steps.Scenario{ID: "a.scenario", Gap: "N-01", Requirements: requirements})
	s.ctx = s.World.In(t.Context())
	t.Cleanup(func() { require.NoError(t, s.World.Close(context.WithoutCancel(t.Context()))) })
	return s
}

// Say performs sentences one after another, each as the one definition that reads it does, and ends with the first
// that fails otherwise than by what it found.
func (s *Stage) Say(t testing.TB, sentences ...any) error {
	t.Helper()
	for i, sentence := range sentences {
		text, isText := sentence.(string)
		if !isText {
			continue // the table or the text below the sentence before
		}
		var below []any
		if i+1 < len(sentences) {
			if _, isText := sentences[i+1].(string); !isText {
				below = append(below, sentences[i+1])
			}
		}
		at := slices.IndexFunc(sentencesOfAll, func(d steps.Definition) bool { return d.Pattern.MatchString(text) })
		require.GreaterOrEqual(t, at, 0, "no sentence reads %q", text)
		s.World.StartStep(i)
		var broken *steps.Broken
		if err := perform(s.ctx, sentencesOfAll[at], text, below); err != nil && !isBroken(err, &broken) {
			return err
		}
	}
	return nil
}

// Text is the text below a sentence, which is no sentence of its own.
type Text string

var sentencesOfAll = vocabulary.All()

// Found returns the names of the checks that broke, those noticed in passing among them, and of those that held.
func (s *Stage) Found() (broke, held []string) {
	seen := s.World.Evidence()
	for _, f := range slices.Concat(seen.Findings, seen.Passing) {
		broke = append(broke, f.Check)
	}
	for _, check := range seen.Checks {
		if check.Outcome == evidence.Held {
			held = append(held, check.Name)
		}
	}
	return broke, held
}

// Alter alters the answers of an operation from the n-th on, which counts from 0.
func (s *Stage) Alter(operation string, from int, change Change) {
	s.front.mu.Lock()
	defer s.front.mu.Unlock()
	s.front.altered[operation] = append(s.front.altered[operation], &alteration{skip: from, change: change})
}
