// Package torment plays a hostile sender of webhook deliveries against the endpoint of an integrator and
// tells what that endpoint wrongly accepted.
//
// What walks in is the address of an endpoint that trusts this sender's certificates; what walks out is one
// [Result] for each attack, between two good deliveries without which a refusal would prove nothing.
package torment

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // signature version 1 is SHA-1 (SNS-08)
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/kobcheck/kobcheck/client/webhook"
)

// The paths of the certificates that a sender serves, in the form of SNS's own.
const (
	goodPath     = "/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"
	expiredPath  = "/SimpleNotificationService-eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee.pem"
	redirectPath = "/SimpleNotificationService-dddddddddddddddddddddddddddddddd.pem"
)

// keyBits is what SNS's own keys have.
const keyBits = 2048

// sender signs deliveries and serves what SNS serves: certificates and addresses that confirm. A second
// listener, the stranger, serves a certificate too; whoever asks it for anything was fooled.
type sender struct {
	host, strangerHost string
	key, strangerKey   *rsa.PrivateKey
	servers            []*http.Server
	all                sync.WaitGroup

	mu        sync.Mutex
	confirmed map[string]bool // by token
	fooled    int             // requests that reached the stranger
	changed   chan struct{}
}

// newSender listens on the address for the good certificates, and beside it for the stranger.
func newSender(ctx context.Context, address string) (*sender, error) {
	s := &sender{confirmed: map[string]bool{}, changed: make(chan struct{})}
	var err error
	if s.key, err = rsa.GenerateKey(rand.Reader, keyBits); err != nil {
		return nil, fmt.Errorf("making a key to sign with: %w", err)
	}
	if s.strangerKey, err = rsa.GenerateKey(rand.Reader, keyBits); err != nil {
		return nil, fmt.Errorf("making a key to sign with: %w", err)
	}
	good, err1 := certificate(s.key, time.Now().Add(24*time.Hour))
	expired, err2 := certificate(s.key, time.Now().Add(-time.Hour))
	foreign, err3 := certificate(s.strangerKey, time.Now().Add(24*time.Hour))
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	if s.strangerHost, err = s.serve(ctx, "127.0.0.1:0", func(w http.ResponseWriter, _ *http.Request) {
		s.note(func() { s.fooled++ })
		_, _ = w.Write(foreign) // nobody is left to tell
	}); err != nil {
		return nil, err
	}
	s.host, err = s.serve(ctx, address, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case goodPath:
			_, _ = w.Write(good)
		case expiredPath:
			_, _ = w.Write(expired)
		case redirectPath:
			http.Redirect(w, r, "http://"+s.strangerHost+goodPath, http.StatusFound)
		case "/":
			s.note(func() { s.confirmed[r.URL.Query().Get("Token")] = true })
		default:
			http.NotFound(w, r)
		}
	})
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *sender) serve(ctx context.Context, address string, handler http.HandlerFunc) (string, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return "", fmt.Errorf("listening on %s to serve certificates: %w; choose another --addr", address, err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	s.servers = append(s.servers, server)
	s.all.Go(func() {
		_ = server.Serve(listener) // it ends with close
	})
	return listener.Addr().String(), nil
}

func (s *sender) close() {
	for _, server := range s.servers {
		_ = server.Close()
	}
	s.all.Wait()
}

func (s *sender) note(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
	close(s.changed)
	s.changed = make(chan struct{})
}

// wait returns true as soon as a condition holds, or false when the time is over.
func (s *sender) wait(ctx context.Context, patience time.Duration, holds func() bool) bool {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		s.mu.Lock()
		now, changed := holds(), s.changed
		s.mu.Unlock()
		if now {
			return true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

// certificate makes one of SNS's name until a moment.
func certificate(key *rsa.PrivateKey, until time.Time) ([]byte, error) {
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "sns.amazonaws.com"},
		DNSNames:  []string{"sns.amazonaws.com"},
		NotBefore: until.Add(-30 * 24 * time.Hour), NotAfter: until}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("making a certificate: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}), nil
}

// sign signs a message by a version, whatever the message itself says of it.
func sign(m *webhook.Message, key *rsa.PrivateKey, version string) error {
	text := []byte(m.Text())
	one, two := sha1.Sum(text), sha256.Sum256(text) //nolint:gosec // see above
	hash, sum := crypto.SHA1, one[:]
	if version == "2" {
		hash, sum = crypto.SHA256, two[:]
	}
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, hash, sum)
	if err != nil {
		return fmt.Errorf("signing a delivery: %w", err)
	}
	m.Signature = base64.StdEncoding.EncodeToString(signature)
	return nil
}
