package client

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"time"
)

// reachTimeout bounds one attempt.
const reachTimeout = 3 * time.Second

// Life is a sign of life of the API's host.
type Life struct {
	Status int
	// Date is the server's clock in UTC; zero where the answer carries none.
	Date time.Time
	// Took is how long the answer was on its way, at most.
	Took time.Duration
	// TLS is the state of the connection; nil for plain HTTP.
	TLS *tls.ConnectionState
}

// SignOfLife asks the API's host for anything, without credentials, and is content with any answer of
// HTTP. Errors are [*NoAnswer].
func (c *Client) SignOfLife(ctx context.Context) (*Life, error) {
	bounded, cancel := context.WithTimeoutCause(ctx, reachTimeout, errTooLate)
	defer cancel()
	request, err := http.NewRequestWithContext(bounded, http.MethodGet, c.config.BaseURL, nil)
	if err != nil {
		return nil, fmt.Errorf("asking %s for a sign of life: %w", c.base.Host, err)
	}
	c.mark(ctx, request.Header, 0)
	began := time.Now()
	response, err := c.http.RoundTrip(request)
	if err != nil {
		return nil, noAnswer(bounded, "a sign of life", c.base.Host, err)
	}
	c.pace.hear(response.StatusCode, response.Header, began)
	life := &Life{Status: response.StatusCode, Took: time.Since(began), TLS: response.TLS}
	if date, err := http.ParseTime(response.Header.Get("Date")); err == nil {
		life.Date = date.UTC()
	}
	_, _ = io.CopyN(io.Discard, response.Body, 64<<10) // so that the connection can be used again
	_ = response.Body.Close()
	return life, nil
}

// Reach is [Client.SignOfLife] for who only wants to know whether the API can be asked again: a server
// error is none.
func (c *Client) Reach(ctx context.Context) error {
	life, err := c.SignOfLife(ctx)
	if err == nil && life.Status >= 500 {
		return fmt.Errorf("asking %s for a sign of life: it answered %d", c.base.Host, life.Status)
	}
	return err
}
