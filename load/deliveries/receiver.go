package deliveries

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/kobcheck/kobcheck/client/webhook"
)

// told is what the receiver heard of one event.
type told struct {
	first, taken time.Time
	tries, takes int
	ids          map[string]bool // message ids
}

// performance is a plan under way.
type performance struct {
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
func (d *performance) happened(entity string, at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if entity == "" {
		d.unnamed++
		return
	}
	d.made[entity] = at
}

// take answers a delivery: with a server error while the receiver is to fail, else it is taken.
func (d *performance) take(ctx context.Context, r webhook.Received) int {
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
func (d *performance) missing() int {
	n := 0
	for entity := range d.made {
		if one := d.told[entity]; one == nil || one.takes == 0 {
			n++
		}
	}
	return n
}

// wait returns true as soon as everything was told, or false when the time is over.
func (d *performance) wait(ctx context.Context, patience time.Duration) bool {
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
