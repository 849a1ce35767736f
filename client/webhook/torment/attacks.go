package torment

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/kobcheck/kobcheck/client/webhook"
)

// right is what an endpoint should do with a delivery.
type right int

const (
	// refuse: a client error, which SNS does not try again (SNS-16).
	refuse right = iota
	// accept: a success; it is as SNS itself may send it.
	accept
	// ignore: whatever is answered, nobody may be asked for anything.
	ignore
)

// attack is one delivery that somebody hostile, or SNS on a bad day, may send.
type attack struct {
	name, sentence, requirement string
	right                       right
	body                        func(*session) ([]byte, error)
}

// attacks are tried in this order. Each is good but for the one thing that its sentence names.
var attacks = []attack{
	{"signature-missing", "The delivery carries no signature.", "SNS-11", refuse,
		signedWith(nil, func(_ *session, m *webhook.Message) { m.Signature = "" })},
	{"signature-of-nothing", "The signature is bytes of no meaning.", "HOOK-22", refuse,
		signedWith(nil, func(_ *session, m *webhook.Message) { m.Signature = strings.Repeat("A", 342) + "==" })},
	{"signature-not-base64", "The signature is no Base64.", "HOOK-22", refuse,
		signedWith(nil, func(_ *session, m *webhook.Message) { m.Signature = "***" })},
	{"one-byte-altered", "One byte of the event was changed after it was signed.", "HOOK-22", refuse,
		signedWith(nil, func(_ *session, m *webhook.Message) {
			m.Message = strings.Replace(m.Message, `"entity_id":"a`, `"entity_id":"b`, 1)
		})},
	{"subject-added", "A Subject was added after the delivery was signed.", "SNS-05", refuse,
		signedWith(nil, func(_ *session, m *webhook.Message) { subject := "added"; m.Subject = &subject })},
	{"version-swapped", "The signature is of version 1 (SHA-1) and calls itself version 2.", "HOOK-29", refuse,
		signedWith(nil, func(_ *session, m *webhook.Message) { m.SignatureVersion = "2" })},
	{"version-unknown", "The signature is of a version that does not exist.", "HOOK-29", refuse,
		signedWith(nil, func(_ *session, m *webhook.Message) { m.SignatureVersion = "3" })},
	{"certificate-of-another-host", "The certificate, and the key that signed, are those of a stranger's host.", "SNS-09", refuse,
		byStranger(func(s *session) string { return "http://" + s.sender.strangerHost + goodPath })},
	{"certificate-behind-user-info", "The address of the certificate shows the right host as user information before a stranger's.",
		"SNS-09", refuse, byStranger(func(s *session) string { return "http://" + s.sender.host + "@" + s.sender.strangerHost + goodPath })},
	{"certificate-of-a-look-alike", "The host of the certificate begins like that of SNS and ends elsewhere.", "SNS-09", refuse,
		byStranger(func(*session) string { return "https://sns.ap-southeast-2.amazonaws.com.example.test" + goodPath })},
	{"certificate-redirected", "The address of the certificate redirects to a stranger's host.", "SNS-09", refuse,
		byStranger(func(s *session) string { return "http://" + s.sender.host + redirectPath })},
	{"certificate-expired", "The certificate has run out.", "SNS-09", refuse,
		signedWith(func(s *session, m *webhook.Message) { m.SigningCertURL = "http://" + s.sender.host + expiredPath }, nil)},
	{"another-topic", "Another topic, to which nobody subscribed, signed it well.", "SNS-10", refuse,
		signedWith(func(_ *session, m *webhook.Message) {
			m.TopicArn = "arn:aws:sns:ap-southeast-2:999999999999:a-topic-of-somebody-else"
		}, nil)},
	{"replayed", "A delivery of three hours ago, signed well, comes again.", "SNS-19", refuse,
		signedWith(func(_ *session, m *webhook.Message) { m.Timestamp = stamp(time.Now().Add(-3 * time.Hour)) }, nil)},
	{"type-unknown", "The delivery is of a type that does not exist.", "HOOK-25", refuse,
		signedWith(func(_ *session, m *webhook.Message) { m.Type = "Command" }, nil)},
	{"oversized", "The event has 300 kB; SNS sends at most 256.", "SNS-03", refuse,
		signedWith(func(_ *session, m *webhook.Message) { m.Message = event(strings.Repeat("x", 300<<10)) }, nil)},
	{"member-twice", "The member Message is there twice: once as signed, once as forged.", "SNS-07", refuse, memberTwice},
	{"not-json", "The body is no JSON.", "HOOK-11", refuse, func(*session) ([]byte, error) { return []byte("Message=hello"), nil }},
	{"subscribe-url-inside", "A confirmation, signed well, whose SubscribeURL is an address inside the integrator's network.", "HOOK-15",
		ignore, subscribeInside},
	{"duplicate", "The first good delivery comes again, as SNS's retries do.", "SNS-19", accept,
		func(s *session) ([]byte, error) { return s.first, nil }},
	{"reordered", "A delivery comes that is ten minutes older than the one before it.", "SNS-19", accept,
		signedWith(func(_ *session, m *webhook.Message) { m.Timestamp = stamp(time.Now().Add(-10 * time.Minute)) }, nil)},
}

// signedWith makes a good notification, changes it, signs it, and changes it once more.
func signedWith(before, after func(*session, *webhook.Message)) func(*session) ([]byte, error) {
	return func(s *session) ([]byte, error) {
		m := s.notification()
		if before != nil {
			before(s, m)
		}
		if err := sign(m, s.sender.key, m.SignatureVersion); err != nil {
			return nil, err
		}
		if after != nil {
			after(s, m)
		}
		return write(m)
	}
}

// byStranger signs with the stranger's key and names a certificate by an address.
func byStranger(address func(*session) string) func(*session) ([]byte, error) {
	return func(s *session) ([]byte, error) {
		m := s.notification()
		m.SigningCertURL = address(s)
		if err := sign(m, s.sender.strangerKey, m.SignatureVersion); err != nil {
			return nil, err
		}
		return write(m)
	}
}

func memberTwice(s *session) ([]byte, error) {
	body, err := signedWith(nil, nil)(s)
	if err != nil {
		return nil, err
	}
	forged, err := json.Marshal(event("forged"))
	if err != nil {
		return nil, err
	}
	return append(body[:len(body)-1], []byte(`,"Message":`+string(forged)+"}")...), nil
}

func subscribeInside(s *session) ([]byte, error) {
	m := s.confirmation()
	m.SubscribeURL = "http://" + s.sender.strangerHost + "/latest/meta-data/"
	if err := sign(m, s.sender.key, m.SignatureVersion); err != nil {
		return nil, err
	}
	return write(m)
}

// notification is a good one, not yet signed.
func (s *session) notification() *webhook.Message {
	return &webhook.Message{Type: webhook.Notification, MessageId: uuid.NewString(), TopicArn: s.topic,
		Message: event("a" + uuid.NewString()[1:]), Timestamp: stamp(time.Now()),
		SignatureVersion: "1", SigningCertURL: "http://" + s.sender.host + goodPath, UnsubscribeURL: "http://" + s.sender.host + "/?Action=Unsubscribe"}
}

// confirmation is a good one, not yet signed.
func (s *session) confirmation() *webhook.Message {
	token := strings.ReplaceAll(uuid.NewString(), "-", "")
	return &webhook.Message{Type: webhook.Confirmation, MessageId: uuid.NewString(), TopicArn: s.topic, Token: token,
		Timestamp: stamp(time.Now()),
		Message: "You have chosen to subscribe to the topic " + s.topic + ". To confirm the subscription, visit the SubscribeURL " +
			"included in this message.",
		SubscribeURL:     "http://" + s.sender.host + "/?Action=ConfirmSubscription&Token=" + token,
		SignatureVersion: "1", SigningCertURL: "http://" + s.sender.host + goodPath}
}

// event is what a notification tells (HOOK-32).
func event(entity string) string {
	return fmt.Sprintf(`{"id":%q,"type":"transaction-create","entity_id":%q,"client_id":%q,"created_at":%q}`, uuid.NewString(), entity,
		uuid.NewString(), stamp(time.Now()))
}

func stamp(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }

// write writes a message with the members of its type.
func write(m *webhook.Message) ([]byte, error) {
	members := map[string]any{"Type": m.Type, "MessageId": m.MessageId, "TopicArn": m.TopicArn, "Message": m.Message, "Timestamp": m.Timestamp,
		"SignatureVersion": m.SignatureVersion, "SigningCertURL": m.SigningCertURL}
	if m.Signature != "" {
		members["Signature"] = m.Signature
	}
	if m.Subject != nil {
		members["Subject"] = *m.Subject
	}
	if m.Type == webhook.Confirmation {
		members["Token"], members["SubscribeURL"] = m.Token, m.SubscribeURL
	} else {
		members["UnsubscribeURL"] = m.UnsubscribeURL
	}
	return json.Marshal(members)
}
