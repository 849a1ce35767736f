package steps

import (
	"context"
	"net/url"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/client/webhook"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
)

// Given are the ids that the owner of the target hands over because the public API cannot make such
// things: the fixtures of the target file. Every part may be empty.
type Given struct {
	// Programs and Wallets are keyed by the checks of the card-creation order that they fail, such
	// as "1+2"; "ok" is a program that fails none.
	Programs map[string]string
	Wallets  map[string]string
	// SecondClient holds one object of each kind that belongs to the second client.
	SecondClient map[string]string
	// Client is a client whose status may be changed without harm.
	Client string
	// ExpiredToken is an access token of the primary client that has run out.
	ExpiredToken string
	// Bodies are JSON bodies by operation id, for operations whose body no page gives.
	Bodies map[string]map[string]any
}

// Session is what all scenarios of one run share. It is safe for concurrent use.
type Session struct {
	Contract *contract.Contract
	Schemas  *schemas.Set
	Client   *client.Client
	Edition  contract.Edition
	Given    Given
	// Policy weighs what does not hold.
	Policy *evidence.Policy
	// Depth is how many derived inputs of each class are sent; 0 means [DefaultDepth]. Seed picks them.
	Depth int
	Seed  int64
	// Has tells which clients the target file has: primary, second, admin.
	Has map[string]bool
	// Receiver takes webhook deliveries; nil where the API can't reach this run.
	Receiver *webhook.Receiver
	// RetryWait is how long the API waits between two tries of a delivery; 0 where nobody said.
	RetryWait time.Duration
	// Host is host and port of the API; Local says that they are on this machine.
	Host  string
	Local bool
	// Load performs a plan of kobcheck load; nil where a run is not meant to.
	Load func(ctx context.Context, plan string) (*LoadResult, error)
	// ClientIDs are their OAuth client ids.
	ClientIDs map[string]string

	shared shared
}

// NewSession puts together what the scenarios of a run share, out of a target file and a client for it.
func NewSession(policy *evidence.Policy, shapes *schemas.Set, file *target.File, api *client.Client) *Session {
	s := &Session{Contract: policy.Contract, Schemas: shapes, Client: api, Edition: file.Target.Edition, Policy: policy, Has: map[string]bool{}, ClientIDs: map[string]string{},
		Given: Given{Programs: file.Fixtures.Programs, Wallets: file.Fixtures.Wallets, SecondClient: file.Fixtures.SecondClient,
			Client: file.Fixtures.Client, ExpiredToken: file.Fixtures.ExpiredToken(), Bodies: file.Fixtures.Bodies}}
	if u, err := url.Parse(file.Target.BaseURL); err == nil {
		s.Host, s.Local = u.Host, file.LocalHost() != ""
	}
	if file.Webhooks != nil {
		s.RetryWait, _ = time.ParseDuration(file.Webhooks.RetryWait) // it was checked when the file was read
	}
	for name, one := range file.Target.Clients {
		s.Has[name], s.ClientIDs[name] = true, one.ID
	}
	api.Redactor().AddToken(s.Given.ExpiredToken)
	return s
}
