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
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// isTokenCall tells the token endpoint of the mock by its path.
func isTokenCall(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/token") }

// onePage answers with a page where one list is asked for.
func onePage(api http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/card-programs") {
			page(200)(w, r)
			return
		}
		api.ServeHTTP(w, r)
	})
}

// rotated refuses every client after so many token calls.
func rotated(after int64) func(http.Handler) http.Handler {
	return func(api http.Handler) http.Handler {
		var calls atomic.Int64
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if isTokenCall(r) && calls.Add(1) > after {
				refusal(401, `{"error":"invalid_client"}`)(w, r)
				return
			}
			api.ServeHTTP(w, r)
		})
	}
}

// revoked refuses, from some request on, the tokens that were there by then.
func revoked(api http.Handler) http.Handler {
	var requests atomic.Int64
	var old sync.Map
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := r.Header.Get("Authorization")
		if requests.Add(1) < 20 {
			old.Store(token, true)
		} else if _, refused := old.Load(token); refused && token != "" {
			refusal(401, `{"message":"Unauthorized"}`)(w, r)
			return
		}
		api.ServeHTTP(w, r)
	})
}

func refusal(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Pragma", "no-cache")
		if status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// redirect leads everything to one place; to the same over https where none is named.
func redirect(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if _, _ = io.Copy(io.Discard, r.Body); to == "" {
			http.Redirect(w, r, "https://"+r.Host+r.URL.Path, http.StatusMovedPermanently)
			return
		}
		http.Redirect(w, r, to, http.StatusFound)
	}
}

// manyValues is an object that is proper JSON and longer than any reader need read.
func manyValues(w http.ResponseWriter, r *http.Request) {
	answer("application/json", `{"a":{"b":[`+strings.Repeat("{},", 1<<18)+"{}]}}")(w, r)
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
		authority, key := sign(t, &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
			NotAfter: time.Now().Add(time.Hour)}, nil, nil)
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
		token = refusal(http.StatusOK, `{"access_token":"a-token-worth-nothing","expires_in":3600,"token_type":"Bearer"}`)
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
	text := "target:\n  name: bad\n  base_url: " + address + "\n  token_url: " + tokens.URL + "/oauth2/token\n  clients:\n    primary: " +
		"{id: a, secret_file: '" + keptIn(t, "the-secret-of-the-bad-target") + "', scope: client/write}\n  paths: {healthcheck: /health}\n"
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

// TestATokenEndpointOfAnotherHostIsNotTheAPI has an API that conforms and a token endpoint whose answers caches may keep:
// on the API's own host that is the API's fault, on another none of it, unless tokens are what is asked about.
func TestATokenEndpointOfAnotherHostIsNotTheAPI(t *testing.T) {
	t.Parallel()
	front := func(api http.Handler) http.Handler { return api }
	for name, c := range map[string]struct {
		elsewhere bool
		call      []string
		code      int
	}{
		"on the API's own host":       {false, []string{"--section", "clients"}, evidence.ExitFailed},
		"on another":                  {true, []string{"--section", "clients"}, evidence.ExitPassed},
		"on another, asked about":     {true, []string{"--operation", "token"}, evidence.ExitFailed},
		"on another, asked by a name": {true, []string{"--operation", "Get access token"}, evidence.ExitFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := behind(t, mock.Options{Faults: []string{"token.may-be-stored"}}, front)
			if c.elsewhere {
				data, err := os.ReadFile(path)
				require.NoError(t, err)
				address := strings.TrimSuffix(string(regexp.MustCompile(`token_url: \S+`).Find(data)), "/oauth2/token")
				to, err := url.Parse(strings.TrimPrefix(address, "token_url: "))
				require.NoError(t, err)
				other := httptest.NewServer(httputil.NewSingleHostReverseProxy(to))
				t.Cleanup(other.Close)
				rewrite(t, path, address, "token_url: "+other.URL)
			}
			arguments := append([]string{"run"}, c.call...)
			output, code := kobcheck(t, append(arguments, "--config", path, "--out", filepath.Join(t.TempDir(), "out"), "--patience", "0s")...)
			require.Equal(t, c.code, code, output)
		})
	}
}
