package suite

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
)

func TestWhatIsNewInARequestIsTold(t *testing.T) {
	facts, err := contract.Load()
	require.NoError(t, err)
	const own, given = "0e34229c-61ca-426c-ae67-a83fdcaa976d", "345d3a22-8d87-41e1-8bf9-8d5a9c257ba2"
	enduser, wallet := facts.Operation("endusers-create"), facts.Operation("wallets-create")
	require.Equal(t, []string{own}, fresh(enduser, []byte(`{"person":{"email":"jane.`+own+`@example.test"}}`)))
	require.Empty(t, fresh(wallet, []byte(`{"holder_id":"`+given+`"}`)), "the id of a thing may be that of others")
	require.Empty(t, fresh(enduser, []byte(`no JSON `+own)))
}
