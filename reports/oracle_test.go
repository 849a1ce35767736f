package reports

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheKindOfCheckThatToldAFaultIsNamed(t *testing.T) {
	for kind, killer := range map[string]Killer{"every answer": {Check: "every answer: success status"}, "every delivery": {Check: "verification: signature"},
		"walk of the model": {Scenario: "walk.at-once/four", Check: "balance"}, "an example": {Scenario: "cards-list.bare", Check: "a bare list"}} {
		require.Equal(t, kind, killer.Oracle())
	}
	told := (&Selftest{Faults: []FaultResult{{Group: "token", RightRequirement: true, By: []Killer{{Scenario: "oauth.grant/password"}}}}}).ToldBy()
	require.Equal(t, map[string]map[string]int{"token": {"RFC 6749 by section": 1}}, told)
	require.Equal(t, "keys", FaultResult{Group: "idempotency"}.WouldCatch())
	require.Equal(t, "of its own", FaultResult{Group: "idempotency", Oracle: "of its own"}.WouldCatch())
}
