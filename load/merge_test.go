package load_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/load"
	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/load/loadtest"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// shards performs a plan in three parts at once.
func shards(t *testing.T, on *kind.Target, text string) []*reports.LoadRun {
	t.Helper()
	parts := make([]*reports.LoadRun, 3)
	var all sync.WaitGroup
	for i := range parts {
		plan := loadtest.Parse(t, text)
		part := &reports.LoadRun{Seed: 7, RunID: string(rune('a' + i)), StartedAt: time.Now(), Target: reports.Target{Name: "x"}}
		parts[i] = part
		all.Go(func() {
			part.Plans = []reports.LoadPlan{*load.Perform(t.Context(), on, plan, 7, kind.Shard{Index: i + 1, Of: len(parts)})}
			part.Judge(loadtest.Policy(on), time.Now())
		})
	}
	all.Wait()
	return parts
}

func TestShardsTogetherAreTheWhole(t *testing.T) {
	t.Parallel()
	const plan = reads + "lag: 1s\nstages: [{rate: 300, for: 1s}]\ngates: [errors < 5%, p99 < 5s, lag p99 < 5s]\n"
	on := loadtest.On(t, mock.Options{}, nil)
	whole := loadtest.Perform(t.Context(), t, on, plan)
	parts := shards(t, on, plan)
	for _, part := range parts {
		require.Zero(t, part.ExitCode, "a shard performs, and decides nothing")
		require.Contains(t, part.Plans[0].Reason, "load merge decides")
	}
	merged, err := load.Merge(parts)
	require.NoError(t, err)
	merged.Judge(loadtest.Policy(on), time.Now())
	require.Equal(t, whole.Plans[0].Due, merged.Plans[0].Due)
	require.Equal(t, whole.Plans[0].Sent, merged.Plans[0].Sent)
	require.Equal(t, whole.Plans[0].Series[0].Count, merged.Plans[0].Series[0].Count)
	require.Equal(t, "passed", merged.Plans[0].Gates[0].State)
	for i, gate := range merged.Plans[0].Gates {
		require.Equal(t, whole.Plans[0].Gates[i].Samples, gate.Samples, gate.Gate)
	}
	require.Zero(t, merged.ExitCode, merged.Reason)
}

func TestWhatIsNoWholeSetOfOneRunIsNotMerged(t *testing.T) {
	t.Parallel()
	on := loadtest.On(t, mock.Options{}, nil)
	parts := shards(t, on, reads+"lag: 1s\nstages: [{rate: 20, for: 200ms}]\n")
	third := func(change func(*reports.LoadRun)) []*reports.LoadRun {
		other := *parts[2]
		other.Plans = []reports.LoadPlan{parts[2].Plans[0]}
		change(&other)
		return []*reports.LoadRun{parts[0], parts[1], &other}
	}
	for name, c := range map[string]struct {
		parts []*reports.LoadRun
		says  string
	}{
		"nothing at all":        {nil, "there is no load run to merge"},
		"one is missing":        {parts[:2], "shard 3/3 is missing"},
		"one is there twice":    {append(parts[:3:3], parts[0]), "is there twice"},
		"another seed":          {third(func(r *reports.LoadRun) { r.Seed = 8 }), "run c has seed 8 and run a 7"},
		"another version":       {third(func(r *reports.LoadRun) { r.Tool.Version = "v9" }), "version v9"},
		"another target":        {third(func(r *reports.LoadRun) { r.Target.BaseURL = "https://b" }), "the target x (https://b"},
		"another plan":          {third(func(r *reports.LoadRun) { r.Plans[0].ID = "writes" }), "writes"},
		"a plan changed inside": {third(func(r *reports.LoadRun) { r.Plans[0].Content = "1234" }), "reads (content 1234)"},
		"a plan more":           {third(func(r *reports.LoadRun) { r.Plans = append(r.Plans, r.Plans[0]) }), "so many plans: 2"},
		"another day": {third(func(r *reports.LoadRun) {
			r.Plans[0].StartedAt = r.Plans[0].StartedAt.Add(24 * time.Hour)
		}), "of run c began: shards that do not overlap"},
	} {
		_, err := load.Merge(c.parts)
		require.ErrorContains(t, err, c.says, name)
	}
}

func TestAShardThatWasStoppedStopsTheWhole(t *testing.T) {
	t.Parallel()
	on := loadtest.On(t, mock.Options{}, nil)
	parts := shards(t, on, reads+"lag: 1s\nstages: [{rate: 60, for: 200ms}]\n")
	parts[1].Plans[0].ExitCode, parts[1].Plans[0].Reason = evidence.ExitSafetyStop, "the file stop is there"
	merged, err := load.Merge(parts)
	require.NoError(t, err)
	merged.Judge(loadtest.Policy(on), time.Now())
	require.Equal(t, evidence.ExitSafetyStop, merged.ExitCode)
	require.Contains(t, merged.Reason, "shard 2/3: the file stop is there")
}
