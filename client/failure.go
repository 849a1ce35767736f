package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
)

// Kind says why no answer came.
type Kind string

// The kinds of a missing answer.
const (
	Refused   Kind = "connection refused"
	Reset     Kind = "connection reset"
	DNS       Kind = "name not resolved"
	TLS       Kind = "no trusted TLS connection"
	TimedOut  Kind = "timed out before an answer"
	Cut       Kind = "connection closed before a whole answer"
	Malformed Kind = "the answer was no HTTP"
	Canceled  Kind = "cancelled"
	// Bounded is of requests that were not sent, since what they make stays on the target.
	Bounded Kind = "not sent: the run made as much as it may on this target"
	Banned  Kind = "the API answers nothing but 429"
	Other   Kind = "no answer"
)

// advice says what to do next about a kind.
var advice = map[Kind]string{
	Refused: "is it up, and does target.base_url or target.token_url name its port?",
	DNS:     "check the host in target.base_url and target.token_url",
	TLS: "check the certificate, or name its authority in target.tls.ca_file, or what the server demands of us in " +
		"target.tls.cert_file and key_file",
	TimedOut:  "look at the target's load, or at what lies between",
	Bounded:   "raise load.ceilings.entities in the target file, or select fewer scenarios",
	Malformed: "is it a plain port behind an https address, or no web server at all?",
}

// NoAnswer says that a request was attempted and no whole answer came. It is the environment's fault
// until proved otherwise.
type NoAnswer struct {
	Kind      Kind
	Operation string
	// Host is whom the request was for; empty where it was not sent at all.
	Host string
	Err  error
}

func (e *NoAnswer) Error() string {
	text := e.Operation + " got no answer"
	if e.Host != "" {
		text += " from " + e.Host
	}
	text += " (" + string(e.Kind)
	if e.Err != nil {
		if cause := brief(e.Err); cause != string(e.Kind) {
			text += ": " + cause
		}
	}
	text += ")"
	if next := advice[e.Kind]; next != "" {
		text += "; " + next
	}
	return text
}

// Unwrap returns the cause.
func (e *NoAnswer) Unwrap() error { return e.Err }

// brief leaves out what net puts before a cause, such as our own port, and says of a server that speaks no TLS that it
// doesn't.
func brief(err error) string {
	if record, is := errors.AsType[tls.RecordHeaderError](err); is && string(record.RecordHeader[:]) == "HTTP/" {
		err = http.ErrSchemeMismatch
	}
	if operation, is := errors.AsType[*net.OpError](err); is && operation.Err != nil {
		return operation.Op + ": " + operation.Err.Error()
	}
	return err.Error()
}

func noAnswer(ctx context.Context, operation, host string, err error) *NoAnswer {
	if cause := context.Cause(ctx); errors.Is(cause, errTooLate) || errors.Is(cause, errRepeated) {
		err = cause
	}
	return &NoAnswer{Kind: kindOf(ctx, err), Operation: operation, Host: host, Err: err}
}

// kindOf looks at the context first: whatever else went wrong then is the echo of its end.
func kindOf(ctx context.Context, err error) Kind {
	switch {
	case errors.Is(context.Cause(ctx), errRepeated):
		return Cut
	case errors.Is(context.Cause(ctx), errTooLate), errors.Is(ctx.Err(), context.DeadlineExceeded):
		return TimedOut
	case ctx.Err() != nil:
		return Canceled
	}
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &dns):
		return DNS
	case untrusted(err):
		return TLS
	case errors.Is(err, syscall.ECONNREFUSED):
		return Refused
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, syscall.ECONNABORTED):
		return Reset
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), strings.Contains(err.Error(), "server closed idle connection"):
		return Cut // net/http has no value for the last one to compare with
	case errors.As(err, &timeout) && timeout.Timeout():
		return TimedOut
	case strings.Contains(err.Error(), "malformed HTTP"), strings.Contains(err.Error(),
		"malformed MIME header"), strings.Contains(err.Error(), "chunk"):
		return Malformed // nor for these
	}
	return Other
}

// mindful remembers that this machine was short of something: what is not seen from then on may be our own doing.
func (c *Client) mindful(dial dialer) dialer {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		connection, err := dial(ctx, network, address)
		if short := ShortOf(err); short != nil {
			c.shortage.Store(new(fmt.Errorf("this machine could open no connection: %w; raise the limit of open files (ulimit -n), "+
				"or lower --concurrency", short)))
		}
		return connection, err
	}
}

// ShortOf is what this machine was short of where that kept a call from being made, such as open files; nil for anything
// else.
func ShortOf(err error) error {
	for _, short := range []syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.EADDRNOTAVAIL} {
		if errors.Is(err, short) {
			return short
		}
	}
	return nil
}

type dialer = func(ctx context.Context, network, address string) (net.Conn, error)

// Shortage says what this machine was short of while it called; nil for nothing.
func (c *Client) Shortage() error {
	if said := c.shortage.Load(); said != nil {
		return *said
	}
	return nil
}

func untrusted(err error) bool {
	var verification *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var hostname x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var told *net.OpError
	if errors.As(err, &told) && told.Op == "remote error" { // crypto/tls says so of an alert of the other side
		return true
	}
	return errors.As(err, &verification) || errors.As(err, &authority) || errors.As(err, &hostname) ||
		errors.As(err, &invalid) || errors.As(err, &record) || errors.As(err, &alert)
}

// TokenError says that no access token was to be had. It never holds a secret.
type TokenError struct {
	// Client is the name in the target file; Scope what was asked for.
	Client, Scope string
	// Status is that of the answer, 0 where none came. Code is the error code of RFC 6749 section 5.2
	// in it, or what else is wrong with it in words.
	Status int
	Code   string
	// Err is a [*NoAnswer] where no answer came.
	Err error

	exchange *Exchange
}

func (e *TokenError) Error() string {
	text := fmt.Sprintf("no access token for the client %q", e.Client)
	if e.Scope != "" {
		text += fmt.Sprintf(" with the scope %q", e.Scope)
	}
	switch {
	case e.Err != nil:
		return text + ": " + e.Err.Error()
	case e.Code != "":
		return fmt.Sprintf("%s: the token endpoint answered %d %s; check target.token_url and target.clients.%s", text, e.Status, e.Code,
			e.Client)
	}
	return fmt.Sprintf("%s: the token endpoint answered %d; check target.token_url and target.clients.%s", text, e.Status, e.Client)
}

// Unwrap returns the cause.
func (e *TokenError) Unwrap() error { return e.Err }

// triggered returns the exchange of the token call that failed, or nil.
func triggered(err error) *Exchange {
	if token, is := errors.AsType[*TokenError](err); is {
		return token.exchange
	}
	return nil
}
