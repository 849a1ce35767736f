package client

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/url"

	"github.com/kobcheck/kobcheck/contract"
)

// Dial opens a connection to the API of its own, for who writes HTTP/1.1 on it by hand: directly or through the
// proxy of the environment, with TLS and the certificate authorities that every call trusts. The caller closes it.
// Errors are [*NoAnswer].
func (c *Client) Dial(ctx context.Context) (net.Conn, error) {
	connection, err := c.dial(ctx)
	if err != nil {
		return nil, noAnswer(ctx, "a connection of its own", c.base.Host, err)
	}
	return connection, nil
}

func (c *Client) dial(ctx context.Context) (net.Conn, error) {
	via, err := proxy(&http.Request{URL: c.base})
	if err != nil {
		return nil, err
	}
	first := c.base
	if via != nil {
		first = via
	}
	if via != nil && via.Scheme != "http" && via.Scheme != "https" {
		return nil, fmt.Errorf("the proxy %s speaks %s; copies at one moment take an http or https proxy", via.Host, via.Scheme)
	}
	connection, err := c.http.DialContext(ctx, "tcp", withPort(first))
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = connection.Close() }) // ends a handshake under way
	defer stop()
	secured, err := c.secured(ctx, connection, via, c.http.TLSClientConfig)
	if err != nil {
		_ = connection.Close() // the error that matters is the handshake's
	}
	return secured, err
}

// secured makes the connection one to the API: through the tunnel of a proxy and TLS, where there are such.
func (c *Client) secured(ctx context.Context, connection net.Conn, via *url.URL, config *tls.Config) (net.Conn, error) {
	var err error
	if via != nil && via.Scheme == "https" {
		if connection, err = handshake(ctx, connection, via.Hostname(), config); err != nil {
			return nil, err
		}
	}
	if c.base.Scheme != "https" {
		return connection, nil
	}
	if via != nil {
		if err := tunnel(connection, via, withPort(c.base)); err != nil {
			return nil, err
		}
	}
	return handshake(ctx, connection, c.base.Hostname(), config)
}

func handshake(ctx context.Context, connection net.Conn, host string, config *tls.Config) (net.Conn, error) {
	config = config.Clone()
	config.ServerName, config.NextProtos = host, []string{"http/1.1"}
	secure := tls.Client(connection, config)
	return secure, secure.HandshakeContext(ctx)
}

// tunnel asks a proxy for a connection to the API (RFC 9110 section 9.3.6).
func tunnel(connection net.Conn, via *url.URL, address string) error {
	request := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: address}, Host: address, Header: http.Header{}}
	authorize(request.Header, via)
	if err := request.Write(connection); err != nil {
		return err
	}
	answer, err := http.ReadResponse(bufio.NewReader(connection), request)
	if err != nil {
		return err
	}
	_ = answer.Body.Close() // a tunnel has none
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the proxy %s answered %s to CONNECT %s", via.Host, answer.Status, address)
	}
	return nil
}

func authorize(header http.Header, via *url.URL) {
	if user := via.User; user != nil {
		password, _ := user.Password()
		header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user.Username()+":"+password)))
	}
}

func withPort(u *url.URL) string {
	if u.Port() != "" {
		return u.Host
	}
	return net.JoinHostPort(u.Hostname(), map[string]string{"https": "443", "http": "80"}[u.Scheme])
}

// written is a request with its text on a connection of [Client.Dial].
func (c *Client) written(ctx context.Context, operation *contract.Operation, request *Request) (built, []byte, error) {
	b, _, err := c.ready(ctx, operation, request)
	if err != nil {
		return b, nil, err
	}
	text, err := c.wire(b)
	return b, text, err
}

// wire is a request as it stands on a connection of [Client.Dial].
func (c *Client) wire(b built) ([]byte, error) {
	var text bytes.Buffer
	via, err := proxy(b.request)
	if err != nil {
		return nil, err
	}
	if via == nil || b.request.URL.Scheme == "https" {
		err = b.request.Write(&text)
		return text.Bytes(), err
	}
	forwarded := *b.request
	forwarded.Header = b.request.Header.Clone()
	authorize(forwarded.Header, via)
	err = forwarded.WriteProxy(&text)
	return text.Bytes(), err
}
