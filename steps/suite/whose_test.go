package suite

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

func TestAnAnswerInJSONIsTheAPIsAndAnEmptyRefusalNobodys(t *testing.T) {
	own := &client.Exchange{Operation: "cards-get", Status: http.StatusNotFound, Body: []byte(`{"message":"no"}`)}
	silent := &client.Exchange{Operation: "cards-get", Status: http.StatusNotFound}
	heard := voices{}
	heard.hear([]*client.Exchange{silent})
	require.Zero(t, heard[false].own+heard[false].foreign, "nothing tells whose an empty refusal is")
	require.Nil(t, heard[true], "the token endpoint has an address of its own")
	heard.hear([]*client.Exchange{own})
	require.Equal(t, 1, heard[false].own)
}

func TestAnswersThatAreOfNoUseAreNobodysWord(t *testing.T) {
	heard := voices{}
	heard.hear([]*client.Exchange{
		{Operation: "cards-list", Status: http.StatusOK, Body: []byte(`{"id":`), Err: &client.NoAnswer{Kind: client.Cut}},
		{Operation: tokenCall, Status: http.StatusOK, Body: []byte("so sorry")},
	})
	require.Zero(t, heard[false].own+heard[true].own)
	require.Equal(t, "connection closed before a whole answer", heard[false].latest)
	require.Equal(t, "the answer (200) is no JSON and holds no access token", heard[true].latest)
	heard.hear([]*client.Exchange{{Operation: tokenCall, Status: http.StatusBadRequest, Body: []byte("no")}})
	require.Equal(t, 1, heard[true].own, "a refusal is the API's, whatever its words")
}

func TestOnlyTheAddressThatNeverAnsweredIsExcused(t *testing.T) {
	finding := func(operation, hazard string) evidence.Finding {
		return evidence.Finding{Operation: operation, Gated: true, Hazard: hazard}
	}
	run := func() *reports.Run {
		return &reports.Run{
			Passing: []evidence.Finding{finding("cards-get", ""), finding("token", "")},
			Scenarios: []reports.Scenario{
				{ID: "a", Verdict: evidence.Failed, Findings: []evidence.Finding{finding("cards-get", "")}},
				{ID: "b", Verdict: evidence.Failed, Findings: []evidence.Finding{finding("token", "")}},
				{ID: "c", Verdict: evidence.Failed, Findings: []evidence.Finding{finding("token", "secrets")}},
				{ID: "d", Verdict: evidence.Blocked, BlockedBy: "cards-create"}},
		}
	}
	verdicts := func(r *reports.Run) (list []evidence.Verdict) {
		for _, s := range r.Scenarios {
			list = append(list, s.Verdict)
		}
		return list
	}
	api := run()
	excuse(api, false, false, "no API")
	require.Equal(t, []evidence.Verdict{evidence.Inconclusive, evidence.Failed, evidence.Failed, evidence.Inconclusive}, verdicts(api))
	require.Len(t, api.Passing, 1)
	require.Equal(t, "no API", api.Scenarios[0].Reason)
	token := run()
	excuse(token, true, true, "the client is refused")
	require.Equal(t, []evidence.Verdict{evidence.Failed, evidence.Inconclusive, evidence.Failed, evidence.Blocked}, verdicts(token),
		"a secret that was shown was shown, whoever is refused")
}
