// Package deliveries makes events while the receiver of their webhooks fails for a time and recovers, and holds what came
// in against what was answered: nothing lost, repeats counted, retries under one id.
package deliveries

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/client/webhook"
	"github.com/kobcheck/kobcheck/load/arrivals"
	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// Kind is what these plans are called.
const Kind kind.Name = "deliveries"

// Plan is the rates at which events are made, and how the receiver fails meanwhile.
type Plan struct {
	kind.Head `yaml:",inline"`
	Stages    arrivals.Stages `yaml:"stages"`
	// FailFor is how long, from FailFrom on, the receiver answers the first FailTries tries of each event with a server
	// error. Wait is how long after the last event all must have come.
	FailFrom  kind.Duration `yaml:"fail_from"`
	FailFor   kind.Duration `yaml:"fail_for"`
	FailTries int           `yaml:"fail_tries"`
	Wait      kind.Duration `yaml:"wait"`
}

// New returns a plan that has only what is usual.
func New() *Plan { return &Plan{Head: kind.Usual(), Wait: kind.Duration(time.Minute)} }

// Check tells of every value that can't be.
func (p *Plan) Check(fault kind.Fault) {
	p.Stages.Check(fault)
	if p.FailTries < 0 || p.FailTries > 3 || p.Wait <= 0 {
		fault("fail_tries", "a receiver may fail 0 to 3 tries, since SNS makes four, and wait must be above 0")
	}
}

// Ceiling is the most that the plan asks of a target.
func (p *Plan) Ceiling() kind.Ceiling {
	c := p.Stages.Ceiling()
	c.Entities, c.Operations = c.Requests, []string{"webhooks-create", made, "webhooks-delete"}
	return c
}

// Scale multiplies rates and times.
func (p *Plan) Scale(rate, length float64) {
	p.Stages.Scale(rate, length)
	p.FailFrom, p.FailFor = kind.Duration(float64(p.FailFrom)*length), kind.Duration(float64(p.FailFor)*length)
}

// made is the operation whose events are awaited.
const made = "transactions-manual-credit"

// series names the latencies of deliveries among those of operations.
const series = "webhook-delivery"

// Perform makes the events, waits for their deliveries and judges them.
func (p *Plan) Perform(ctx context.Context, on *kind.Target, run kind.Run, result *reports.LoadPlan) (*arrivals.Measure, error) {
	if on.Receiver == nil {
		return nil, errors.New("no webhook of this target can reach this machine; set webhooks.public_url in the target file")
	}
	result.Stages = p.Stages.Ramps()
	due := arrivals.Schedule(result.Stages, p.Arrivals, run.Seed)
	if len(due) == 0 {
		return nil, errors.New("the plan has no arrivals; raise its rates or times")
	}
	subscription, inbox, err := subscribe(ctx, on)
	if subscription != "" {
		defer unsubscribe(ctx, on, subscription)
	}
	if err != nil {
		return nil, err
	}
	verifier := &webhook.Verifier{CertificateHost: on.LocalHost, Fetch: webhook.FetchOnce()}
	d := &performance{verify: verifier.Verify, began: time.Now(), plan: p, made: map[string]time.Time{},
		told: map[string]*told{}, changed: make(chan struct{}), wrong: map[string]int{}}
	inbox.Handle(func(r webhook.Received) int { return d.take(ctx, r) })
	wallet, err := on.NewWallet(ctx)
	if err != nil {
		return nil, err
	}
	draft, err := on.Move(ctx, made, 1, "", wallet)
	if err != nil {
		return nil, err
	}
	m := arrivals.MeasureOf(on)
	m.Due, m.Asked = len(due), p.Stages.Ceiling().Time
	d.began = time.Now()
	arrivals.Attack(ctx, due, &p.Head, func(ctx context.Context, n int) arrivals.Outcome {
		sent := time.Now()
		exchange, err := on.Client.Do(ctx, draft.Operation, draft.Ready())
		o := arrivals.Judge(on, draft.Operation, exchange, err, n%p.CheckEvery == 0)
		if o.Class == arrivals.Good {
			d.happened(scene.IDOf(exchange), sent)
		}
		return o
	}, m.Add)
	d.judge(m, result, d.wait(ctx, time.Duration(p.Wait)))
	return m, nil
}

// judge holds what was told against what happened.
func (d *performance) judge(m *arrivals.Measure, result *reports.LoadPlan, complete bool) {
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
		m.Deliver(series, one.first.Sub(at), one.taken.Sub(at))
		again += one.takes - 1
		if one.tries > one.takes {
			retried++
			if len(one.ids) > 1 {
				renamed = append(renamed, fmt.Sprintf("the transaction %s was told under %d message ids", entity, len(one.ids)))
			}
		}
	}
	holds := func(requirement, sentence string, shown bool, broken []string) {
		result.Invariants = append(result.Invariants, kind.Held(requirement, sentence, shown, broken))
	}
	seen := len(d.made) > 0
	holds("HOOK-12", fmt.Sprintf("each of %d events was delivered", len(d.made)), seen && complete && d.unnamed == 0, lost)
	holds("HOOK-18", fmt.Sprintf("each of %d deliveries that were answered 503 came again and was taken", d.refused),
		d.refused > 0 && complete, lost)
	holds("SNS-18", fmt.Sprintf("%d retried deliveries kept their message ids", retried), retried > 0, renamed)
	var wrong []string
	for step, n := range d.wrong {
		wrong = append(wrong, fmt.Sprintf("%d deliveries: %s", n, step))
	}
	holds("HOOK-21", "every delivery verifies", seen, wrong)
	result.Observed = append(result.Observed, evidence.Observation{ID: "webhooks.duplicates",
		Question: "How many events were delivered again after they were taken?", Answer: fmt.Sprintf("%d of %d", again, len(d.made))})
}
