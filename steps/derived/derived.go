// Package derived holds the sentences that make odd inputs for every field, parameter and header of the contract.
package derived

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps"
)

// Sentences returns the definitions of the area.
func Sentences() []steps.Definition {
	const area = "derived"
	return []steps.Definition{
		steps.Define(area, `inputs with ([a-z][a-z ,-]+), derived from every operation's (fields|parameters|headers)`, "Makes one case for each field of a body, parameter of an address or header that the class can be made for, and each of its values.", derive),
		steps.Define(area, `a sample of them is sent`, "Sends the cases that the seed picks, at most --depth of them, each with a request that is valid otherwise.", sendDerived),
		steps.Define(area, `each of them is answered cleanly`, "A success or a client error as documented, and never a server error.", answeredCleanly),
	}
}

// derivation is a class of inputs: the values that it has for a field, none where it does not apply.
type derivation func(contract.Field) []any

// derivations are the classes by the words of the feature. What leaves the field out is [absent]; a text that
// begins with [raw] stands in the body as it is.
var derivations = map[string]derivation{
	"very long text": texts(strings.Repeat("x", 300), strings.Repeat("long ", 2000), strings.Repeat("é", 40_000)),
	"unusual letters": texts("Zoë Ødegård 日本 🪪", "a\u0301\u0327\u0301", "\u202eright to left", "\ufeffmark",
		"ＦＵＬＬ width", "\U0001F468\u200d\U0001F469\u200d\U0001F467"),
	"control characters": texts("a\u0000b", "\t\r\n", "\u001b[31mred", "\u0085next\u2028line", "bell\u0007"),
	"words that mean something elsewhere": texts("' OR '1'='1", "\"; DROP TABLE cards; --", "<script>alert(1)</script>",
		"${jndi:ldap://x.example.test/a}", "../../../../etc/passwd", "%00", "{{7*7}}", "null", "undefined", "__proto__"),
	"numbers at the edges": func(f contract.Field) []any {
		if f.Type != "number" && f.Type != "integer" {
			return nil
		}
		return literals("0", "-0", "-1", "1e308", "-1e308", "1e400", "9007199254740993", "0.001", "1e-9", "99999999999999999999999999", "1.0",
			"1E2")
	},
	"another type": func(f contract.Field) []any {
		all := map[string][]any{"string": {"text", ""}, "number": literals("12", "1.5"), "integer": literals("12"), "boolean": {true},
			"object": {map[string]any{}, map[string]any{"a": 1}}, "array": {[]any{}, []any{"a", 1, nil}}}
		var values []any
		for _, kind := range []string{"string", "number", "boolean", "object", "array"} {
			if kind != f.Type && (kind != "number" || f.Type != "integer") {
				values = append(values, all[kind]...)
			}
		}
		return values
	},
	"nothing in them": func(contract.Field) []any { return []any{absent{}, nil, "", "   ", []any{}, map[string]any{}} },
	"a broken form": func(f contract.Field) []any {
		switch f.Format {
		case "uuid":
			return []any{"00000000-0000-0000-0000-000000000000", "not-a-uuid", "123e4567-e89b-12d3-a456-42661417400",
				"{123e4567-e89b-42d3-a456-426614174000}", "123E4567E89B42D3A456426614174000"}
		case "email":
			return []any{"no-at", "a@", "@b", "a@b@c.example.test", "a b@example.test"}
		case "date", "date-time":
			return []any{"2025-02-30", "2025-13-01T00:00:00Z", "yesterday", "2025-01-01T25:00:00Z", "0000-00-00"}
		case "uri":
			id := uuid.NewString() // by which what comes of it is told from what others make
			return []any{"no address " + id, "http://", "javascript:alert('" + id + "')", "//x/" + id, "http://[::1/" + id}
		}
		return nil
	},
	"values outside their list": func(f contract.Field) []any {
		if len(f.Enum) == 0 {
			return nil
		}
		return []any{"NEITHER_OF_THEM", strings.ToLower(f.Enum[0]), f.Enum[0] + " ", strings.Join(f.Enum, ",")}
	},
	"something nested where a value is asked": func(f contract.Field) []any {
		if f.Type == "object" || f.Type == "array" {
			return nil
		}
		deep := any("deep")
		for range 40 {
			deep = map[string]any{"a": deep}
		}
		return []any{map[string]any{"value": f.Sample}, []any{f.Sample}, []any{[]any{[]any{}}}, deep}
	},
	"a name that is there twice": func(contract.Field) []any { return []any{twice{}} },
	"a further member that no page has": func(contract.Field) []any {
		return []any{further{"kobcheck_further", true}, further{"__proto__", map[string]any{"admin": true}},
			further{"id", "00000000-0000-4000-8000-000000000000"}, further{"status", "ACTIVE"}, further{"constructor", 1}}
	},
}

// absent leaves a field out, twice writes its name a second time, further adds a member beside it.
type (
	absent  struct{}
	twice   struct{}
	further struct {
		name  string
		value any
	}
)

func texts(values ...any) derivation {
	return func(f contract.Field) []any {
		if f.Type != "string" {
			return nil
		}
		return values
	}
}

// literals are numbers in a spelling of their own.
func literals(spellings ...string) []any {
	var out []any
	for _, one := range spellings {
		out = append(out, json.Number(one))
	}
	return out
}

// derivedCase is one input: an operation, a place in its request, and what stands there.
type derivedCase struct {
	operation *contract.Operation
	place     place
	field     contract.Field
	value     any
}

func (c derivedCase) String() string {
	switch v := c.value.(type) {
	case absent:
		return fmt.Sprintf("%q without %s%q", c.operation.Title, c.place, c.field.Name)
	case twice:
		return fmt.Sprintf("%q with %s%q twice", c.operation.Title, c.place, c.field.Name)
	case further:
		return fmt.Sprintf("%q with the further member %q", c.operation.Title, v.name)
	}
	written, err := json.Marshal(c.value)
	if err != nil {
		written = []byte(fmt.Sprint(c.value)) // such as 1e400, which is no number of Go's
	}
	text := string(written)
	if runes := []rune(text); len(runes) > 60 {
		text = fmt.Sprintf("%s… (%d characters)", string(runes[:40]), len(runes))
	}
	return fmt.Sprintf("%q with %s%q: %s", c.operation.Title, c.place, c.field.Name, text)
}

func derive(w *steps.World, class, where string) error {
	valuesOf, known := derivations[class]
	if !known {
		return steps.Faulty("there is no class of inputs %q; there are: %s", class, strings.Join(slices.Sorted(maps.Keys(derivations)), "; "))
	}
	var cases []derivedCase
	for _, operation := range w.Session.Contract.Operations {
		if _, reached := operation.PathIn(w.Session.Edition); !reached || operation.ID == "token" ||
			operation.Caller == "admin" && !w.Session.Client.Has("admin") {
			continue
		}
		for _, open := range places(operation, where, w.Session.Schemas.Fields(operation.Success.Schema)) {
			for _, value := range valuesOf(open.field) {
				if open.place.carries(value) {
					cases = append(cases, derivedCase{operation, open.place, open.field, value})
				}
			}
		}
	}
	steps.State[inputs](w).derived = cases
	return nil
}

// scarce is the kind of thing, of those that a night is to leave few of, which an operation makes or uses up; empty for none.
func scarce(operation *contract.Operation) string {
	switch {
	case operation.Section == "Cards" && operation.Writes():
		return "card"
	case operation.Section == "Wallets" && operation.Writes():
		return "wallet"
	case operation.Creates == "enduser", operation.Creates == "transaction":
		return operation.Creates
	}
	return ""
}

func sendDerived(ctx context.Context, w *steps.World) error {
	s := steps.State[inputs](w)
	cases := s.derived
	if len(cases) == 0 {
		return steps.Faulty("no inputs were derived before this step")
	}
	const why = "odd things that an API takes stay in the lists of a client, and another than that of the other scenarios is needed"
	if err := w.NeedClient("second", why); err != nil {
		return err
	}
	made := map[string]int{}
	unprepared := map[string]bool{}
	var first error
	for _, one := range steps.Sampled(w, cases, len(cases)) {
		if kind := scarce(one.operation); kind != "" {
			if made[kind]++; made[kind] > max(w.Depth()/steps.DefaultDepth, 1) {
				continue
			}
		}
		if len(s.sent) == w.Depth() {
			break
		}
		if unprepared[one.operation.ID] {
			continue
		}
		exchange, err := sendCase(ctx, w, one)
		if open, blocked := (*scene.NotTestable)(nil), (*scene.Blocked)(nil); errors.As(err, &open) || errors.As(err, &blocked) {
			unprepared[one.operation.ID], first = true, cmp.Or(first, err) // which costs the cases of this operation alone
			continue
		}
		if err != nil {
			return err
		}
		s.sent = append(s.sent, sentCase{one, exchange})
		if exchange.Status/100 == 2 && (one.place == inBody || one.operation.Section == "Cards") { // no start for the next one
			delete(w.Things, "wallet")
			delete(w.Things, "card")
		}
	}
	if len(s.sent) == 0 {
		return first
	}
	return nil
}

// inputs are the cases of a scenario: all that there are, and those that were sent.
type inputs struct {
	derived []derivedCase
	sent    []sentCase
}

// sentCase is a derived input with what it was answered.
type sentCase struct {
	derivedCase
	exchange *client.Exchange
}

func sendCase(ctx context.Context, w *steps.World, c derivedCase) (*client.Exchange, error) {
	w.GiveBack(w.Things)
	// What an API takes of them stays in its lists: those of the second client are looked at least.
	as := w.Session.Client.Caller(c.operation)
	if as == "primary" {
		as = "second"
	}
	draft, err := w.Scene.Draft(ctx, c.operation, as, w.Things)
	if err != nil {
		return nil, err
	}
	if err := c.put(draft); err != nil {
		return nil, err
	}
	exchange, err := w.SendOdd(ctx, draft)
	if err != nil || exchange.Status/100 != 2 || c.operation.Creates == "" {
		return exchange, err
	}
	return exchange, readTaken(ctx, w, c, exchange)
}

// readTaken reads what an API made of an input that it took. That answer is held to its documented shape as any other.
func readTaken(ctx context.Context, w *steps.World, c derivedCase, exchange *client.Exchange) error {
	reader, id := steps.Reader(w, c.operation.Creates), scene.ID(w.Decoded(exchange))
	if reader == nil || id == "" {
		return nil
	}
	read := &scene.Draft{Operation: reader}
	read.Request.As, read.Request.Path = exchange.As, map[string]string{"id": id}
	again, err := w.SendOdd(ctx, read)
	if err != nil {
		return err
	}
	w.Expect(again.Status != http.StatusNotFound && again.Status != http.StatusGone, evidence.Assertion{
		Check: "what is taken can be read", Fact: w.Fact("HARNESS-12", contract.Effect), Exchange: again.N,
		Message: c.String() + " was taken, and what it made can't be read", Expected: "the " + c.operation.Creates,
		Actual: w.Answered(again)})
	return nil
}

func answeredCleanly(w *steps.World) error {
	sent := steps.State[inputs](w).sent
	if len(sent) == 0 {
		return steps.Faulty("no derived inputs were sent before this step")
	}
	for _, one := range sent {
		status := one.exchange.Status
		clean := status/100 == 2 || status >= http.StatusBadRequest && status < http.StatusInternalServerError
		w.Expect(clean, evidence.Assertion{Check: "a derived input is answered cleanly",
			Fact: w.Fact("HARNESS-01", contract.Refusal), Exchange: one.exchange.N,
			Message: one.String() + " was not answered cleanly", Expected: "the documented success, or a client error",
			Actual: w.Answered(one.exchange)})
	}
	return nil
}
