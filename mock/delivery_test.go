package mock

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// mailbox answers deliveries with a status and keeps their message ids.
type mailbox struct {
	*httptest.Server
	mu     sync.Mutex
	status int
	kinds  []string
}

func newMailbox(t *testing.T, status int) *mailbox {
	t.Helper()
	box := &mailbox{status: status}
	box.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		box.mu.Lock()
		defer box.mu.Unlock()
		var message struct{ Type string }
		_ = json.NewDecoder(r.Body).Decode(&message)
		box.kinds = append(box.kinds, message.Type)
		w.Header().Set("Location", "http://127.0.0.1:1/")
		w.WriteHeader(box.status)
	}))
	t.Cleanup(box.Close)
	return box
}

// received are the types of what came, in their order.
func (b *mailbox) received() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.kinds)
}

// delivering starts a mock on a virtual clock that knows where it is served.
func delivering(t *testing.T) *caller {
	t.Helper()
	c := newCaller(t, Options{RetryWait: 20 * time.Second})
	served := httptest.NewServer(c.server)
	t.Cleanup(served.Close)
	c.server.postman.servedAt(served.URL)
	t.Cleanup(c.server.postman.close)
	return c
}

func TestAFailedDeliveryIsTriedAgainWithGrowingWaitsAndGivenUp(t *testing.T) {
	c, box := delivering(t), newMailbox(t, http.StatusInternalServerError)
	c.call("webhooks-create", body{"url": box.URL}).succeeds()
	tries := func(n int) {
		t.Helper()
		require.Eventually(t, func() bool {
			return len(box.received()) == n && (n == deliveryTries || c.clock.Waiting() == 1)
		}, 10*time.Second, time.Millisecond)
	}
	tries(1)
	for try, wait := range []time.Duration{20 * time.Second, 40 * time.Second, 60 * time.Second} {
		c.clock.Advance(wait - time.Millisecond)
		tries(try + 1) // a millisecond is missing still
		c.clock.Advance(time.Millisecond)
		tries(try + 2)
	}
	c.server.postman.all.Wait() // it was given up
	require.Equal(t, slices.Repeat([]string{"SubscriptionConfirmation"}, deliveryTries), box.received())
}

func TestARedirectIsAnAnswerAndNeverFollowed(t *testing.T) {
	c, box := delivering(t), newMailbox(t, http.StatusTemporaryRedirect)
	c.call("webhooks-create", body{"url": box.URL}).succeeds()
	c.server.postman.all.Wait() // no other try is waited for
	require.Len(t, box.received(), 1)
}

func TestAWebhookMayNotGoInsideANetwork(t *testing.T) {
	for address, refused := range map[string]bool{
		"http://10.1.2.3/x": true, "http://192.168.0.1/": true, "http://169.254.169.254/latest": true,
		"http://[fe80::1]/": true, "http://[fd00::1]:9000/": true, "http://0.0.0.0/": true,
		"http://127.0.0.1:9/": false, "http://localhost:9/": false, "https://hooks.example.test/x": false,
		"http://203.0.113.9/": false,
	} {
		c := newCaller(t, Options{})
		got := c.call("webhooks-create", body{"url": address})
		if refused {
			got.is(http.StatusBadRequest)
			require.Contains(t, got.message(), "inside a network", address)
			require.NotContains(t, c.call("webhooks-list", nil).text, address)
			continue
		}
		got.succeeds()
		strict := newCaller(t, Options{NoLoopback: true})
		if address == "http://127.0.0.1:9/" || address == "http://localhost:9/" {
			strict.call("webhooks-create", body{"url": address}).is(http.StatusBadRequest)
		} else {
			strict.call("webhooks-create", body{"url": address}).succeeds()
		}
	}
}
