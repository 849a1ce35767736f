package answers

import (
	"context"
	"fmt"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/steps"
)

func tenSecrets(ctx context.Context, w *steps.World) error {
	for range 10 {
		if err := makeSecret(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

func eachStrictJSON(w *steps.World) {
	for _, exchange := range w.Calls {
		if exchange.Operation != "cards-generate-secret" {
			continue
		}
		_, err := schemas.Decode(exchange.Body)
		w.Expect(err == nil, evidence.Assertion{Check: "strict JSON", Fact: w.Own(contract.Form),
			Message: "a secret was not written as strict JSON", Expected: "one JSON value", Actual: fmt.Sprint(err),
			Exchange: exchange.N})
	}
}

func secretSentences() []steps.Definition {
	return []steps.Definition{
		steps.Define("effect", `the two secrets differ`, "Two secrets made with different keys at different times are not the same.", secretsDiffer),
		steps.Define("effect", `a secret is made`, "Generates a secret for the card and keeps it for comparison.", makeSecret),
		steps.Define("content", `ten secrets are made`, "Generates ten secrets for the card.", tenSecrets),
		steps.Define("content", `each of them is strict JSON`, "Each of the answers with a secret parses strictly.", eachStrictJSON),
	}
}

// secrets are those that the scenario has made, in their order.
type secrets struct{ made []any }

func makeSecret(ctx context.Context, w *steps.World) error {
	if err := w.Call(ctx, "Generate card secret"); err != nil {
		return err
	}
	exchange, err := w.Latest()
	if err != nil {
		return err
	}
	if served, err := w.ExpectServed(w.Draft.Operation, exchange); !served {
		return err
	}
	body := w.Body(exchange)
	s := steps.State[secrets](w)
	s.made = append(s.made, body["secret"])
	return nil
}

func secretsDiffer(w *steps.World) error {
	made := steps.State[secrets](w).made
	if len(made) < 2 {
		return steps.Faulty("two secrets have to be made before this step")
	}
	w.Expect(made[0] != made[1], evidence.Assertion{Check: "secrets differ", Fact: w.Own(contract.Exposure),
		Message: "two secrets are the same", Expected: "two different secrets",
		Actual: fmt.Sprintf("the same one twice, %d characters long", len(fmt.Sprint(made[0])))})
	return nil
}
