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
			at, err := new(Bench).Meet(t.Context(), folder, kind.Shard{Index: i + 1, Of: len(moments)}, time.Minute)
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
	_, err := new(Bench).Meet(t.Context(), t.TempDir(), kind.Shard{Index: 2, Of: 3}, 0)
	require.EqualError(t, err, "shard 1/3, shard 3/3 did not come within 0s")
}

func TestAPlaceOfAMeetingBelongsToOneLoad(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	one := kind.Shard{Index: 1, Of: 1}
	require.NoError(t, new(Bench).NewAt(t.Context(), folder, one))
	_, err := new(Bench).Meet(t.Context(), folder, one, time.Minute)
	require.NoError(t, err)
	_, err = new(Bench).Meet(t.Context(), folder, one, time.Minute)
	require.EqualError(t, err, "shard 1/1 has been at "+folder+" before; each load takes a place of its own")
	require.Equal(t, err, new(Bench).NewAt(t.Context(), folder, one), "and it is said before anything is taken away")
}

func TestAMergeWaitsLessForTheOthersOnceOneIsThere(t *testing.T) {
	t.Parallel()
	there := filepath.Join(t.TempDir(), "load.json")
	require.NoError(t, os.WriteFile(there, []byte(`{"version":1,"run_id":"r","plans":[]}`), 0o600))
	_, err := new(Bench).OpenLoads(t.Context(), []string{there + ".other", there}, time.Hour, 0)
	require.EqualError(t, err, there+".other did not come within 0s")
}

func TestAMergeWaitsForWhatIsNotThereYetAndNamesIt(t *testing.T) {
	t.Parallel()
	there := filepath.Join(t.TempDir(), "load.json")
	go func() { // a shard that ends while the merge waits
		_ = os.WriteFile(there+".part", []byte(`{"version":1,"run_id":"r","plans":[]}`), 0o600)
		_ = os.Rename(there+".part", there)
	}()
	parts, err := new(Bench).OpenLoads(t.Context(), []string{there}, time.Minute, time.Minute)
	require.NoError(t, err)
	require.Equal(t, "r", parts[0].RunID)
	_, err = new(Bench).OpenLoads(t.Context(), []string{there, there + ".other"}, 0, time.Minute)
	require.EqualError(t, err, there+".other did not come within 0s")
}
