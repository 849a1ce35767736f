package client

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// reachTimeout bounds one attempt.
const reachTimeout = 3 * time.Second

// Reach asks the API's host for anything, without credentials, and is content with any answer of HTTP
// below 500. Errors are [*NoAnswer], or say which status a gateway gave.
func (c *Client) Reach(ctx context.Context) error {
	bounded, cancel := context.WithTimeoutCause(ctx, reachTimeout, errTooLate)
	defer cancel()
	request, err := http.NewRequestWithContext(bounded, http.MethodGet, c.config.BaseURL, nil)
	if err != nil {
		return fmt.Errorf("asking %s for a sign of life: %w", c.base.Host, err)
	}
	c.mark(ctx, request.Header, 0)
	response, err := c.http.Do(request)
	if err != nil {
		return noAnswer(bounded, "a sign of life", c.base.Host, err)
	}
	_, _ = io.CopyN(io.Discard, response.Body, 64<<10) // so that the connection can be used again
	_ = response.Body.Close()
	if response.StatusCode >= 500 {
		return fmt.Errorf("asking %s for a sign of life: it answered %d", c.base.Host, response.StatusCode)
	}
	return nil
}
