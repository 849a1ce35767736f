package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"time"
)

// idleAtMost is less than the idle time of common servers (Node closes after 5 s), since a connection that dies in our
// hands is an answer lost.
const idleAtMost = 4 * time.Second

// mostHead is many times what servers let a head have, in bytes.
const mostHead = 256 << 10

func newTransport(config Config) (*http.Transport, error) {
	transport := &http.Transport{
		Proxy:               proxy,
		DialContext:         config.Dial,
		TLSHandshakeTimeout: 10 * time.Second,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
		MaxIdleConns:        2 * config.Connections, MaxIdleConnsPerHost: config.Connections,
		MaxConnsPerHost:        config.MostOpen,
		IdleConnTimeout:        idleAtMost,
		MaxResponseHeaderBytes: mostHead,
		DisableCompression:     true,
		ForceAttemptHTTP2:      true,
	}
	if err := present(config, transport.TLSClientConfig); err != nil {
		return nil, err
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
	transport.TLSClientConfig.RootCAs = pool
	return transport, nil
}

// present reads the certificate that this client shows a server that asks for one (mutual TLS).
func present(config Config, own *tls.Config) error {
	if config.CertFile == "" && config.KeyFile == "" {
		return nil
	}
	certificate, err := tls.LoadX509KeyPair(config.CertFile, config.KeyFile)
	if err != nil {
		return fmt.Errorf("reading the client certificate of target.tls.cert_file and key_file: %w", err)
	}
	own.Certificates = []tls.Certificate{certificate}
	return nil
}

// proxy takes the proxy of the environment, but never for loopback.
func proxy(request *http.Request) (*url.URL, error) {
	if OnThisMachine(request.URL.Hostname()) {
		return nil, nil
	}
	return http.ProxyFromEnvironment(request)
}

// Via is the proxy of the environment that a request to an address goes through; nil for none.
func Via(address string) *url.URL {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	via, err := proxy(&http.Request{URL: u})
	if err != nil {
		return nil
	}
	return via
}

// OnThisMachine reports whether a host, without a port, is this machine itself: localhost or an address of loopback.
// No name is looked up.
func OnThisMachine(host string) bool {
	return strings.EqualFold(host, "localhost") || net.ParseIP(host).IsLoopback()
}

// errRepeated ends a request that the transport was about to send a second time.
var errRepeated = errors.New("the connection was closed before an answer, and the request was not sent again")

// onlyOnce keeps net/http from quietly sending a request again when a connection that it reused dies
// before the answer. It does so with any GET, and with a POST that carries an idempotency key. A body
// that can't be rewound rules it out; where there is none, a second HTTP/1 connection for the same
// request is closed before a byte is written. HTTP/2 repeats only what the server says that it never
// looked at (RFC 9113 section 8.7), and its connections are shared, so that is left alone. End ends the request.
func onlyOnce(ctx context.Context, end context.CancelCauseFunc) context.Context {
	var connections atomic.Int32
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(got httptrace.GotConnInfo) {
		if connections.Add(1) == 1 || multiplexed(got.Conn) {
			return
		}
		end(errRepeated)
		_ = got.Conn.Close() // the error that matters is errRepeated
	}})
}

func multiplexed(connection net.Conn) bool {
	secure, ok := connection.(*tls.Conn)
	return ok && secure.ConnectionState().NegotiatedProtocol == "h2"
}
