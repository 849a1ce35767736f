package storm

import (
	"context"
	"fmt"
	"slices"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/load/history"
	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// burst is what became of one key: its copies, what a later replay was answered, and what is on the target.
type burst struct {
	key, wallet string
	copies      []duplicate
	replay      *client.Exchange
	// listed counts the objects that are listed, moved says in words where the balance moved otherwise than once.
	listed int
	moved  string
}

// blow performs the keys one after another; the copies of each key go out together. Then it looks at what they left.
func (s *strike) blow(ctx context.Context) error {
	lines := s.Client.Lines()
	defer lines.Close()
	bursts := make([]*burst, s.plan.Keys)
	for n := range bursts {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		wallet, err := s.NewWallet(ctx)
		if err != nil {
			return err
		}
		one := &burst{key: s.keys(s.operation.ID, n), wallet: wallet}
		if one.copies, err = s.release(ctx, lines, slices.Repeat([]string{one.key}, s.plan.Copies), wallet); err != nil {
			return err
		}
		s.remember(one)
		bursts[n] = one
	}
	if err := s.lookAfter(ctx, bursts); err != nil {
		return err
	}
	s.report(bursts)
	return nil
}

// remember adds the copies of a key to the history.
func (s *strike) remember(b *burst) {
	for i, one := range b.copies {
		got, returned := history.Answer{Done: one.id != "", Unknown: one.wrong != "", ID: one.id}, one.done
		if got.Unknown {
			returned = history.Forever // its effect may still come
		}
		s.history.Add(i, history.Event{Thing: b.key, What: "create"}, got, one.called, returned)
	}
}

// lookAfter asks for each key once more, and then counts what is there: what the replays made counts too.
func (s *strike) lookAfter(ctx context.Context, bursts []*burst) error {
	for _, b := range bursts {
		request, err := s.request(ctx, b.wallet, b.key)
		if err != nil {
			return err
		}
		called := kind.Now()
		if b.replay, err = s.Client.Do(ctx, s.operation, request); err != nil {
			return err
		}
		id := b.answered()
		s.history.Add(s.plan.Copies, history.Event{Thing: b.key, What: "create"}, history.Answer{Done: id != "", ID: id},
			called, kind.Now())
	}
	effects, err := s.effectsOfAll(ctx, bursts)
	if err != nil {
		return err
	}
	for _, b := range bursts {
		if b.listed, b.moved, err = effects(ctx, b.wallet); err != nil {
			return err
		}
	}
	return nil
}

// answered is the id of the object that the replay was answered with, or "".
func (b *burst) answered() string {
	if b.replay.Status/100 != 2 {
		return ""
	}
	return scene.IDOf(b.replay)
}

// objects are the ids that the copies were answered with.
func (b *burst) objects() map[string]bool {
	objects := map[string]bool{}
	for _, one := range b.copies {
		if one.id != "" {
			objects[one.id] = true
		}
	}
	return objects
}

// several says in words where a key made more than one object.
func (b *burst) several() []string {
	var broken []string
	if n := len(b.objects()); n > 1 {
		broken = append(broken, fmt.Sprintf("key %s made %d objects: %s", shortly(b.key), n, timeline(b.copies)))
	}
	if b.listed > 1 {
		broken = append(broken, fmt.Sprintf("key %s: %d objects are listed: %s", shortly(b.key), b.listed, timeline(b.copies)))
	}
	return broken
}

// replayed says in words what is wrong with the answer to the replay.
func (b *burst) replayed() []string {
	objects, status := b.objects(), b.replay.Status
	switch {
	case status/100 == 2 && len(objects) > 0 && !objects[scene.IDOf(b.replay)]:
		return []string{fmt.Sprintf("key %s: a later replay answered another object than the storm", shortly(b.key))}
	case status/100 != 2 && len(objects) > 0:
		return []string{fmt.Sprintf("key %s: a later replay is answered %d, not with the object that was made", shortly(b.key), status)}
	case status/100 != 2:
		return []string{fmt.Sprintf("key %s: %d copies and a replay made nothing (%d)", shortly(b.key), len(b.copies), status)}
	}
	return nil // where every copy was refused or lost, the replay makes the object
}

// balanced says in words where the balance moved otherwise than once.
func (b *burst) balanced() []string {
	if b.moved == "" {
		return nil
	}
	return []string{fmt.Sprintf("key %s: %s", shortly(b.key), b.moved)}
}

// shownBursts is how many keys a storm draws.
const shownBursts = 3

// report says what the storm showed. Copies that were never under way together show nothing of a race: such keys are
// counted apart, and where there are no others nothing is decided.
func (s *strike) report(bursts []*burst) {
	name, atOnce := s.operation.Title, 0
	statuses := map[int]int{}
	for _, b := range bursts {
		if overlapped(b.copies) {
			atOnce++
		}
		for _, one := range b.copies {
			statuses[one.status]++
		}
		if shown := len(s.result.Bursts); shown < shownBursts || len(b.objects()) > 1 && shown < 2*shownBursts {
			s.result.Bursts = append(s.result.Bursts, drawn(name, b.key, b.copies))
		}
	}
	held := func(requirement, sentence string, look func(*burst) []string) {
		var broken []string
		for _, b := range bursts {
			broken = append(broken, look(b)...)
		}
		s.result.Invariants = append(s.result.Invariants, kind.Held(requirement, name+": "+sentence, atOnce > 0, broken))
	}
	held("IDEMP-29", fmt.Sprintf("%d copies at once under one key made one object, for each of %s",
		s.plan.Copies, counted(atOnce, len(bursts), "keys")), (*burst).several)
	held("IDEMP-01", "every later replay answered with the object that the storm made", (*burst).replayed)
	s.history.Judge(history.Creation, "IDEMP-29",
		name+": some order of the %d calls under %d keys, lost answers among them, explains every answer", s.result)
	if s.operation.ID == "transactions-manual-credit" {
		held("MONEY-06", "the balance moved once for each key", (*burst).balanced)
	}
	s.result.Observed = append(s.result.Observed, evidence.Observation{ID: "idempotency.storm." + s.operation.ID, Gap: "C-12",
		Question: "What are copies of one request at the same moment answered?", Answer: statusText(statuses)})
}

// counted says of how many keys or wallets something was shown.
func counted(atOnce, all int, what string) string {
	return fmt.Sprintf("the %d of %d %s whose copies were all under way at one moment", atOnce, all, what)
}
