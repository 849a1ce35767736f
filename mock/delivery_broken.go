package mock

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/kobcheck/kobcheck/mock/fault"
)

// brokenRetry is what a fault makes of another try: true where there is none.
func (p *postman) brokenRetry(m *envelope) bool {
	if p.server.faults.On("webhook.new-id-on-retry") {
		m.id = uuid.NewString()
		m.sign(p.server.faults)
	}
	return p.server.faults.On("webhook.not-retried")
}

// brokenHeaders are the headers of a delivery with what the faults make of them.
func (p *postman) brokenHeaders(header http.Header) {
	if p.server.faults.On("webhook.labelled-html") {
		header.Set("Content-Type", "text/html")
	}
	if p.server.faults.On("webhook.headers-missing") {
		for _, name := range []string{"message-type", "message-id", "topic-arn", "subscription-arn"} {
			header.Del("x-amz-sns-" + name)
		}
		return
	}
	if p.server.faults.On("webhook.type-header-wrong") {
		header.Set("x-amz-sns-message-type", "Message")
	}
	if p.server.faults.On("webhook.topic-header-missing") {
		header.Del("x-amz-sns-topic-arn")
	}
}

// brokenKey is the key whose certificate is served.
func (p *postman) brokenKey() *signer {
	if p.server.faults.On("webhook.certificate-swapped") {
		return anotherKey()
	}
	return signingKey()
}

// broken are the members of a message with what the faults make of them.
func (m *envelope) broken(members map[string]any, faults *fault.Set) map[string]any {
	for _, one := range []struct {
		fault  fault.ID
		member string
	}{{"webhook.signature-missing", "Signature"}, {"webhook.id-missing", "MessageId"},
		{"webhook.subscribe-url-missing", "SubscribeURL"}, {"webhook.unsubscribe-url-missing", "UnsubscribeURL"},
		{"webhook.token-missing", "Token"}} {
		if _, there := members[one.member]; there && faults.On(one.fault) {
			delete(members, one.member)
		}
	}
	for _, one := range []struct {
		fault  fault.ID
		member string
		value  any
	}{{"webhook.type-wrong", "Type", "Message"}, {"webhook.time-malformed", "Timestamp", "yesterday"},
		{"webhook.version-unknown", "SignatureVersion", "3"}, {"webhook.signature-not-base64", "Signature", "***"},
		{"webhook.subject-null", "Subject", nil}} {
		if faults.On(one.fault) {
			members[one.member] = one.value
		}
	}
	if m.kind == "Notification" && faults.On("webhook.message-an-object") {
		members["Message"] = json.RawMessage(m.message)
	}
	if m.kind == "Notification" && faults.On("webhook.event-without-entity") {
		members["Message"] = strings.Replace(m.message, `"entity_id"`, `"entity"`, 1)
	}
	return members
}
