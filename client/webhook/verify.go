package webhook

import (
	"context"
	"crypto"
	"crypto/rsa"
	_ "crypto/sha1" //nolint:gosec // signature version 1 is SHA-1 (SNS-08)
	_ "crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/schemas"
)

// Check is one step of a verification.
type Check struct {
	// Step names it: type, fields, headers, topic, age, certificate address, certificate, signature, replay.
	Step   string `json:"step"`
	Holds  bool   `json:"holds"`
	Detail string `json:"detail"`
	// Unseen says that it could not be looked at, for want of something of this machine's own: that is no word on the sender.
	Unseen bool `json:"unseen,omitempty"`
}

// MaxAge is how old a message may be: SNS retries for an hour (SNS-17, SNS-19).
const MaxAge = time.Hour + 5*time.Minute

// Verifier holds deliveries against the rules. The zero value trusts Amazon's own hosts and nobody's topic
// in particular.
type Verifier struct {
	// Topic is the only TopicArn that is accepted; empty accepts any, which only proves that some account of
	// Amazon's signed the message.
	Topic string
	// CertificateHost is trusted in place of Amazon's hosts, for an API that signs with its own key; it is
	// host and port, and plain HTTP is taken from loopback alone.
	CertificateHost string
	// Fetch gets a certificate; nil fetches over HTTP without following redirects.
	Fetch func(ctx context.Context, address string) ([]byte, error)
	// Now is the clock; nil means [time.Now].
	Now func() time.Time
	// Seen remembers message ids; nil does not look for replays.
	Seen map[string]bool
}

// Verify looks at a delivery step by step. It goes on after a step that does not hold, as far as that
// makes sense, so that everything wrong is told at once.
func (v *Verifier) Verify(ctx context.Context, d Delivery) (*Message, []Check) {
	r := &record{}
	m, err := Parse(d.Body)
	if err != nil {
		r.add("body", false, err.Error())
		return nil, r.checks
	}
	r.add("body", true, fmt.Sprintf("one JSON object of %d bytes", len(d.Body)))
	r.add("type", Known(m.Type), fmt.Sprintf("%q", m.Type))
	v.fields(r, m)
	if d.Header != nil {
		headers(r, m, d.Header)
	}
	if v.Topic != "" {
		r.add("topic", m.TopicArn == v.Topic, fmt.Sprintf("%q, expected %q", m.TopicArn, v.Topic))
	} else {
		r.add("topic", true, fmt.Sprintf("%q; no topic is pinned, so this only proves that somebody's topic signed it", m.TopicArn))
	}
	v.age(r, m)
	if v.Seen != nil {
		r.add("replay", !v.Seen[m.MessageId], "message id "+m.MessageId)
		v.Seen[m.MessageId] = true
	}
	if !v.address(r, m) {
		return m, r.checks
	}
	certificate := v.certificate(ctx, r, m)
	if certificate != nil {
		signature(r, m, certificate)
	}
	return m, r.checks
}

// Holds reports whether every check held.
func Holds(checks []Check) bool {
	return len(checks) > 0 && !slices.ContainsFunc(checks, func(check Check) bool { return !check.Holds })
}

type record struct{ checks []Check }

func (r *record) add(step string, holds bool, detail string) {
	r.checks = append(r.checks, Check{Step: step, Holds: holds, Detail: detail})
}

func (v *Verifier) fields(r *record, m *Message) {
	var missing []string
	for _, name := range Required(m.Type) {
		if null, there := m.Members[name]; !there || null {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		r.add("fields", false, "missing: "+strings.Join(missing, ", "))
		return
	}
	r.add("fields", true, fmt.Sprintf("all %d are there", len(Required(m.Type))))
}

// headers are not signed: they must only repeat what the body says (HOOK-34).
func headers(r *record, m *Message, header http.Header) {
	for name, want := range map[string]string{"x-amz-sns-message-type": m.Type, "x-amz-sns-message-id": m.MessageId,
		"x-amz-sns-topic-arn": m.TopicArn} {
		if got := header.Get(name); got != want {
			r.add("headers", false, fmt.Sprintf("%s is %q, the body says %q", name, got, want))
			return
		}
	}
	r.add("headers", true, "agree with the body")
}

func (v *Verifier) age(r *record, m *Message) {
	now := time.Now
	if v.Now != nil {
		now = v.Now
	}
	at, readable := schemas.Instant(m.Timestamp)
	if !readable {
		r.add("age", false, fmt.Sprintf("%q is no time with an offset", m.Timestamp))
		return
	}
	age := now().Sub(at)
	r.add("age", age < MaxAge && age > -5*time.Minute, fmt.Sprintf("%v old, at most %v", age.Round(time.Second), MaxAge))
}

var (
	topicForm = regexp.MustCompile(`^arn:aws(?:-cn|-us-gov)?:sns:([a-z0-9-]+):\d{12}:[A-Za-z0-9_.-]+$`)
	pemPath   = regexp.MustCompile(`^/SimpleNotificationService-[0-9a-zA-Z]+\.pem$`)
	// pemBelow is where a server that plays SNS has one: LocalStack below /_aws/sns.
	pemBelow = regexp.MustCompile(`/SimpleNotificationService-[0-9a-zA-Z]+\.pem$`)
)

// address holds SigningCertURL against the one host that may be asked: exactly sns.REGION.amazonaws.com of
// the topic's own region (SNS-09). A pattern would let look-alikes in.
func (v *Verifier) address(r *record, m *Message) bool {
	u, err := url.Parse(m.SigningCertURL)
	region := topicForm.FindStringSubmatch(m.TopicArn)
	local := err == nil && sameHost(u, v.CertificateHost) && (u.Scheme == "https" || u.Scheme == "http" && client.OnThisMachine(u.Hostname()))
	why := ""
	switch {
	case err != nil:
		why = "no address"
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		why = "has user information, a query or a fragment"
	case local && pemBelow.MatchString(u.Path):
	case !pemPath.MatchString(u.Path):
		why = "names no certificate of SNS"
	case u.Scheme != "https":
		why = "is not https"
	case u.Port() != "" && u.Port() != "443":
		why = "has a port"
	case region == nil:
		why = "belongs to no topic: TopicArn is malformed"
	case u.Hostname() != "sns."+region[1]+".amazonaws.com" && u.Hostname() != "sns."+region[1]+".amazonaws.com.cn":
		why = "is not of sns." + region[1] + ".amazonaws.com, the host of the topic's region"
	}
	if why != "" {
		r.add("certificate address", false, fmt.Sprintf("%q %s", m.SigningCertURL, why))
		return false
	}
	r.add("certificate address", true, m.SigningCertURL)
	return true
}

// certificateBytes bounds a certificate.
const certificateBytes = 64 << 10

// fetchTimeout bounds its fetching.
const fetchTimeout = 10 * time.Second

// FetchOnce returns what gets each certificate over HTTP once and remembers it, for many deliveries of few
// senders. It is safe for concurrent use.
func FetchOnce() func(ctx context.Context, address string) ([]byte, error) {
	var mu sync.Mutex
	got := map[string][]byte{}
	return func(ctx context.Context, address string) ([]byte, error) {
		mu.Lock()
		defer mu.Unlock() // the others wait for the one that fetches
		if text := got[address]; text != nil {
			return text, nil
		}
		text, err := fetch(ctx, address)
		if err == nil {
			got[address] = text
		}
		return text, err
	}
}

func fetch(ctx context.Context, address string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return errors.New("a certificate is not redirected") }}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }() // it was read
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("answered %d", response.StatusCode)
	}
	return io.ReadAll(io.LimitReader(response.Body, certificateBytes))
}

func (v *Verifier) certificate(ctx context.Context, r *record, m *Message) *x509.Certificate {
	get := v.Fetch
	if get == nil {
		get = fetch
	}
	text, err := get(ctx, m.SigningCertURL)
	if err != nil {
		r.checks = append(r.checks, Check{Step: "certificate", Detail: "fetching it: " + err.Error(), Unseen: client.ShortOf(err) != nil})
		return nil
	}
	block, rest := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" || len(strings.TrimSpace(string(rest))) > 0 {
		r.add("certificate", false, "it is not one PEM block of a certificate")
		return nil
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		r.add("certificate", false, err.Error())
		return nil
	}
	now := time.Now
	if v.Now != nil {
		now = v.Now
	}
	name := certificate.Subject.CommonName
	named := strings.HasPrefix(name, "sns.") && (strings.HasSuffix(name, ".amazonaws.com") || strings.HasSuffix(name, ".amazonaws.com.cn"))
	for _, alternative := range certificate.DNSNames {
		named = named || alternative == "sns.amazonaws.com"
	}
	switch {
	case now().Before(certificate.NotBefore) || now().After(certificate.NotAfter):
		r.add("certificate", false, fmt.Sprintf("it is of %s to %s only", certificate.NotBefore.Format(time.DateOnly),
			certificate.NotAfter.Format(time.DateOnly)))
		return nil
	case !named:
		r.add("certificate", false, fmt.Sprintf("it is of %q, not of SNS", name))
		return nil
	}
	r.add("certificate", true, fmt.Sprintf("of %s until %s", name, certificate.NotAfter.Format(time.DateOnly)))
	return certificate
}

// signature checks by the version that the message names, and by no other.
func signature(r *record, m *Message, certificate *x509.Certificate) {
	key, ok := certificate.PublicKey.(*rsa.PublicKey)
	if !ok {
		r.add("signature", false, "the certificate has no RSA key")
		return
	}
	sent, err := base64.StdEncoding.DecodeString(m.Signature)
	if err != nil {
		r.add("signature", false, "it is no Base64")
		return
	}
	hash, known := map[string]crypto.Hash{"1": crypto.SHA1, "2": crypto.SHA256}[m.SignatureVersion]
	if !known {
		r.add("signature", false, fmt.Sprintf("there is no version %q", m.SignatureVersion))
		return
	}
	if !slices.ContainsFunc(m.Texts(), func(text string) bool {
		digest := hash.New()
		_, _ = digest.Write([]byte(text)) // a hash takes everything
		return rsa.VerifyPKCS1v15(key, hash, digest.Sum(nil), sent) == nil
	}) {
		r.add("signature", false, fmt.Sprintf("version %s (%s) does not fit the text that is signed", m.SignatureVersion, hash))
		return
	}
	r.add("signature", true, fmt.Sprintf("version %s (%s) fits", m.SignatureVersion, hash))
}
