// Package client calls the API: one [Client.Do] for every operation of the contract, with tokens,
// documented headers and fresh idempotency keys, and an [Exchange] as evidence of every call.
//
// It never retries and never hides anything: a connection that dies is an error, a redirect is an
// answer. What is recorded is redacted when it is recorded, not when it is shown.
package client

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"github.com/kobcheck/kobcheck/contract"
)

// Credentials are those of one OAuth client. Scope holds scopes parted by spaces.
type Credentials struct{ ID, Secret, Scope string }

// Config says where the API is and who calls it.
type Config struct {
	Contract *contract.Contract
	// BaseURL is the address before every path; TokenURL is that of the token endpoint (C-07).
	BaseURL, TokenURL string
	Edition           contract.Edition
	// Paths gives the paths that no page gives, by operation id; {id} stands for the parameter.
	Paths map[string]string
	// Clients are the credentials by name: primary, second, admin.
	Clients map[string]Credentials
	// CAFile is a PEM file of certificate authorities to trust beside those of the system.
	CAFile string
	// RunID marks every request and, with Seed, makes the idempotency keys.
	RunID string
	Seed  int64
	// Version is that of the program, for the User-Agent.
	Version string
	// MaxBody bounds what is read of an answer, in bytes; 0 means [DefaultMaxBody].
	MaxBody int64
	// MaxRPS is the most requests per second of all scenarios together; 0 means no bound.
	MaxRPS float64
	// Timeout bounds one exchange; 0 means [DefaultTimeout].
	Timeout time.Duration
	// Connections is how many idle connections are kept; 0 means 64.
	Connections int
	// Now is the clock for the life of tokens; nil means [time.Now].
	Now func() time.Time
}

// DefaultMaxBody is far beyond any documented answer and still harmless to hold: 8 MiB.
const DefaultMaxBody = 8 << 20

// DefaultTimeout is twice what gateways usually allow an API (30 s would hide behind theirs).
const DefaultTimeout = 20 * time.Second

// Client calls one API. It is safe for concurrent use.
type Client struct {
	config   Config
	http     *http.Client
	tokens   *tokens
	redactor *Redactor
	pace     *rate.Limiter
	keys     keys
}

// New returns a client. It fails on an address that is none and on a CA file that can't be read.
func New(config Config) (*Client, error) {
	for name, address := range map[string]string{"base": config.BaseURL, "token": config.TokenURL} {
		if u, err := url.Parse(address); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return nil, fmt.Errorf("the %s address %q is no http or https URL; set target.%s_url", name, address, name)
		}
	}
	if config.MaxBody == 0 {
		config.MaxBody = DefaultMaxBody
	}
	if config.Timeout == 0 {
		config.Timeout = DefaultTimeout
	}
	if config.Connections == 0 {
		config.Connections = 64
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	transport, err := newTransport(config)
	if err != nil {
		return nil, err
	}
	c := &Client{config: config, redactor: NewRedactor(), keys: newKeys(config.RunID, config.Seed)}
	c.http = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	c.tokens = newTokens(c)
	for _, credentials := range config.Clients {
		c.redactor.AddCredential(credentials.Secret)
	}
	if config.MaxRPS > 0 {
		c.pace = rate.NewLimiter(rate.Limit(config.MaxRPS), 1)
	}
	return c, nil
}

func newTransport(config Config) (*http.Transport, error) {
	transport := &http.Transport{
		Proxy:               proxy,
		DialContext:         (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSHandshakeTimeout: 10 * time.Second,
		MaxIdleConns:        config.Connections, MaxIdleConnsPerHost: config.Connections,
		// Less than the idle time of common servers (Node closes after 5 s), since a connection that dies
		// in our hands is an answer lost.
		IdleConnTimeout:    4 * time.Second,
		DisableCompression: true,
		ForceAttemptHTTP2:  true,
	}
	if config.CAFile == "" {
		return transport, nil
	}
	pem, err := os.ReadFile(config.CAFile)
	if err != nil {
		return nil, fmt.Errorf("reading target.tls.ca_file: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("target.tls.ca_file %s holds no certificate in PEM form", config.CAFile)
	}
	transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	return transport, nil
}

// proxy takes the proxy of the environment, but never for loopback.
func proxy(request *http.Request) (*url.URL, error) {
	if host := request.URL.Hostname(); host == "localhost" || net.ParseIP(host).IsLoopback() {
		return nil, nil
	}
	return http.ProxyFromEnvironment(request)
}

// Close ends the idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Credentials returns the id, secret and scope of a client of the target file; empty where it has none.
func (c *Client) Credentials(name string) (id, secret, scope string) {
	one := c.config.Clients[name]
	return one.ID, one.Secret, one.Scope
}

// Redactor returns what this client takes out of everything that it records.
func (c *Client) Redactor() *Redactor { return c.redactor }

// Relative turns an absolute or relative address of an answer into a path of the target. It fails
// where the address leads elsewhere.
func (c *Client) Relative(address string) (string, error) {
	base, err := url.Parse(c.config.BaseURL)
	if err != nil {
		return "", err
	}
	there, err := base.Parse(address)
	if err != nil {
		return "", fmt.Errorf("%q is no address: %w", address, err)
	}
	if there.Host != base.Host {
		return "", fmt.Errorf("%q leads to another host", address)
	}
	return there.RequestURI(), nil
}

// Request is what one call sends beyond what the contract settles. The zero value is a call without
// parameters as the primary client.
type Request struct {
	// As names the credentials; empty means primary.
	As string
	// Authorization is the exact header to send in place of a fetched token; pointing to "" sends none.
	Authorization *string
	// Path fills the parameters of the path, Query the query.
	Path  map[string]string
	Query url.Values
	// Header sets headers over those of the contract; Without leaves some out.
	Header  http.Header
	Without []string
	// Body is sent as JSON; RawBody is sent as it is and wins; Form is sent as a form.
	Body    any
	RawBody []byte
	Form    url.Values
	// MediaType replaces the Content-Type.
	MediaType string
	// Key is the idempotency key to use again; empty means a fresh one where the operation needs one.
	// KeyHeader spells the name of its header differently.
	Key, KeyHeader string
	// Method and RawPath replace those of the operation.
	Method, RawPath string
}

// Do performs one call and returns what came of it. The exchange is returned, and recorded, whenever
// a request was attempted. Errors: [*NoAnswer] where no answer came, [*TokenError] where no token was
// to be had, and a plain error for a request that can't be built.
func (c *Client) Do(ctx context.Context, operation *contract.Operation, request Request) (*Exchange, error) {
	if request.As == "" {
		request.As = "primary"
	}
	if c.pace != nil {
		if err := c.pace.Wait(ctx); err != nil {
			return nil, &NoAnswer{Kind: Canceled, Operation: operation.ID, Err: err}
		}
	}
	authorization, err := c.authorization(ctx, operation, request)
	if err != nil {
		return nil, err
	}
	built, key, err := c.build(ctx, operation, request, authorization)
	if err != nil {
		return nil, err
	}
	return c.perform(ctx, operation, request, built, key)
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

// built is a request on its way, with the body kept for the evidence.
type built struct {
	request *http.Request
	body    []byte
}

func (c *Client) build(ctx context.Context, operation *contract.Operation, request Request, authorization string) (built, string, error) {
	address, err := c.address(operation, request)
	if err != nil {
		return built{}, "", err
	}
	body, media, err := payload(operation, request)
	if err != nil {
		return built{}, "", fmt.Errorf("building the body of %q: %w", operation.Title, err)
	}
	method := operation.Method
	if request.Method != "" {
		method = request.Method
	}
	r, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return built{}, "", fmt.Errorf("building the request of %q: %w", operation.Title, err)
	}
	// net/http quietly sends a request again when a connection that it reused dies before the answer:
	// any GET, and a POST with an idempotency key. A body that it can't rewind keeps it from doing so.
	r.Body, r.GetBody = once{bytes.NewReader(body)}, nil
	r.ContentLength = int64(len(body))
	c.mark(ctx, r)
	r.Header.Set("Accept", "application/json")
	if media != "" {
		r.Header.Set("Content-Type", media)
	}
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	key := c.setKey(ctx, operation, request, r.Header)
	if header := operation.Header("x-client-id"); header != nil && (header.Edition == "" || header.Edition == c.config.Edition) {
		r.Header.Set(header.Name, c.config.Clients[request.As].ID)
	}
	for name, values := range request.Header {
		remove(r.Header, name)
		r.Header[http.CanonicalHeaderKey(name)] = values
	}
	for _, name := range request.Without {
		remove(r.Header, name)
		if strings.EqualFold(name, "Content-Type") {
			r.Header["Content-Type"] = nil
		}
	}
	return built{r, body}, key, nil
}

// remove takes a header out in whatever spelling it is there.
func remove(header http.Header, name string) {
	for spelled := range header {
		if strings.EqualFold(spelled, name) {
			delete(header, spelled)
		}
	}
}

// once is a body, perhaps an empty one, that can be read a single time.
type once struct{ *bytes.Reader }

// Close does nothing.
func (once) Close() error { return nil }

// setKey sends the idempotency key under the operation's own spelling of the header.
func (c *Client) setKey(ctx context.Context, operation *contract.Operation, request Request, header http.Header) string {
	documented := operation.Header("Idempotency-Key")
	if documented == nil && request.Key == "" {
		return ""
	}
	key := request.Key
	if key == "" {
		key = c.keys.next(ctx)
	}
	name := "Idempotency-Key"
	if documented != nil {
		name = documented.Name
	}
	if request.KeyHeader != "" {
		name = request.KeyHeader
	}
	header[name] = []string{key} // not Set: the spelling is the point
	return key
}

// NewKey returns a fresh idempotency key of the scenario that the context carries.
func (c *Client) NewKey(ctx context.Context) (string, error) { return c.keys.next(ctx), nil }

func (c *Client) address(operation *contract.Operation, request Request) (string, error) {
	base := c.config.BaseURL
	path := request.RawPath
	if operation.ID == "token" {
		base, path = c.config.TokenURL, ""
	} else if path == "" {
		var known bool
		if path, known = operation.PathIn(c.config.Edition); !known {
			path, known = c.config.Paths[operation.ID]
			if !known || path == "" {
				return "", &PathUnknown{Operation: operation.ID}
			}
		}
		for name, value := range request.Path {
			path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(value))
		}
	}
	address := base
	if path != "" {
		address = strings.TrimRight(base, "/") + "/" + strings.TrimLeft(path, "/")
	}
	if len(request.Query) > 0 {
		address += "?" + request.Query.Encode()
	}
	return address, nil
}

// PathUnknown says that no page gives the path of an operation and the target file does not either.
type PathUnknown struct{ Operation string }

func (e *PathUnknown) Error() string {
	return fmt.Sprintf("no page gives the path of %s; set target.paths.%s", e.Operation, e.Operation)
}

func payload(operation *contract.Operation, request Request) ([]byte, string, error) {
	media := ""
	if header := operation.Header("Content-Type"); header != nil {
		media = header.Example
	}
	var body []byte
	switch {
	case request.RawBody != nil:
		body = request.RawBody
	case request.Form != nil:
		body, media = []byte(request.Form.Encode()), "application/x-www-form-urlencoded"
	case request.Body != nil:
		var err error
		if body, err = json.Marshal(request.Body); err != nil {
			return nil, "", err
		}
		if media == "" {
			media = "application/json"
		}
	}
	if request.MediaType != "" {
		media = request.MediaType
	}
	return body, media, nil
}

// perform sends the request, reads the answer and records both.
func (c *Client) perform(ctx context.Context, operation *contract.Operation, request Request, b built, key string) (*Exchange, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.config.Timeout, errTooLate)
	defer cancel()
	exchange := &Exchange{N: nextNumber(ctx), Operation: operation.ID, As: request.As, Key: key, StartedAt: time.Now(),
		request: b.request, sent: b.body, redactor: c.redactor}
	response, err := c.http.Do(b.request.WithContext(ctx))
	if err == nil {
		exchange.Status, exchange.Header = response.StatusCode, response.Header
		exchange.Body, err = readBounded(response.Body, c.config.MaxBody, &exchange.Truncated)
		if closing := response.Body.Close(); err == nil && closing != nil {
			err = closing
		}
	}
	exchange.Duration = time.Since(exchange.StartedAt)
	if err != nil {
		exchange.Err = noAnswer(ctx, operation.ID, err)
	}
	c.learn(operation, exchange)
	record(ctx, exchange)
	if exchange.Err != nil {
		return exchange, exchange.Err
	}
	return exchange, nil
}

var errTooLate = errors.New("no whole answer in time")

func readBounded(body io.Reader, bound int64, truncated *bool) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(body, bound+1))
	if int64(len(data)) > bound {
		*truncated = true
		data = data[:bound]
	}
	return data, err
}

// learn remembers the secrets of an answer before it is recorded, so that they never reach a report.
func (c *Client) learn(operation *contract.Operation, exchange *Exchange) {
	member := map[string]string{"token": "access_token", "cards-generate-secret": "secret"}[operation.ID]
	if member == "" || exchange.Status/100 != 2 {
		return
	}
	var body map[string]any
	if json.Unmarshal(exchange.Body, &body) == nil {
		if value, ok := body[member].(string); ok {
			if operation.ID == "token" {
				c.redactor.AddToken(value)
			} else {
				c.redactor.AddSecret(value)
			}
		}
	}
}
