package suite

import (
	"context"
	"time"

	"github.com/kobcheck/kobcheck/client/leftover"
)

// tidyTime bounds the clean-up after a run.
const tidyTime = 60 * time.Second

// tidy puts away what scenarios made, as far as the API can. What can't be taken away stays on the list of what is left
// behind. It has time of its own, whatever ended the run, and does nothing to a target that is down.
func (r *runner) tidy(ctx context.Context) {
	if !r.anyAnswer || r.outage.down || r.outage.streak >= r.outage.limit {
		return
	}
	ctx, cancel := cleaningUp(ctx, tidyTime)
	defer cancel()
	var things []leftover.Thing
	for kind, all := range r.made {
		for id, as := range all {
			things = append(things, leftover.Thing{Kind: kind, ID: id, As: as})
		}
	}
	r.tidied = leftover.PutAway(ctx, r.config.Session.Client, r.config.Session.Contract, things, func(one leftover.Thing) {
		if leftover.Deleted(one.Kind) {
			delete(r.made[one.Kind], one.ID)
		}
		if r.config.Away != nil {
			r.config.Away(one)
		}
	})
}
