package load

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/load/kind"
)

// Refused says that a safety rule forbids a plan on a target.
type Refused struct{ Why string }

func (e *Refused) Error() string { return "load is refused: " + e.Why }

// here is the ceiling of plans on this machine.
func here() kind.Ceiling {
	return kind.Ceiling{Rate: 20_000, Requests: 5_000_000, Time: 24 * time.Hour, Entities: 1_000_000}
}

// elsewhere is that of plans on other targets: those of published sandboxes, unless the owner of the target allows
// more. What a run makes on a target stays there: cards and endusers can't be deleted.
func elsewhere(file *target.File) kind.Ceiling {
	most := kind.Ceiling{Rate: 25, Requests: 5_000, Time: 30 * time.Minute, Entities: 1_000}
	if file.Load == nil || file.Load.Ceilings == nil {
		return most
	}
	allowed := file.Load.Ceilings
	most.Rate, most.Requests = cmp.Or(allowed.Rate, most.Rate), cmp.Or(allowed.Requests, most.Requests)
	most.Entities = cmp.Or(allowed.Entities, most.Entities)
	if length, err := time.ParseDuration(allowed.Time); err == nil { // the file was checked when it was read
		most.Time = length
	}
	return most
}

// Allowed holds a plan against the safety rules: loopback is free within wide ceilings; any other host
// takes load.allow in the target file and a burst notice that covers the time of the run (RATE-09), or a
// reason why none is needed, and narrow ceilings. It returns the reference of the notice. Errors are
// [*Refused].
func Allowed(file *target.File, plan *Plan, now time.Time, noNotice string) (string, error) {
	asks := plan.Ceiling()
	if file.LocalHost() != "" {
		return "", within(plan.ID, asks, file)
	}
	if file.Load == nil || !file.Load.Allow {
		return "", &Refused{fmt.Sprintf("%s is not this machine; its owner has to allow it with load.allow in the target file",
			file.Target.BaseURL)}
	}
	if err := within(plan.ID, asks, file); err != nil {
		return "", err
	}
	if noNotice != "" {
		return "none needed: " + noNotice, nil
	}
	notice := file.Load.BurstNotice
	if notice == nil {
		return "", &Refused{"no burst notice is on file; announce it 48 hours ahead (kobcheck load --notice) and set load.burst_notice, " +
			"or say with --no-notice-needed why none is"}
	}
	if !notice.Covers(now, asks.Time) {
		return "", &Refused{fmt.Sprintf("the burst notice %s covers %s to %s, not %s and the %v that the plan takes",
			notice.Reference, notice.From, notice.To, now.Format(time.RFC3339), asks.Time)}
	}
	return notice.Reference, nil
}

// within refuses what asks for more than the ceiling of a target, and names the key that raises it where one does.
func within(plan string, asks kind.Ceiling, file *target.File) error {
	most := here()
	raised := func(string) string { return "" }
	if file.LocalHost() == "" {
		most = elsewhere(file)
		raised = func(key string) string {
			return fmt.Sprintf(", unless load.ceilings.%s in the target file says otherwise", key)
		}
	}
	var why string
	switch {
	case asks.Rate > most.Rate:
		why = fmt.Sprintf("asks for %.0f requests a second; at most %.0f are allowed here%s (--rate scales a plan)",
			asks.Rate, most.Rate, raised("rate"))
	case asks.Requests > most.Requests:
		why = fmt.Sprintf("asks for %d requests; at most %d are allowed here%s (--rate and --time scale a plan)",
			asks.Requests, most.Requests, raised("requests"))
	case asks.Entities > most.Entities:
		why = fmt.Sprintf("makes about %d things that stay on the target; at most %d are allowed here%s (fewer keys, wallets or writes)",
			asks.Entities, most.Entities, raised("entities"))
	case asks.Time > most.Time:
		why = fmt.Sprintf("takes %v; at most %v are allowed here%s (--time scales a plan)", asks.Time, most.Time, raised("time"))
	default:
		return nil
	}
	return &Refused{plan + " " + why}
}

// Notice is the announcement that the documentation asks for 48 hours before a planned burst, filled in. What passes
// the ceilings would be refused in spite of it, and is not announced: the error is a [*Refused].
func Notice(file *target.File, plans []*Plan, from time.Time) (string, error) {
	text := "Planned burst of requests\n\n"
	text += fmt.Sprintf("Target        %s (%s)\n", file.Target.Name, file.Target.BaseURL)
	text += fmt.Sprintf("Client        %s\n", file.Target.Clients["primary"].ID)
	at := from
	for _, plan := range plans {
		asks := plan.Ceiling()
		if err := within(plan.ID, asks, file); err != nil {
			return "", err
		}
		length := max(asks.Time, time.Minute)
		text += fmt.Sprintf("\nWindow        %s to %s (%s)\n", at.Format(time.RFC3339), at.Add(length).Format(time.RFC3339), at.Format("MST"))
		text += fmt.Sprintf("Rates         at most %d requests in all, %s\n", asks.Requests, pace(asks))
		text += "Endpoints     " + strings.Join(asks.Operations, ", ") + "\n"
		text += "Purpose       " + plan.Sentence + "\n"
		at = at.Add(length)
	}
	return text + "\nWe stop at once when you ask us to. Every request carries the header X-Kobcheck-Run.\n", nil
}

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
