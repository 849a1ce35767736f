package deliveries

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/client/webhook"
	"github.com/kobcheck/kobcheck/load/kind"
)

// confirmationWait bounds the wait for the confirmation request of a new subscription.
const confirmationWait = 30 * time.Second

// subscribe makes a subscription that reaches this machine and goes through the handshake.
func subscribe(ctx context.Context, t *kind.Target) (id string, inbox *webhook.Inbox, err error) {
	inbox = t.Receiver.NewInbox()
	draft, err := t.Draft(ctx, t.Contract.Operation("webhooks-create"), "primary", nil)
	if err != nil {
		return "", nil, err
	}
	made, err := t.Create(ctx, draft.Set("url", inbox.URL))
	if err != nil {
		return "", nil, err
	}
	id = made.ID
	one, came := inbox.Wait(ctx, confirmationWait, func(r webhook.Received) bool {
		return r.Message != nil && r.Message.Type == webhook.Confirmation
	})
	if !came {
		return id, nil, fmt.Errorf("no confirmation request reached %s in %v; is it reachable for the API?", inbox.URL, confirmationWait)
	}
	if !webhook.MayFetch(one.Message.SubscribeURL, t.LocalHost) {
		return id, nil, fmt.Errorf("the SubscribeURL %q is none that a receiver may fetch", one.Message.SubscribeURL)
	}
	status, _, err := webhook.Confirm(ctx, one.Message.SubscribeURL)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("the SubscribeURL was answered %d", status)
	}
	return id, inbox, err
}

// unsubscribe ends the subscription, whatever ended the plan.
func unsubscribe(ctx context.Context, t *kind.Target, id string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if draft, err := t.Draft(ctx, t.Contract.Operation("webhooks-delete"), "primary", scene.Things{"webhook": {ID: id}}); err == nil {
		_, _ = t.Send(ctx, draft) // the plan's result stands without it
	}
}
