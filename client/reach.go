package client

import (
	"context"
	"net"
	"time"
)

// reachTimeout bounds one attempt to connect.
const reachTimeout = 2 * time.Second

// Reach connects to the API's host once and hangs up. It returns the error of the attempt.
func (c *Client) Reach(ctx context.Context) error {
	port := c.base.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[c.base.Scheme]
	}
	dialer := net.Dialer{Timeout: reachTimeout}
	connection, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(c.base.Hostname(), port))
	if err != nil {
		return noAnswer(ctx, "connecting", c.base.Host, err)
	}
	return connection.Close()
}
