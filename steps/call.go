package steps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/client/sentinel"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/schemas/match"
)

// Send performs the draft and lets the sentinels look at the answer.
func (w *World) Send(ctx context.Context, draft *scene.Draft) (*client.Exchange, error) {
	return w.SendBut(ctx, draft, "")
}

// SendBut leaves one of the sentinels out, by the name of its check.
func (w *World) SendBut(ctx context.Context, draft *scene.Draft, but string) (*client.Exchange, error) {
	return w.sendWhere(ctx, draft, func(a evidence.Assertion) bool { return a.Check != but })
}

// SendOdd is for what an API may well refuse, and for reads of what it took: it shows an odd value again, and of the
// shape of its answer only what gates is held against it.
func (w *World) SendOdd(ctx context.Context, draft *scene.Draft) (*client.Exchange, error) {
	return w.sendWhere(ctx, draft, func(a evidence.Assertion) bool {
		return a.Check != evidence.DocumentedShape || w.Session.Policy.Finding(a).Gated
	})
}

func (w *World) sendWhere(ctx context.Context, draft *scene.Draft, wanted func(evidence.Assertion) bool) (*client.Exchange, error) {
	if err := w.frameBefore(ctx, draft); err != nil {
		return nil, err
	}
	exchange, err := w.Session.Client.Do(ctx, draft.Operation, draft.Ready())
	if State[refusal](w).exchange = exchange; err == nil {
		return exchange, w.judgeWhere(draft.Operation, exchange, wanted)
	}
	if exchange != nil {
		w.Last = exchange
		w.Calls = append(w.Calls, exchange)
	}
	return exchange, err
}

// Judge looks at an answer of the scenario's own call, but with one of the sentinels.
func (w *World) Judge(operation *contract.Operation, exchange *client.Exchange, but string) error {
	return w.judgeWhere(operation, exchange, func(a evidence.Assertion) bool { return a.Check != but })
}

func (w *World) judgeWhere(operation *contract.Operation, exchange *client.Exchange, wanted func(evidence.Assertion) bool) error {
	w.Last = exchange
	w.Calls = append(w.Calls, exchange)
	if environment := w.Gateway(exchange); environment != nil {
		return environment
	}
	w.watchThose(operation, exchange, wanted)
	return nil
}

// hear looks at an answer to what prepares the scenario: what deviates there is noticed in passing.
func (w *World) hear(operation *contract.Operation, exchange *client.Exchange) error {
	return w.Preparing(func() error { return w.Judge(operation, exchange, "") })
}

// Watch runs the sentinels over an exchange and keeps what they find.
func (w *World) Watch(operation *contract.Operation, exchange *client.Exchange) {
	w.watchThose(operation, exchange, func(evidence.Assertion) bool { return true })
}

// WatchTokens looks at the answers that brought the client of the scenario its tokens: those are no calls of a step. Where
// one brings no token nobody came as far as the API, and what another host than the API's answers is no word of the API:
// the scenarios about tokens judge both.
func (w *World) WatchTokens() {
	if !w.Session.Client.OwnTokens() {
		return
	}
	token := w.Session.Contract.Operation("token")
	for _, exchange := range w.Heard() {
		if exchange.Operation == token.ID && exchange.Err == nil && !slices.Contains(w.Calls, exchange) && bringsToken(exchange) {
			_ = w.Preparing(func() error { w.Watch(token, exchange); return nil })
		}
	}
}

func bringsToken(exchange *client.Exchange) bool {
	var answer struct {
		Token string `json:"access_token"`
	}
	return json.Unmarshal(exchange.Body, &answer) == nil && answer.Token != "" && exchange.Status/100 == 2
}

// watchThose keeps what is wanted of what the sentinels find.
func (w *World) watchThose(operation *contract.Operation, exchange *client.Exchange, wanted func(evidence.Assertion) bool) {
	results, value := sentinel.Watch(w.Session.Schemas, operation, exchange, w.Session.Edition)
	w.values[exchange] = value
	for _, result := range results {
		if wanted(result) {
			w.Watched(result)
		}
	}
}

// Served returns nil where a valid request got a success, else why the scenario can't go on.
func (w *World) Served(operation *contract.Operation, exchange *client.Exchange) error {
	if exchange.Status/100 == 2 {
		return nil
	}
	if open := w.Open(operation, exchange); open != nil {
		return open
	}
	return Blocked(operation, exchange, fmt.Sprintf("answered %d to a valid request", exchange.Status))
}

// Blocked ends a scenario that needs what an operation does not give.
func Blocked(operation *contract.Operation, exchange *client.Exchange, why string) error {
	return &scene.Blocked{Operation: operation.ID, Title: operation.Title, Requirement: operation.Requirement,
		Status: exchange.Status, Exchange: exchange, Why: why}
}

// noticeBlocked notices, where that ends a step, that the API does not serve what the scenario needs. It is counted
// once, under the operation.
func (w *World) noticeBlocked(err error) {
	var blocked *scene.Blocked
	if !errors.As(err, &blocked) || blocked.Another {
		return
	}
	lacks := "a success"
	if blocked.Status/100 == 2 {
		lacks = "a success with what is asked of it"
	}
	operation := w.Session.Contract.Operation(blocked.Operation)
	w.notice(evidence.Assertion{Check: evidence.NotServed, Kind: evidence.Unserved, Exchange: blocked.Exchange.N, Expected: lacks,
		Actual:  w.Answered(blocked.Exchange),
		Fact:    contract.Fact{Requirement: operation.Requirement, Operation: operation.ID, Facet: contract.Effect, Edition: w.Session.Edition},
		Message: fmt.Sprintf("%q did not serve a valid request", operation.Title)})
}

// Open says why a refusal of a valid request breaks nothing that is stated; nil where the documentation says enough.
func (w *World) Open(operation *contract.Operation, exchange *client.Exchange) *scene.NotTestable {
	draft := w.Draft
	if draft == nil || draft.Operation != operation {
		draft = &scene.Draft{Operation: operation}
	}
	return w.Scene.Open(draft, exchange)
}

// ExpectServed checks that the call which the scenario is about was served. Whether its status is the documented
// one is for the sentinels.
func (w *World) ExpectServed(operation *contract.Operation, exchange *client.Exchange) (bool, error) {
	served, lacks := exchange.Status/100 == 2, ""
	if served && exchange.Request().Method == operation.Method {
		lacks = scene.Lacking(operation, w.Decoded(exchange))
	}
	if !served {
		if open := w.Open(operation, exchange); open != nil {
			return false, open
		}
	}
	a := evidence.Assertion{Check: "success status", Kind: evidence.Unserved, Fact: w.Own(contract.Effect), Exchange: exchange.N,
		Message: fmt.Sprintf("%q was not served", operation.Title), Expected: "a success", Actual: w.Answered(exchange)}
	if lacks != "" {
		a.Check, a.Expected, a.Actual = "a usable success", "a success with "+lacks, w.Answered(exchange)+" without "+lacks
	}
	if served && lacks == "" {
		w.Expect(true, a)
		return true, nil
	}
	a.Fact = w.unserved(operation, exchange, a.Fact)
	w.Expect(false, a)
	return false, nil
}

// unserved is the fact that a call breaks which is not served: the scenario's own, since a refusal may be what that is
// about. Where a server failed, or the scenario is about the form of answers, it is the operation's.
func (w *World) unserved(operation *contract.Operation, exchange *client.Exchange, own contract.Fact) contract.Fact {
	leading := w.Session.Contract.Requirement(own.Requirement)
	if exchange.Request().Method != operation.Method { // such as HEAD, which is not the operation
		return own
	}
	if exchange.Status < http.StatusInternalServerError && (leading == nil || !leading.Form) {
		return own
	}
	return contract.Fact{Requirement: operation.Requirement, Operation: operation.ID, Facet: contract.Effect, Edition: w.Session.Edition}
}

// Answered describes an answer for a finding: its status, and the text of an error.
func (w *World) Answered(exchange *client.Exchange) string {
	text := Status(exchange.Status)
	if exchange.Status >= 400 {
		if message := w.ErrorText(exchange); message != "" {
			text += ": " + message
		}
	}
	return text
}

// Status is a status code with its name.
func Status(code int) string {
	if name := http.StatusText(code); name != "" {
		return strconv.Itoa(code) + " " + name
	}
	return strconv.Itoa(code)
}

// Decoded returns the JSON value of an answer, or nil where it is not JSON; the sentinels say why.
func (w *World) Decoded(exchange *client.Exchange) any {
	if value, known := w.values[exchange]; known {
		return value
	}
	value, err := schemas.Decode(exchange.Body)
	if err != nil {
		return nil
	}
	return value
}

// Body returns the object of an answer, whatever wraps it; nil where there is none.
func (w *World) Body(exchange *client.Exchange) map[string]any {
	object, _ := scene.Object(w.Decoded(exchange))
	return object
}

// Latest returns the exchange that the scenario's own call got last.
func (w *World) Latest() (*client.Exchange, error) {
	if w.Last == nil {
		return nil, Faulty("no call was made before this step")
	}
	return w.Last, nil
}

// TitleOf is the title of the operation that an exchange called.
func (w *World) TitleOf(exchange *client.Exchange) string {
	if operation := w.Session.Contract.Operation(exchange.Operation); operation != nil {
		return operation.Title
	}
	return exchange.Operation
}

// ErrorText returns the text that a person would read in an error body: message, else error, else the
// first text in it (C-23: the shape of an error is stated nowhere).
func (w *World) ErrorText(exchange *client.Exchange) string {
	texts := match.Texts(w.Decoded(exchange))
	if len(texts) == 0 {
		return ""
	}
	return w.readable(texts[0])
}

// Gateway recognises the answers that say nothing of the API: what a gateway, an edge or a proxy gives in its place,
// what our own pace brought about, and what is longer than we read. A 429 is the answer of whoever limits, so that
// what HTTP asks of a 429 is looked at all the same.
func (w *World) Gateway(exchange *client.Exchange) error {
	if who := exchange.Interposed(); who != "" {
		return &Environment{Why: fmt.Sprintf("%s to %s in place of the API", who, exchange.Operation)}
	}
	if exchange.Status == http.StatusTooManyRequests {
		w.watchThose(w.Session.Contract.Operation(exchange.Operation), exchange,
			func(a evidence.Assertion) bool { return sentinel.OfRefusedPace(a.Check) })
		return &Environment{Why: fmt.Sprintf("%s was answered 429: our own pace was too high for this target; lower it with --max-rps",
			exchange.Operation)}
	}
	if exchange.Beyond != "" {
		return &Environment{Why: fmt.Sprintf("the answer to %s is longer than kobcheck reads (%s): it can't be judged; is the target full "+
			"of the things of earlier nights?",
			exchange.Operation, exchange.Beyond)}
	}
	return nil
}
