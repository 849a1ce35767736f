package webhook

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // signature version 1
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var at = time.Date(2026, 1, 30, 1, 0, 0, 0, time.UTC)

const (
	pinned  = "arn:aws:sns:ap-southeast-2:123456789012:kobble"
	certURL = "https://sns.ap-southeast-2.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"
)

var keyOnce = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil
	}
	return key
})

// pemOf makes a certificate of the key for a name and time.
func pemOf(t testing.TB, name string, until time.Time) []byte {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: at.Add(-24 * time.Hour),
		NotAfter: until}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &keyOnce().PublicKey, keyOnce())
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw})
}

// good is a notification as a sender of good faith makes it; text is what it signs, written out by hand.
func good(version string) map[string]any {
	return map[string]any{"Type": "Notification", "MessageId": "m-1", "TopicArn": pinned, "Message": `{"id":"e"}`,
		"Timestamp":        "2026-01-30T00:59:00.000Z",
		"SignatureVersion": version, "SigningCertURL": certURL, "UnsubscribeURL": "https://sns.ap-southeast-2.amazonaws.com/?Action=Unsubscribe"}
}

func signed(t testing.TB, m map[string]any, text, version string) []byte {
	t.Helper()
	one, two := sha1.Sum([]byte(text)), sha256.Sum256([]byte(text)) //nolint:gosec // see above
	hash, sum := crypto.SHA1, one[:]
	if version == "2" {
		hash, sum = crypto.SHA256, two[:]
	}
	signature, err := rsa.SignPKCS1v15(rand.Reader, keyOnce(), hash, sum)
	require.NoError(t, err)
	m["Signature"] = base64.StdEncoding.EncodeToString(signature)
	body, err := json.Marshal(m)
	require.NoError(t, err)
	return body
}

const goodText = "Message\n{\"id\":\"e\"}\nMessageId\nm-1\nTimestamp\n2026-01-30T00:59:00.000Z\nTopicArn\n" + pinned + "\nType\nNotification\n"

func verifier(t testing.TB) *Verifier {
	t.Helper()
	certificate := pemOf(t, "sns.amazonaws.com", at.Add(time.Hour))
	return &Verifier{Topic: pinned, Now: func() time.Time { return at }, Seen: map[string]bool{},
		Fetch: func(context.Context, string) ([]byte, error) { return certificate, nil }}
}

func header() http.Header {
	return http.Header{"X-Amz-Sns-Message-Type": {"Notification"}, "X-Amz-Sns-Message-Id": {"m-1"}, "X-Amz-Sns-Topic-Arn": {pinned}}
}

func TestGoodMessagesVerify(t *testing.T) {
	for _, version := range []string{"1", "2"} {
		_, checks := verifier(t).Verify(context.Background(), Delivery{Header: header(), Body: signed(t, good(version), goodText, version)})
		require.True(t, Holds(checks), "%+v", checks)
	}
	null := good("1")
	null["Subject"] = nil
	_, checks := verifier(t).Verify(context.Background(), Delivery{Header: header(), Body: signed(t, null, goodText, "1")})
	require.True(t, Holds(checks), "a null subject is left out of the text: %+v", checks)
	subject := good("1")
	subject["Subject"] = "hello"
	_, checks = verifier(t).Verify(context.Background(), Delivery{Header: header(),
		Body: signed(t, subject, strings.Replace(goodText, "Timestamp\n", "Subject\nhello\nTimestamp\n", 1), "1")})
	require.True(t, Holds(checks), "%+v", checks)
	confirmation := map[string]any{"Type": "SubscriptionConfirmation", "MessageId": "m-1", "TopicArn": pinned, "Message": "hello",
		"Timestamp": "2026-01-30T00:59:00.000Z", "Token": "t",
		"SubscribeURL": "https://sns.ap-southeast-2.amazonaws.com/?x", "SignatureVersion": "1", "SigningCertURL": certURL}
	text := "Message\nhello\nMessageId\nm-1\nSubscribeURL\nhttps://sns.ap-southeast-2.amazonaws.com/?x\nTimestamp\n2026-01-30T00:59:00.000Z\nToken\nt\nTopicArn\n" + pinned + "\nType\nSubscriptionConfirmation\n"
	_, checks = verifier(t).Verify(context.Background(), Delivery{Body: signed(t, confirmation, text, "1")})
	require.True(t, Holds(checks), "%+v", checks)
}

func TestForgedMessagesDoNotVerify(t *testing.T) {
	swapped := strings.Replace(strings.Replace(goodText, "Message\n{\"id\":\"e\"}\n", "", 1), "Timestamp",
		"Message\n{\"id\":\"e\"}\nTimestamp", 1)
	for name, c := range map[string]struct {
		change func(m map[string]any)
		body   func(body []byte) []byte
		verify func(v *Verifier)
		header func(h http.Header)
		text   string
		step   string
	}{
		"a changed member": {body: func(b []byte) []byte { return []byte(strings.Replace(string(b), `m-1`, `m-2`, 1)) },
			header: func(h http.Header) { h.Set("x-amz-sns-message-id", "m-2") }, step: "signature"},
		"parts in another order": {text: swapped, step: "signature"},
		"version 1 labelled 2":   {change: func(m map[string]any) { m["SignatureVersion"] = "2" }, step: "signature"},
		"no such version":        {change: func(m map[string]any) { m["SignatureVersion"] = "3" }, step: "signature"},
		"a look-alike host": {change: func(m map[string]any) {
			m["SigningCertURL"] = strings.Replace(certURL, "amazonaws.com", "amazonaws.com.example.test", 1)
		}, step: "certificate address"},
		"a bucket called sns": {change: func(m map[string]any) {
			m["SigningCertURL"] = strings.Replace(certURL, "sns.ap-southeast-2", "sns.s3-us-west-2", 1)
		}, step: "certificate address"},
		"another region": {change: func(m map[string]any) {
			m["SigningCertURL"] = strings.Replace(certURL, "ap-southeast-2", "us-east-1", 1)
		}, step: "certificate address"},
		"a port": {change: func(m map[string]any) {
			m["SigningCertURL"] = strings.Replace(certURL, ".com/",
				".com:8443/", 1)
		}, step: "certificate address"},
		"user information": {change: func(m map[string]any) {
			m["SigningCertURL"] = strings.Replace(certURL, "https://",
				"https://sns@", 1)
		}, step: "certificate address"},
		"plain HTTP": {change: func(m map[string]any) {
			m["SigningCertURL"] = strings.Replace(certURL, "https", "http",
				1)
		}, step: "certificate address"},
		"another file": {change: func(m map[string]any) {
			m["SigningCertURL"] = strings.Replace(certURL, ".pem", ".txt",
				1)
		}, step: "certificate address"},
		"somebody else's topic": {change: func(m map[string]any) {
			m["TopicArn"] = strings.Replace(pinned, "123456789012",
				"999999999999", 1)
		}, step: "topic"},
		"too old":          {change: func(m map[string]any) { m["Timestamp"] = "2026-01-29T20:00:00.000Z" }, step: "age"},
		"from the future":  {change: func(m map[string]any) { m["Timestamp"] = "2026-01-30T03:00:00.000Z" }, step: "age"},
		"a replay":         {verify: func(v *Verifier) { v.Seen["m-1"] = true }, step: "replay"},
		"a member missing": {change: func(m map[string]any) { delete(m, "UnsubscribeURL") }, step: "fields"},
		"headers that say another type": {header: func(h http.Header) { h.Set("x-amz-sns-message-type", "SubscriptionConfirmation") },
			step: "headers"},
		"an expired certificate": {verify: func(v *Verifier) {
			expired := pemOf(t, "sns.amazonaws.com", at.Add(-time.Hour))
			v.Fetch = func(context.Context, string) ([]byte, error) { return expired, nil }
		}, step: "certificate"},
		"a certificate of another name": {verify: func(v *Verifier) {
			other := pemOf(t, "sns.example.test", at.Add(time.Hour))
			v.Fetch = func(context.Context, string) ([]byte, error) { return other, nil }
		}, step: "certificate"},
		"no certificate": {verify: func(v *Verifier) {
			v.Fetch = func(context.Context, string) ([]byte, error) { return []byte("hello"), nil }
		}, step: "certificate"},
		"half a signature": {body: func(b []byte) []byte { return []byte(strings.Replace(string(b), `"Signature":"`, `"Signature":"!`, 1)) },
			step: "signature"},
		"a name twice": {body: func(b []byte) []byte { return []byte(strings.Replace(string(b), `{`, `{"Type":"Notification",`, 1)) },
			step: "body"},
		"a huge body":   {body: func(b []byte) []byte { return append(b, make([]byte, MaxBytes)...) }, step: "body"},
		"two objects":   {body: func(b []byte) []byte { return append(b, b...) }, step: "body"},
		"invalid UTF-8": {body: func(b []byte) []byte { return []byte(strings.Replace(string(b), "m-1", "\xff", 1)) }, step: "body"},
		"Message an object": {body: func(b []byte) []byte {
			return []byte(strings.Replace(string(b), `"{\"id\":\"e\"}"`, `{"id":"e"}`, 1))
		}, step: "body"},
		"another type": {change: func(m map[string]any) { m["Type"] = "Greeting" }, step: "type"},
	} {
		t.Run(name, func(t *testing.T) {
			m, h, v := good("1"), header(), verifier(t)
			if c.change != nil {
				c.change(m)
			}
			if c.header != nil {
				c.header(h)
			}
			if c.verify != nil {
				c.verify(v)
			}
			text := c.text
			if text == "" {
				text = goodText
			}
			body := signed(t, m, text, "1")
			if c.body != nil {
				body = c.body(body)
			}
			_, checks := v.Verify(context.Background(), Delivery{Header: h, Body: body})
			broken := map[string]bool{}
			for _, check := range checks {
				broken[check.Step] = broken[check.Step] || !check.Holds
			}
			require.True(t, broken[c.step], "%+v", checks)
		})
	}
}

func TestTheCertificateOfAServerThatPlaysSNSMayLieBelowAPath(t *testing.T) {
	const host, below = "127.0.0.1:4566", "/_aws/sns/SimpleNotificationService-1.pem"
	for address, holds := range map[string]bool{
		"http://" + host + below:                              true, // as LocalStack has it
		"http://" + host + "/SimpleNotificationService-1.pem": true,
		"http://" + host + "/_aws/sns/other.pem":              false,
		"http://127.0.0.1:4567" + below:                       false,
		"https://sns.ap-southeast-2.amazonaws.com" + below:    false,
	} {
		m, v := good("1"), verifier(t)
		m["SigningCertURL"], v.CertificateHost = address, host
		_, checks := v.Verify(t.Context(), Delivery{Header: header(), Body: signed(t, m, goodText, "1")})
		require.Equal(t, holds, Holds(checks), "%s: %+v", address, checks)
	}
}

func TestAnInboxWaitsOnADeliveryAndFailsOnceOnRequest(t *testing.T) {
	receiver, err := Listen(context.Background(), "127.0.0.1:0", "")
	require.NoError(t, err)
	defer receiver.Close()
	inbox := receiver.NewInbox()
	inbox.FailOnce(http.StatusInternalServerError)
	post := func(url, body string) int {
		response, err := http.Post(url, "text/plain", strings.NewReader(body))
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		return response.StatusCode
	}
	body := `{"Type":"Notification","MessageId":"m","Message":"{\"id\":\"e\"}"}`
	require.Equal(t, http.StatusInternalServerError, post(inbox.URL, body))
	require.Equal(t, http.StatusOK, post(inbox.URL, body))
	require.Equal(t, http.StatusNotFound, post(inbox.URL+"x", body), "nobody guesses an address")
	_, came := inbox.Wait(context.Background(), 0, func(r Received) bool { return r.Answer == http.StatusOK })
	require.True(t, came)
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	_, came = inbox.Wait(ended, 0, func(Received) bool { return false })
	require.False(t, came)
	_, came = inbox.Wait(context.Background(), tick, func(Received) bool { return false })
	require.False(t, came, "patience ends")
	require.Equal(t, http.StatusOK, post(inbox.URL, "no message"), "what can't be read is kept, for the report")
	require.Error(t, inbox.All()[2].Wrong)
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"Type":"Notification","Subject":null}`))
	f.Add([]byte(`{"a":1,"a":2}`))
	f.Add([]byte("\xff"))
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := Parse(body)
		if err == nil && m == nil {
			t.Fatal("neither a message nor an error")
		}
		if err == nil {
			_ = m.Text()
			_, _ = m.Event()
		}
	})
}

// BenchmarkReceiver tells how many deliveries a second one receiver takes and verifies; run it with -cpu 1.
func BenchmarkReceiver(b *testing.B) {
	receiver, err := Listen(b.Context(), "127.0.0.1:0", "")
	require.NoError(b, err)
	defer receiver.Close()
	inbox, checking := receiver.NewInbox(), verifier(b)
	checking.Seen = nil
	inbox.Handle(func(r Received) int {
		if _, checks := checking.Verify(context.Background(), r.Delivery); !Holds(checks) {
			return http.StatusForbidden
		}
		return http.StatusOK
	})
	body := signed(b, good("2"), goodText, "2")
	sender := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	defer sender.CloseIdleConnections()
	began := time.Now()
	for b.Loop() {
		request, err := http.NewRequest(http.MethodPost, inbox.URL, bytes.NewReader(body))
		require.NoError(b, err)
		request.Header = header()
		response, err := sender.Do(request)
		require.NoError(b, err)
		_ = response.Body.Close()
		require.Equal(b, http.StatusOK, response.StatusCode)
	}
	b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "deliveries/s")
}
