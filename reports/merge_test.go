package reports_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/specimen"
)

// shardOf is one part of a run of two scenarios.
func shardOf(shard, id string, milliseconds float64) *reports.Run {
	one := specimen.Scenario(id, evidence.Passed)
	one.Line = int(milliseconds)
	one.Exchanges[0].DurationMS = milliseconds
	return &reports.Run{Version: reports.Version, Tool: reports.Tool{Version: "test"}, RunID: "run-" + id, Seed: 7,
		StartedAt: specimen.Begin, EndedAt: specimen.Begin.Add(time.Second),
		Target:   reports.Target{Name: "x", Edition: contract.V1, Embedded: true, BaseURL: "http://127.0.0.1/" + id},
		Settings: reports.Settings{Shard: shard, Of: 2},
		Gate:     []contract.Mark{contract.Stated}, Scenarios: []reports.Scenario{one},
		Operations:   []reports.OperationUse{{ID: "cards-get", Requests: 1}},
		Census:       []reports.CheckCount{{Name: "success status", Evaluated: 2, NoData: 1}},
		Observations: []evidence.Observation{{ID: "q", Answer: "yes", Scenario: id}},
		Undocumented: []reports.Undocumented{{Operation: "cards-get", Kind: "field", Name: "x"}},
		LeftBehind:   []reports.LeftBehind{{Kind: "card", Count: 1, IDs: []string{id}}}, TidyRequests: 3,
		Passing:   []evidence.Finding{specimen.InPassing("ENDUSER-13", "endusers-create", "every answer: shape", false, 2)},
		CardOrder: &reports.OrderProof{Decisions: []reports.Decision{{Failing: []int{1, 2}, Decided: 1, Scenario: id}}},
	}
}

func TestTheShardsOfARunAddUp(t *testing.T) {
	later := shardOf("1/2", "b", 30)
	later.StartedAt, later.EndedAt = specimen.Begin.Add(-time.Minute), specimen.Begin.Add(time.Minute)
	whole, err := reports.Merge([]*reports.Run{later, shardOf("2/2", "a", 10)})
	require.NoError(t, err)
	whole.Judge(specimen.Facts(t), whole.EndedAt)
	require.Equal(t, "run-b+run-a", whole.RunID)
	require.Equal(t, 2*time.Minute, whole.EndedAt.Sub(whole.StartedAt))
	require.Equal(t, []string{"a", "b"}, []string{whole.Scenarios[0].ID, whole.Scenarios[1].ID}, "in the order of the features")
	require.Equal(t, []reports.CheckCount{{Name: "success status", Evaluated: 4, NoData: 2}}, whole.Census)
	require.Equal(t, 2, whole.Operations[0].Requests)
	require.Equal(t, map[string]int{"200": 2}, whole.Operations[0].Statuses)
	require.Equal(t, reports.Latency{P50: 10, P95: 30, Max: 30}, whole.Operations[0].Latency, "percentiles are those of the whole")
	require.Len(t, whole.Undocumented, 1)
	require.Equal(t, []reports.LeftBehind{{Kind: "card", Count: 2, IDs: []string{"a", "b"}}}, whole.LeftBehind)
	require.Equal(t, 6, whole.TidyRequests)
	require.Len(t, whole.Observations, 1, "what both saw is seen once")
	require.Equal(t, 4, whole.Passing[0].Count)
	require.Len(t, whole.CardOrder.Decisions, 2)
	require.Equal(t, evidence.Passed, whole.Verdict)
	require.Empty(t, whole.Settings.Shard)
}

func TestASecretInAShardFailsTheWhole(t *testing.T) {
	exposed := shardOf("1/2", "a", 1)
	exposed.Exposed("run.json would have held a secret; it is masked there")
	whole, err := reports.Merge([]*reports.Run{exposed, shardOf("2/2", "b", 1)})
	require.NoError(t, err)
	whole.Judge(specimen.Facts(t), whole.EndedAt)
	require.Equal(t, evidence.ExitSecretFound, whole.ExitCode)
	require.Equal(t, evidence.Failed, whole.Verdict)
	require.Contains(t, whole.Reason, "would have held")
}

func TestWhatIsNoWholeRunIsNotMerged(t *testing.T) {
	changed := func(change func(*reports.Run)) *reports.Run {
		one := shardOf("2/2", "b", 1)
		change(one)
		return one
	}
	for says, parts := range map[string][]*reports.Run{
		"there is no run":            nil,
		"shard 2/2 is missing":       {shardOf("1/2", "a", 1)},
		"shard 1/2 is there twice":   {shardOf("1/2", "a", 1), shardOf("1/2", "b", 1)},
		"another one of 2":           {shardOf("1/2", "a", 1), shardOf("2/3", "b", 1)},
		"scenario a is in run run-a": {shardOf("1/2", "a", 1), shardOf("2/2", "a", 1)},
		"is of version test and run": {changed(func(r *reports.Run) { r.Tool.Version = "old" }), shardOf("1/2", "a", 1)},
		"run-b began 24h0m0s after run run-a": {shardOf("1/2", "a", 1),
			changed(func(r *reports.Run) { r.StartedAt = r.StartedAt.Add(24 * time.Hour) })},
		"target, seed and gate must be equal": {shardOf("1/2", "a", 1), changed(func(r *reports.Run) { r.Seed = 8 })},
	} {
		_, err := reports.Merge(parts)
		require.ErrorContains(t, err, says)
	}
	for _, change := range []func(*reports.Run){
		func(r *reports.Run) { r.Target.Name = "y" },
		func(r *reports.Run) { r.Gate = nil },
		func(r *reports.Run) { r.Target.Embedded = false },
	} {
		_, err := reports.Merge([]*reports.Run{shardOf("1/2", "a", 1), changed(change)})
		require.ErrorContains(t, err, "must be equal")
	}
}

func TestPercentilesAreAtTheNearestRank(t *testing.T) {
	for _, c := range []struct {
		samples []float64
		want    reports.Latency
	}{
		{nil, reports.Latency{}},
		{[]float64{4}, reports.Latency{P50: 4, P95: 4, Max: 4}},
		{[]float64{3, 1, 2, 4}, reports.Latency{P50: 2, P95: 4, Max: 4}},
		{[]float64{20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, reports.Latency{P50: 10, P95: 19, Max: 20}},
	} {
		require.Equal(t, c.want, reports.LatencyOf(c.samples))
	}
}
