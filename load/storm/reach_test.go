package storm_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"io"
	"maps"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/load/loadtest"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps/stage/sample"
)

// farName is a name that resolves nowhere (RFC 6761), so that nothing but the proxy can reach it.
const farName = "api.kobcheck.test"

// authority makes a certificate of an authority that no system trusts, for the far name and this machine, and the
// file that names it.
func authority(t *testing.T) (certificate tls.Certificate, caFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "kobcheck test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{farName, "localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0,
			1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	caFile = filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(caFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, caFile
}

// forwarder is a proxy that takes every address for the two servers given, and counts what went through it.
type forwarder struct {
	secure, plain      *httptest.Server
	tunnels, forwarded atomic.Int64
}

func (f *forwarder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if user, password, ok := credentials(r); !ok || user != "us" || password != "secret" {
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	}
	if r.Method != http.MethodConnect {
		f.forwarded.Add(1)
		f.plain.Config.Handler.ServeHTTP(w, r)
		return
	}
	there, err := net.Dial("tcp", f.secure.Listener.Addr().String())
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	here, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	f.tunnels.Add(1)
	_, _ = io.WriteString(here, "HTTP/1.1 200 Connection established\r\n\r\n")
	pipe := func(to, from net.Conn) {
		_, _ = io.Copy(to, from)
		_ = to.Close()
	}
	go pipe(there, here)
	go pipe(here, there)
}

func credentials(r *http.Request) (string, string, bool) {
	header := http.Header{"Authorization": r.Header["Proxy-Authorization"]}
	return (&http.Request{Header: header}).BasicAuth()
}

func TestStormsAndLedgersReachATargetAsEveryOtherCallDoes(t *testing.T) {
	server, err := mock.New(mock.Options{})
	require.NoError(t, err)
	certificate, caFile := authority(t)
	secure := httptest.NewUnstartedServer(server)
	secure.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	secure.StartTLS()
	t.Cleanup(secure.Close)
	plain := httptest.NewServer(server)
	t.Cleanup(plain.Close)
	between := &forwarder{secure: secure, plain: plain}
	proxy := httptest.NewServer(between)
	t.Cleanup(proxy.Close)
	address := strings.Replace(proxy.URL, "http://", "http://us:secret@", 1)
	t.Setenv("HTTP_PROXY", address)
	t.Setenv("HTTPS_PROXY", address)
	t.Setenv("NO_PROXY", "")

	places := map[string]string{
		"its own authority":            secure.URL,
		"localhost":                    strings.Replace(plain.URL, "127.0.0.1", "localhost", 1),
		"localhost with TLS":           strings.Replace(secure.URL, "127.0.0.1", "localhost", 1),
		"a proxy with CONNECT":         "https://" + farName,
		"a proxy for plain HTTP":       "http://" + farName,
		"a proxy, the port being told": "https://" + farName + ":8443",
	}
	for _, name := range sample.Of(t, slices.Sorted(maps.Keys(places)), 2) {
		base := places[name]
		t.Run(name, func(t *testing.T) {
			tunnels, forwarded := between.tunnels.Load(), between.forwarded.Load()
			target := loadtest.At(t, server, base, caFile)
			for _, text := range []string{"id: s\nkind: idempotency\nsentence: s\nkeys: 2\ncopies: 4\nparts: [at-once, lost-answers, " +
				"at-a-rate]\nstages: [{rate: 100, for: 100ms}]\n", "id: l\nkind: ledger\nsentence: l\nwallets: 3\namounts: 4\n"} {
				run := loadtest.Perform(t.Context(), t, target, text)
				// Whether copies are under way together is up to the machine; that they arrive is what is asked here.
				require.Contains(t, []int{evidence.ExitPassed, evidence.ExitProvesNone}, run.Plans[0].ExitCode, run.Plans[0].Reason)
				require.NotEqual(t, evidence.Failed, run.Verdict, run.Reason)
				require.NotEmpty(t, run.Plans[0].Invariants)
			}
			require.Equal(t, strings.HasPrefix(base, "https://"+farName), between.tunnels.Load() > tunnels)
			require.Equal(t, strings.HasPrefix(base, "http://"+farName), between.forwarded.Load() > forwarded)
		})
	}
}

// enveloped puts every answer of the API into an envelope and lets wallets be born inactive.
func enveloped(api http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		api.ServeHTTP(answer, r)
		value := scene.Value(answer.Body.Bytes())
		wallet, isObject := value.(map[string]any)
		switch {
		case strings.HasPrefix(r.URL.Path, "/oauth2") || answer.Code/100 != 2:
		case isObject:
			if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/wallets") {
				wallet["status"] = "INACTIVE"
			}
			value = map[string]any{"result": wallet}
		default:
			value = map[string]any{"data": map[string]any{"items": value}}
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(answer.Code)
		_ = json.NewEncoder(w).Encode(value)
	})
}

func TestNoPlanAccusesAnAPIForItsEnvelopes(t *testing.T) {
	t.Parallel()
	const stages = "stages: [{rate: 50, for: 400ms}]\nmix: {onboarding: 1, cards-create: 1, cards-get: 1, transactions-create: 1, " +
		"transactions-manual-debit: 1, beneficiaries-create: 1, webhooks-delete: 1, cards-replace-renew: 1}\n"
	for _, text := range sample.Of(t, []string{"id: s\nkind: idempotency\nsentence: s\ncheck_every: 1000\nkeys: 6\ncopies: 6\nstages: [{rate: 100, " +
		"for: 200ms}]\n", "id: l\nkind: ledger\nsentence: l\nwallets: 3\namounts: 6\n",
		"id: m\nkind: mixed\nsentence: m\ncheck_every: 1000\ngates: [errors < 50%]\n" + stages}, 3) {
		run := loadtest.Perform(t.Context(), t, loadtest.On(t, mock.Options{}, enveloped), text)
		require.NotEqual(t, evidence.Failed, run.Verdict, run.Reason)
		require.NotEqual(t, evidence.ExitInconclusive, run.Plans[0].ExitCode, run.Plans[0].Reason)
		require.Empty(t, run.Plans[0].Errors)
	}
	run := loadtest.Perform(t.Context(), t, loadtest.On(t, mock.Options{Faults: []string{"money.credit-booked-twice"}}, enveloped),
		"id: l\nkind: ledger\nsentence: l\nwallets: 3\namounts: 3\n")
	require.Equal(t, evidence.ExitFailed, run.ExitCode, run.Reason)
}
