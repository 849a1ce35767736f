package load

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
)

// stormed are the operations that a storm duplicates, with what a second effect would look like.
var stormed = []string{"cards-create", "transactions-manual-credit"}

// stormAmount is what the credit of a storm books, in units of a transaction.
const stormAmount = 700

// duplicate is one copy of a request under one key, and what it was answered.
type duplicate struct {
	key, wallet            string
	called, released, done time.Duration
	status                 int
	id, wrong              string
	// body is a fingerprint of the answer's body.
	body [sha256.Size]byte
}

// storm sends copies of one request under one key at the same moment, over connections that are open
// already, and then proves that each key had one effect: one object by id, one in the list, one movement of
// money, and the same answer to whoever asks later.
func storm(ctx context.Context, t *Target, plan *Plan, seed int64, result *reports.LoadPlan) error {
	for _, id := range stormed {
		operation := t.Contract.Operation(id)
		s := &stormer{target: t, plan: plan, operation: operation, key: keysOf(t.RunID, seed, plan.ID)}
		if err := s.blow(ctx, result); err != nil {
			return err
		}
		if err := s.lose(ctx, result); err != nil {
			return err
		}
		if err := s.rivals(ctx, result); err != nil {
			return err
		}
	}
	if err := t.others(ctx, keysOf(t.RunID, seed, plan.ID), plan.Copies, result); err != nil {
		return err
	}
	if err := t.policy(ctx, keysOf(t.RunID, seed, plan.ID), result); err != nil || t.KeyNights == "" {
		return err
	}
	return t.nights(ctx, seed, result)
}

type stormer struct {
	target    *Target
	plan      *Plan
	operation *contract.Operation
	key       keys

	overlapped int
	copies     []duplicate
	history    history
}

// forever is when a call without an answer returns.
const forever = time.Duration(1 << 62)

// newKey makes a version 4 UUID that follows from the run, so that a storm can be looked up again.
func newKey(run string, seed int64, what string, n int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %s %d", run, seed, what, n))
	key := uuid.UUID(sum[:16])
	key[6], key[8] = key[6]&0x0f|0x40, key[8]&0x3f|0x80
	return key.String()
}

// keys gives the n-th key for something. Two plans of one run never have a key in common.
type keys func(what string, n int) string

func keysOf(run string, seed int64, plan string) keys {
	return func(what string, n int) string { return newKey(run, seed, plan+" "+what, n) }
}

// blow performs the keys one after another; the copies of each key go out together.
func (s *stormer) blow(ctx context.Context, result *reports.LoadPlan) error {
	lines := s.target.Client.Lines()
	defer lines.Close()
	for n := range s.plan.Keys {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		wallet, err := s.target.newWallet(ctx)
		if err != nil {
			return err
		}
		if err := s.burst(ctx, lines, s.key(s.operation.ID, n), wallet); err != nil {
			return err
		}
	}
	return s.prove(ctx, result)
}

// request is the request that is duplicated, on a wallet and under a key.
func (s *stormer) request(ctx context.Context, wallet, key string) (client.Request, error) {
	draft, err := s.target.Draft(ctx, s.operation, "primary", scene.Things{"wallet": {ID: wallet}})
	if err != nil {
		return client.Request{}, err
	}
	draft.Request.Key = key
	return draft.Set("amount", int64(stormAmount)).Set("reference", s.target.reference()).Ready(), nil
}

// burst sends the copies of a key together.
func (s *stormer) burst(ctx context.Context, lines *client.Lines, key, wallet string) error {
	copies, err := s.release(ctx, lines, slices.Repeat([]string{key}, s.plan.Copies), wallet)
	if err != nil {
		return err
	}
	for i := range copies {
		got, returned := answer{done: copies[i].id != "", unknown: copies[i].wrong != "", id: copies[i].id}, copies[i].done
		if got.unknown {
			returned = forever // its effect may still come
		}
		s.history.add(i, event{thing: key, what: "create"}, got, copies[i].called, returned)
	}
	if overlapped(copies) {
		s.overlapped++
	}
	s.copies = append(s.copies, copies...)
	return nil
}

// release sends a request on each line at one moment, each under its key.
func (s *stormer) release(ctx context.Context, lines *client.Lines, keys []string, wallet string) ([]duplicate, error) {
	requests := make([]client.Request, len(keys))
	for i, key := range keys {
		var err error
		if requests[i], err = s.request(ctx, wallet, key); err != nil {
			return nil, err
		}
	}
	return together(ctx, lines, s.operation, requests, wallet)
}

// together sends requests at one moment and keeps of the answers what a storm looks at.
func together(
	ctx context.Context, lines *client.Lines, operation *contract.Operation, requests []client.Request, wallet string,
) ([]duplicate, error) {
	answers, err := lines.Together(ctx, operation, requests)
	copies := make([]duplicate, len(answers))
	for i, one := range answers {
		d := duplicate{key: one.Key, wallet: wallet, called: one.StartedAt.Sub(clockBase), done: one.Ended().Sub(clockBase),
			status: one.Status, body: sha256.Sum256(one.Body)}
		if !one.Released.IsZero() {
			d.released = one.Released.Sub(clockBase)
		}
		if one.Err != nil {
			d.wrong, d.status = one.Err.Error(), 0
		}
		if d.status/100 == 2 {
			d.id = idOf(one.Exchange)
		}
		copies[i] = d
	}
	return copies, err
}

// overlapped reports whether all copies were under way at one moment.
func overlapped(copies []duplicate) bool {
	latest, earliest := time.Duration(0), forever
	for _, one := range copies {
		latest, earliest = max(latest, one.released), min(earliest, one.done)
	}
	return latest < earliest
}

// prove looks at what the storm left: by answers, by a later replay, by list and by balance.
func (s *stormer) prove(ctx context.Context, result *reports.LoadPlan) error {
	byKey := map[string][]duplicate{}
	var keys []string
	statuses := map[int]int{}
	lost := 0
	for _, one := range s.copies {
		if byKey[one.key] == nil {
			keys = append(keys, one.key)
		}
		byKey[one.key] = append(byKey[one.key], one)
		if one.wrong != "" {
			lost++
			continue
		}
		statuses[one.status]++
	}
	replays := map[string]*client.Exchange{}
	for _, key := range keys {
		request, err := s.request(ctx, byKey[key][0].wallet, key)
		if err != nil {
			return err
		}
		called := now()
		replay, err := s.target.Client.Do(ctx, s.operation, request)
		if err != nil {
			return err
		}
		id := ""
		if replay.Status/100 == 2 {
			id = idOf(replay)
		}
		s.history.add(s.plan.Copies, event{thing: key, what: "create"}, answer{done: id != "", id: id}, called, now())
		replays[key] = replay
	}
	effects, err := s.effectsOfAll(ctx, len(keys)) // after the replays, so that what they made counts too
	if err != nil {
		return err
	}
	var several, none, differing, listed, unbalanced []string
	for _, key := range keys {
		objects := map[string]bool{}
		for _, one := range byKey[key] {
			if one.id != "" {
				objects[one.id] = true
			}
		}
		wallet := byKey[key][0].wallet
		short := key[:8] + "…"
		if len(result.Bursts) < shownBursts || len(objects) > 1 && len(result.Bursts) < 2*shownBursts {
			result.Bursts = append(result.Bursts, burstOf(s.operation.Title, short, byKey[key]))
		}
		if len(objects) > 1 {
			several = append(several, fmt.Sprintf("key %s made %d objects: %s", short, len(objects), s.timeline(byKey[key])))
		}
		replay := replays[key]
		id := idOf(replay)
		switch {
		case replay.Status/100 == 2 && len(objects) == 0:
			objects[id] = true // every copy was refused or lost, and the replay made it
		case replay.Status/100 == 2 && !objects[id]:
			differing = append(differing, fmt.Sprintf("key %s: a later replay answered another object than the storm", short))
		case replay.Status/100 != 2 && len(objects) > 0:
			differing = append(differing, fmt.Sprintf("key %s: a later replay is answered %d, not with the object that was made", short, replay.Status))
		case replay.Status/100 != 2:
			none = append(none, fmt.Sprintf("key %s: %d copies and a replay made nothing (%d)", short, len(byKey[key]), replay.Status))
		}
		count, sum, err := effects(ctx, wallet)
		if err != nil {
			return err
		}
		if count > 1 {
			listed = append(listed, fmt.Sprintf("key %s: %d objects are listed: %s", short, count, s.timeline(byKey[key])))
		}
		if sum != "" {
			unbalanced = append(unbalanced, fmt.Sprintf("key %s: %s", short, sum))
		}
	}
	overlap := float64(s.overlapped) / float64(max(len(keys), 1))
	decided := func(broken []string) *bool {
		holds := len(broken) == 0
		if holds && s.overlapped == 0 {
			return nil // copies that were never under way together prove nothing
		}
		return &holds
	}
	name := s.operation.Title
	result.Invariants = append(result.Invariants,
		reports.Invariant{Requirement: "IDEMP-29", Sentence: fmt.Sprintf("%s: %d copies at once under one key made one object, for each of %d keys (%.0f %% of the bursts were under way together)", name, s.plan.Copies, len(keys), 100*overlap), Holds: decided(append(several, listed...)), Evidence: orNone(append(several, listed...))},
		reports.Invariant{Requirement: "IDEMP-01", Sentence: name + ": every later replay answered with the object that the storm made", Holds: decided(append(differing, none...)), Evidence: orNone(append(differing, none...))})
	s.history.judge(creation, "IDEMP-29", name+": some order of the %d calls under %d keys, lost answers among them, explains every answer", result)
	if s.operation.ID == "transactions-manual-credit" {
		result.Invariants = append(result.Invariants, reports.Invariant{Requirement: "MONEY-06", Sentence: name + ": the balance moved once for each key", Holds: decided(unbalanced), Evidence: orNone(unbalanced)})
	}
	result.Observed = append(result.Observed, reports.Observation{ID: "idempotency.storm." + s.operation.ID, Gap: "C-12", Question: "What are copies of one request at the same moment answered?", Answer: statusText(statuses, lost)})
	return nil
}

// shownBursts is how many keys a storm draws.
const shownBursts = 3

func burstOf(operation, key string, copies []duplicate) reports.LoadBurst {
	burst := reports.LoadBurst{Operation: operation, Key: key}
	first := copies[0].called
	for _, one := range copies {
		first = min(first, one.called)
	}
	for _, one := range copies {
		id := one.id
		if len(id) > 8 {
			id = id[:8] + "…"
		}
		burst.Copies = append(burst.Copies, reports.LoadCopy{FromMS: milliseconds(one.called - first), ToMS: milliseconds(one.done - first), Status: one.status, ID: id})
	}
	return burst
}

func orNone(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// timeline shows the copies of a key in the order of their answers, in milliseconds from the first release.
func (s *stormer) timeline(copies []duplicate) string {
	sort.Slice(copies, func(i, j int) bool { return copies[i].done < copies[j].done })
	first := copies[0].released
	for _, one := range copies {
		first = min(first, one.released)
	}
	var parts []string
	for _, one := range copies {
		id := one.id
		if len(id) > 8 {
			id = id[:8] + "…"
		}
		parts = append(parts, fmt.Sprintf("%.2f–%.2f ms %d %s", milliseconds(one.released-first), milliseconds(one.done-first), one.status, id))
	}
	return strings.Join(parts, "; ")
}

func statusText(statuses map[int]int, lost int) string {
	codes := make([]int, 0, len(statuses))
	for code := range statuses {
		codes = append(codes, code)
	}
	sort.Ints(codes)
	var parts []string
	for _, code := range codes {
		parts = append(parts, fmt.Sprintf("%d × %d", statuses[code], code))
	}
	if lost > 0 {
		parts = append(parts, fmt.Sprintf("%d without an answer", lost))
	}
	return strings.Join(parts, ", ")
}
