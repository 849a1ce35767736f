package main

import (
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"flag"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

var update = flag.Bool("update", false, "write the golden files anew")

// badEnvironments are what a night on somebody's staging can meet. The table in docs/ is made of what a
// run really says of each.
var badEnvironments = []struct {
	situation string
	// api answers everything but the token call, which is answered well unless token is set.
	api, token http.HandlerFunc
	// raw serves connections by hand in place of api.
	raw func(net.Conn)
	tls func(t *testing.T) secured
	// between stands before a whole API that conforms.
	between func(http.Handler) http.Handler
	code    int
	says    string
}{
	{situation: "nobody listens", code: 4, says: "connection refused"},
	{situation: "the API accepts and never answers", api: hang, code: 4, says: "the scenario took longer than"},
	{situation: "the connection is reset in the middle of a body", raw: reset, code: 4, says: "connection reset"},
	{situation: "the body ends before its Content-Length", raw: say("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"id\":"), code: 4, says: "connection closed before a whole answer"},
	{situation: "the body is longer than its Content-Length", raw: say("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n{\"id\":\"and so on\"}"), code: 1, says: "the body is not JSON as RFC 8259 has it"},
	{situation: "the body never ends", api: endless, code: 1, says: "at byte 8388608"},
	{situation: "one byte a second", api: drip, code: 4, says: "the scenario took longer than"},
	{situation: "no HTTP at all", raw: say("220 smtp.example.test ESMTP\r\n"), code: 4, says: "the answer was no HTTP"},
	{situation: "a gateway's HTML page with 503", api: page(503), code: 4, says: "a gateway answered 503"},
	{situation: "an HTML page with 200", api: page(200), code: 1, says: "invalid character '<' at start of value"},
	{situation: "the API itself answers 500", api: page(500), code: 1, says: "500 Internal Server Error"},
	{situation: "429 to everything", api: page(429), code: 4, says: "our own pace"},
	{situation: "a gzip bomb", api: bomb, code: 1, says: "the body is not JSON as RFC 8259 has it"},
	{situation: "a redirect to itself", api: func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, code: 1, says: "302 Found"},
	{situation: "invalid UTF-8", api: answer("application/json", "{\"id\":\"\xff\xfe\"}"), code: 1, says: "the body is not UTF-8"},
	{situation: "a certificate for another name", tls: certificate("other.example.test", time.Hour, true), code: 4, says: "no trusted TLS connection"},
	{situation: "a certificate that has expired", tls: certificate("127.0.0.1", -time.Hour, true), code: 4, says: "no trusted TLS connection"},
	{situation: "a certificate of an unknown authority", tls: certificate("127.0.0.1", time.Hour, false), code: 4, says: "no trusted TLS connection"},
	{situation: "the token endpoint answers 500", token: page(500), code: 4, says: "the token endpoint answered 500"},
	{situation: "the token endpoint never answers", token: hang, code: 4, says: "the scenario took longer than"},
	{situation: "the token endpoint answers garbage", token: answer("application/json", "so sorry"), code: 4, says: "no access token"},
	{situation: "the token endpoint refuses the client", token: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(`{"error":"invalid_client"}`))
	}, code: 4, says: "invalid_client"},
	{situation: "the Date of every answer is an hour behind", between: clockBehind, code: 0, says: "a thing was made or changed after the answer that tells of it"},
	{situation: "the API dies half-way and comes back", between: outage(15, 400*time.Millisecond), code: 0, says: "none broke a gated requirement"},
	{situation: "the API dies half-way and stays away", between: outage(15, time.Hour), code: 4, says: "the target is down"},
}

func clockBehind(api http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat))
		api.ServeHTTP(w, r)
	})
}

// outage lets so many requests through and then hangs up on all for a while.
func outage(after int64, lasts time.Duration) func(http.Handler) http.Handler {
	return func(api http.Handler) http.Handler {
		var requests, since atomic.Int64
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if requests.Add(1) == after {
				since.Store(time.Now().UnixMilli())
			}
			if began := since.Load(); began != 0 && time.Now().UnixMilli() < began+lasts.Milliseconds() {
				hangUp()
			}
			api.ServeHTTP(w, r)
		})
	}
}

// hang reads the request whole, since only then does the server see that the client has gone.
func hang(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

func answer(media, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", media)
		_, _ = w.Write([]byte(body))
	}
}

func page(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		_, _ = w.Write([]byte("<html><h1>Oops</h1></html>"))
	}
}

func endless(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	chunk := bytes.Repeat([]byte(" "), 64<<10)
	for r.Context().Err() == nil {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

func drip(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	for r.Context().Err() == nil {
		_, _ = w.Write([]byte(" "))
		_ = http.NewResponseController(w).Flush()
		select {
		case <-time.After(time.Second):
		case <-r.Context().Done():
		}
	}
}

// bomb is 64 MiB of nothing in some kB, sent although we asked for no coding.
func bomb(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Encoding", "gzip")
	_, _ = w.Write(packedNothing())
}

var packedNothing = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	packed := gzip.NewWriter(&b)
	chunk := bytes.Repeat([]byte(" "), 1<<20)
	for range 64 {
		_, _ = packed.Write(chunk)
	}
	_ = packed.Close()
	return b.Bytes()
})

func say(text string) func(net.Conn) {
	return func(c net.Conn) { _, _ = c.Write([]byte(text)) }
}

func reset(c net.Conn) {
	_, _ = c.Write([]byte("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"id\":"))
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
}

// secured is what a server shows for TLS, and the file with the authority that the target file names; "" for none.
type secured struct {
	server *tls.Config
	ca     string
}

// certificate makes a certificate of an authority of its own; known puts the authority where the target
// file can name it.
func certificate(host string, life time.Duration, known bool) func(*testing.T) secured {
	return func(t *testing.T) secured {
		t.Helper()
		authority, key := sign(t, &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, NotAfter: time.Now().Add(time.Hour)}, nil, nil)
		leaf := &x509.Certificate{NotAfter: time.Now().Add(life)}
		if address := net.ParseIP(host); address != nil {
			leaf.IPAddresses = []net.IP{address}
		} else {
			leaf.DNSNames = []string{host}
		}
		signed, own := sign(t, leaf, authority, key)
		with := secured{server: &tls.Config{MinVersion: tls.VersionTLS12,
			Certificates: []tls.Certificate{{Certificate: [][]byte{signed.Raw}, PrivateKey: own}}}}
		if known {
			with.ca = filepath.Join(t.TempDir(), "ca.pem")
			require.NoError(t, os.WriteFile(with.ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authority.Raw}), 0o600))
		}
		return with
	}
}

func sign(t *testing.T, template, parent *x509.Certificate, with *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template.SerialNumber, template.NotBefore, template.Subject = big.NewInt(1), time.Now().Add(-2*time.Hour), pkix.Name{CommonName: "kobcheck test"}
	if parent == nil {
		parent, with = template, key
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, with)
	require.NoError(t, err)
	made, err := x509.ParseCertificate(raw)
	require.NoError(t, err)
	return made, key
}

// environment starts the servers of a row and returns a target file for them.
func environment(t *testing.T, api, token http.HandlerFunc, raw func(net.Conn), secure secured) string {
	t.Helper()
	if token == nil {
		token = answer("application/json", `{"access_token":"a-token-worth-nothing","expires_in":3600,"token_type":"Bearer"}`)
	}
	tokens := httptest.NewServer(token)
	t.Cleanup(tokens.CloseClientConnections)
	address := closedAddress(t)
	switch {
	case raw != nil:
		address = "http://" + handServed(t, raw)
	case secure.server != nil:
		server := httptest.NewUnstartedServer(answer("application/json", "{}"))
		server.TLS = secure.server
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.StartTLS()
		t.Cleanup(server.Close)
		address = server.URL
	case api != nil:
		server := httptest.NewServer(api)
		t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
		address = server.URL
	}
	text := "target:\n  name: bad\n  base_url: " + address + "\n  token_url: " + tokens.URL + "/oauth2/token\n  clients:\n    primary: {id: a, secret_file: '" + keptIn(t, "the-secret-of-the-bad-target") + "', scope: client/write}\n  paths: {healthcheck: /health}\n"
	if secure.ca != "" {
		text += "  tls: {ca_file: " + secure.ca + "}\n"
	}
	path := filepath.Join(t.TempDir(), "bad.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func closedAddress(t *testing.T) string {
	t.Helper()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	return "http://" + closed.Addr().String()
}

// handServed hands each connection over after its request head was read.
func handServed(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = connection.Read(make([]byte, 16<<10))
			serve(connection)
			_ = connection.Close()
		}
	}()
	t.Cleanup(func() { _ = listener.Close(); <-ended })
	return listener.Addr().String()
}

func TestEachBadEnvironmentHasItsAnswer(t *testing.T) {
	t.Parallel()
	rows := make([]string, len(badEnvironments))
	t.Run("rows", func(t *testing.T) {
		for i, bad := range badEnvironments {
			t.Run(bad.situation, func(t *testing.T) {
				t.Parallel()
				var secure secured
				if bad.tls != nil {
					secure = bad.tls(t)
				}
				patience := "0s"
				var path string
				if bad.between != nil {
					path = behind(t, mock.Options{}, bad.between)
				} else {
					path = environment(t, bad.api, bad.token, bad.raw, secure)
				}
				if bad.code == 0 {
					patience = "1m"
				}
				timeout := "4s"
				if bad.code == evidence.ExitFailed {
					timeout = "60s" // the answer comes in time, however busy this machine is
				}
				folder := t.TempDir()
				output, code := kobcheck(t, "run", "--config", path, "--section", "card_programs", "--timeout", timeout, "--patience", patience, "--out", folder)
				require.Equal(t, bad.code, code, output)
				require.Contains(t, flat(output), bad.says)
				result := readRun(t, folder)
				require.Equal(t, bad.code, result.ExitCode)
				counts := result.Summary.Scenarios
				require.Equal(t, bad.code == evidence.ExitFailed, counts.Failed+len(result.PassingAlone()) > 0)
				for _, name := range []string{"junit.xml", "summary.md", "index.html"} {
					require.FileExists(t, filepath.Join(folder, name))
				}
				require.NotContains(t, output, "the-secret-of-the-bad-target")
				require.NotContains(t, output, "a-token-worth-nothing")
				whose := map[int]string{0: "passed", evidence.ExitFailed: "failed", evidence.ExitInconclusive: "inconclusive"}[code]
				rows[i] = fmt.Sprintf("| %s | %d | %s | … %s … |\n", bad.situation, code, whose, bad.says)
			})
		}
	})
	table := "| what happens | exit code | scenarios | what the run says |\n|---|--:|---|---|\n" + strings.Join(rows, "")
	const golden = "testdata/bad-environments.md"
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(table), 0o600))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), table, "the table in docs/bad-environments.md has to follow; -update writes this one")
	document, err := os.ReadFile("../../docs/bad-environments.md")
	require.NoError(t, err)
	require.Contains(t, string(document), string(want))
}

func flat(text string) string { return strings.Join(strings.Fields(text), " ") }

func TestATokenNeverFollowsARedirect(t *testing.T) {
	t.Parallel()
	var strangers atomic.Int64
	stranger := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { strangers.Add(1) }))
	defer stranger.Close()
	path := environment(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, stranger.URL+r.URL.Path, http.StatusTemporaryRedirect)
	}, nil, nil, secured{})
	_, code := kobcheck(t, "run", "--config", path, "--section", "card_programs", "--out", t.TempDir())
	require.Equal(t, evidence.ExitFailed, code)
	require.Zero(t, strangers.Load())
}
