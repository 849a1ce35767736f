package client

import (
	"bufio"
	"context"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// speak is a server of bare TCP: it reads a request up to the blank line and hands the connection over.
func speak(t *testing.T, answer func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var running sync.WaitGroup
	running.Go(func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			running.Go(func() {
				defer connection.Close()
				reader := bufio.NewReader(connection)
				for line := ""; line != "\r\n"; {
					if line, err = reader.ReadString('\n'); err != nil {
						return
					}
				}
				answer(connection)
			})
		}
	})
	t.Cleanup(func() { _ = listener.Close(); running.Wait() })
	return "http://" + listener.Addr().String()
}

func say(text string) func(net.Conn) {
	return func(connection net.Conn) { _, _ = io.WriteString(connection, text) }
}

func TestAMissingAnswerSaysWhy(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	secure := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains of our refusal
	secure.StartTLS()
	defer secure.Close()
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer plain.Close()
	for name, test := range map[string]struct {
		address string
		kind    Kind
		status  int
		body    string
		says    string
	}{
		"nobody listens": {address: closed.URL, kind: Refused, says: "is it up"},
		"no such host":   {address: "http://nowhere.invalid", kind: DNS, says: "check the host"},
		"a reset": {address: speak(t, func(connection net.Conn) {
			_ = connection.(*net.TCPConn).SetLinger(0)
		}), kind: Reset},
		"closed without a word": {address: speak(t, say("")), kind: Cut},
		"closed in the head":    {address: speak(t, say("HTTP/1.1 200 OK\r\nContent-Type: a\r\n")), kind: Cut},
		"closed in the body": {address: speak(t, say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")), kind: Cut,
			status: 200, body: "half"},
		"closed in a chunk": {address: speak(t, say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhalf")),
			kind: Cut, status: 200, body: "half"},
		"broken chunks": {address: speak(t, say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhalf\r\n")),
			kind: Malformed, status: 200, says: "chunk"},
		"no HTTP at all":             {address: speak(t, say("SSH-2.0-OpenSSH_9.6\r\n\r\n")), kind: Malformed, says: "plain port"},
		"TLS where nobody trusts it": {address: secure.URL, kind: TLS, says: "ca_file"},
		"TLS spoken to a plain server": {address: "https" + plain.URL[len("http"):], kind: TLS,
			says: "HTTP response to HTTPS client"},
		"a shorter body than was announced": {address: speak(t, say("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n{}")), kind: Cut,
			status: 200, body: "{}"},
		"a server that accepts and hangs": {address: speak(t, func(connection net.Conn) { _, _ = connection.Read(make([]byte, 1)) }),
			kind: TimedOut, says: "no whole answer in time"},
	} {
		t.Run(name, func(t *testing.T) {
			timeout := DefaultTimeout
			if test.kind == TimedOut {
				timeout = 20 * time.Millisecond
			}
			c, err := New(Config{Contract: facts(t), BaseURL: test.address, TokenURL: test.address, Timeout: timeout})
			require.NoError(t, err)
			defer c.Close()
			none := ""
			ctx, kept := inScenario("bad")
			exchange, err := c.Do(ctx, operation(t, "cards-list"), Request{Authorization: &none})
			var answer *NoAnswer
			require.ErrorAs(t, err, &answer)
			assert.Equal(t, test.kind, answer.Kind, err.Error())
			assert.Equal(t, "cards-list", answer.Operation)
			assert.Contains(t, err.Error(), answer.Host)
			assert.Contains(t, err.Error(), test.says)
			require.Equal(t, []*Exchange{exchange}, kept.all())
			assert.Equal(t, test.status, exchange.Status)
			assert.Equal(t, test.body, string(exchange.Body))
			recorded := exchange.Record()
			assert.Equal(t, err.Error(), recorded.Error)
			assert.Equal(t, test.status == 0, recorded.Response == nil)
		})
	}
}

func TestACancelledContextEndsACallAtOnce(t *testing.T) {
	a := newAPI(t)
	asked, release := make(chan struct{}), make(chan struct{})
	a.answer = func(http.ResponseWriter, *http.Request) { close(asked); <-release }
	defer close(release)
	c := newClient(t, a)
	scenario, kept := inScenario("cancelled")
	ctx, cancel := context.WithCancel(scenario)
	ended := make(chan error, 1)
	go func() {
		_, err := c.Do(ctx, operation(t, "cards-list"), Request{})
		ended <- err
	}()
	<-asked
	cancel()
	err := <-ended // the server still holds its answer back
	var answer *NoAnswer
	require.ErrorAs(t, err, &answer)
	assert.Equal(t, Canceled, answer.Kind)
	assert.ErrorIs(t, err, context.Canceled)
	assert.Len(t, kept.all(), 2, "the token call and the call")
}

func TestTheTimeOfAScenarioIsATimeOut(t *testing.T) {
	a := newAPI(t)
	release := make(chan struct{})
	a.answer = func(http.ResponseWriter, *http.Request) { <-release }
	defer close(release)
	c := newClient(t, a)
	_, err := c.Token(context.Background(), "primary", "")
	require.NoError(t, err)
	why := errors.New("the scenario took longer than 10ms")
	ctx, cancel := context.WithTimeoutCause(context.Background(), 10*time.Millisecond, why)
	defer cancel()
	_, err = c.Do(ctx, operation(t, "cards-list"), Request{})
	var answer *NoAnswer
	require.ErrorAs(t, err, &answer)
	assert.Equal(t, TimedOut, answer.Kind)
}

func TestACertificateOfTheOwnAuthorityIsTrusted(t *testing.T) {
	secure := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "[]") }))
	defer secure.Close()
	file := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw}), 0o600))
	c, err := New(Config{Contract: facts(t), BaseURL: secure.URL, TokenURL: secure.URL, CAFile: file})
	require.NoError(t, err)
	defer c.Close()
	none := ""
	exchange, err := c.Do(context.Background(), operation(t, "cards-list"), Request{Authorization: &none})
	require.NoError(t, err)
	assert.Equal(t, 200, exchange.Status)
}

func TestARunMakesNoMoreThanItMay(t *testing.T) {
	c := newClient(t, newAPI(t), func(config *Config) { config.MostMade = 2 })
	create := operation(t, "endusers-create")
	for range 2 {
		_, err := c.Do(t.Context(), create, Request{})
		require.NoError(t, err)
	}
	_, err := c.Do(t.Context(), create, Request{})
	var none *NoAnswer
	require.ErrorAs(t, err, &none)
	require.Equal(t, Bounded, none.Kind)
	require.ErrorContains(t, err, "load.ceilings.entities")
	_, err = c.Do(t.Context(), operation(t, "card-programs-list"), Request{})
	require.NoError(t, err, "reads make nothing")
}
