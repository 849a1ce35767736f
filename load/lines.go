package load

import (
	"bufio"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/kobcheck/kobcheck/contract"
)

// wire writes a call of an operation, with the parameters of its path, as it stands on a connection.
func (t *Target) wire(operation *contract.Operation, path map[string]string, token, key string, content map[string]any) ([]byte, error) {
	body, err := json.Marshal(content)
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(t.BaseURL)
	if err != nil {
		return nil, err
	}
	address, _ := operation.PathIn(t.Edition)
	for name, value := range path {
		address = strings.ReplaceAll(address, "{"+name+"}", url.PathEscape(value))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s%s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nAccept: application/json\r\n%s: %s\r\nUser-Agent: kobcheck (run=%s; storm)\r\nContent-Length: %d\r\n\r\n",
		operation.Method, strings.TrimSuffix(base.Path, "/"), address, base.Host, token, keyHeader(operation), key, t.RunID, len(body))
	return append([]byte(b.String()), body...), nil
}

// lines are connections to the API that are opened before a burst.
type lines struct {
	base *url.URL
	open []net.Conn
	read []*bufio.Reader
}

func dialAll(ctx context.Context, base string, n int) (*lines, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	return &lines{base: u, open: make([]net.Conn, n), read: make([]*bufio.Reader, n)}, ctx.Err()
}

func (l *lines) close() {
	for _, connection := range l.open {
		if connection != nil {
			_ = connection.Close()
		}
	}
}

// lineTimeout bounds one copy.
const lineTimeout = 20 * time.Second

// ready opens a connection that is not, and sends the beginning of a request on it.
func (l *lines) ready(ctx context.Context, i int, text []byte) error {
	if l.open[i] == nil {
		address := l.base.Host
		if l.base.Port() == "" {
			address = net.JoinHostPort(l.base.Hostname(), map[string]string{"https": "443", "http": "80"}[l.base.Scheme])
		}
		var connection net.Conn
		var err error
		if l.base.Scheme == "https" {
			connection, err = (&tls.Dialer{Config: &tls.Config{MinVersion: tls.VersionTLS12, ServerName: l.base.Hostname()}}).DialContext(ctx, "tcp", address)
		} else {
			connection, err = (&net.Dialer{}).DialContext(ctx, "tcp", address)
		}
		if err != nil {
			return fmt.Errorf("opening connection %d of a storm to %s: %w", i+1, address, err)
		}
		l.open[i], l.read[i] = connection, bufio.NewReader(connection)
	}
	if err := l.open[i].SetDeadline(time.Now().Add(lineTimeout)); err != nil {
		return err
	}
	if _, err := l.open[i].Write(text); err != nil {
		return fmt.Errorf("sending copy %d of a storm: %w", i+1, err)
	}
	return nil
}

// finish sends the last byte of a copy and reads its answer.
func (l *lines) finish(i int, last []byte) (d duplicate) {
	lost := func(err error) duplicate {
		d.wrong, d.done = err.Error(), now()
		_ = l.open[i].Close()
		l.open[i] = nil
		return d
	}
	if _, err := l.open[i].Write(last); err != nil {
		return lost(err)
	}
	d.released = now()
	answer, err := http.ReadResponse(l.read[i], nil)
	if err != nil {
		return lost(err)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	_ = answer.Body.Close()
	if err != nil {
		return lost(err)
	}
	d.done, d.status, d.body = now(), answer.StatusCode, sha256.Sum256(body)
	if d.status/100 == 2 {
		d.id = idOf(body)
	}
	if answer.Close {
		_ = l.open[i].Close()
		l.open[i] = nil
	}
	return d
}

// together sends a request on every line: all but the last bytes first, and then those at one moment.
func (l *lines) together(ctx context.Context, texts [][]byte) ([]duplicate, error) {
	for i, text := range texts {
		if err := l.ready(ctx, i, text[:len(text)-1]); err != nil {
			return nil, err
		}
	}
	copies := make([]duplicate, len(texts))
	release := make(chan struct{})
	var all sync.WaitGroup
	for i, text := range texts {
		all.Go(func() {
			<-release
			called := now()
			copies[i] = l.finish(i, text[len(text)-1:])
			copies[i].called = called
		})
	}
	close(release)
	all.Wait()
	return copies, nil
}
