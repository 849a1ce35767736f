package idempotency_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/steps/stage"
)

func TestAKeyThatDiffersInOneDigitIsAnotherKey(t *testing.T) {
	sentences := stage.Says(`a valid request to "Create manual credit transaction"`, `the request is sent`,
		`the request is sent again with each key that differs in one digit`, `the answers name different transactions`)
	for fault, breaks := range map[string]bool{"": false, "idempotency.key-cut-short": true,
		"idempotency.key-middle-ignored": true, "idempotency.key-last-group-alone": true, "idempotency.key-first-digit-ignored": true} {
		options := mock.Options{}
		if fault != "" {
			options.Faults = []string{fault}
		}
		s := stage.New(t, options, "IDEMP-01")
		require.NoError(t, s.Say(t, sentences...), fault)
		broke, held := s.Found()
		if !breaks {
			require.Empty(t, broke)
			require.Contains(t, held, "a key that differs in one digit is another key")
			continue
		}
		require.Equal(t, []string{"a key that differs in one digit is another key"}, broke, fault)
	}
}
