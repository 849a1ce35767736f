package load

import (
	"fmt"
	"io"
	"time"

	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/load/kind"
)

// AllAllowed holds plans that are performed one after the other against the safety rules, as [Allowed] does one.
func AllAllowed(file *target.File, plans []*Plan, now time.Time, noNotice string) (notice string, err error) {
	for _, plan := range plans {
		if notice, err = Allowed(file, plan, now, noNotice); err != nil {
			return "", err
		}
	}
	return notice, nil
}

// PrintDryRun says what the plans would send, to whom and how much.
func PrintDryRun(w io.Writer, address string, plans []*Plan) error {
	for _, plan := range plans {
		asks := plan.Ceiling()
		if _, err := fmt.Fprintf(w, "%s: at most %d requests %s to %s; about %d things stay there\n", plan.ID,
			asks.Requests, pace(asks), address, asks.Entities); err != nil {
			return err
		}
	}
	return nil
}

// pace says how fast a plan sends, and for how long. A plan without arrivals sends as fast as it is answered.
func pace(asks kind.Ceiling) string {
	if asks.Rate == 0 {
		return "as fast as they are answered"
	}
	return fmt.Sprintf("at up to %.3g a second for %v", asks.Rate, asks.Time)
}
