package explore

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"slices"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas/match"
)

// walk is one walk from nothing: what the model believes, and what was sent.
type walk struct {
	*explorer
	scene    *scene.Scene // which lets the walk hear every exchange
	wallets  map[int]*wallet
	cards    map[int]*card
	keyed    map[int]*keyed
	requests int
	recorded []evidence.Exchange
}

// wallet is a wallet as the model believes it to be. Balance is what total_amount has to show.
type wallet struct {
	id, holder, status string
	as                 string // whose it is
	company            bool
	balance            *big.Rat
	card               *card // that links it; nil for none
}

// card is a card that was created. An unknown status is empty.
type card struct {
	id, status string
	wallet     *wallet
}

// keyed is a request that was sent under an idempotency key, with its first answer.
type keyed struct {
	draft  *scene.Draft
	answer *client.Exchange
}

func (e *explorer) newWalk() *walk {
	w := &walk{explorer: e, wallets: map[int]*wallet{}, cards: map[int]*card{}, keyed: map[int]*keyed{}}
	w.scene = e.Scene.Observed(w.hear)
	return w
}

func (w *walk) takeRequests() int {
	n := w.requests
	w.requests = 0
	return n
}

func numbers[T any](m map[int]T) []int {
	return slices.Sorted(maps.Keys(m))
}

// draft builds a valid request of a client, in the sentences of the contract.
func (w *walk) draft(ctx context.Context, operation, as string, have scene.Things) (*scene.Draft, error) {
	draft, err := w.scene.Draft(ctx, w.Scene.Contract.Operation(operation), as, have)
	return draft, differing(err)
}

// serverError is the check that a walk is not answered by a server error.
const serverError = "no server error"

// hear looks at every exchange. A server's own error is a difference; what the environment did is an error.
func (w *walk) hear(operation *contract.Operation, exchange *client.Exchange) error {
	w.requests++
	w.recorded = append(w.recorded, exchange.Record())
	if w.Hear != nil {
		if err := w.Hear(operation, exchange); err != nil {
			return err
		}
	}
	switch {
	case exchange.Status == http.StatusTooManyRequests:
		return fmt.Errorf("%s was answered 429; walk slower with --max-rps", operation.ID)
	case exchange.Interposed() != "":
		return fmt.Errorf("%s to %s in place of the API", exchange.Interposed(), operation.ID)
	case exchange.Status >= 500:
		return differs("HARNESS-01", serverError, "a request that the model allows was answered by a server error",
			"any answer but a server error", answered(exchange)).unserved()
	}
	return nil
}

// differing makes a difference of a valid request that was not served.
func differing(err error) error {
	if blocked, is := errors.AsType[*scene.Blocked](err); is && blocked.Another {
		d := differs(blocked.Requirement, evidence.OfAnother, evidence.SaysOfAnother,
			"the id in the address", "that of another thing")
		d.Operation, d.Pointer, d.Facet = blocked.Operation, "/id", contract.Link
		return d
	} else if is {
		return notServed(blocked.Requirement, blocked.Title, blocked.Why)
	}
	return err
}

func answered(exchange *client.Exchange) string {
	text := fmt.Sprintf("%d %s", exchange.Status, http.StatusText(exchange.Status))
	object, _ := scene.Object(scene.Value(exchange.Body))
	if message, _ := object["message"].(string); message != "" {
		text += ": " + message
	}
	return text
}

// makeWallet makes an active wallet of a person or a company; the walk begins with what it holds.
func (w *walk) makeWallet(ctx context.Context, as string, company bool) (*wallet, error) {
	kind, holder := "wallet", "enduser"
	if company {
		kind, holder = scene.CompanyWallet, scene.Company
	}
	have := scene.Things{}
	made, err := w.scene.Fresh(ctx, as, kind, have)
	if err != nil {
		return nil, differing(err)
	}
	one := &wallet{id: made.ID, holder: have[holder].ID, status: "ACTIVE", as: as, company: company}
	balance, err := w.scene.Balance(ctx, as, one.id)
	one.balance = balance.Total
	return one, differing(err)
}

// agree reads every wallet and holds it against the model: money to the smallest unit, status, holder, link.
func (w *walk) agree(ctx context.Context, requirement string) error {
	for _, number := range numbers(w.wallets) {
		one := w.wallets[number]
		balance, err := w.scene.Balance(ctx, one.as, one.id)
		if err != nil {
			return differing(err)
		}
		if balance.Total.Cmp(one.balance) != 0 {
			d := differs(requirement, "balance", "a wallet does not hold what was moved", one.balance.FloatString(2),
				fmt.Sprint(balance.Body["total_amount"]))
			d.Wallet = number
			return d
		}
		looks := []look{
			{match.All(match.Field(match.NotNegative(), "total_amount"), match.Field(match.NotNegative(), "amount")),
				"MONEY-07", "no negative amount", "an amount of a wallet is negative"},
			{match.Sum("total_amount", "amount", "reserved_amount"),
				"MONEY-02", "total is available plus reserved", "total_amount is not amount plus reserved_amount"},
			{match.Field(match.Equal(one.holder), "holder_id"),
				"WALLET-37", "holder of a wallet", "a wallet has another holder than it was made for"}}
		if one.status != "" {
			looks = append(looks, look{match.Field(match.Equal(one.status), "status"),
				"WALLET-31", "status of a wallet", "a wallet does not have the status that it was given"})
		}
		if _, text := balance.Body["external_id"].(string); text && one.card == nil { // what is no text is told of the answer
			looks = append(looks, look{match.Field(match.Or(match.Missing(), match.Equal(nil)), "external_id"),
				"CARD-CREATE-19", "link of a wallet", "a wallet without a card is linked to something"})
		}
		if err := held(balance.Body, looks...); err != nil {
			return err
		}
	}
	return nil
}

// look is what a thing has to show, and what it breaks where it does not.
type look struct {
	matcher                     match.Matcher
	requirement, check, message string
}

// held returns the first difference between a thing and what it has to show, with its place; nil for none.
func held(body map[string]any, looks ...look) error {
	for _, one := range looks {
		if holds, why := one.matcher.Look(body); !holds {
			found := differs(one.requirement, one.check, one.message, why.Expected, why.Actual)
			found.Pointer = why.Pointer
			return found
		}
	}
	return nil
}
