package mock

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
)

// postman delivers what webhooks tell, in the form of Amazon SNS's HTTP deliveries: a confirmation first,
// and notifications once its SubscribeURL was fetched. It never holds up an answer of the API, and calls
// nobody but this machine: a mock that posted to any address that it is given would be a way into a network.
type postman struct {
	server *Server
	client *http.Client
	life   context.Context
	end    context.CancelFunc
	all    sync.WaitGroup

	mu     sync.Mutex
	base   string // where the mock itself is served; empty until it is
	latest string // the id of the latest message, for a fault
	routes map[identity]*round
}

// round is one subscription and what has to be delivered to it.
type round struct {
	subscription *subscription
	token        string
	confirmed    bool
	gone         bool
	waiting      []Event
}

// deliveryTimeout is how long a receiver has to answer (SNS-15).
const deliveryTimeout = 15 * time.Second

// The retries of a delivery (SNS-17). A mock waits as long as its options say.
const deliveryTries = 4

func newPostman(s *Server) *postman {
	life, end := context.WithCancel(context.Background())
	return &postman{server: s, life: life, end: end, routes: map[identity]*round{}, client: &http.Client{
		Timeout:       deliveryTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (p *postman) close() {
	p.mu.Lock()
	p.end()
	p.mu.Unlock()
	p.all.Wait()
	p.client.CloseIdleConnections()
}

func (p *postman) servedAt(base string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.base = base
}

func (p *postman) now() string { return millis(p.server.clock.Now().UnixMilli()).String() }

// wanted reports whether anybody waits for events.
func (p *postman) wanted() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.routes) > 0
}

// reachable reports whether an address is on this machine.
func reachable(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return ip != nil && ip.IsLoopback()
}

// inside says why an address is none that a public service may call on somebody's behalf, or "". Loopback is
// let through for tests unless the options say otherwise; a name is not looked up, since the mock never
// calls one.
func (p *postman) inside(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	host := u.Hostname()
	ip := net.ParseIP(host)
	if strings.EqualFold(host, "localhost") {
		ip = net.IPv4(127, 0, 0, 1)
	}
	switch {
	case ip == nil:
		return ""
	case ip.IsLoopback():
		if !p.server.options.NoLoopback {
			return ""
		}
	case ip.IsPrivate(), ip.IsLinkLocalUnicast(), ip.IsUnspecified(), ip.IsMulticast(), ip.IsInterfaceLocalMulticast():
	default:
		return ""
	}
	return "Webhook url must be a public address, and " + host + " is inside a network"
}

// subscribed begins the handshake of a new subscription (HOOK-13).
func (p *postman) subscribed(one *subscription) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.base == "" || !reachable(one.url) || p.life.Err() != nil {
		return
	}
	r := &round{subscription: one, token: strings.ReplaceAll(uuid.NewString(), "-", "")}
	p.routes[one.id] = r
	if p.server.faults.On("webhook.confirmation-missing") {
		r.confirmed = true
		return
	}
	p.deliver(r, p.confirmation(r))
}

// unsubscribed ends a subscription.
func (p *postman) unsubscribed(id identity) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r := p.routes[id]; r != nil && !p.server.faults.On("webhook.delivered-after-deletion") {
		r.gone = true
		delete(p.routes, id)
	}
}

// tell hands an event to the subscriptions of its client (HOOK-12).
func (p *postman) tell(owner string, event Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.routes {
		ours := r.subscription.owner == owner
		if !ours && !p.toldToOthers() || p.server.faults.On("webhook.notification-missing") {
			continue
		}
		if !r.confirmed && !p.server.faults.On("webhook.delivered-before-confirmation") {
			r.waiting = append(r.waiting, event)
			continue
		}
		p.deliver(r, p.notification(r, event))
	}
}

// confirm ends the handshake: what happened meanwhile is delivered now.
func (p *postman) confirm(token string) (*round, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.routes {
		if r.token != token {
			continue
		}
		if !r.confirmed {
			r.confirmed = true
			for _, event := range r.waiting {
				p.deliver(r, p.notification(r, event))
			}
			r.waiting = nil
		}
		return r, true
	}
	return nil, false
}

// deliver posts a message until it is taken or given up. The caller holds the lock.
func (p *postman) deliver(r *round, m *envelope) {
	p.all.Go(func() {
		for try := range deliveryTries {
			if try > 0 {
				if p.brokenRetry(m) {
					return
				}
				// Each wait is longer than the one before.
				p.server.clock.Wait(p.life, time.Duration(try)*p.server.options.RetryWait)
			}
			if p.life.Err() != nil {
				return
			}
			if p.post(r, m) {
				for range p.goesOn(m) {
					p.post(r, m)
				}
				return
			}
		}
	})
}

// post sends one message and reports whether it needs no other try: SNS takes 200 to 4xx for an answer
// (SNS-16), and the style may try a 4xx again (C-52).
func (p *postman) post(r *round, m *envelope) bool {
	p.mu.Lock()
	gone := r.gone
	p.mu.Unlock()
	if gone {
		return true
	}
	request, err := http.NewRequestWithContext(p.life, http.MethodPost, r.subscription.url,
		bytes.NewReader(m.body(p.server.faults)))
	if err != nil {
		return true
	}
	request.Header.Set("Content-Type", p.server.style.DeliveryMedia)
	request.Header.Set("User-Agent", "Amazon Simple Notification Service Agent")
	request.Header.Set("x-amz-sns-message-type", m.kind)
	request.Header.Set("x-amz-sns-message-id", m.id)
	request.Header.Set("x-amz-sns-topic-arn", m.topic)
	if m.kind == "Notification" {
		request.Header.Set("x-amz-sns-subscription-arn", m.topic+":"+r.subscription.id.String())
	}
	p.brokenHeaders(request, r.subscription)
	response, err := p.client.Do(request)
	if err != nil {
		return false
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 64<<10))
	_ = response.Body.Close()
	if p.server.style.RetriesClientErrors {
		return response.StatusCode >= 200 && response.StatusCode < 400
	}
	return response.StatusCode >= 200 && response.StatusCode < 500
}

// serve answers what SNS itself serves: its certificate and the address that confirms. It reports whether
// the request was for it.
func (p *postman) serve(w http.ResponseWriter, r *http.Request) bool {
	if !strings.HasPrefix(r.URL.Path, "/SimpleNotificationService-") && !strings.HasPrefix(r.URL.Path, "/sns/") {
		return false
	}
	if strings.HasSuffix(r.URL.Path, ".pem") {
		w.Header().Set("Content-Type", "application/x-pem-file")
		_, _ = w.Write(p.brokenKey().certificate)
		return true
	}
	found, ok := p.confirm(r.URL.Query().Get("Token"))
	if !ok {
		http.Error(w, "<ErrorResponse><Error><Code>NotFound</Code></Error></ErrorResponse>", http.StatusNotFound)
		return true
	}
	if p.server.faults.On("webhook.confirmed-without-arn") {
		return true
	}
	w.Header().Set("Content-Type", "text/xml")
	_, _ = io.WriteString(w, `<ConfirmSubscriptionResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">`+
		`<ConfirmSubscriptionResult><SubscriptionArn>`+topic+":"+found.subscription.id.String()+
		`</SubscriptionArn></ConfirmSubscriptionResult></ConfirmSubscriptionResponse>`)
	return true
}

func (p *postman) confirmation(r *round) *envelope {
	m := &envelope{kind: "SubscriptionConfirmation", id: uuid.NewString(), topic: topic, token: r.token,
		timestamp: p.now(),
		message: "You have chosen to subscribe to the topic " + topic +
			". To confirm the subscription, visit the SubscribeURL included in this message.",
		subscribe:   p.base + "/sns/?Action=ConfirmSubscription&TopicArn=" + url.QueryEscape(topic) + "&Token=" + r.token,
		certificate: p.base + certificatePath, version: p.signatureVersion()}
	if p.server.faults.On("webhook.one-token-for-all") {
		m.token = "one-token-for-all"
	}
	p.brokenEnvelope(m)
	m.sign(p.server.faults)
	return m
}

// signatureVersion is that of the options, else that of the style (N-38).
func (p *postman) signatureVersion() string {
	return cmp.Or(p.server.options.SignatureVersion, p.server.style.SignatureVersion)
}

func (p *postman) notification(r *round, event Event) *envelope {
	text, err := json.Marshal(p.brokenEvent(event))
	if err != nil {
		text = []byte("{}") // five strings always can be written
	}
	m := &envelope{kind: "Notification", id: uuid.NewString(), topic: topic, message: string(text), timestamp: p.now(),
		unsubscribe: p.base + "/sns/?Action=Unsubscribe&SubscriptionArn=" +
			url.QueryEscape(topic+":"+r.subscription.id.String()), certificate: p.base + certificatePath,
		version: p.signatureVersion(),
		subject: p.server.style.Subject, attributes: p.server.style.Attributes}
	p.brokenEnvelope(m)
	m.sign(p.server.faults)
	return m
}
