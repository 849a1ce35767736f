package client

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// ownCertificate writes a certificate that signed itself, and its key.
func ownCertificate(t *testing.T) (certificate *x509.Certificate, certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	certificate, err = x509.ParseCertificate(raw)
	require.NoError(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	write := func(name, kind string, bytes []byte) string {
		path := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes}), 0o600))
		return path
	}
	return certificate, write("client.pem", "CERTIFICATE", raw), write("client.key", "PRIVATE KEY", der)
}

func TestAServerThatDemandsACertificateIsShownOurs(t *testing.T) {
	certificate, certFile, keyFile := ownCertificate(t)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "[]") }))
	known := x509.NewCertPool()
	known.AddCert(certificate)
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS12, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: known}
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains of who shows none
	server.StartTLS()
	defer server.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600))
	ask := func(certFile, keyFile string) (*Exchange, error) {
		c, err := New(Config{Contract: facts(t), BaseURL: server.URL, TokenURL: server.URL, CAFile: ca, CertFile: certFile, KeyFile: keyFile})
		require.NoError(t, err)
		defer c.Close()
		none := ""
		return c.Do(context.Background(), operation(t, "cards-list"), Request{Authorization: &none})
	}
	exchange, err := ask(certFile, keyFile)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, exchange.Status)
	_, err = ask("", "")
	var answer *NoAnswer
	require.ErrorAs(t, err, &answer)
	require.Equal(t, TLS, answer.Kind)
	require.ErrorContains(t, err, "target.tls.cert_file")
}
