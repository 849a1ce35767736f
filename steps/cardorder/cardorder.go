// Package cardorder holds the sentences about the eight checks of card creation and the order in which they decide.
package cardorder

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas/match"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/things"
)

// Sentences returns the definitions of the area.
func Sentences() []steps.Definition {
	const area = "card order"
	return []steps.Definition{
		steps.Define(area, `a (card program|wallet) that fails (no check|checks? [0-9 and,]+): it is (.+)`, "Takes or makes one on which a card fails just those "+
			"of the eight checks; the words say why, and are held to the numbers.", oneThatFails),
		steps.Define(area, `a (card program|wallet) that does not exist`, "An id that nothing has.", absentThing),
		steps.Define(area, `a card is asked for on that wallet under that program`, "Sends the creation of a card and keeps the state of the wallet before it.", askForCard),
		steps.Define(area, `check (\d) decides: "([^"]+)"`, "The creation was refused with the message of that check, and no other.", checkDecides),
		steps.Define(area, `that has left no card, and the wallet as it was`, "The list of cards has none for the wallet beyond those that were there before, and "+
			"every field of the wallet reads as before the refused creation.", leftNoTrace),
	}
}

// Decision is one card creation that fails some of the eight checks, and the check that decided; 0 where none
// of their messages came back. Provider says that the words were taken for those of the card provider.
type Decision struct {
	Failing  []int
	Decided  int
	Provider bool
}

// order is what a scenario knows of the checks: those that its things fail, what came of it, and how things were
// before a card was asked for.
type order struct {
	failing   []int
	decisions []Decision
	before    *past
	made      bool
}

// past is a wallet and its cards before a card was asked for, none of them made before since.
type past struct {
	wallet map[string]any
	cards  []string
	since  time.Time
}

// Decisions returns the decisions that the scenario saw.
func Decisions(w *steps.World) []Decision { return steps.State[order](w).decisions }

// keyOf turns "checks 3 and 4" into the key that target files use: "3+4"; "no check" into "ok".
func keyOf(words string) string {
	if words == "no check" {
		return "ok"
	}
	words = strings.TrimPrefix(strings.TrimPrefix(words, "checks"), "check")
	numbers := strings.FieldsFunc(words, func(c rune) bool { return c < '0' || c > '9' })
	return strings.Join(numbers, "+")
}

// fails notes which of the checks the things of the scenario fail.
func fails(w *steps.World, key string) {
	for _, number := range strings.Split(key, "+") {
		if n, err := strconv.Atoi(number); err == nil {
			s := steps.State[order](w)
			s.failing = append(s.failing, n)
		}
	}
}

// why says in words what makes a thing fail a check, by the number of the check.
var why = map[string]string{
	"1": "gone or inactive", "2": "of metadata that do not fit", "8": "refused by the card provider",
	"3": "not active", "4": "linked already", "5": "without a holder",
	"6": "held by another client's person", "7": "held by a company of ours", "6+7": "held by another client's company",
	"5+6": "without a holder, who was another client's", "5+7": "without a holder, who was a company", "ok": "in order",
}

// inWords says why a thing fails the checks of a key.
func inWords(key string) string {
	if words := why[key]; words != "" {
		return words
	}
	first, rest, _ := strings.Cut(key, "+")
	return why[first] + ", " + inWords(rest)
}

func oneThatFails(ctx context.Context, w *steps.World, kind, checks, words string) error {
	if right := inWords(keyOf(checks)); words != right {
		return steps.Faulty("a %s that fails %s is %q, and not %q", kind, checks, right, words)
	}
	if kind == "wallet" {
		return aWalletThatFails(ctx, w, checks)
	}
	return aProgramThatFails(ctx, w, checks)
}

func aProgramThatFails(ctx context.Context, w *steps.World, words string) error {
	key := keyOf(words)
	fails(w, key)
	if key == "ok" {
		return things.Make(ctx, w, "program")
	}
	if id := w.Scene.Given.Programs[key]; id != "" {
		w.Things["program"] = &scene.Thing{Kind: "program", ID: id}
		return nil
	}
	if key == "1" {
		// A program that does not exist fails check 1 as well as one that is not ACTIVE.
		w.Things["program"] = &scene.Thing{Kind: "program", ID: steps.AbsentID}
		return nil
	}
	return &scene.NotTestable{Key: fmt.Sprintf("fixtures.programs.%q", key), Why: "no card program is known that fails just " + words}
}

func absentThing(w *steps.World, kind string) {
	key := "3"
	if kind == "card program" {
		kind, key = "program", "1"
	}
	fails(w, key)
	w.Things[kind] = &scene.Thing{Kind: kind, ID: steps.AbsentID}
}

func aWalletThatFails(ctx context.Context, w *steps.World, words string) error {
	key := keyOf(words)
	fails(w, key)
	if key == "ok" {
		return things.Make(ctx, w, "wallet")
	}
	if id := w.Scene.Given.Wallets[key]; id != "" {
		w.Things["wallet"] = &scene.Thing{Kind: "wallet", ID: id, As: "primary"}
		return nil
	}
	wallet, err := walletFailing(ctx, w, key)
	if err != nil {
		return err
	}
	if wallet == nil {
		return &scene.NotTestable{Key: fmt.Sprintf("fixtures.wallets.%q", key), Why: "no wallet can be made that fails just " + words}
	}
	w.Things["wallet"] = wallet
	return nil
}

// walletFailing makes a wallet that fails the checks through the public API, or returns nil where that
// can't be done: a company as holder fails check 7, a card on it check 4, a status other than ACTIVE
// check 3. A holder that does not exist or is another client's (5 and 6) is for the target file.
func walletFailing(ctx context.Context, w *steps.World, key string) (*scene.Thing, error) {
	switch key {
	case "3", "4", "3+4", "7", "3+7":
	default:
		return nil, nil
	}
	kind := "wallet"
	if strings.Contains(key, "7") {
		kind = scene.CompanyWallet
	}
	wallet, err := w.Scene.Need(ctx, "primary", kind, scene.Things{})
	if err != nil {
		return nil, err
	}
	if strings.Contains(key, "4") {
		// The card that links the wallet is made under a program of its own: that of the scenario may be one
		// that issues none.
		if _, err := w.Scene.Fresh(ctx, "primary", "card", scene.Things{"wallet": wallet}); err != nil {
			return nil, err
		}
	}
	if strings.Contains(key, "3") {
		draft, err := w.Scene.Draft(ctx, w.Session.Contract.Operation("wallets-update"), "primary", scene.Things{"wallet": wallet})
		if err != nil {
			return nil, err
		}
		if _, _, err := w.Scene.Serve(ctx, draft.Set("status", "SUSPENDED")); err != nil {
			return nil, err
		}
	}
	return wallet, nil
}

func askForCard(ctx context.Context, w *steps.World) error {
	wallet, err := w.Thing("wallet")
	if err != nil {
		return err
	}
	if _, err := w.Thing("program"); err != nil {
		return err
	}
	// A wallet that the target does not let us read (or that does not exist) has no state to compare.
	if wallet.ID != steps.AbsentID && w.Scenario.Asks("has left no card") {
		before, err := things.Read(ctx, w, wallet)
		if err != nil {
			return err
		}
		newest, err := w.Scene.List(ctx, "cards-list", "primary", url.Values{"limit": {strconv.Itoa(things.PageSize)}, "order": {"desc"}})
		if err != nil {
			return err
		}
		// A card of this creation can only be as new as the newest card, or newer.
		since, known := time.Time{}, []string{}
		for i, card := range newest {
			if i == 0 {
				since = things.Creation(card)
			}
			if card["wallet_id"] == wallet.ID {
				known = append(known, scene.ID(card))
			}
		}
		steps.State[order](w).before = &past{wallet: before, cards: known, since: since}
	}
	err = w.Call(ctx, w.Session.Contract.Operation("cards-create").Title)
	if steps.State[order](w).made = err == nil && w.Last.Status/100 == 2; steps.State[order](w).made {
		w.Scene.Spoil(wallet.ID)
	}
	return err
}

func checkDecides(w *steps.World, exchange *client.Exchange, number int, message string) error {
	if number < 1 || number > len(w.Session.Contract.CardOrder.Checks) {
		return steps.Faulty("there is no check %d", number)
	}
	check := w.Session.Contract.CardOrder.Checks[number-1]
	if check.Message != message {
		return steps.Faulty("the message of check %d is %q in the contract and %q in the feature", number, check.Message, message)
	}
	body := w.Decoded(exchange)
	s, decided, by := steps.State[order](w), "", 0
	for _, other := range w.Session.Contract.CardOrder.Checks {
		if other.Number != number && match.Says(other.Message).Holds(body) {
			decided, by = evidence.OtherCheck+strconv.Itoa(other.Number), other.Number
		}
	}
	if decided == "" && match.Says(message).Holds(body) {
		by = number
	}
	requirement := check.Requirement // words that no check has say nothing of the order
	if by != 0 {
		requirement = orderRequirement(w, check.Requirement)
	}
	last, provider := len(w.Session.Contract.CardOrder.Checks), false
	if by == 0 && exchange.Status >= 400 && slices.Contains(s.failing, last) {
		by, provider = last, true
	}
	s.decisions = append(s.decisions, Decision{Failing: s.failing, Decided: by, Provider: provider})
	w.Expect(exchange.Status >= 400, evidence.Assertion{Check: fmt.Sprintf("check %d refuses", number),
		Fact:     w.Fact(check.Requirement, contract.Refusal),
		Message:  fmt.Sprintf("a card was made although it fails check %d: %s", number, check.Check),
		Expected: fmt.Sprintf("a refusal that says %q", message), Actual: w.Answered(exchange)})
	if exchange.Status < 400 {
		return nil
	}
	// The provider's own error may stand in for the message of the last check (doc-1946732), but not another check's.
	holds := decided == "" && (match.Says(message).Holds(body) || number == last)
	w.Expect(holds, evidence.Assertion{Check: fmt.Sprintf("check %d decides", number),
		Fact:     w.Tagged(w.Fact(requirement, contract.Text)),
		Message:  fmt.Sprintf("the refusal is not that of check %d: %s", number, check.Check),
		Expected: fmt.Sprintf("a refusal that says %q", message), Actual: w.Answered(exchange) + decided})
	if check.Class == "User" {
		w.Expect(exchange.Status < 500, evidence.Assertion{Check: "class User is a client error",
			Fact:    w.Fact("ERR-09", contract.RefusalStatus),
			Message: "a failure of the class User was not answered as a client error", Expected: "a client error (4xx)",
			Actual: w.Answered(exchange)})
	}
	w.Observe(fmt.Sprintf("cards-create.check-%d.status", number), "N-09",
		fmt.Sprintf("Which status has a failure of check %d?", number), fmt.Sprint(exchange.Status))
	return nil
}

// orderRequirement is the scenario's own requirement where it is about the order, else the check's.
func orderRequirement(w *steps.World, check string) string {
	if slices.Contains(w.Scenario.Requirements, "CARD-CREATE-15") {
		return "CARD-CREATE-15"
	}
	return check
}

func leftNoTrace(ctx context.Context, w *steps.World) error {
	before := steps.State[order](w).before
	if before == nil {
		return steps.Faulty("no card was asked for before this step")
	}
	wallet, err := w.Thing("wallet")
	if err != nil || steps.State[order](w).made {
		return err // a card that was made is told as that
	}
	cards, err := things.CardsOf(ctx, w, wallet.ID, before.since)
	if err != nil {
		return err
	}
	now, unread := things.Read(ctx, w, wallet)
	if w.Scene.Spoilt(wallet.ID) {
		return nil // it was made for another scenario
	}
	fact := w.Fact("CARD-CREATE-19", contract.Effect)
	fact.Operation = "cards-create" // whatever shows it
	more := slices.DeleteFunc(cards, func(id string) bool { return slices.Contains(before.cards, id) })
	w.Expect(len(more) == 0, evidence.Assertion{Check: "a refused creation leaves no card", Through: "cards-list",
		Fact: fact, Message: "there is a card although its creation was refused",
		Expected: fmt.Sprintf("no card made since %s beyond the %d known", things.Stamp(before.since), len(before.cards)),
		Actual:   fmt.Sprintf("%d more", len(more))})
	if unread == nil {
		w.ExpectUnchanged("CARD-CREATE-19", "wallet", before.wallet, now)
	}
	return unread
}
