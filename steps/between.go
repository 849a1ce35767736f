package steps

import (
	"fmt"
	"net/http"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/sentinel"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// Gateway recognises the answers that say nothing of the API: what a gateway, an edge or a proxy gives in its place,
// what our own pace brought about, and what is longer than we read. A 429 is the answer of whoever limits, so that
// what HTTP asks of a 429 is looked at all the same.
func (w *World) Gateway(exchange *client.Exchange) error {
	if who := exchange.Interposed(); who != "" {
		return &Environment{Why: fmt.Sprintf("%s to %s in place of the API", who, exchange.Operation)}
	}
	if exchange.Status == http.StatusTooManyRequests {
		w.watchThose(w.Session.Contract.Operation(exchange.Operation), exchange,
			func(a evidence.Assertion) bool { return sentinel.OfRefusedPace(a.Check) })
		return &Environment{Why: fmt.Sprintf("%s was answered 429: our own pace was too high for this target; lower it with --max-rps",
			exchange.Operation)}
	}
	if exchange.Beyond != "" {
		return &Environment{Why: fmt.Sprintf("the answer to %s is longer than kobcheck reads (%s): it can't be judged; is the target full "+
			"of the things of earlier nights?",
			exchange.Operation, exchange.Beyond)}
	}
	return nil
}
