package workbench

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/load/kind"
)

func TestShardsThatMeetBeginTogether(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "run")
	var all sync.WaitGroup
	moments := make([]time.Time, 4)
	for i := range moments {
		all.Go(func() {
			at, err := Meet(t.Context(), folder, kind.Shard{Index: i + 1, Of: len(moments)}, time.Minute)
			if err == nil {
				moments[i] = at
			}
		})
	}
	all.Wait()
	for _, at := range moments {
		require.True(t, at.After(time.Now()), "there is time until they begin")
		require.Equal(t, moments[0], at)
	}
}

func TestAShardThatWaitsInVainNamesThoseThatDidNotCome(t *testing.T) {
	t.Parallel()
	_, err := Meet(t.Context(), t.TempDir(), kind.Shard{Index: 2, Of: 3}, 0)
	require.EqualError(t, err, "shard 1/3, shard 3/3 did not come within 0s")
}

func TestAMergeWaitsForWhatIsNotThereYetAndNamesIt(t *testing.T) {
	t.Parallel()
	there := filepath.Join(t.TempDir(), "load.json")
	go func() { // a shard that ends while the merge waits
		_ = os.WriteFile(there+".part", []byte(`{"version":1,"run_id":"r","plans":[]}`), 0o600)
		_ = os.Rename(there+".part", there)
	}()
	parts, err := new(Bench).OpenLoads(t.Context(), []string{there}, time.Minute)
	require.NoError(t, err)
	require.Equal(t, "r", parts[0].RunID)
	_, err = new(Bench).OpenLoads(t.Context(), []string{there, there + ".other"}, 0)
	require.EqualError(t, err, there+".other did not come within 0s")
}
