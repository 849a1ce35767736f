package reports

import (
	"cmp"
	"strings"

	"github.com/kobcheck/kobcheck/reports/evidence"
)

// oracles are the kinds of check, by how the name of a check or the id of a scenario begins. What none of them names is an
// example: a scenario about the one thing.
var oracles = []struct{ kind, check, scenario string }{
	{"every answer", evidence.EveryAnswer, ""},
	{"every delivery", "verification: ", ""},
	{"every delivery", "header of a delivery", ""},
	{"every delivery", "member of a message", ""},
	{"every delivery", "type of a member", ""},
	{"every delivery", "what a subscription has for itself", ""},
	{"after a refusal", "a refused request ", ""},
	{"one thing for one request", "one request makes one thing", ""},
	{"walk of the model", "", "walk."},
	{"RFC 6749 by section", "", "oauth."},
	{"every operation without a right", "", "rights."},
	{"every operation without a right", "", "auth."},
	{"inputs from the contract", "", "derived."},
	{"inputs from the contract", "", "fields."},
	{"generated objects", "", "objects."},
	{"generated objects", "", "metadata.any-object"},
	{"frame of a change", "", "changes."},
	{"relations of lists", "", "relations."},
	{"keys", "", "idempotency."},
	{"card order", "", "card-order."},
	{"ownership", "", "tenancy."},
}

// Oracle is the kind of check that noticed a fault.
func (k Killer) Oracle() string {
	for _, one := range oracles {
		if one.check != "" && strings.HasPrefix(k.Check, one.check) || one.scenario != "" && strings.HasPrefix(k.Scenario, one.scenario) {
			return one.kind
		}
	}
	return "an example"
}

// catching are the kinds of check that would see the faults of a group.
var catching = map[string]string{"token": "RFC 6749 by section", "authentication": "every operation without a right",
	"webhook": "every delivery", "refusal": "after a refusal", "frame": "frame of a change", "idempotency": "keys", "card order": "card order",
	"tenancy": "ownership",
	"input":   "inputs from the contract", "metadata": "generated objects", "money": "walk of the model", "list": "relations of lists",
	"field": "every answer", "http": "every answer", "leak": "every answer", "error": "every answer", "status": "every answer"}

// WouldCatch is the kind of check that would see a fault that lives: of one made from the contract as that has it.
func (f FaultResult) WouldCatch() string {
	return cmp.Or(f.Oracle, catching[f.Group], "an example of its requirement")
}
