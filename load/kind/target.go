package kind

import (
	"context"
	"io"
	"time"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/client/webhook"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
)

// Target is the API under load: the scene that prepares things on it, and what its owner hands over.
type Target struct {
	*scene.Scene
	Schemas *schemas.Set
	// BaseURL names the target in the file of the keys of earlier runs.
	BaseURL string
	// Stated is the limit that the operator states; nil where none does.
	Stated *Limit
	// Receiver takes webhook deliveries; nil where the API can't reach this machine.
	Receiver *webhook.Receiver
	// LocalHost is host and port of an API on this machine, which then signs with a key of its own; else empty.
	LocalHost string
	// Canary performs one round of functional scenarios beside the load; nil for none. CanaryEvery is the time
	// between two rounds.
	Canary      func(ctx context.Context) (CanaryRound, error)
	CanaryEvery time.Duration
	// KeyNights is the file of the keys of earlier runs; empty for none. Now is the clock for their age; nil means
	// [time.Now]. Keep writes the file, whole or not at all.
	KeyNights string
	Now       func() time.Time
	Keep      func(path string, render func(io.Writer) error) error
	// Progress hears several times a second in one line how far a plan with arrivals has come; nil for none.
	Progress func(line string)
	// Live hears of arrivals, answers and rounds of the canary as they come; nil for none.
	Live Live
	// Exposed are the full card numbers and secrets that answers showed since it was last asked, beside those that are known;
	// nil where nobody looks.
	Exposed func(known ...evidence.Finding) []evidence.Finding
	// KillFile ends every plan once a file of that name is there; empty for none.
	KillFile string
	// RunID marks references, so that what a run made can be found again.
	RunID string
}

// Limit is so many requests in so long.
type Limit struct {
	Requests int
	Window   time.Duration
}

// Live hears of a load while it is put on.
type Live interface {
	// Due says how many arrivals of the plan were due so far.
	Due(n int)
	Answered(answer Answer)
	Round(round CanaryRound)
}

// Answer is what came of one arrival. Its times are counted from the start of the plan: when it was due, when the
// generator began it, when the request left and when its answer was whole.
type Answer struct {
	Operation, Class        string
	Due, Began, Sent, Ended time.Duration
}

// CanaryRound is one round of functional scenarios beside a plan: what broke, by requirement, and of how many
// scenarios.
type CanaryRound struct {
	Scenarios int
	Broken    []evidence.Finding
}

// Reference is what the requests of a run leave on transactions.
func (t *Target) Reference() string { return "kobcheck " + t.RunID }

// Move is a valid request that moves money, under the reference of the run.
func (t *Target) Move(ctx context.Context, operation string, amount int64, from, to string) (*scene.Draft, error) {
	draft, err := t.Booking(ctx, operation, "primary", amount, from, to)
	if err != nil {
		return nil, err
	}
	return draft.Set("reference", t.Reference()), nil
}

// NewWallet makes a wallet and returns its id.
func (t *Target) NewWallet(ctx context.Context) (string, error) {
	wallet, err := t.Fresh(ctx, "primary", "wallet", nil)
	if err != nil {
		return "", err
	}
	return wallet.ID, nil
}

// Held is an invariant: broken where anything broke it, and not decided where nothing did but nothing was shown either.
func Held(requirement, sentence string, shown bool, broken []string) evidence.Invariant {
	one := evidence.Invariant{Requirement: requirement, Sentence: sentence, Evidence: append([]string{}, broken...)}
	if holds := len(broken) == 0; shown || !holds {
		one.Holds = &holds
	}
	return one
}
