package reports_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/specimen"
)

func TestServerErrorsThatComeAndGoAreOneCause(t *testing.T) {
	const crash = "500 Internal Server Error: sorry"
	run := func(verdict evidence.Verdict, errors int, operations ...string) *reports.Run {
		r := &reports.Run{}
		for i, operation := range operations {
			f := found(fmt.Sprintf("CARD-0%d", i+1), operation, "", fmt.Sprintf("%q was not served", operation), crash)
			f.Kind, f.Verdict = evidence.Unserved, verdict
			s := specimen.Scenario("s."+operation, evidence.Failed)
			s.Findings = []evidence.Finding{f}
			r.Scenarios = append(r.Scenarios, s)
			r.Operations = append(r.Operations, reports.OperationUse{ID: operation, Requests: 100,
				Statuses: map[string]int{"200": 100 - errors, "500": errors}})
		}
		return r
	}
	seldom := run("", 1, "cards-get", "cards-list", "wallets-get", "endusers-create").Causes(true)
	require.Len(t, seldom, 1)
	require.Equal(t, "500 Internal Server Error in 4 of 400 answers, of 4 operations", seldom[0].Finding.Actual)
	require.Len(t, seldom[0].Scenarios, 4)
	require.Len(t, seldom[0].Further, 3)
	require.Len(t, reports.New(seldom), 1, "nobody tried again")
	require.Greater(t, len(run("", 60, "cards-get", "cards-list", "wallets-get", "endusers-create").Causes(true)), 1,
		"what mostly fails is no chance")
	require.Len(t, run("", 1, "cards-get", "cards-list").Causes(true), 2, "two may be two faults")

	again := run(evidence.Flaky, 60, "cards-get", "cards-list", "wallets-get")
	again.Scenarios[2].Findings[0].Actual, again.Scenarios[2].Findings[0].Exchange = "absent", 7
	again.Scenarios[2].Exchanges = []evidence.Exchange{{N: 7, Response: &evidence.Response{Status: 500}}}
	causes := again.Causes(true)
	require.Empty(t, reports.New(causes))
	require.Len(t, reports.Flaky(causes), 1, "what a server error lacks is one of them")
	require.Len(t, again.Reasons(evidence.Flaky), 1)
	require.Empty(t, again.NewFailures())
	again.Judge(specimen.Facts(t), specimen.Begin)
	require.Zero(t, again.Summary.Requirements.Failed)
}
