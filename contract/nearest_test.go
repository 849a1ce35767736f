package contract

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheNearestWordIsOneThatWasMeant(t *testing.T) {
	known := []string{"run", "report", "replay", "seed", "SECTION", "max-rps"}
	for word, near := range map[string]string{"rnu": "run", "reprot": "report", "replya": "replay", "section": "SECTION",
		"max-rsp": "max-rps", "version": "", "x": "", "": "", "nothing-like-it": ""} {
		require.Equal(t, near, Nearest(word, known), word)
	}
	require.Equal(t, `; did you mean "run"?`, Meant("rnu", known))
	require.Empty(t, Meant("xyzzy", known))
}
