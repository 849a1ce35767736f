package workbench

import (
	"context"
	"time"

	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/load/live"
)

// flushWithin is how long the end of a run waits for a receiver of what it exports.
const flushWithin = 5 * time.Second

// Live lets a load be watched while it is put on: on an address of this machine, unless it is empty, and over OTLP where
// the environment says so. The second function ends it.
func (b *Bench) Live(ctx context.Context, on *kind.Target, name, address string) (*live.Meter, func(), error) {
	meter := live.New(name, on.RunID)
	flush, err := meter.Export(ctx, b.Tool.Version)
	if err != nil {
		return nil, nil, err
	}
	end := func() {}
	if address != "" {
		var url string
		if url, end, err = meter.Serve(ctx, address); err != nil {
			return nil, nil, err
		}
		b.Say("metrics on %s while the load runs", url)
	}
	on.Live = meter
	return meter, func() {
		end()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushWithin)
		defer cancel()
		if err := flush(ctx); err != nil {
			b.Say("%v", err)
		}
	}, nil
}
