package mock

import (
	"fmt"
	"net/http"
)

// subscriptionText writes a webhook or a relay. No page shows either (N-23); that a webhook has an id
// follows from the path that deletes it.
func (s *Server) subscriptionText(one *subscription) []byte {
	text := fmt.Appendf(nil, `{"id":"%s","url":%s`, one.id, quote(one.url))
	if s.style.MoreFields {
		text = fmt.Appendf(text, `,"created_at":"%s"`, one.created)
	}
	return append(text, '}')
}

func (o *subscription) createdAt() millis { return o.created }

func (s *Server) listWebhooks(c *call) answer {
	var texts [][]byte
	for _, one := range visible(s, c, &s.store.webhooks, (*subscription).createdAt) {
		texts = append(texts, s.subscriptionText(one))
	}
	return s.wholeList(c, texts)
}

func (s *Server) createWebhook(c *call) answer {
	if why := s.postman.inside(c.text("url")); why != "" && !s.faults.On("webhook.inside-address-accepted") {
		return s.refuse(http.StatusBadRequest, why)
	}
	one := &subscription{id: s.store.newID(), owner: c.caller.id, url: c.text("url"), created: s.store.now()}
	if !s.faults.On("persist.webhook-lost") {
		s.store.webhooks.add(one.id, c.caller.id, one)
		s.postman.subscribed(one)
	}
	return answer{status: s.style.Created, body: s.subscriptionText(one)}
}

func (s *Server) deleteWebhook(c *call) answer {
	one, refusal, ok := own(s, c, &s.store.webhooks, "Webhook")
	if !ok {
		return refusal
	}
	if !s.faults.On("persist.webhook-not-deleted") {
		s.postman.unsubscribed(one.id)
		all := s.faults.On("persist.webhook-all-deleted")
		s.store.webhooks.remove(one.id, one.owner, func(other *subscription) bool { return all || other.id == one.id })
	}
	if s.style.Deleted == http.StatusNoContent {
		return answer{status: http.StatusNoContent}
	}
	return answer{status: s.style.Deleted, body: s.subscriptionText(one)}
}
