package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client/webhook"
	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/features"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/mock/fault"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps/catalog"
	"github.com/kobcheck/kobcheck/steps/selftest"
	"github.com/kobcheck/kobcheck/steps/stage/sample"
	"github.com/kobcheck/kobcheck/steps/suite"
)

// faultsSampled is the part of the faults that a test run tries by itself; all of them run the same code.
const faultsSampled = 48

// TestEveryFaultOfTheMockIsCaughtOnItsOwnRequirement holds that a scenario of the suite reports a finding
// on the very requirement that a fault breaks. A few faults can't be held against an API; the catalogue says
// why, and such a fault that is caught after all loses its reason. Those that show by chance may do either.
func TestEveryFaultOfTheMockIsCaughtOnItsOwnRequirement(t *testing.T) {
	t.Parallel()
	faults, err := workbench.SelectFaults(nil, "", "", 1)
	require.NoError(t, err)
	faults = sample.Of(t, slices.DeleteFunc(faults, func(f selftest.Fault) bool { return f.ByChance }), faultsSampled)
	b, err := workbench.New(newRoot())
	require.NoError(t, err)
	result, err := selftest.Run(context.Background(), b.Selftest(selftest.Config{Faults: faults, Styles: mock.Styles(), Parallel: 2,
		ChanceRuns: 1, Seed: 7}))
	require.NoError(t, err)
	code := result.Judge(time.Now())
	for _, baseline := range result.Baseline {
		require.Zero(t, baseline.Findings, "false alarms on the conforming mock, %s, %s", baseline.Style, baseline.Edition)
	}
	for _, one := range result.Faults {
		switch {
		case !one.RightRequirement && one.Reason == "":
			t.Errorf("nobody noticed %s (%s): %s", one.ID, one.Requirement, one.Sentence)
		case one.RightRequirement && one.Reason != "":
			t.Errorf("%s is noticed by %v: take its reason from the catalogue", one.ID, one.By)
		case one.RightRequirement && one.Hits == 0:
			t.Errorf("%s counts as caught although its line in the mock was never reached", one.ID)
		}
	}
	require.Zero(t, code, "a selftest without false alarms and survivors passes")
}

// TestEveryFaultBreaksWhatItIsSaidToBreakBesides holds the further requirements of a fault to their scenarios:
// under the fault one of them no longer passes, or what it prepares is noticed to break the requirement.
func TestEveryFaultBreaksWhatItIsSaidToBreakBesides(t *testing.T) {
	t.Parallel()
	catalogue, err := fault.Catalogue()
	require.NoError(t, err)
	scenarios, err := catalog.Read(features.Files)
	require.NoError(t, err)
	for _, one := range sample.Of(t, catalogue, faultsSampled) {
		for _, requirement := range one.Also {
			session := subjectOf(t, mock.Options{Faults: []string{string(one.ID)}, Style: one.Style, RetryWait: workbench.RetryWait})
			session.Receiver, err = webhook.Listen(t.Context(), "127.0.0.1:0", "")
			require.NoError(t, err)
			run, err := suite.Run(t.Context(), suite.Config{Session: session, Catalog: scenarios, Seed: 7, RunID: "besides",
				Selection: catalog.Selection{Requirement: requirement, Tags: "not @load"}})
			session.Receiver.Close()
			require.NoError(t, err, requirement)
			noticed := slices.ContainsFunc(run.Scenarios, func(s reports.Scenario) bool {
				return s.Verdict == evidence.Failed || s.Verdict == evidence.Advisory || s.Verdict == evidence.Blocked
			}) || slices.ContainsFunc(run.Passing, func(f evidence.Finding) bool { return f.Requirement == requirement })
			assert.True(t, noticed, "%s breaks nothing of %s", one.ID, requirement)
		}
	}
}

func TestASelftestPrintsItsPowerAndFailsForASurvivor(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	output, code := kobcheck(t, "selftest", "--fault", "status.card-created-200", "--fault", "order.swap-3-4", "--style", mock.Plain, "--out", folder)
	require.Zero(t, code, output)
	require.Contains(t, output, "detection power 100.0%: 2 of 2 faults caught, 2 of them on the requirement that they break")
	var result reports.Selftest
	data, err := os.ReadFile(filepath.Join(folder, "selftest.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &result))
	require.Len(t, result.Baseline, 2, "one an edition")
	require.Equal(t, 1.0, result.Summary.Power)
	for _, one := range result.Faults {
		require.NotEmpty(t, one.By)
		require.Positive(t, one.Hits)
	}
	for _, name := range []string{"selftest.md", "selftest.html"} {
		page, err := os.ReadFile(filepath.Join(folder, name))
		require.NoError(t, err)
		require.Contains(t, string(page), "order.swap-3-4")
	}
	output, code = kobcheck(t, "selftest", "--group", "no-such-group")
	require.Equal(t, evidence.ExitNothing, code, output)
	_, code = kobcheck(t, "selftest", "--fault", "no-such-fault")
	require.Equal(t, evidence.ExitUsage, code)

	survivor := reports.Selftest{Faults: []reports.FaultResult{{ID: "x", Mark: "stated"}}}
	require.Equal(t, evidence.ExitFailed, survivor.Judge(time.Now()))
	alarm := reports.Selftest{Baseline: []reports.Baseline{{Findings: 1}}}
	require.Equal(t, evidence.ExitFailed, alarm.Judge(time.Now()))
}
