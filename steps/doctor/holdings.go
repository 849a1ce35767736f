package doctor

import (
	"context"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/client"
)

// costly is the size of a list without pages from which on a night is told what it costs, in bytes: a run asks for each
// of them some 40 times.
const (
	costly    = 8 << 20
	asksOfOne = 40
)

// holdings says how much the lists without pages hold, how much of that earlier runs made, and what it costs to read.
func (d *Doctor) holdings(ctx context.Context) {
	for _, operation := range d.Contract.Operations {
		if operation.Success.Shape != "array" || !strings.HasSuffix(operation.ID, "-list") || operation.Takes("limit") {
			continue
		}
		began := time.Now()
		exchange, err := d.Client.Do(ctx, operation, client.Request{As: d.Client.Caller(operation)})
		if err != nil || exchange.Status/100 != 2 {
			continue // what is not served is told elsewhere
		}
		entries, ours := exchange.Holds()
		state, next := Fine, ""
		if exchange.Octets > costly {
			state, next = Poor, "have the things of earlier runs taken away; kobcheck tidy puts away what the API can"
		}
		d.note("holds "+operation.ID, state, next, "%d entries, %d of them look like those of a run; %.1f MB in %d ms, some %d times in a run",
			entries, ours, float64(exchange.Octets)/1e6, time.Since(began).Milliseconds(), asksOfOne)
	}
}
