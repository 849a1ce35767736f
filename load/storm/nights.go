package storm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// keptNights is how many nights a file of keys keeps.
const keptNights = 60

// keyNight is a key of an earlier run: what it was made of, what it made, and for how long it was remembered.
// The key itself is not written down; it follows from the run and its seed.
type keyNight struct {
	Target string    `json:"target"`
	RunID  string    `json:"run_id"`
	Seed   int64     `json:"seed"`
	At     time.Time `json:"at"` // UTC
	Wallet string    `json:"wallet"`
	ID     string    `json:"id"`
	// RememberedFor and ForgottenAfter are in seconds; 0 where it was not seen.
	RememberedFor  float64 `json:"remembered_for_s,omitempty"`
	ForgottenAfter float64 `json:"forgotten_after_s,omitempty"`
}

func (n keyNight) key() string { return newKey(n.RunID, n.Seed, "night", 0) }

// nights asks for the keys of earlier runs again and says between which ages the target forgets a key, which no
// page gives (N-12). Then it leaves a key of its own for the runs to come.
func (t *performance) nights(ctx context.Context, seed int64) error {
	known, err := readNights(t.KeyNights)
	if err != nil {
		return err
	}
	now := time.Now().UTC()
	if t.Now != nil {
		now = t.Now().UTC()
	}
	refused := 0
	for i := range known {
		night := &known[i]
		if night.Target != t.BaseURL || night.ForgottenAfter > 0 {
			continue
		}
		draft, err := t.nightly(ctx, night)
		if err != nil {
			return err
		}
		exchange, err := t.Send(ctx, draft)
		if err != nil {
			return fmt.Errorf("asking for a key of the run %s again: %w", night.RunID, err)
		}
		age := now.Sub(night.At).Seconds()
		switch {
		case exchange.Status/100 == 2 && scene.IDOf(exchange) == night.ID:
			night.RememberedFor = age
		case exchange.Status/100 == 2:
			night.ForgottenAfter = age // and executed anew: it says nothing of an age any more
		default:
			refused++
		}
	}
	t.result.Observed = append(t.result.Observed, evidence.Observation{ID: "idempotency.policy.window", Gap: "N-12",
		Question: "For how long is a key remembered?", Answer: windowText(known, t.BaseURL, refused)})
	tonight := keyNight{Target: t.BaseURL, RunID: t.RunID, Seed: seed, At: now}
	if tonight.Wallet, err = t.NewWallet(ctx); err != nil {
		return err
	}
	draft, err := t.nightly(ctx, &tonight)
	if err != nil {
		return err
	}
	made, err := t.Create(ctx, draft)
	if err != nil {
		return err
	}
	tonight.ID = made.ID
	known = append(known, tonight)
	err = t.Keep(t.KeyNights, func(w io.Writer) error {
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		return encoder.Encode(known[max(0, len(known)-keptNights):])
	})
	if err != nil {
		return fmt.Errorf("keeping the key of tonight: %w", err)
	}
	return nil
}

// nightly is the request that a night's key was made for.
func (t *performance) nightly(ctx context.Context, night *keyNight) (*scene.Draft, error) {
	draft, err := t.Booking(ctx, "transactions-manual-credit", "primary", 1, "", night.Wallet)
	if err != nil {
		return nil, err
	}
	draft.Request.Key = night.key()
	return draft.Set("reference", "kobcheck "+night.RunID), nil
}

func windowText(known []keyNight, target string, refused int) string {
	least, most := 0.0, 0.0
	for _, night := range known {
		if night.Target != target {
			continue
		}
		least = max(least, night.RememberedFor)
		if night.ForgottenAfter > 0 && (most == 0 || night.ForgottenAfter < most) {
			most = night.ForgottenAfter
		}
	}
	text := "not seen yet: the file has no earlier night of this target"
	switch {
	case least > 0 && most > 0:
		text = fmt.Sprintf("at least %v, and no longer than %v: then it was executed anew", age(least), age(most))
	case least > 0:
		text = fmt.Sprintf("at least %v", age(least))
	case most > 0:
		text = fmt.Sprintf("no longer than %v: then it was executed anew", age(most))
	}
	if refused > 0 {
		text += fmt.Sprintf("; %d keys of earlier nights were refused", refused)
	}
	return text
}

func age(seconds float64) time.Duration {
	return (time.Duration(seconds) * time.Second).Round(time.Second)
}

func readNights(path string) ([]keyNight, error) {
	data, err := reports.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the keys of earlier nights: %w", err)
	}
	var known []keyNight
	if err := json.Unmarshal(data, &known); err != nil {
		return nil, fmt.Errorf("%s is no file of keys of earlier nights: %w; name another with --key-nights", path, err)
	}
	return known, nil
}
