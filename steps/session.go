package steps

import (
	"cmp"
	"context"
	"net/url"
	"reflect"
	"sync"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/client/webhook"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/schemas/redact"
)

// LoadResult is what came of a load plan, as far as scenarios speak of it.
type LoadResult struct {
	Invariants []evidence.Invariant
	// Gate holds a gate against what was measured.
	Gate func(text string) (LoadGate, error)
	// Unfit says why the plan proves nothing; empty where it does.
	Unfit string
}

// LoadGate is a gate and its state: passed, failed, inconclusive or no data.
type LoadGate struct{ Text, State, Figure string }

// Session is what all scenarios of one run share. It is safe for concurrent use.
type Session struct {
	Contract *contract.Contract
	Schemas  *schemas.Set
	Client   *client.Client
	Edition  contract.Edition
	// Scene prepares what scenarios need.
	Scene *scene.Scene
	// ExpiredToken is an access token of the primary client that has run out; empty for none.
	ExpiredToken string
	// Policy weighs what does not hold.
	Policy *evidence.Policy
	// Depth is how many cases of each general check are performed; 0 means [DefaultDepth]. Seed picks them.
	Depth int
	Seed  int64
	// Receiver takes webhook deliveries; nil where the API can't reach this run.
	Receiver *webhook.Receiver
	// RetryWait is how long the API waits between two tries of a delivery; 0 where nobody said.
	RetryWait time.Duration
	// Host is host and port of the API; Local says that they are on this machine.
	Host  string
	Local bool
	// Load performs the load that a sentence says; nil where a run is not meant to.
	Load func(ctx context.Context, workload string) (*LoadResult, error)
	// ClientIDs are their OAuth client ids.
	ClientIDs map[string]string

	// shared are what the areas keep of the run, see [Shared].
	mu     sync.Mutex
	shared typed
}

// NewSession puts together what the scenarios of a run share, out of a target file and a client for it.
func NewSession(policy *evidence.Policy, shapes *schemas.Set, file *target.File, api *client.Client) *Session {
	there := scene.New(policy.Contract, api, file.Given())
	s := &Session{Contract: there.Contract, Schemas: shapes, Client: api, Edition: file.Target.Edition,
		Policy: policy, ClientIDs: map[string]string{}, Scene: there, ExpiredToken: file.Fixtures.ExpiredToken()}
	if u, err := url.Parse(file.Target.BaseURL); err == nil {
		s.Host, s.Local = cmp.Or(file.LocalHost(), u.Host), file.LocalHost() != ""
	}
	if file.Webhooks != nil {
		s.RetryWait, _ = time.ParseDuration(file.Webhooks.RetryWait) // it was checked when the file was read
	}
	for name, one := range file.Target.Clients {
		s.ClientIDs[name] = one.ID
	}
	api.Redactor().Add(s.ExpiredToken, redact.Token)
	return s
}

// typed holds one value of each type.
type typed map[reflect.Type]any

func kept[T any](all *typed, fresh func() *T) *T {
	key := reflect.TypeFor[T]()
	if *all == nil {
		*all = typed{}
	}
	if (*all)[key] == nil {
		(*all)[key] = fresh()
	}
	return (*all)[key].(*T)
}

// State is what an area keeps of one scenario from step to step: a struct of the area's own, empty at first.
func State[T any](w *World) *T { return kept(&w.states, func() *T { return new(T) }) }

// Shared is what an area keeps of the whole run: a struct of the area's own. The scenarios of a run use it at the
// same time.
func Shared[T any](s *Session, fresh func() *T) *T {
	s.mu.Lock()
	defer s.mu.Unlock()
	return kept(&s.shared, fresh)
}
