package load

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/webhook"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/schemas"
)

// Target is the API under load: a client for it and what its owner hands over.
type Target struct {
	Contract *contract.Contract
	Schemas  *schemas.Set
	Client   *client.Client
	Edition  contract.Edition
	// BaseURL is needed for the connections that a storm opens by hand.
	BaseURL string
	// Program is a valid, active card program; empty lets the plan look for one.
	Program string
	// HasSecond tells whether there are credentials of a second client.
	HasSecond bool
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
	// [time.Now].
	KeyNights string
	Now       func() time.Time
	// Progress hears several times a second in one line how far a plan with arrivals has come; nil for none.
	Progress func(line string)
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

// performable are the operations that a mix can hold: reads, and writes for which a plan has all it needs.
var performable = map[string]bool{
	"cards-list": true, "cards-get": true, "cards-create": true, "wallets-list": true, "wallets-get": true, "wallets-create": true,
	"endusers-create": true, "endusers-list": true, "endusers-get": true, "transactions-list": true, "transactions-get": true,
	"transactions-create": true, "transactions-manual-credit": true, "card-programs-list": true, "card-programs-get": true, "healthcheck": true, onboarding: true,
}

// stock are the things that the arrivals of a plan use.
type stock struct {
	wallets, cards, endusers, transactions []string
	program                                string
}

// stockSize is how many wallets a mix spreads over.
const stockSize = 24

// call performs one operation and returns the answer; an answer that is no success is an error here.
func (t *Target) call(ctx context.Context, operation string, request client.Request) (*client.Exchange, error) {
	exchange, err := t.Client.Do(ctx, t.Contract.Operation(operation), request)
	if err != nil {
		return nil, err
	}
	if exchange.Status/100 != 2 {
		return exchange, fmt.Errorf("setting up: %s answered %d; a plan needs it to work without load first", operation, exchange.Status)
	}
	return exchange, nil
}

// newWallet makes a wallet for a new person.
func (t *Target) newWallet(ctx context.Context) (wallet, enduser string, err error) {
	exchange, err := t.call(ctx, "endusers-create", client.Request{Body: map[string]any{
		"person":   map[string]any{"first_name": "Jane", "last_name": "Example", "email": "jane@example.test", "phone_number": "+61400000000"},
		"metadata": map[string]any{},
	}})
	if err != nil {
		return "", "", err
	}
	enduser = idOf(exchange.Body)
	exchange, err = t.call(ctx, "wallets-create", client.Request{Body: map[string]any{"holder_id": enduser, "asset_class": "CURRENCY", "asset": "AUD", "partner_product": "KOBBLE_AUD_1"}})
	if err != nil {
		return "", "", err
	}
	return idOf(exchange.Body), enduser, nil
}

// credit books money onto a wallet.
func (t *Target) credit(ctx context.Context, wallet string, amount int64) (string, error) {
	exchange, err := t.call(ctx, "transactions-manual-credit", client.Request{Body: creditBody(t.RunID, wallet, amount)})
	if err != nil {
		return "", err
	}
	return idOf(exchange.Body), nil
}

func creditBody(run, wallet string, amount int64) map[string]any {
	return map[string]any{"amount": amount, "reference": "kobcheck " + run, "metadata": map[string]any{}, "to": wallet}
}

func transferBody(run, from, to string, amount int64) map[string]any {
	return map[string]any{"amount": amount, "reference": "kobcheck " + run, "metadata": map[string]any{}, "from": from, "to": to}
}

// findProgram returns the program of the target file, or the first that is listed as active.
func (t *Target) findProgram(ctx context.Context) (string, error) {
	if t.Program != "" {
		return t.Program, nil
	}
	exchange, err := t.call(ctx, "card-programs-list", client.Request{})
	if err != nil {
		return "", err
	}
	value, err := schemas.Decode(exchange.Body)
	if err != nil {
		return "", fmt.Errorf("looking for a card program: %w", err)
	}
	if list, ok := value.([]any); ok {
		for _, one := range list {
			if object, ok := one.(map[string]any); ok && object["status"] == "ACTIVE" {
				if id, ok := object["id"].(string); ok {
					return id, nil
				}
			}
		}
	}
	return "", errors.New("looking for a card program: none is active; set fixtures.programs.ok in the target file")
}

// idOf returns the id of a JSON object, or "".
func idOf(body []byte) string {
	value, err := schemas.Decode(body)
	if err != nil {
		return ""
	}
	object, _ := value.(map[string]any)
	id, _ := object["id"].(string)
	return id
}

// prepare makes what the operations of a mix need.
func (t *Target) prepare(ctx context.Context, mix map[string]int) (*stock, error) {
	s := &stock{}
	needs := func(names ...string) bool {
		for _, name := range names {
			if mix[name] > 0 {
				return true
			}
		}
		return false
	}
	var err error
	if needs("cards-create", "cards-get", "card-programs-get", onboarding) {
		if s.program, err = t.findProgram(ctx); err != nil {
			return nil, err
		}
	}
	if !needs("cards-create", "cards-get", "wallets-get", "wallets-create", "endusers-get", "transactions-create", "transactions-manual-credit", "transactions-get") {
		return s, nil
	}
	for range stockSize {
		wallet, enduser, err := t.newWallet(ctx)
		if err != nil {
			return nil, err
		}
		s.wallets, s.endusers = append(s.wallets, wallet), append(s.endusers, enduser)
		if needs("transactions-create", "transactions-get") {
			transaction, err := t.credit(ctx, wallet, 1_000_000)
			if err != nil {
				return nil, err
			}
			s.transactions = append(s.transactions, transaction)
		}
		if needs("cards-get") {
			exchange, err := t.call(ctx, "cards-create", client.Request{Body: map[string]any{"wallet_id": wallet, "program_id": s.program}})
			if err != nil {
				return nil, err
			}
			s.cards = append(s.cards, idOf(exchange.Body))
		}
	}
	return s, nil
}

func pick(list []string, n int) string {
	if len(list) == 0 {
		return ""
	}
	return list[n%len(list)]
}

// request builds the n-th request of an operation. Creating a card takes a wallet of its own, which is
// made beforehand by the caller.
func (s *stock) request(run, operation string, n int) client.Request {
	by := func(id string) client.Request { return client.Request{Path: map[string]string{"id": id}} }
	switch operation {
	case "cards-get":
		return by(pick(s.cards, n))
	case "wallets-get":
		return by(pick(s.wallets, n))
	case "endusers-get":
		return by(pick(s.endusers, n))
	case "transactions-get":
		return by(pick(s.transactions, n))
	case "card-programs-get":
		return by(s.program)
	case "wallets-create":
		return client.Request{Body: map[string]any{"holder_id": pick(s.endusers, n), "asset_class": "CURRENCY", "asset": "AUD", "partner_product": "KOBBLE_AUD_1"}}
	case "endusers-create":
		return client.Request{Body: map[string]any{"person": map[string]any{"first_name": "Jane", "last_name": "Example", "email": "jane@example.test", "phone_number": "+61400000000"}, "metadata": map[string]any{}}}
	case "transactions-create":
		return client.Request{Body: transferBody(run, pick(s.wallets, n), pick(s.wallets, n+1), 1)}
	case "transactions-manual-credit":
		return client.Request{Body: creditBody(run, pick(s.wallets, n), 1)}
	}
	if strings.HasSuffix(operation, "-list") {
		return client.Request{Query: map[string][]string{"limit": {"20"}}}
	}
	return client.Request{}
}

// judge turns an exchange into an outcome: what the operation documents is good, a 429 is throttled, all
// else failed.
func (t *Target) judge(operation *contract.Operation, exchange *client.Exchange, err error, checked bool) outcome {
	o := outcome{operation: operation.ID, class: failed}
	var none *client.NoAnswer
	switch {
	case errors.As(err, &none):
		o.failure = string(none.Kind)
	case err != nil:
		o.failure = err.Error()
	case exchange.Status == http.StatusTooManyRequests:
		o.class = throttled
	case operation.Success.Accepts(exchange.Status):
		o.class = good
		o.findings = cheap(operation, exchange)
		if checked {
			o.checked = true
			o.findings = append(o.findings, t.check(operation, exchange)...)
		}
	default:
		o.failure = fmt.Sprintf("answered %d", exchange.Status)
	}
	return o
}

// cheap looks at the head of every good answer; its body is for the answers that are checked.
func cheap(operation *contract.Operation, exchange *client.Exchange) []reports.LoadFinding {
	media, _, _ := strings.Cut(exchange.Header.Get("Content-Type"), ";")
	switch {
	case len(exchange.Body) == 0 && operation.Success.Schema != "" && operation.Success.Status != 0 && operation.Success.Status != http.StatusNoContent:
		return []reports.LoadFinding{{Requirement: operation.Requirement, Operation: operation.ID, Message: "a success has no body"}}
	case len(exchange.Body) > 0 && !strings.EqualFold(strings.TrimSpace(media), "application/json"):
		return []reports.LoadFinding{{Requirement: "GEN-11", Operation: operation.ID, Message: "an answer is not labelled as JSON"}}
	}
	return nil
}

// check holds an answer against its schema and looks through it for card numbers and secrets.
func (t *Target) check(operation *contract.Operation, exchange *client.Exchange) []reports.LoadFinding {
	var out []reports.LoadFinding
	find := func(requirement, message string) {
		out = append(out, reports.LoadFinding{Requirement: requirement, Operation: operation.ID, Message: message})
	}
	if name := operation.Success.Schema; name != "" && t.Schemas.Has(name) {
		check := t.Schemas.Check
		if operation.Success.Shape == "array" {
			check = t.Schemas.CheckList
		}
		violations, err := check(name, exchange.Body)
		if err != nil {
			find(operation.Requirement, "the body could not be checked: "+err.Error())
		}
		for _, v := range violations {
			if v.Kind != schemas.Undocumented && (v.Mark == "" || v.Mark == string(contract.Stated) || v.Mark == string(contract.Standard)) {
				requirement := v.Requirement
				if requirement == "" {
					requirement = operation.Requirement
				}
				find(requirement, fmt.Sprintf("the body is not a %s as documented at %s: expected %s", v.Schema, indexFree(v.Pointer), v.Expected))
			}
		}
	}
	if operation.ID != "cards-generate-secret" {
		for _, what := range t.Client.Redactor().Find(exchange.Body) {
			requirement := "HARNESS-14"
			if strings.Contains(what, "card number") {
				requirement = "CARD-20"
			}
			find(requirement, "an answer holds "+what)
		}
	}
	return out
}

// indexFree takes places in lists out of a pointer.
func indexFree(pointer string) string {
	parts := strings.Split(pointer, "/")
	for i, part := range parts {
		if part != "" && strings.Trim(part, "0123456789") == "" {
			parts[i] = "*"
		}
	}
	return strings.Join(parts, "/")
}
