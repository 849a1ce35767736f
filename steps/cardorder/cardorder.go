package steps

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

func cardOrderSentences() []Definition {
	const area = "card order"
	return []Definition{
		define(area, `a card program that fails (no check|checks? [0-9 and,]+)`, "Takes a card program that fails just those of the eight checks.", aProgramThatFails),
		define(area, `a wallet that fails (no check|checks? [0-9 and,]+)`, "Takes or makes a wallet on which a card fails just those of the eight checks.", aWalletThatFails),
		define(area, `a (card program|wallet) that does not exist`, "An id that nothing has.", absentThing),
		define(area, `a card is asked for on that wallet under that program`, "Sends the creation of a card and keeps the state of the wallet before it.", askForCard),
		define(area, `check (\d) decides: "([^"]+)"`, "The creation was refused with the message of that check, and no other.", checkDecides),
		define(area, `no card exists on that wallet`, "The list of cards has none for the wallet beyond those that were there before.", noCardExists),
		define(area, `who refuses a card for that person is recorded`,
			"Asks for a card for the enduser of the latest call, and keeps which operation or check refused it, if any.", whoRefusesRecorded),
		define(area, `the wallet is as it was before`, "Every field of the wallet reads as before the refused creation.", walletAsBefore),
	}
}

// failing turns "checks 3 and 4" into the key that target files use: "3+4"; "no check" into "ok".
func failing(words string) string {
	if words == "no check" {
		return "ok"
	}
	words = strings.TrimPrefix(strings.TrimPrefix(words, "checks"), "check")
	numbers := strings.FieldsFunc(words, func(c rune) bool { return c < '0' || c > '9' })
	return strings.Join(numbers, "+")
}

// fails notes which of the checks the things of the scenario fail.
func (w *World) fails(key string) {
	for _, number := range strings.Split(key, "+") {
		if n, err := strconv.Atoi(number); err == nil {
			w.failing = append(w.failing, n)
		}
	}
}

func aProgramThatFails(ctx context.Context, words string) error {
	w := From(ctx)
	key := failing(words)
	w.fails(key)
	if key == "ok" {
		return aThing(ctx, "program")
	}
	if id := w.scene.Given.Programs[key]; id != "" {
		w.things["program"] = &scene.Thing{Kind: "program", ID: id}
		return nil
	}
	if key == "1" {
		// A program that does not exist fails check 1 as well as one that is not ACTIVE.
		w.things["program"] = &scene.Thing{Kind: "program", ID: absentID}
		return nil
	}
	return &scene.NotTestable{Key: fmt.Sprintf("fixtures.programs.%q", key), Why: "no card program is known that fails just " + words}
}

func absentThing(ctx context.Context, kind string) error {
	w := From(ctx)
	w.fails("3")
	if kind == "card program" {
		kind = "program"
		w.failing[len(w.failing)-1] = 1
	}
	w.things[kind] = &scene.Thing{Kind: kind, ID: absentID}
	return nil
}

func aWalletThatFails(ctx context.Context, words string) error {
	w := From(ctx)
	key := failing(words)
	w.fails(key)
	if key == "ok" {
		return aThing(ctx, "wallet")
	}
	if id := w.scene.Given.Wallets[key]; id != "" {
		w.things["wallet"] = &scene.Thing{Kind: "wallet", ID: id, As: "primary"}
		return nil
	}
	wallet, err := w.walletFailing(ctx, key)
	if err != nil {
		return err
	}
	if wallet == nil {
		return &scene.NotTestable{Key: fmt.Sprintf("fixtures.wallets.%q", key), Why: "no wallet can be made that fails just " + words}
	}
	w.things["wallet"] = wallet
	return nil
}

// walletFailing makes a wallet that fails the checks through the public API, or returns nil where that
// can't be done: a company as holder fails check 7, a card on it check 4, a status other than ACTIVE
// check 3. A holder that does not exist or is another client's (5 and 6) is for the target file.
func (w *World) walletFailing(ctx context.Context, key string) (*scene.Thing, error) {
	switch key {
	case "3", "4", "3+4", "7", "3+7":
	default:
		return nil, nil
	}
	kind := "wallet"
	if strings.Contains(key, "7") {
		kind = scene.CompanyWallet
	}
	wallet, err := w.scene.Need(ctx, "primary", kind, scene.Things{})
	if err != nil {
		return nil, err
	}
	if strings.Contains(key, "4") {
		// The card that links the wallet is made under a program of its own: that of the scenario may be one
		// that issues none.
		if _, err := w.scene.Fresh(ctx, "primary", "card", scene.Things{"wallet": wallet}); err != nil {
			return nil, err
		}
	}
	if strings.Contains(key, "3") {
		draft, err := w.scene.Draft(ctx, w.Session.Contract.Operation("wallets-update"), "primary", scene.Things{"wallet": wallet})
		if err != nil {
			return nil, err
		}
		if _, _, err := w.scene.Serve(ctx, draft.Set("status", "SUSPENDED")); err != nil {
			return nil, err
		}
	}
	return wallet, nil
}

func askForCard(ctx context.Context) error {
	w := From(ctx)
	wallet, err := w.thing("wallet")
	if err != nil {
		return err
	}
	if _, err := w.thing("program"); err != nil {
		return err
	}
	// A wallet that the target does not let us read (or that does not exist) has no state to compare.
	if wallet.ID != absentID {
		before, err := w.read(ctx, wallet)
		if err != nil {
			return err
		}
		newest, err := w.list(ctx, w.Session.Contract.Operation("cards-list"), "primary", url.Values{"limit": {"1"}, "order": {"desc"}})
		if err != nil {
			return err
		}
		// A card of this creation can only be as new as the newest card, or newer.
		since := time.Time{}
		if len(newest) > 0 {
			since = creation(newest[0])
		}
		known, err := w.cardsOf(ctx, wallet.ID, since)
		if err != nil {
			return err
		}
		w.notes["wallet before"], w.notes["cards before"], w.notes["since"] = before, known, since
	}
	return weCall(ctx, w.Session.Contract.Operation("cards-create").Title)
}

func checkDecides(ctx context.Context, number int, message string) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	if number < 1 || number > len(w.Session.Contract.CardOrder.Checks) {
		return faulty("there is no check %d", number)
	}
	check := w.Session.Contract.CardOrder.Checks[number-1]
	if check.Message != message {
		return faulty("the message of check %d is %q in the contract and %q in the feature", number, check.Message, message)
	}
	texts := errorTexts(w.decoded(exchange))
	decided, by := "", 0
	for _, other := range w.Session.Contract.CardOrder.Checks {
		if other.Number != number && says(texts, other.Message) {
			decided, by = fmt.Sprintf(", which is check %d", other.Number), other.Number
		}
	}
	if decided == "" && says(texts, message) {
		by = number
	}
	if last := len(w.Session.Contract.CardOrder.Checks); by == 0 && exchange.Status >= 400 && slices.Contains(w.failing, last) {
		by = last // the provider's own words
	}
	w.decisions = append(w.decisions, Decision{Failing: w.failing, Decided: by})
	requirement := w.orderRequirement(check.Requirement)
	w.Expect(exchange.Status >= 400, evidence.Assertion{Check: fmt.Sprintf("check %d refuses", number),
		Fact:     w.fact(check.Requirement, contract.Refusal),
		Message:  fmt.Sprintf("a card was made although it fails check %d: %s", number, check.Check),
		Expected: fmt.Sprintf("a refusal that says %q", message), Actual: w.answered(exchange)})
	if exchange.Status < 400 {
		return nil
	}
	// The provider's own error may stand in for the message of the last check (doc-1946732), but not another check's.
	holds := decided == "" && (says(texts, message) || number == len(w.Session.Contract.CardOrder.Checks))
	w.Expect(holds, evidence.Assertion{Check: fmt.Sprintf("check %d decides", number), Fact: w.tagged(w.fact(requirement, contract.Text)),
		Message:  fmt.Sprintf("the refusal is not that of check %d: %s", number, check.Check),
		Expected: fmt.Sprintf("a refusal that says %q", message), Actual: w.answered(exchange) + decided})
	if check.Class == "User" {
		w.Expect(exchange.Status < 500, evidence.Assertion{Check: "class User is a client error", Fact: w.fact("ERR-09", contract.RefusalStatus),
			Message: "a failure of the class User was not answered as a client error", Expected: "a client error (4xx)", Actual: w.answered(exchange)})
	}
	w.Observe(fmt.Sprintf("cards-create.check-%d.status", number), "N-09", fmt.Sprintf("Which status has a failure of check %d?", number), fmt.Sprint(exchange.Status))
	return nil
}

// orderRequirement is the scenario's own requirement where it is about the order, else the check's.
func (w *World) orderRequirement(check string) string {
	for _, id := range w.Scenario.Requirements {
		if id == "CARD-CREATE-15" {
			return id
		}
	}
	return check
}

func noCardExists(ctx context.Context) error {
	w := From(ctx)
	before, ok := w.notes["cards before"].([]string)
	if !ok {
		return faulty("no card was asked for before this step")
	}
	wallet, err := w.thing("wallet")
	if err != nil {
		return err
	}
	since, _ := w.notes["since"].(time.Time)
	now, err := w.cardsOf(ctx, wallet.ID, since)
	if err != nil {
		return err
	}
	w.Expect(fmt.Sprint(before) == fmt.Sprint(now), evidence.Assertion{Check: "a refused creation leaves no card",
		Fact:    w.fact("CARD-CREATE-19", contract.Effect),
		Message: "there is a card although its creation was refused", Expected: fmt.Sprintf("no card made since %s beyond the %d known", stamp(since), len(before)), Actual: fmt.Sprintf("%d cards", len(now))})
	return nil
}

func walletAsBefore(ctx context.Context) error {
	w := From(ctx)
	before, ok := w.notes["wallet before"].(map[string]any)
	if !ok {
		return faulty("no card was asked for before this step")
	}
	wallet, err := w.thing("wallet")
	if err != nil {
		return err
	}
	now, err := w.read(ctx, wallet)
	if err != nil {
		return err
	}
	w.expectUnchanged("CARD-CREATE-19", before, now)
	return nil
}

// expectUnchanged checks that a refused request has left no trace on a thing.
func (w *World) expectUnchanged(requirement string, before, now map[string]any) {
	if len(before) == 0 {
		w.NoData("a refused request changes nothing", w.fact(requirement, contract.Effect), "the thing had no fields before")
		return
	}
	for name, value := range before {
		after, there := now[name]
		w.Expect(there && same(value, after), evidence.Assertion{Check: "a refused request changes nothing",
			Fact:    w.fact(requirement, contract.Effect),
			Pointer: "/" + name,
			Message: fmt.Sprintf("%q changed although the request was refused", name), Expected: text(value), Actual: present(after, there)})
	}
}

// whoRefusesRecorded is for persons that lack what a card needs: no page says who notices (N-53).
func whoRefusesRecorded(ctx context.Context) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	record := func(answer string) {
		w.Observe(w.Scenario.ID+".card", w.Scenario.Gap, "Who refuses a card for such a person?", answer)
	}
	if exchange.Status/100 != 2 {
		record(fmt.Sprintf("%q refuses the person: %s", w.titleOf(exchange), w.answered(exchange)))
		return nil
	}
	delete(w.things, "wallet")
	if err := weCall(ctx, w.Session.Contract.Operation("cards-create").Title); err != nil {
		return err
	}
	texts := errorTexts(w.decoded(w.last))
	for _, check := range w.Session.Contract.CardOrder.Checks {
		if says(texts, check.Message) {
			record(fmt.Sprintf("check %d: %s", check.Number, w.answered(w.last)))
			return nil
		}
	}
	record("no check: " + w.answered(w.last))
	return nil
}
