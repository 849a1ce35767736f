package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
)

// Kind says why no answer came.
type Kind string

// The kinds of a missing answer.
const (
	Refused  Kind = "connection refused"
	Reset    Kind = "connection reset"
	DNS      Kind = "name not resolved"
	TLS      Kind = "no trusted TLS connection"
	TimedOut Kind = "timed out before an answer"
	Cut      Kind = "connection closed before an answer"
	Canceled Kind = "cancelled"
	Other    Kind = "no answer"
)

// NoAnswer says that a request was attempted and no whole answer came. It is the environment's fault
// until proved otherwise.
type NoAnswer struct {
	Kind      Kind
	Operation string
	Err       error
}

func (e *NoAnswer) Error() string {
	text := ""
	if e.Err != nil {
		text = ": " + brief(e.Err)
	}
	return fmt.Sprintf("%s got no answer (%s%s)", e.Operation, e.Kind, text)
}

// Unwrap returns the cause.
func (e *NoAnswer) Unwrap() error { return e.Err }

// brief leaves out the address, which net/http puts before the cause and which may hold ids.
func brief(err error) string {
	var operation *net.OpError
	if errors.As(err, &operation) && operation.Err != nil {
		return operation.Op + ": " + operation.Err.Error()
	}
	text := err.Error()
	if i := strings.LastIndex(text, "\": "); i >= 0 {
		text = text[i+3:]
	}
	return text
}

func noAnswer(ctx context.Context, operation string, err error) *NoAnswer {
	return &NoAnswer{Kind: kindOf(ctx, err), Operation: operation, Err: err}
}

func kindOf(ctx context.Context, err error) Kind {
	var dns *net.DNSError
	var authority x509.UnknownAuthorityError
	var hostname x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var timeout net.Error
	switch {
	case errors.Is(context.Cause(ctx), errTooLate), errors.Is(err, context.DeadlineExceeded):
		return TimedOut
	case errors.Is(err, context.Canceled):
		return Canceled
	case errors.As(err, &dns):
		return DNS
	case errors.As(err, &authority), errors.As(err, &hostname), errors.As(err, &invalid), errors.As(err, &record):
		return TLS
	case errors.Is(err, syscall.ECONNREFUSED):
		return Refused
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return Reset
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return Cut
	case errors.As(err, &timeout) && timeout.Timeout():
		return TimedOut
	}
	return Other
}

// TokenError says that no access token was to be had. It never holds a secret.
type TokenError struct {
	// Client is the name in the target file; Scope what was asked for.
	Client, Scope string
	// Status and Code are those of the answer; zero where none came.
	Status int
	Code   string
	Err    error
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
		return fmt.Sprintf("%s: the token endpoint answered %d %s; check target.clients.%s", text, e.Status, e.Code, e.Client)
	}
	return fmt.Sprintf("%s: the token endpoint answered %d; check target.token_url and target.clients.%s", text, e.Status, e.Client)
}

// Unwrap returns the cause.
func (e *TokenError) Unwrap() error { return e.Err }
