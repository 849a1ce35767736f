package webhooks

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/client/webhook"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps"
)

// firstTry waits for the try of the notification that our receiver did not take; a finding where none comes.
func firstTry(ctx context.Context, w *steps.World) (*webhook.Inbox, bool, error) {
	inbox, err := inbox(w, "webhook")
	if err != nil {
		return nil, false, err
	}
	_, came := inbox.Wait(ctx, patienceOf(ctx, w), func(r webhook.Received) bool { return about(w, r) && r.Answer != http.StatusOK })
	if err := undelivered(ctx, w, came); err != nil {
		return nil, false, err
	}
	if !came && untold(w, inbox) {
		return inbox, false, nil
	}
	w.Expect(came, evidence.Assertion{Check: "a notification arrives", Fact: w.Fact("HOOK-17", contract.Delivery),
		Message: "a confirmed subscription was not told of a transaction", Expected: "a notification of it", Actual: "none"})
	return inbox, came, nil
}

// taken waits so long for a try of the notification that our receiver took.
func taken(ctx context.Context, w *steps.World, inbox *webhook.Inbox, patience time.Duration) bool {
	_, came := inbox.Wait(ctx, patience, func(r webhook.Received) bool { return about(w, r) && r.Answer == http.StatusOK })
	return came
}

func sentAgain(ctx context.Context, w *steps.World) error {
	inbox, came, err := firstTry(ctx, w)
	if err != nil || !came {
		return err
	}
	patience := 4*w.Session.RetryWait + deliveryWait
	if w.Session.RetryWait == 0 {
		patience = patienceOf(ctx, w)
	}
	again := taken(ctx, w, inbox, patience)
	if err := undelivered(ctx, w, again); err != nil {
		return err
	}
	if !again && w.Session.RetryWait == 0 {
		return &scene.NotTestable{Key: "webhooks.retry_wait", Why: "no second try came in time, and nobody said how long this API waits " +
			"with it (SNS: 20 s)"}
	}
	for _, requirement := range []string{"HOOK-18", "SNS-16"} {
		w.Expect(again, evidence.Assertion{Check: "a failed delivery is tried again",
			Fact: w.Fact(requirement, contract.Delivery), Message: "a notification that failed was not sent again",
			Expected: "another try", Actual: "none"})
	}
	return nil
}

// notedSentAgain is for a refusal: SNS takes it for an answer, while the documentation's sentence may mean
// that anything but 2xx is tried again (C-52).
func notedSentAgain(ctx context.Context, w *steps.World) error {
	inbox, came, err := firstTry(ctx, w)
	if err != nil || !came {
		return err
	}
	if w.Session.RetryWait == 0 {
		return &scene.NotTestable{Key: "webhooks.retry_wait", Why: "nobody said how long this API waits before a second try (SNS: 20 s)"}
	}
	again := taken(ctx, w, inbox, 2*w.Session.RetryWait)
	if err := undelivered(ctx, w, again); err != nil {
		return err
	}
	w.Observe("webhooks.retried-after-4xx", "C-52", "Is a delivery that was answered 403 tried again?",
		map[bool]string{true: "yes", false: "no"}[again])
	return nil
}

func sameMessage(w *steps.World, all *messages) {
	ids := map[string]int{}
	first, tries := "", 0
	for _, one := range *all {
		if about(w, one) && one.Message != nil {
			first = cmp.Or(first, one.Message.MessageId)
			ids[one.Message.MessageId]++
			tries++
		}
	}
	if tries < 2 {
		w.NoData("the same message", w.Fact("SNS-18", contract.Delivery), "there was no second try")
		return
	}
	if len(ids) > 1 && ids[first] > 1 { // the first came again as it was: the other is no try of it
		w.Expect(false, evidence.Assertion{Check: "told once", Fact: w.Fact("HOOK-20", contract.Delivery),
			Message: "one thing is told under more than one message id", Expected: "one id", Actual: fmt.Sprintf("%d ids", len(ids))})
		return
	}
	for _, requirement := range []string{"SNS-18", "HOOK-20"} {
		w.Expect(len(ids) == 1, evidence.Assertion{Check: "the same message", Fact: w.Fact(requirement, contract.Delivery),
			Message: "a repeat has another message id", Expected: "one id", Actual: fmt.Sprintf("%d ids", len(ids))})
	}
}
