package mock

import (
	"fmt"
	"net/http"
	"slices"
)

func (s *Server) subscriptionText(one *subscription) []byte {
	text := fmt.Appendf(nil, `{"id":"%s","url":%s`, one.id, quoteText(one.url))
	if s.style.MoreFields {
		text = fmt.Appendf(text, `,"created_at":"%s"`, one.created)
	}
	return append(text, '}')
}

func (s *Server) listWebhooks(c *call) answer {
	listed := s.store.webhooks.byOwner[c.caller.id]
	if s.faults.On("tenancy.list-shows-all") {
		listed = nil
		for _, one := range s.store.webhooks.byID {
			listed = append(listed, one)
		}
	}
	var texts [][]byte
	for _, one := range listed {
		texts = append(texts, s.subscriptionText(one))
	}
	return s.wholeList(len(texts), listText(texts))
}

func (s *Server) createWebhook(c *call) answer {
	one := &subscription{id: s.store.newID(), owner: c.caller.id, url: c.text("url"), created: s.store.now()}
	if !s.faults.On("persist.webhook-lost") {
		s.store.webhooks.add(one.id, c.caller.id, one)
	}
	return answer{status: s.style.Created, body: s.subscriptionText(one)}
}

func (s *Server) deleteWebhook(c *call) answer {
	id, refusal, ok := s.identify(c, "Webhook")
	if !ok {
		return refusal
	}
	one := s.store.webhooks.byID[id]
	if one == nil {
		return s.missing("Webhook")
	}
	if one.owner != c.caller.id && !s.leaks(c) {
		return s.foreign("Webhook")
	}
	if !s.faults.On("persist.webhook-not-deleted") {
		delete(s.store.webhooks.byID, id)
		s.store.webhooks.byOwner[one.owner] = slices.DeleteFunc(s.store.webhooks.byOwner[one.owner], func(other *subscription) bool { return other.id == id })
	}
	if s.style.Deleted == http.StatusNoContent {
		return answer{status: http.StatusNoContent}
	}
	return answer{status: s.style.Deleted, body: s.subscriptionText(one)}
}
