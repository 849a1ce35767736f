package nights

import (
	"testing"
	"time"

	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/specimen"
	"github.com/stretchr/testify/require"
)

func TestARunIsToldSinceWhenItFails(t *testing.T) {
	red := specimen.Runs(t)["red"]
	night := func(n int, change func(*Night)) *Night {
		one := Of(red)
		one.Answers["r"] = "old"
		one.RunID, one.StartedAt = string(rune('a'+n)), red.StartedAt.AddDate(0, 0, n-4)
		if change != nil {
			change(one)
		}
		return one
	}
	red.Observations = []evidence.Observation{{ID: "q", Question: "?", Answer: "yes"}, {ID: "r", Question: "?", Answer: "new"}}
	passes := func(n *Night) { n.Failures = nil }
	foreign := func(n *Night) { n.Target = "another" }
	Remember(red, []*Night{night(0, nil), night(1, passes), night(2, nil), night(3, nil), night(5, passes), night(3, foreign)},
		[]string{"x: broken"})
	h := red.History
	require.Equal(t, 4, h.Nights, "nights to come and those of another target are none of it")
	require.Len(t, h.Since, 1)
	for _, since := range h.Since {
		require.Equal(t, 3, since.Nights, "two nights and this one, without a break")
		require.Equal(t, red.StartedAt.AddDate(0, 0, -2), since.First)
	}
	require.Equal(t, "since "+red.StartedAt.AddDate(0, 0, -4).Format("2006-01-02")+", 5 nights",
		red.AnsweredSince(evidence.Observation{ID: "q"}))
	require.Equal(t, "for the first time", red.AnsweredSince(evidence.Observation{ID: "r"}))
	require.Empty(t, h.New)
	require.Contains(t, red.Since(red.Causes(true)[0].Finding), "on 3 nights without a break")
	require.Equal(t, []string{"x: broken"}, h.Skipped)
	Remember(red, []*Night{night(3, func(n *Night) {
		passes(n)
		n.Scenarios["gone/scenario"] = evidence.Passed
	})}, nil)
	require.Len(t, red.History.New, 1)
	require.Equal(t, []string{"gone/scenario"}, red.History.Vanished)
	Remember(red, nil, nil)
	require.Zero(t, red.History.Nights)
	require.True(t, red.StartedAt.Before(time.Now()))
}
