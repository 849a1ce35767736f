package tokens

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps"
)

func scopeSentences() []steps.Definition {
	return []steps.Definition{
		steps.Define("token", `we call every operation with a token of the scope "([^"]+)"`, "Calls every operation with a token of that scope, in a way that makes "+
			"nothing.", tryScope),
		steps.Define("token", `which operations it opens is recorded`, "Keeps which of them let that token in.", recordScope),
	}
}

// matrix is a row of the matrix of scopes and operations: what each answered, in their order.
type matrix struct {
	scope string
	cells [][2]string
}

// tryScope fills one row of the matrix of scopes and operations, for which the documentation has no table
// (C-08). Reads ask for something that does not exist; changes send an empty object, which no operation that
// needs data takes. Whether the refusal is for want of scope or of data is the answer.
func tryScope(ctx context.Context, w *steps.World, scope string) error {
	as := "primary"
	if strings.HasPrefix(scope, "administrator/") {
		as = "admin"
	}
	if err := w.NeedClient(as, "it takes a client that may ask for the scope "+scope); err != nil {
		return err
	}
	token, err := w.Session.Client.Token(ctx, as, scope)
	if refused, is := errors.AsType[*client.TokenError](err); is && refused.Status != 0 {
		return &scene.NotTestable{Key: "target.clients." + as + ".scope", Why: "the token endpoint gives no token of the scope " + scope}
	}
	if err != nil {
		return err
	}
	header, row := "Bearer "+token.Value, steps.State[matrix](w)
	*row = matrix{scope: scope}
	for _, operation := range w.Session.Contract.Operations {
		if operation.ID == "token" {
			continue
		}
		cell := func(answer string) { row.cells = append(row.cells, [2]string{operation.ID, answer}) }
		if !scopable(w, operation) {
			cell("unknown")
			continue
		}
		request := client.Request{As: as, Authorization: &header, Path: map[string]string{}}
		for _, parameter := range operation.PathParams {
			request.Path[parameter.Name] = steps.AbsentID
		}
		if operation.Body != nil {
			request.Body = map[string]any{}
		}
		exchange, err := w.Session.Client.Do(ctx, operation, request)
		if err != nil {
			return err
		}
		if environment := w.Gateway(exchange); environment != nil {
			return environment
		}
		w.Last = exchange
		w.Expect(exchange.Status < 500, evidence.Assertion{Check: "no server error",
			Fact: w.Fact("HARNESS-01", contract.Refusal), Message: "a call with little in it was answered by a server error",
			Expected: "any answer but a server error", Actual: w.Answered(exchange), Kind: evidence.Unserved})
		switch {
		case exchange.Status == http.StatusUnauthorized || exchange.Status == http.StatusForbidden:
			cell("deny")
		case exchange.Status == http.StatusTooManyRequests || exchange.Status >= 500:
			cell("unknown")
		default:
			cell("allow")
		}
	}
	return nil
}

func recordScope(w *steps.World) error {
	row := steps.State[matrix](w)
	if len(row.cells) == 0 {
		return steps.Faulty("no operation was called with a token of a scope before this step")
	}
	for _, cell := range row.cells {
		operation := w.Session.Contract.Operation(cell[0])
		w.Observe("scope."+row.scope+"."+operation.ID, "C-08", "Does a token of the scope "+row.scope+" reach "+operation.Title+"?", cell[1])
	}
	return nil
}

// scopable reports whether an operation can be asked without making anything: its path is known, and if it
// changes something it needs an id or data that the call does not have.
func scopable(w *steps.World, operation *contract.Operation) bool {
	if _, known := operation.PathIn(w.Session.Edition); !known {
		return false
	}
	if !operation.Writes() || len(operation.PathParams) > 0 {
		return true
	}
	return slices.ContainsFunc(operation.Fields(), func(field contract.Field) bool {
		return field.Required == contract.Yes && !strings.Contains(field.Name, ".")
	})
}
