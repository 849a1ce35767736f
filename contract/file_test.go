package contract

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAFileIsReadUpToABound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	for size, whole := range map[int]bool{MostBytes: true, MostBytes + 1: false} {
		require.NoError(t, os.WriteFile(path, bytes.Repeat([]byte("x"), size), 0o600))
		data, err := ReadFile(path)
		require.Equal(t, whole, err == nil, "%v", err)
		require.Len(t, data, size)
	}
	_, err := new(Contract).ReadRequirementList("/dev/zero")
	require.ErrorContains(t, err, "which nobody writes", "one without an end")
}
