package leftover

import (
	"context"
	"net/http"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/contract"
)

// atOnce is how many things are put away side by side.
const atOnce = 8

// ways are how the API puts a thing of a kind away: by taking it away, or by setting it to a status in which it does
// nothing.
var ways = map[string]struct{ operation, status string }{
	"webhook":     {"webhooks-delete", ""},
	"card":        {"cards-update-status", "SUSPENDED"},
	"wallet":      {"wallets-update", "INACTIVE"},
	"beneficiary": {"beneficiaries-update", "INACTIVE"},
	"client":      {"clients-update-status", "INACTIVE"},
}

// CanGo reports whether the API has a way to put a thing of a kind away.
func CanGo(kind string) bool { return ways[kind].operation != "" }

// Deleted reports whether a kind is taken away for good, and not only set aside.
func Deleted(kind string) bool { return CanGo(kind) && ways[kind].status == "" }

// isGone reports whether an answer says that a thing is not there any more.
func isGone(status int) bool { return status == http.StatusNotFound || status == http.StatusGone }

// PutAway puts away what the API can, tells of each thing that it is away, from one goroutine at a time, and returns how
// many requests it took. No page gives the allowed changes of a status: whatever is answered is accepted.
func PutAway(ctx context.Context, api *client.Client, facts *contract.Contract, things []Thing, away func(Thing)) int {
	var requests atomic.Int64
	var all errgroup.Group
	all.SetLimit(atOnce)
	done := make(chan Thing)
	told := make(chan struct{})
	go func() {
		defer close(told)
		for one := range done {
			away(one)
		}
	}()
	for _, one := range things {
		way := ways[one.Kind]
		operation := facts.Operation(way.operation)
		if operation == nil {
			continue
		}
		request := client.Request{As: one.As, Path: map[string]string{operation.PathParams[0].Name: one.ID}}
		if way.status != "" {
			request.Body = map[string]any{"status": way.status}
		}
		all.Go(func() error {
			if ctx.Err() != nil {
				return nil //nolint:nilerr // the time for it is over
			}
			requests.Add(1)
			exchange, err := api.Do(ctx, operation, request)
			if err == nil && (exchange.Status/100 == 2 || way.status == "" && isGone(exchange.Status)) {
				done <- one
			}
			return nil
		})
	}
	_ = all.Wait() // none of them returns an error
	close(done)
	<-told
	return int(requests.Load())
}
