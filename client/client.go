// Package client calls the API: one [Client.Do] for every operation of the contract, with tokens,
// documented headers and fresh idempotency keys, and an [Exchange] as evidence of every call.
//
// It never retries and never hides anything: a connection that dies is an error, a redirect is an
// answer. What is recorded is redacted when it is recorded, not when it is shown.
package client

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/schemas/redact"
)

// Credentials are those of one OAuth client. Scope holds scopes parted by spaces.
type Credentials struct{ ID, Secret, Scope string }

// String leaves the secret out, so that no print of a configuration shows it.
func (c Credentials) String() string { return fmt.Sprintf("%s (%s)", c.ID, c.Scope) }

// GoString does the same for the form with %#v.
func (c Credentials) GoString() string { return c.String() }

// Config says where the API is and who calls it.
type Config struct {
	Contract *contract.Contract
	// BaseURL is the address before every path; TokenURL is that of the token endpoint (C-07).
	BaseURL, TokenURL string
	Edition           contract.Edition
	// Paths gives the paths that no page gives, by operation id; {id} stands for a thing of the section.
	Paths map[string]string
	// Clients are the credentials by name: primary, second, admin.
	Clients map[string]Credentials
	// CAFile is a PEM file of certificate authorities to trust beside those of the system.
	CAFile string
	// CertFile and KeyFile are PEM files with the certificate that this client shows where the API demands one, and
	// its key; empty for none.
	CertFile, KeyFile string
	// RunID marks every request and, with Seed, makes the idempotency keys.
	RunID string
	Seed  int64
	// Version is that of the program, for the User-Agent.
	Version string
	// MaxBody bounds what is kept of an answer, in bytes; 0 means [schemas.MaxBody], and less of what is no list.
	MaxBody int64
	// MaxRPS is the most requests per second of all scenarios together, token calls included; 0 means
	// no bound.
	MaxRPS float64
	// MostMade bounds the requests that made something on the API; 0 means no bound.
	MostMade int
	// Made hears of each thing that was made, by the client that made it; nil for nobody. It is called from many
	// goroutines at once, before the call returns.
	Made func(kind, id, as string)
	// Hear hears of each exchange, token calls included, once it is over; nil for nobody. It is called as Made is.
	Hear func(*contract.Operation, *Exchange)
	// Unpaced keeps a 429 from slowing the client down: under load it is a result.
	Unpaced bool
	// Timeout bounds one exchange; 0 means [DefaultTimeout].
	Timeout time.Duration
	// Connections is how many idle connections are kept, as many as there are requests at a time;
	// 0 means 64.
	Connections int
	// MostOpen is how many connections to a host are open at a time, where few files may be; 0 means no bound.
	MostOpen int
	// Dial opens connections; nil means TCP, given up after ten seconds.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Redactor learns the secrets of this client and of what it is answered; nil means one of its own.
	Redactor *redact.Redactor
	// Now is the clock for the life of tokens; nil means [time.Now].
	Now func() time.Time
}

// DefaultTimeout is shorter than the 30 s after which common gateways answer in place of an API, so
// that a hanging API shows as one.
const DefaultTimeout = 20 * time.Second

// Client calls one API. It is safe for concurrent use.
type Client struct {
	config   Config
	base     *url.URL
	http     *http.Transport // never follows a redirect: it is an answer
	tokens   *tokens
	redactor *redact.Redactor
	// marks are those of each scenario by its id.
	marks sync.Map
	// made counts the requests that made something.
	made   atomic.Int64
	known  knownIDs
	memory memory
	pace   *pace
	keys   keys
	// errors is how this API words them.
	errors manner
	// shortage is what this machine was short of, such as open files; nil for nothing.
	shortage atomic.Pointer[error]
	// controls lets one caller at a time find out whether a token was revoked.
	controls sync.Mutex
}

// New returns a client. It fails on an address that is none and on a CA file that can't be read.
func New(config Config) (*Client, error) {
	base, err := address("base_url", config.BaseURL)
	if err != nil {
		return nil, err
	}
	if _, err := address("token_url", config.TokenURL); err != nil {
		return nil, err
	}
	if config.Contract == nil {
		return nil, fmt.Errorf("a client needs the contract; pass what contract.Load returns")
	}
	config = settled(config)
	c := &Client{base: base, redactor: config.Redactor, keys: newKeys(config.RunID, config.Seed), pace: newPace(config.MaxRPS, time.Now)}
	config.Dial = c.mindful(config.Dial)
	c.config = config
	if c.http, err = newTransport(config); err != nil {
		return nil, err
	}
	c.tokens = newTokens()
	for name, credentials := range config.Clients {
		c.redactor.AddCredentials(name, credentials.ID, credentials.Secret)
	}
	return c, nil
}

func address(key, text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%q is no http or https address; set target.%s", text, key)
	}
	return u, nil
}

func settled(config Config) Config {
	config.Edition = cmp.Or(config.Edition, contract.V1)
	config.MaxBody = cmp.Or(config.MaxBody, schemas.MaxBody)
	config.Timeout = cmp.Or(config.Timeout, DefaultTimeout)
	config.Connections = cmp.Or(config.Connections, 64)
	config.Redactor = cmp.Or(config.Redactor, redact.New())
	if config.Dial == nil {
		config.Dial = (&net.Dialer{Timeout: 10 * time.Second}).DialContext
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	config.BaseURL = strings.TrimRight(config.BaseURL, "/")
	return config
}

// Close ends token fetches under way and the idle connections. Calls under way end with their contexts.
func (c *Client) Close() {
	c.tokens.close()
	c.http.CloseIdleConnections()
}

// Credentials returns the id, secret and scope of a client of the target file; empty where it has none.
func (c *Client) Credentials(name string) (id, secret, scope string) {
	one := c.config.Clients[name]
	return one.ID, one.Secret, one.Scope
}

// Redactor returns what this client takes out of everything that it records.
func (c *Client) Redactor() *redact.Redactor { return c.redactor }

// Do performs one call and returns what came of it. The exchange is returned, and recorded in the
// scenario that the context carries, whenever the request was attempted; so are the token calls that
// it triggered, as exchanges of their own.
//
// Errors: [*NoAnswer] where no whole answer came, beside the exchange; [*TokenError] where no token
// was to be had, beside the exchange of the token call if there was one; [*PathUnknown] and plain
// errors for a request that can't be built, with no exchange.
func (c *Client) Do(ctx context.Context, operation *contract.Operation, request Request) (*Exchange, error) {
	built, triggered, err := c.ready(ctx, operation, &request)
	if err != nil {
		return triggered, err
	}
	return c.perform(ctx, operation, request, built)
}

// ready settles who calls, fetches the token, waits for our pace and builds the request. Beside an error stands the
// exchange of a token call that failed, or nil.
func (c *Client) ready(ctx context.Context, operation *contract.Operation, request *Request) (built, *Exchange, error) {
	request.As = cmp.Or(request.As, c.Caller(operation))
	authorization, err := c.authorization(ctx, operation, *request)
	if err != nil {
		return built{}, triggered(err), err
	}
	if operation.Creates != "" && c.config.MostMade > 0 && c.made.Load() >= int64(c.config.MostMade) {
		return built{}, nil, &NoAnswer{Kind: Bounded, Operation: operation.ID}
	}
	if err := c.pace.wait(ctx, operation.ID); err != nil {
		return built{}, nil, err
	}
	b, err := c.build(ctx, operation, *request, authorization)
	return b, nil, err
}

// Has reports whether the target file has a client of that name.
func (c *Client) Has(name string) bool {
	_, there := c.config.Clients[name]
	return there
}

// Edition is the one that this client calls.
func (c *Client) Edition() contract.Edition { return c.config.Edition }

// Caller is who calls an operation by default: whom the contract names (N-48), else the primary client.
func (c *Client) Caller(operation *contract.Operation) string {
	if c.Has(operation.Caller) {
		return operation.Caller
	}
	return "primary"
}

func (c *Client) authorization(ctx context.Context, operation *contract.Operation, request Request) (string, error) {
	if request.Authorization != nil {
		return *request.Authorization, nil
	}
	if operation.Header("Authorization") == nil {
		return "", nil
	}
	token, err := c.Token(ctx, request.As, "")
	if err != nil {
		return "", err
	}
	return "Bearer " + token.Value, nil
}
