package webhook

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"github.com/kobcheck/kobcheck/client"
)

// confirmTimeout bounds the fetching of a SubscribeURL.
const confirmTimeout = 10 * time.Second

var subscribeHost = regexp.MustCompile(`^sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$`)

// MayFetch reports whether a SubscribeURL is one that a receiver may fetch: HTTPS on a host of SNS, or on
// localHost, which is host and port of an API on this machine; empty for none.
func MayFetch(address, localHost string) bool {
	u, err := url.Parse(address)
	return err == nil && u.User == nil && (subscribeHost.MatchString(u.Hostname()) && u.Scheme == "https" || sameHost(u, localHost))
}

// sameHost reports whether an address is of a host and port, this machine being one whatever it is called.
func sameHost(u *url.URL, host string) bool {
	name, port, err := net.SplitHostPort(host)
	return host != "" && u.Host == host || err == nil && u.Port() == port && client.OnThisMachine(name) && client.OnThisMachine(u.Hostname())
}

// Confirm fetches a SubscribeURL (HOOK-15) and returns the status and body of the answer. Errors say what
// kept the answer away.
func Confirm(ctx context.Context, address string) (int, []byte, error) {
	bounded, cancel := context.WithTimeout(ctx, confirmTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(bounded, http.MethodGet, address, nil)
	if err != nil {
		return 0, nil, fmt.Errorf("confirming a subscription: %w", err)
	}
	fetcher := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := fetcher.Do(request)
	if err != nil {
		return 0, nil, fmt.Errorf("fetching the SubscribeURL: %w", err)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, MaxBytes))
	if closing := response.Body.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return 0, nil, fmt.Errorf("reading the answer of the SubscribeURL: %w", err)
	}
	return response.StatusCode, body, nil
}
