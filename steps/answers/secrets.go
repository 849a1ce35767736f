package answers

import (
	"fmt"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps"
)

func secretSentences() []steps.Definition {
	return []steps.Definition{
		steps.Define("answer", `the two secrets differ`, "Two secrets made with different keys at different times are not the same.", secretsDiffer),
	}
}

func secretsDiffer(w *steps.World) error {
	var made []any
	for _, exchange := range w.Calls {
		if exchange.Operation == "cards-generate-secret" && exchange.Status/100 == 2 {
			made = append(made, w.Body(exchange)["secret"])
		}
	}
	if len(made) < 2 {
		return w.Served(w.Session.Contract.Operation("cards-generate-secret"), w.Last)
	}
	w.Expect(made[0] != made[1], evidence.Assertion{Check: "secrets differ", Fact: w.Own(contract.Exposure),
		Message: "two secrets are the same", Expected: "two different secrets",
		Actual: fmt.Sprintf("the same one twice, %d characters long", len(fmt.Sprint(made[0])))})
	return nil
}
