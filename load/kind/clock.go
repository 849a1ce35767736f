package kind

import (
	"context"
	"time"

	"github.com/kobcheck/kobcheck/client"
)

// base is where the clock of load begins. It is monotonic: only differences count.
var base = time.Now()

// Now is the moment on the clock of load.
func Now() time.Duration { return time.Since(base) }

// At is a moment of the wall clock on the clock of load.
func At(moment time.Time) time.Duration { return moment.Sub(base) }

// Wait returns after so long, or with the error of the context.
func Wait(ctx context.Context, d time.Duration) error { return client.Wait(ctx, d) }

// Milliseconds are those of a duration.
func Milliseconds(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e6 }
