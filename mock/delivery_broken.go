package mock

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/kobcheck/kobcheck/mock/fault"
)

// brokenRetry is what a fault makes of another try: true where there is none.
func (p *postman) brokenRetry(m *envelope) bool {
	if p.server.faults.On("webhook.new-id-on-retry") {
		m.id = uuid.NewString()
		m.sign(p.server.faults)
	}
	if p.server.faults.On("webhook.retry-of-its-own-time") {
		m.timestamp = millis(p.server.clock.Now().Add(time.Second).UnixMilli()).String()
		m.sign(p.server.faults)
	}
	if p.server.faults.On("webhook.retry-not-signed-again") {
		m.message = strings.Replace(m.message, "{", `{"try":2,`, 1)
	}
	return p.server.faults.On("webhook.not-retried")
}

// toldToOthers reports whether an event is told to a client that it does not belong to.
func (p *postman) toldToOthers() bool {
	return p.server.faults.On("webhook.delivered-to-others") || p.server.faults.OneIn("webhook.delivered-to-others-at-times", 4)
}

// goesOn is how often a message that was taken is sent again.
func (p *postman) goesOn(m *envelope) int {
	if m.kind == "Notification" && p.server.faults.On("webhook.goes-on") {
		return 3
	}
	return 0
}

// brokenEnvelope is what the faults make of a message before it is signed.
func (p *postman) brokenEnvelope(m *envelope) {
	faults := p.server.faults
	if !faults.Any() {
		return
	}
	told := m.kind == "Notification"
	switch {
	case told && p.latest != "" && (faults.On("webhook.one-id-for-all") || faults.OneIn("webhook.id-comes-again", 4)):
		m.id = p.latest
	case told && faults.On("webhook.one-time-for-all"):
		m.timestamp = millis(p.server.clock.Now().Truncate(time.Hour).UnixMilli()).String()
	case told && faults.OneIn("webhook.older-than-its-event", 3):
		m.timestamp = millis(p.server.clock.Now().Add(-10 * time.Minute).UnixMilli()).String()
	case faults.OneIn("webhook.time-ahead", 4):
		m.timestamp = millis(p.server.clock.Now().Add(time.Hour).UnixMilli()).String()
	case told && faults.On("webhook.topic-of-events"), faults.OneIn("webhook.topic-changes", 3):
		m.topic = strings.Replace(topic, "kobble-events", "kobble-other", 1)
	case faults.OneIn("webhook.certificate-of-elsewhere", 4):
		m.certificate = "https://sns.ap-southeast-2.amazonaws.com.example.test" + certificatePath
	case told && faults.OneIn("webhook.card-number-shown", 4):
		m.message = strings.Replace(m.message, "{", `{"card_number":"4111 1111 1111 1111",`, 1)
	case told && faults.OneIn("webhook.message-cut", 4):
		m.message = m.message[:len(m.message)-1]
	}
	p.latest = m.id
}

// brokenEvent is what the faults make of an event before it is told to a client.
func (p *postman) brokenEvent(event Event) Event {
	if !p.server.faults.Any() {
		return event
	}
	switch {
	case p.server.faults.On("webhook.one-event-id"):
		event.ID = "11111111-1111-4111-8111-111111111111"
	case p.server.faults.OneIn("webhook.event-of-another-client", 4):
		event.ClientID = "another-" + event.ClientID
	}
	return event
}

// brokenHeaders are the headers of a delivery with what the faults make of them.
func (p *postman) brokenHeaders(request *http.Request, to *subscription) {
	header := request.Header
	if p.server.faults.On("webhook.credentials-in-header") {
		p.server.store.mu.RLock()
		request.SetBasicAuth(to.owner, p.server.store.clients[to.owner].secret)
		p.server.store.mu.RUnlock()
	}
	if p.server.faults.On("webhook.labelled-html") {
		header.Set("Content-Type", "text/html")
	}
	if atTimes(p.server.faults, "webhook.headers-missing") {
		for _, name := range []string{"message-type", "message-id", "topic-arn", "subscription-arn"} {
			header.Del("x-amz-sns-" + name)
		}
		return
	}
	if atTimes(p.server.faults, "webhook.type-header-wrong") {
		header.Set("x-amz-sns-message-type", "Message")
	}
	if p.server.faults.OneIn("webhook.id-header-differs-at-times", 4) {
		header.Set("x-amz-sns-message-id", uuid.NewString())
	}
	if p.server.faults.OneIn("webhook.labelled-html-at-times", 4) {
		header.Set("Content-Type", "text/html")
	}
	if atTimes(p.server.faults, "webhook.topic-header-missing") {
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
		if _, there := members[one.member]; there && atTimes(faults, one.fault) {
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
		if atTimes(faults, one.fault) {
			members[one.member] = one.value
		}
	}
	if m.kind == "Notification" && faults.OneIn("webhook.unsubscribe-url-missing-at-times", 4) {
		delete(members, "UnsubscribeURL")
	}
	if m.kind == "Notification" && faults.On("webhook.message-an-object") {
		members["Message"] = json.RawMessage(m.message)
	}
	if m.kind == "Notification" && faults.On("webhook.event-without-entity") {
		members["Message"] = strings.Replace(m.message, `"entity_id"`, `"entity"`, 1)
	}
	return members
}

// atTimes reports whether a fault is on, or its sister of every fourth message.
func atTimes(faults *fault.Set, id fault.ID) bool {
	return faults.On(id) || faults.OneIn(id+"-at-times", 4)
}
