package load

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/client/webhook"
	"github.com/kobcheck/kobcheck/reports"
)

// deliverySeries names the latencies of deliveries among those of operations.
const deliverySeries = "webhook-delivery"

// confirmationWait bounds the wait for the confirmation request of a new subscription.
const confirmationWait = 30 * time.Second

// deliveries makes events at the rates of the plan while the receiver fails for a time and recovers, and
// holds what came in against what was answered: nothing lost, repeats counted, retries under one id.
func deliveries(ctx context.Context, t *Target, plan *Plan, seed int64, result *reports.LoadPlan) error {
	if t.Receiver == nil {
		return errors.New("no webhook of this target can reach this machine; set webhooks.public_url in the target file")
	}
	subscription, inbox, err := t.subscribe(ctx)
	if subscription != "" {
		defer t.unsubscribe(ctx, subscription)
	}
	if err != nil {
		return err
	}
	verifier := &webhook.Verifier{CertificateHost: t.LocalHost, Fetch: webhook.FetchOnce()}
	d := &deliveryRun{verify: verifier.Verify, began: time.Now(), plan: plan, made: map[string]time.Time{}, told: map[string]*told{}, changed: make(chan struct{}), wrong: map[string]int{}}
	inbox.Handle(func(r webhook.Received) int { return d.take(ctx, r) })
	wallet, err := t.newWallet(ctx)
	if err != nil {
		return err
	}
	draft, err := t.booking(ctx, "transactions-manual-credit", 1, "", wallet)
	if err != nil {
		return err
	}
	due := schedule(plan.stages(), plan.Arrivals, seed)
	if len(due) == 0 {
		return errors.New("the plan has no arrivals; raise its rates or times")
	}
	m := newMeasure()
	m.due = len(due)
	d.began = time.Now()
	wall := attack(ctx, due, plan.Connections, func(ctx context.Context, n int) outcome {
		sent := time.Now()
		exchange, err := t.Client.Do(ctx, draft.Operation, draft.Ready())
		o := t.judge(draft.Operation, exchange, err, n%plan.CheckEvery == 0)
		if o.class == good {
			d.happened(idOf(exchange), sent)
		}
		return o
	}, m.add)
	complete := d.wait(ctx, time.Duration(plan.Wait))
	for _, stage := range plan.stages() {
		m.asked += time.Duration(stage.Seconds * float64(time.Second))
	}
	d.judge(m, result, complete)
	for _, gate := range plan.gates {
		result.Gates = append(result.Gates, gate.evaluate(m))
	}
	return m.report(result, wall)
}

// subscribe makes a subscription that reaches this machine and goes through the handshake.
func (t *Target) subscribe(ctx context.Context) (id string, inbox *webhook.Inbox, err error) {
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
	bounded, cancel := context.WithTimeout(ctx, confirmationWait)
	defer cancel()
	one, came := inbox.Wait(bounded, func(r webhook.Received) bool {
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
func (t *Target) unsubscribe(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if draft, err := t.Draft(ctx, t.Contract.Operation("webhooks-delete"), "primary", scene.Things{"webhook": {ID: id}}); err == nil {
		_, _ = t.Send(ctx, draft) // the plan's result stands without it
	}
}

// told is what the receiver heard of one event.
type told struct {
	first, taken time.Time
	tries, takes int
	ids          map[string]bool // message ids
}

type deliveryRun struct {
	plan   *Plan
	began  time.Time
	verify func(context.Context, webhook.Delivery) (*webhook.Message, []webhook.Check)

	mu      sync.Mutex
	made    map[string]time.Time // when the request was sent, by the entity that the answer names
	unnamed int                  // answers that name no entity
	told    map[string]*told     // by entity
	refused int                  // tries that the receiver failed
	wrong   map[string]int       // steps of the verification that did not hold
	changed chan struct{}
}

// happened notes an event that must be told.
func (d *deliveryRun) happened(entity string, at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if entity == "" {
		d.unnamed++
		return
	}
	d.made[entity] = at
}

// take answers a delivery: with a server error while the receiver is to fail, else it is taken.
func (d *deliveryRun) take(ctx context.Context, r webhook.Received) int {
	_, checks := d.verify(ctx, r.Delivery)
	event, err := r.Message.Event()
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, check := range checks {
		if !check.Holds {
			d.wrong[check.Step+": "+check.Detail]++
		}
	}
	if err != nil {
		d.wrong["event: "+err.Error()]++
		return http.StatusOK
	}
	one := d.told[event.EntityID]
	if one == nil {
		one = &told{first: r.At, ids: map[string]bool{}}
		d.told[event.EntityID] = one
	}
	one.tries++
	one.ids[r.Message.MessageId] = true
	since := one.first.Sub(d.began)
	failing := since >= time.Duration(d.plan.FailFrom) && since < time.Duration(d.plan.FailFrom)+time.Duration(d.plan.FailFor)
	if failing && one.tries <= d.plan.FailTries {
		d.refused++
		return http.StatusServiceUnavailable
	}
	if one.takes++; one.takes == 1 {
		one.taken = r.At
	}
	close(d.changed)
	d.changed = make(chan struct{})
	return http.StatusOK
}

// missing counts the events that were not taken yet. The caller holds the lock.
func (d *deliveryRun) missing() int {
	n := 0
	for entity := range d.made {
		if one := d.told[entity]; one == nil || one.takes == 0 {
			n++
		}
	}
	return n
}

// wait returns true as soon as everything was told, or false when the time is over.
func (d *deliveryRun) wait(ctx context.Context, patience time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		d.mu.Lock()
		missing, changed := d.missing(), d.changed
		d.mu.Unlock()
		if missing == 0 {
			return true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

func (d *deliveryRun) judge(m *measure, result *reports.LoadPlan, complete bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var lost, renamed []string
	again, retried := 0, 0
	for entity, at := range d.made {
		one := d.told[entity]
		if one == nil || one.takes == 0 {
			lost = append(lost, fmt.Sprintf("the transaction %s was never told", entity))
			continue
		}
		m.deliver(deliverySeries, one.first.Sub(at), one.taken.Sub(at))
		again += one.takes - 1
		if one.tries > one.takes {
			retried++
			if len(one.ids) > 1 {
				renamed = append(renamed, fmt.Sprintf("the transaction %s was told under %d message ids", entity, len(one.ids)))
			}
		}
	}
	holds := func(requirement, sentence string, decided bool, broken []string) {
		one := reports.Invariant{Requirement: requirement, Sentence: sentence, Evidence: orNone(broken)}
		if fine := len(broken) == 0; decided || !fine {
			one.Holds = &fine
		}
		result.Invariants = append(result.Invariants, one)
	}
	seen := len(d.made) > 0
	holds("HOOK-12", fmt.Sprintf("each of %d events was delivered", len(d.made)), seen && complete && d.unnamed == 0, lost)
	holds("HOOK-18", fmt.Sprintf("each of %d deliveries that were answered 503 came again and was taken", d.refused), d.refused > 0 && complete, lost)
	holds("SNS-18", fmt.Sprintf("%d retried deliveries kept their message ids", retried), retried > 0, renamed)
	var wrong []string
	for step, n := range d.wrong {
		wrong = append(wrong, fmt.Sprintf("%d deliveries: %s", n, step))
	}
	holds("HOOK-21", "every delivery verifies", seen, wrong)
	result.Observed = append(result.Observed, reports.Observation{ID: "webhooks.duplicates", Question: "How many events were delivered again after they were taken?", Answer: fmt.Sprintf("%d of %d", again, len(d.made))})
}
