// Package webhook reads, verifies and receives webhook deliveries, which have the form of Amazon SNS's
// deliveries over HTTP.
//
// What walks in is a request of somebody unknown; what walks out is a [Message] and, from a [Verifier], a
// list of checks that says step by step what was looked at and what did not hold.
package webhook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"unicode/utf8"
)

// MaxBytes bounds a delivery: SNS's own messages are at most 256 kB.
const MaxBytes = 256 << 10

// The types of messages (HOOK-24, HOOK-25).
const (
	Notification = "Notification"
	Confirmation = "SubscriptionConfirmation"
	Unsubscribed = "UnsubscribeConfirmation"
)

// Known reports whether a message is of one of the three types.
func Known(kind string) bool {
	return kind == Notification || kind == Confirmation || kind == Unsubscribed
}

// Message is the body of a delivery (HOOK-25 to HOOK-31).
type Message struct {
	Type             string
	MessageId        string
	TopicArn         string
	Subject          *string
	Message          string
	Timestamp        string
	Token            string
	SubscribeURL     string
	UnsubscribeURL   string
	SignatureVersion string
	Signature        string
	SigningCertURL   string
	// Members are the names that the body has, each with whether its value is null.
	Members map[string]bool `json:"-"`
}

// Event is what Message holds in a notification (HOOK-32).
type Event struct {
	ID        string `json:"id"`
	Type      string `json:"type"`
	EntityID  string `json:"entity_id"`
	ClientID  string `json:"client_id"`
	CreatedAt string `json:"created_at"`
}

// Parse reads a body strictly: one JSON object in UTF-8 within [MaxBytes], no name twice, every member a
// string or null.
func Parse(body []byte) (*Message, error) {
	switch {
	case len(body) > MaxBytes:
		return nil, fmt.Errorf("the body has more than %d bytes", MaxBytes)
	case !utf8.Valid(body):
		return nil, errors.New("the body is not UTF-8")
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return nil, errors.New("the body is no JSON object")
	}
	m := &Message{Members: map[string]bool{}}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, fmt.Errorf("the body is no JSON object: %w", err)
		}
		member, _ := name.(string)
		if _, twice := m.Members[member]; twice {
			return nil, fmt.Errorf("the member %q is there twice", member)
		}
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err != nil {
			return nil, fmt.Errorf("the member %q: %w", member, err)
		}
		m.Members[member] = string(raw) == "null"
		if err := m.set(member, raw); err != nil {
			return nil, err
		}
	}
	if _, err := decoder.Token(); err != nil {
		return nil, fmt.Errorf("the body is no JSON object: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON object")
	}
	return m, nil
}

// set takes one member; those that SNS does not have, such as MessageAttributes, are not signed and left out.
func (m *Message) set(name string, raw json.RawMessage) error {
	target := map[string]*string{"Type": &m.Type, "MessageId": &m.MessageId, "TopicArn": &m.TopicArn, "Message": &m.Message,
		"Timestamp": &m.Timestamp,
		"Token":     &m.Token, "SubscribeURL": &m.SubscribeURL, "UnsubscribeURL": &m.UnsubscribeURL, "SignatureVersion": &m.SignatureVersion,
		"Signature": &m.Signature, "SigningCertURL": &m.SigningCertURL}[name]
	if name == "Subject" {
		return json.Unmarshal(raw, &m.Subject)
	}
	if target == nil || string(raw) == "null" {
		return nil
	}
	if err := json.Unmarshal(raw, target); err != nil {
		return fmt.Errorf("the member %q is no string", name)
	}
	return nil
}

// Event reads the event out of a notification.
func (m *Message) Event() (*Event, error) {
	event := new(Event)
	if err := json.Unmarshal([]byte(m.Message), event); err != nil {
		return nil, fmt.Errorf("the member Message is no JSON object in a string: %w", err)
	}
	return event, nil
}

// Said is what a message says in words; all else in it is names, times and random text.
func (m *Message) Said() string {
	if m.Subject == nil {
		return m.Message
	}
	return *m.Subject + "\n" + m.Message
}

// Texts are the strings that may be signed: an empty Subject is left out with its name by the documentation of
// AWS, and signed with it by one of its validators (C-54).
func (m *Message) Texts() []string {
	if m.Type != Notification || m.Subject == nil || *m.Subject != "" {
		return []string{m.Text()}
	}
	return []string{m.Text(), m.text(true)}
}

// Text is the string that is signed (SNS-05 to SNS-07): each name and value on a line of its own; an absent,
// null or empty value is left out with its name.
func (m *Message) Text() string { return m.text(false) }

func (m *Message) text(emptySubject bool) string {
	subject := ""
	if m.Subject != nil {
		subject = *m.Subject
	}
	pairs := [][2]string{{"Message", m.Message}, {"MessageId", m.MessageId}}
	if m.Type == Notification {
		pairs = append(pairs, [2]string{"Subject", subject}, [2]string{"Timestamp", m.Timestamp})
	} else {
		pairs = append(pairs, [2]string{"SubscribeURL", m.SubscribeURL}, [2]string{"Timestamp", m.Timestamp}, [2]string{"Token", m.Token})
	}
	pairs = append(pairs, [2]string{"TopicArn", m.TopicArn}, [2]string{"Type", m.Type})
	var b bytes.Buffer
	for _, pair := range pairs {
		if pair[1] != "" || emptySubject && pair[0] == "Subject" {
			b.WriteString(pair[0] + "\n" + pair[1] + "\n")
		}
	}
	return b.String()
}

// Required are the members that a message of a type must have (SNS-03, SNS-04).
func Required(kind string) []string {
	if kind == Notification {
		return []string{"Type", "MessageId", "TopicArn", "Message", "Timestamp", "SignatureVersion", "Signature", "SigningCertURL",
			"UnsubscribeURL"}
	}
	return []string{"Type", "MessageId", "Token", "TopicArn", "Message", "SubscribeURL", "Timestamp", "SignatureVersion", "Signature",
		"SigningCertURL"}
}

// Delivery is one request that came in.
type Delivery struct {
	Header http.Header
	Body   []byte
}
