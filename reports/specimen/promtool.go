package specimen

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// AcceptedByPromtool holds metrics against Prometheus' own tool: it reads them and has nothing to say of them. Where it
// is not on the machine the test is skipped, so that this is the last that a test asks.
func AcceptedByPromtool(t *testing.T, metrics string) {
	t.Helper()
	tool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not here (Debian: apt install prometheus), so that it was not asked about the metrics")
	}
	command := exec.CommandContext(t.Context(), tool, "check", "metrics")
	command.Stdin = strings.NewReader(metrics)
	said, err := command.CombinedOutput()
	require.NoError(t, err, "promtool check metrics: %s", said)
	require.Empty(t, string(said), "promtool check metrics")
}
