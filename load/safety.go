package load

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/client/target"
)

// Refused says that a safety rule forbids a plan on a target.
type Refused struct{ Why string }

func (e *Refused) Error() string { return "load is refused: " + e.Why }

// The ceilings that no plan passes. Those for targets elsewhere are those of published sandboxes.
const (
	localRate    = 20_000
	localTotal   = 5_000_000
	localLength  = 24 * time.Hour
	remoteRate   = 25
	remoteTotal  = 5_000
	remoteLength = 30 * time.Minute
	// What a run makes on a target stays there: cards and endusers can't be deleted.
	localEntities  = 1_000_000
	remoteEntities = 1_000
)

// Allowed holds a plan against the safety rules: loopback is free within wide ceilings; any other host
// takes load.allow in the target file and a burst notice that covers the time of the run (RATE-09), or a
// reason why none is needed, and narrow ceilings. It returns the reference of the notice. Errors are
// [*Refused].
func Allowed(file *target.File, plan *Plan, now time.Time, noNotice string) (string, error) {
	rate, total, length := plan.Ceiling()
	if file.LocalHost() != "" {
		return "", ceilings(plan, rate, total, length, localRate, localTotal, localLength, localEntities)
	}
	if file.Load == nil || !file.Load.Allow {
		return "", &Refused{fmt.Sprintf("%s is not this machine; its owner has to allow it with load.allow in the target file", file.Target.BaseURL)}
	}
	if err := ceilings(plan, rate, total, length, remoteRate, remoteTotal, remoteLength, remoteEntities); err != nil {
		return "", err
	}
	if noNotice != "" {
		return "none needed: " + noNotice, nil
	}
	notice := file.Load.BurstNotice
	if notice == nil {
		return "", &Refused{"no burst notice is on file; announce it 48 hours ahead (kobcheck load --notice) and set load.burst_notice, or say with --no-notice-needed why none is"}
	}
	from, err1 := time.Parse(time.RFC3339, notice.From)
	to, err2 := time.Parse(time.RFC3339, notice.To)
	if err1 != nil || err2 != nil || now.Before(from) || now.Add(length).After(to) {
		return "", &Refused{fmt.Sprintf("the burst notice %s covers %s to %s, not %s and the %v that the plan takes", notice.Reference, notice.From, notice.To, now.Format(time.RFC3339), length)}
	}
	return notice.Reference, nil
}

func ceilings(plan *Plan, rate float64, total int, length time.Duration, mostRate float64, mostTotal int, longest time.Duration, mostEntities int) error {
	switch {
	case rate > mostRate:
		return &Refused{fmt.Sprintf("%s asks for %.0f requests a second; at most %.0f are allowed here (--rate scales a plan)", plan.ID, rate, mostRate)}
	case total > mostTotal:
		return &Refused{fmt.Sprintf("%s asks for %d requests; at most %d are allowed here (--rate and --time scale a plan)", plan.ID, total, mostTotal)}
	case plan.Entities() > mostEntities:
		return &Refused{fmt.Sprintf("%s makes about %d things that stay on the target; at most %d are allowed here (fewer keys, wallets or writes)", plan.ID, plan.Entities(), mostEntities)}
	case length > longest:
		return &Refused{fmt.Sprintf("%s takes %v; at most %v are allowed here (--time scales a plan)", plan.ID, length, longest)}
	}
	return nil
}

// Notice is the announcement that the documentation asks for 48 hours before a planned burst, filled in.
func Notice(file *target.File, plans []*Plan, from time.Time) string {
	text := "Planned burst of requests\n\n"
	text += fmt.Sprintf("Target        %s (%s)\n", file.Target.Name, file.Target.BaseURL)
	text += fmt.Sprintf("Client        %s\n", file.Target.Clients["primary"].ID)
	at := from
	for _, plan := range plans {
		rate, total, length := plan.Ceiling()
		length = max(length, time.Minute)
		text += fmt.Sprintf("\nWindow        %s to %s (%s)\n", at.Format(time.RFC3339), at.Add(length).Format(time.RFC3339), at.Location())
		text += fmt.Sprintf("Rates         at most %.0f requests a second, %d requests in all, for %v\n", rate, total, length)
		text += "Endpoints     " + endpoints(plan) + "\n"
		text += "Purpose       " + plan.Sentence + "\n"
		at = at.Add(length)
	}
	return text + "\nWe stop at once when you ask us to. Every request carries the header X-Kobcheck-Run.\n"
}

func endpoints(plan *Plan) string {
	switch plan.Kind {
	case Idempotency:
		return "endusers-create, wallets-create, cards-create, cards-list, transactions-manual-credit, wallets-get"
	case RateLimit:
		return "card-programs-list"
	case Ledger:
		return "endusers-create, wallets-create, transactions-manual-credit, transactions-create, wallets-get"
	}
	return strings.Join(slices.Sorted(maps.Keys(plan.Mix)), ", ")
}
