package suite_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/features"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps/catalog"
	"github.com/kobcheck/kobcheck/steps/stage"
	"github.com/kobcheck/kobcheck/steps/stage/sample"
	"github.com/kobcheck/kobcheck/steps/suite"
)

// All that works side by side in a run does so here: scenarios, client, receiver and mock. It is what the race detector
// looks at.
func TestTheWholeSuiteSideBySide(t *testing.T) {
	scenarios, err := catalog.Read(features.Files)
	require.NoError(t, err)
	parts := []suite.Shard{{Index: 1, Of: 4}, {Index: 2, Of: 4}, {Index: 3, Of: 4}, {Index: 4, Of: 4}}
	for _, part := range sample.Of(t, parts, len(parts)) {
		t.Run(part.String(), func(t *testing.T) { sideBySide(t, scenarios, part) })
	}
}

func sideBySide(t *testing.T, scenarios *catalog.Catalog, part suite.Shard) {
	session := stage.New(t, mock.Options{Seed: 1}).World.Session
	run, err := suite.Run(t.Context(), suite.Config{Session: session, Catalog: scenarios, Seed: 7, RunID: "side-by-side",
		Concurrency: suite.DefaultConcurrency, Shard: part, Selection: catalog.Selection{Tags: "not @load"}})
	require.NoError(t, err)
	require.Empty(t, run.Passing)
	passed := 0
	for _, one := range run.Scenarios {
		require.Empty(t, one.Findings, one.ID)
		if one.Verdict == evidence.Passed {
			passed++
			continue
		}
		require.Equal(t, evidence.NotTestable, one.Verdict, "%s: %s", one.ID, one.Reason)
	}
	require.Greater(t, passed, 1000/part.Of)
}
