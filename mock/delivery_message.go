package mock

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // signature version 1 is SHA-1 (SNS-08)
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"strings"
	"sync"
	"time"

	"github.com/kobcheck/kobcheck/mock/fault"
)

// topic is the mock's own; no page names a topic.
const topic = "arn:aws:sns:ap-southeast-2:123456789012:kobble-events"

// certificatePath has the form of SNS's own.
const certificatePath = "/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"

// envelope is a message of SNS's form on its way. It is signed here by hand, apart from the code that
// verifies, so that one mistake can't hide in both.
type envelope struct {
	kind, id, topic, message, timestamp, token, subscribe, unsubscribe string
	certificate, version, signature                                    string
	// subject is the style's reading of Subject (C-33); attributes says that MessageAttributes come too.
	subject    string
	attributes bool
}

// subjectText is the Subject of the reading that has one.
const subjectText = "Kobble event"

// text is what is signed (SNS-05, SNS-06).
func (m *envelope) text(faults *fault.Set) string {
	names := []string{"Message", m.message, "MessageId", m.id}
	if m.kind == "Notification" {
		switch m.subject {
		case "text":
			names = append(names, "Subject", subjectText)
		case "empty-signed":
			names = append(names, "Subject", "")
		}
		names = append(names, "Timestamp", m.timestamp)
	} else {
		names = append(names, "SubscribeURL", m.subscribe, "Timestamp", m.timestamp, "Token", m.token)
	}
	names = append(names, "TopicArn", m.topic, "Type", m.kind)
	if faults.On("webhook.signed-in-another-order") {
		names[0], names[1], names[2], names[3] = names[2], names[3], names[0], names[1]
	}
	return strings.Join(names, "\n") + "\n"
}

func (m *envelope) sign(faults *fault.Set) {
	key, text := signingKey().private, []byte(m.text(faults))
	one, two := sha1.Sum(text), sha256.Sum256(text) //nolint:gosec // see above
	hash, sum := crypto.SHA1, one[:]
	if m.version == "2" != faults.On("webhook.version-mislabelled") {
		hash, sum = crypto.SHA256, two[:]
	}
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, hash, sum)
	if err != nil || faults.On("webhook.signature-wrong") || faults.OneIn("webhook.signature-wrong-at-times", 5) {
		signature = make([]byte, 256)
	}
	m.signature = base64.StdEncoding.EncodeToString(signature)
}

// body writes the message.
func (m *envelope) body(faults *fault.Set) []byte {
	members := map[string]any{"Type": m.kind, "MessageId": m.id, "TopicArn": m.topic, "Message": m.message,
		"Timestamp":        m.timestamp,
		"SignatureVersion": m.version, "Signature": m.signature, "SigningCertURL": m.certificate}
	if m.kind == "Notification" {
		members["UnsubscribeURL"] = m.unsubscribe
		m.addSubject(members)
	} else {
		members["Token"], members["SubscribeURL"] = m.token, m.subscribe
	}
	text, err := json.Marshal(m.broken(members, faults))
	if err != nil {
		return []byte("{}") // strings always can be written
	}
	return text
}

// addSubject adds what a notification may have beside what is always there.
func (m *envelope) addSubject(members map[string]any) {
	switch m.subject {
	case "null":
		members["Subject"] = nil
	case "text":
		members["Subject"] = subjectText
	case "empty-signed", "empty-unsigned":
		members["Subject"] = ""
	}
	if m.attributes {
		members["MessageAttributes"] = map[string]any{"source": map[string]string{"Type": "String", "Value": "kobble"}}
	}
}

// signer is the key of the mock's deliveries with its certificate in PEM.
type signer struct {
	private     *rsa.PrivateKey
	certificate []byte
}

// keyBits is what SNS's own keys have.
const keyBits = 2048

// signingKey makes the key once for all mocks of a process, when the first delivery needs it.
var signingKey = sync.OnceValue(newSigner)

// anotherKey is one that signs nothing.
var anotherKey = sync.OnceValue(newSigner)

func newSigner() *signer {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return &signer{private: &rsa.PrivateKey{}}
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "sns.amazonaws.com"},
		DNSNames:  []string{"sns.amazonaws.com"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(365 * 24 * time.Hour)}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return &signer{private: key}
	}
	return &signer{private: key, certificate: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw})}
}
