package ledger

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/load/history"
	"github.com/kobcheck/kobcheck/load/kind"
)

// cutEvery is how many bookings there are to one whose first answer is lost on purpose.
const cutEvery = 10

// The bounds of asking again: where the first request may still be under way, and where an answer was not clear.
const (
	retryMost  = 20
	retryPause = 50 * time.Millisecond
	unclear    = 3
)

// book performs a booking under a key of its own, a manual credit where it comes from no wallet. Where cuts are wanted,
// the connection of some is cut as soon as the request is out: not where a refusal is expected, which looks like one
// that is still under way. An unclear answer is asked again under the same key, since an unknown outcome would hide a
// lost update.
func (l *performance) book(ctx context.Context, amount int64, from, to string, cuts bool) (booked bool, err error) {
	operation := "transactions-create"
	if from == "" {
		operation = "transactions-manual-credit"
	}
	draft, err := l.target.Move(ctx, operation, amount, from, to)
	if err != nil {
		return false, err
	}
	if draft.Request.Key, err = l.target.Client.NewKey(ctx); err != nil {
		return false, err
	}
	called := kind.Now()
	lost := cuts && l.bookings.Add(1)%cutEvery == 0
	if lost {
		connection, err := l.target.Client.SendWhole(ctx, draft.Operation, draft.Ready())
		if err != nil {
			return false, err
		}
		_ = connection.Close() // its answer is lost on purpose
		l.heard(false)
	}
	if booked, err = l.insist(ctx, draft, lost); err == nil {
		l.remember(amount, from, to, booked, called)
	}
	return booked, err
}

// insist asks under one key until the answer is clear. Lost says that a first request may still be under way.
func (l *performance) insist(ctx context.Context, draft *scene.Draft, lost bool) (booked bool, err error) {
	for try := 0; ; try++ {
		exchange, err := l.target.Client.Do(ctx, draft.Operation, draft.Ready())
		waits := err == nil && (exchange.Status == http.StatusConflict || exchange.Status == http.StatusTooEarly)
		if waits && lost && try < retryMost {
			if err := kind.Wait(ctx, retryPause); err != nil {
				return false, err
			}
			continue
		}
		understood := err == nil && exchange.Status < 500 && exchange.Status != http.StatusTooManyRequests
		l.heard(understood)
		switch {
		case understood:
			return exchange.Status/100 == 2, nil
		case ctx.Err() != nil:
			return false, ctx.Err()
		case try >= unclear:
			return false, errors.New("a booking got no clear answer in four attempts under one key; " +
				"the money on the wallets can't be judged")
		}
	}
}

// heard counts an answer.
func (l *performance) heard(understood bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if understood {
		l.answered++
	} else {
		l.unclear++
	}
}

// remember adds a booking to the histories of its wallets.
func (l *performance) remember(units int64, from, to string, booked bool, called time.Duration) {
	returned := kind.Now()
	for wallet, what := range map[string]string{from: "out", to: "in"} {
		if wallet != "" {
			l.history.Add(0, history.Event{Thing: wallet, What: what, Units: units}, history.Answer{Done: booked}, called, returned)
		}
	}
}
