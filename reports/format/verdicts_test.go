package format

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	messages "github.com/cucumber/messages/go/v21"
	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/specimen"
)

// judged is a run of one scenario with a verdict.
func judged(t *testing.T, verdict evidence.Verdict) *reports.Run {
	one := specimen.Red("a", "")
	one.Verdict, one.Reason, one.BlockedBy = verdict, "the reason", "wallets-create"
	if verdict == evidence.Passed {
		one = specimen.Scenario("a", verdict)
	}
	one.Findings = append([]evidence.Finding{}, one.Findings...)
	for i := range one.Findings {
		one.Findings[i].Gated = verdict == evidence.Failed
	}
	r := &reports.Run{Version: reports.Version, Target: reports.Target{Name: "x"}, StartedAt: specimen.Begin,
		Scenarios: []reports.Scenario{one}}
	r.Judge(specimen.Facts(t), specimen.Begin.Add(time.Second))
	return r
}

// TestEveryVerdictHasItsWordInEachFormat holds the words that readers of other tools rely on: what the environment or
// an operation that is not served kept away is never passed and never failed.
func TestEveryVerdictHasItsWordInEachFormat(t *testing.T) {
	for verdict, want := range map[evidence.Verdict]struct{ junit, ctrf, allure, cucumber, messages string }{
		evidence.Passed:         {"", "passed", "passed", "passed", "PASSED"},
		evidence.Advisory:       {"<system-out>", "passed", "passed", "passed", "PASSED"},
		evidence.Failed:         {"<failure ", "failed", "failed", "failed", "FAILED"},
		evidence.UnexpectedPass: {"<failure ", "failed", "failed", "failed", "FAILED"},
		evidence.Flaky:          {"<flakyFailure ", "passed", "passed", "passed", "PASSED"},
		evidence.Known:          {"<skipped ", "skipped", "skipped", "skipped", "SKIPPED"},
		evidence.NotTestable:    {"<skipped ", "skipped", "skipped", "skipped", "SKIPPED"},
		evidence.Inconclusive:   {"<error ", "other", "broken", "pending", "UNKNOWN"},
		evidence.Blocked:        {"<error ", "other", "broken", "pending", "UNKNOWN"},
		evidence.NotRun:         {"<error ", "pending", "skipped", "skipped", "UNKNOWN"},
	} {
		t.Run(string(verdict), func(t *testing.T) {
			r, of := judged(t, verdict), from(t)
			of.Features = func() (map[string][]byte, error) { return specimen.Features(), nil }
			folder := t.TempDir()
			_, err := Run(&Writer{Folder: folder}, r, of, []string{"junit", "ctrf", "allure", "cucumber", "messages"})
			require.NoError(t, err)
			written := texts(t, folder)
			for _, element := range []string{"<system-out>", "<failure ", "<flakyFailure ", "<skipped ", "<error "} {
				require.Equal(t, element == want.junit, strings.Contains(written["junit.xml"], element), "%s in %s", element, written["junit.xml"])
			}
			var ctrf ctrfReport
			require.NoError(t, json.Unmarshal([]byte(written["ctrf.json"]), &ctrf))
			require.Equal(t, want.ctrf, ctrf.Results.Tests[0].Status)
			require.Equal(t, string(verdict), ctrf.Results.Tests[0].RawStatus)
			for name, text := range written {
				if strings.HasPrefix(name, allureFolder) {
					var result allureResult
					require.NoError(t, json.Unmarshal([]byte(text), &result))
					require.Equal(t, want.allure, result.Status)
				}
			}
			var features []cucumberFeature
			require.NoError(t, json.Unmarshal([]byte(written["cucumber.json"]), &features))
			steps := features[0].Elements[0].Steps
			require.Equal(t, want.cucumber, steps[len(steps)-1].Result.Status)
			require.Equal(t, want.messages, lastStep(t, written["messages.ndjson"]))
		})
	}
}

// lastStep is the status of the last step in a stream of messages.
func lastStep(t *testing.T, stream string) string {
	t.Helper()
	status := ""
	for _, line := range strings.Split(strings.TrimSpace(stream), "\n") {
		var one messages.Envelope
		require.NoError(t, json.Unmarshal([]byte(line), &one))
		if one.TestStepFinished != nil {
			status = one.TestStepFinished.TestStepResult.Status.String()
		}
	}
	return status
}

func TestAScenarioThatItsFeatureDoesNotHaveIsAnError(t *testing.T) {
	of := from(t)
	for says, features := range map[string]map[string][]byte{
		"the feature has no scenario there": {"cards/get_card_by_id.feature": []byte("Feature: other\n")},
		"reading cards/get_card_by_id":      {"cards/get_card_by_id.feature": []byte("no Gherkin")},
	} {
		of.Features = func() (map[string][]byte, error) { return features, nil }
		_, err := Run(&Writer{Folder: t.TempDir()}, judged(t, evidence.Passed), of, []string{"messages"})
		require.ErrorContains(t, err, says)
	}
}

func TestARunThatPassedOnlyInPartOrFailedInPassingSaysSoInEachFormat(t *testing.T) {
	passing := specimen.Runs(t)["passing"]
	var out bytes.Buffer
	require.NoError(t, writeCTRF(&out, passing, specimen.Facts(t)))
	var report ctrfReport
	require.NoError(t, json.Unmarshal(out.Bytes(), &report))
	last := report.Results.Tests[len(report.Results.Tests)-1]
	require.Equal(t, []string{passingSuite}, last.Suite, "what no scenario shows has a test of its own")
	require.Equal(t, "failed", last.Status)
	out.Reset()
	require.NoError(t, writeJUnit(&out, passing, specimen.Facts(t)))
	require.Contains(t, out.String(), `<testsuite name="`+passingSuite+`"`)
}
