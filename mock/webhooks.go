package mock

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// subscriptionText writes a webhook or a relay. No page shows either (N-23); that a webhook has an id
// follows from the path that deletes it.
func (s *Server) subscriptionText(one *subscription) []byte {
	text := fmt.Appendf(nil, `{"id":"%s"`, one.id)
	if s.style.SubscriptionFields != "none" {
		text = fmt.Appendf(text, `,"url":%s`, quote(one.url))
	}
	if s.style.SubscriptionFields == "more" {
		text = fmt.Appendf(text, `,"created_at":"%s"`, s.moment(one.created))
	}
	return append(text, '}')
}

func (s *Server) listWebhooks(c *call) answer {
	return s.wholeList(c, written(visible(s, c, &s.store.webhooks), s.subscriptionText))
}

func (s *Server) createWebhook(c *call) answer {
	if why := s.postman.inside(c.text("url")); why != "" && !s.faults.On("webhook.inside-address-accepted") {
		return s.refuse(http.StatusBadRequest, why)
	}
	address := c.text("url")
	if s.style.SecureHooks && !strings.HasPrefix(address, "https://") {
		return s.invalid(c, "Webhook url must begin with https")
	}
	if s.style.OneHookEach && slices.ContainsFunc(s.store.webhooks.byOwner[c.caller.id],
		func(o *subscription) bool { return o.url == address }) {
		return s.forbiddenByState("The url is subscribed already")
	}
	one := &subscription{head: s.store.born(c.caller.id), url: address}
	if !s.faults.On("persist.webhook-lost") {
		s.store.webhooks.add(one)
		s.postman.subscribed(one)
	}
	return s.succeed(c, s.subscriptionText(one))
}

func (s *Server) deleteWebhook(c *call) answer {
	one, refusal, ok := own(s, c, &s.store.webhooks, "Webhook")
	if !ok {
		return refusal
	}
	if !s.faults.On("persist.webhook-not-deleted") {
		s.postman.unsubscribed(one.id)
		all := s.faults.On("persist.webhook-all-deleted")
		s.store.webhooks.remove(one, func(other *subscription) bool { return all || other.id == one.id })
	}
	return s.succeed(c, s.subscriptionText(one))
}

// createRelay keeps a URL. What a relay then receives and must answer is described nowhere (N-40).
func (s *Server) createRelay(c *call) answer {
	one := &subscription{head: s.store.born(c.caller.id), url: c.text("url")}
	s.store.relays.add(one)
	return s.succeed(c, s.subscriptionText(one))
}
