package explore

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"sort"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// walk is one walk from nothing: what the model believes, and what was sent.
type walk struct {
	*explorer
	wallets  map[int]*wallet
	cards    map[int]*card
	keyed    map[int]*keyed
	requests int
	recorded []evidence.Exchange
}

// wallet is a wallet as the model believes it to be. Balance is what total_amount has to show.
type wallet struct {
	id, holder, status string
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
	operation string
	request   client.Request
	answer    *client.Exchange
}

func (e *explorer) newWalk() *walk {
	return &walk{explorer: e, wallets: map[int]*wallet{}, cards: map[int]*card{}, keyed: map[int]*keyed{}}
}

func (w *walk) takeRequests() int {
	n := w.requests
	w.requests = 0
	return n
}

func numbers[T any](m map[int]T) []int {
	out := make([]int, 0, len(m))
	for number := range m {
		out = append(out, number)
	}
	sort.Ints(out)
	return out
}

func (w *walk) walletNumbers() []int { return numbers(w.wallets) }
func (w *walk) cardNumbers() []int   { return numbers(w.cards) }
func (w *walk) keyedNumbers() []int  { return numbers(w.keyed) }

// send calls an operation. A server's own error is a difference; what the environment did is an error.
func (w *walk) send(ctx context.Context, operation string, request client.Request) (*client.Exchange, error) {
	exchange, err := w.Client.Do(ctx, w.Contract.Operation(operation), request)
	return w.kept(operation, exchange, err)
}

func (w *walk) kept(operation string, exchange *client.Exchange, err error) (*client.Exchange, error) {
	w.requests++
	if err != nil {
		return nil, fmt.Errorf("%s: %w", operation, err)
	}
	w.recorded = append(w.recorded, exchange.Record())
	switch {
	case exchange.Status == http.StatusTooManyRequests:
		return nil, fmt.Errorf("%s was answered 429; walk slower with --max-rps", operation)
	case exchange.Status == http.StatusBadGateway, exchange.Status == http.StatusServiceUnavailable, exchange.Status == http.StatusGatewayTimeout:
		return nil, fmt.Errorf("a gateway answered %s with %d", operation, exchange.Status)
	case exchange.Status >= 500:
		return nil, &Difference{"HARNESS-01", "no server error", "a request that the model allows was answered by a server error", "any answer but a server error", answered(exchange)}
	}
	return exchange, nil
}

func answered(exchange *client.Exchange) string {
	text := fmt.Sprintf("%d %s", exchange.Status, http.StatusText(exchange.Status))
	if message := textOf(exchange.Body, "message"); message != "" {
		text += ": " + message
	}
	return text
}

// set performs what the walk needs and what must succeed.
func (w *walk) set(ctx context.Context, operation string, request client.Request) (*client.Exchange, error) {
	exchange, err := w.send(ctx, operation, request)
	if err != nil {
		return nil, err
	}
	if o := w.Contract.Operation(operation); !o.Success.Accepts(exchange.Status) {
		return nil, &Difference{requirementOf(o), "success status", fmt.Sprintf("%q did not succeed as documented", o.Title), "a success", answered(exchange)}
	}
	return exchange, nil
}

func requirementOf(o *contract.Operation) string {
	if id := o.Success.Requirements["status"]; id != "" {
		return id
	}
	return o.Requirement
}

func objectOf(body []byte) map[string]any {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var object map[string]any
	if decoder.Decode(&object) != nil {
		return nil
	}
	return object
}

func textOf(body []byte, name string) string {
	text, _ := objectOf(body)[name].(string)
	return text
}

func amountOf(object map[string]any, name string) *big.Rat {
	text := fmt.Sprint(object[name])
	amount, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil
	}
	return amount
}

// calibrate learns by how much an amount moves a balance, from one known credit.
func (e *explorer) calibrate(ctx context.Context) error {
	e.unit = big.NewRat(1, 1)
	w := e.newWalk()
	one, err := w.makeWallet(ctx, false)
	if err != nil {
		return err
	}
	const known = 10_000
	before, err := w.readWallet(ctx, one)
	if err != nil {
		return err
	}
	if _, err := w.set(ctx, "transactions-manual-credit", creditRequest(one.id, known)); err != nil {
		return err
	}
	after, err := w.readWallet(ctx, one)
	if err != nil {
		return err
	}
	was, is := amountOf(before, "total_amount"), amountOf(after, "total_amount")
	if was == nil || is == nil {
		return fmt.Errorf("a wallet shows no total_amount")
	}
	moved := new(big.Rat).Sub(is, was)
	e.unit = new(big.Rat).Quo(moved, big.NewRat(known, 1))
	if e.unit.Cmp(big.NewRat(1, 1)) != 0 {
		e.unit = big.NewRat(1, 100) // whole units or hundredths are the two readings that there are
	}
	return nil
}

func creditRequest(wallet string, amount int64) client.Request {
	return client.Request{Body: map[string]any{"amount": amount, "reference": "kobcheck explore", "metadata": map[string]any{}, "to": wallet}}
}

func (w *walk) makeWallet(ctx context.Context, company bool) (*wallet, error) {
	holder := map[string]any{"metadata": map[string]any{}, "person": map[string]any{"first_name": "Jane", "last_name": "Example", "email": "jane@example.test", "phone_number": "+61400000000"}}
	if company {
		holder = map[string]any{"metadata": map[string]any{}, "company": map[string]any{"name": "Acme Pty Ltd"}}
	}
	made, err := w.set(ctx, "endusers-create", client.Request{Body: holder})
	if err != nil {
		return nil, err
	}
	one := &wallet{holder: textOf(made.Body, "id"), status: "ACTIVE", company: company}
	made, err = w.set(ctx, "wallets-create", client.Request{Body: map[string]any{"holder_id": one.holder, "asset_class": "CURRENCY", "asset": "AUD", "partner_product": "KOBBLE_AUD_1"}})
	if err != nil {
		return nil, err
	}
	one.id = textOf(made.Body, "id")
	body, err := w.readWallet(ctx, one)
	if err != nil {
		return nil, err
	}
	if one.balance = amountOf(body, "total_amount"); one.balance == nil {
		one.balance = new(big.Rat)
	}
	return one, nil
}

func (w *walk) readWallet(ctx context.Context, one *wallet) (map[string]any, error) {
	exchange, err := w.set(ctx, "wallets-get", client.Request{Path: map[string]string{"id": one.id}})
	if err != nil {
		return nil, err
	}
	return objectOf(exchange.Body), nil
}

// agree reads every wallet and holds it against the model: money to the smallest unit, status, holder, link.
func (w *walk) agree(ctx context.Context, requirement string) error {
	for _, number := range w.walletNumbers() {
		one := w.wallets[number]
		body, err := w.readWallet(ctx, one)
		if err != nil {
			return err
		}
		total, available, reserved := amountOf(body, "total_amount"), amountOf(body, "amount"), amountOf(body, "reserved_amount")
		switch {
		case total == nil || total.Cmp(one.balance) != 0:
			return &Difference{requirement, "balance", "a wallet does not hold what was moved", one.balance.FloatString(2), fmt.Sprint(body["total_amount"])}
		case total.Sign() < 0 || available != nil && available.Sign() < 0:
			return &Difference{"MONEY-07", "no negative amount", "an amount of a wallet is negative", "zero or more", fmt.Sprint(body["amount"])}
		case available != nil && reserved != nil && new(big.Rat).Add(available, reserved).Cmp(total) != 0:
			return &Difference{"MONEY-02", "total is available plus reserved", "total_amount is not amount plus reserved_amount", new(big.Rat).Add(available, reserved).FloatString(2), fmt.Sprint(body["total_amount"])}
		case one.status != "" && body["status"] != one.status:
			return &Difference{"WALLET-31", "status of a wallet", "a wallet does not have the status that it was given", one.status, fmt.Sprint(body["status"])}
		case body["holder_id"] != one.holder:
			return &Difference{"WALLET-37", "holder of a wallet", "a wallet has another holder than it was made for", one.holder, fmt.Sprint(body["holder_id"])}
		case one.card == nil && body["external_id"] != nil:
			return &Difference{"CARD-CREATE-19", "link of a wallet", "a wallet without a card is linked to something", "no external_id", fmt.Sprint(body["external_id"])}
		}
	}
	return nil
}

func itemsOf(body []byte) []map[string]any {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var items []map[string]any
	if decoder.Decode(&items) != nil {
		return nil
	}
	return items
}
