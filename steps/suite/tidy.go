package suite

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/kobcheck/kobcheck/client"
)

// tidyTime bounds the clean-up after a run.
const tidyTime = 60 * time.Second

// tidyAtOnce is how many things are put away side by side.
const tidyAtOnce = 8

// tidy deletes the webhook subscriptions that scenarios left, suspends the cards and sets the wallets
// inactive. What can't be taken away stays on the list of what is left behind. It has time of its own,
// whatever ended the run, and does nothing to a target that is down.
func (r *runner) tidy(ctx context.Context) {
	if !r.anyAnswer || r.outage.down || r.outage.streak >= r.outage.limit {
		return
	}
	patience := tidyTime
	if ctx.Err() != nil {
		patience = cleanupTimeAtTheEnd // a run that was stopped ends within a second
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	var all errgroup.Group
	all.SetLimit(tidyAtOnce)
	var mu sync.Mutex
	each := func(kind, operation string, body map[string]any, then func(id string)) {
		for _, id := range slices.Collect(maps.Keys(r.made[kind])) {
			request := client.Request{As: r.made[kind][id].as, Path: map[string]string{"id": id}}
			if body != nil {
				request.Body = body
			}
			all.Go(func() error {
				// No page gives the allowed changes of a status: whatever comes back is accepted.
				r.tidied.Add(1)
				exchange, err := r.config.Session.Client.Do(ctx, r.config.Session.Contract.Operation(operation), request)
				if err == nil && exchange.Status/100 == 2 && then != nil {
					mu.Lock()
					defer mu.Unlock()
					then(id)
				}
				return nil
			})
		}
	}
	var gone []string
	each("webhook", "webhooks-delete", nil, func(id string) { gone = append(gone, id) })
	each("card", "cards-update-status", map[string]any{"status": "SUSPENDED"}, nil)
	each("wallet", "wallets-update", map[string]any{"status": "INACTIVE"}, nil)
	_ = all.Wait() // none of them returns an error
	for _, id := range gone {
		delete(r.made["webhook"], id)
	}
}
