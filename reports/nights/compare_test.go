package nights

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/specimen"
)

func TestEachKindOfChangeIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Night)
		says   string
	}{
		"nothing":                {func(*Night) {}, "  nothing changed\n"},
		"a new way of failing":   {failing("f1"), "New deviations\n  CARD-02 is not so (1 scenario, fingerprint f1)"},
		"another verdict":        {func(n *Night) { n.Scenarios["a"] = evidence.Flaky }, "Other verdicts\n  a: flaky, was passed"},
		"a scenario that is new": {func(n *Night) { n.Scenarios["d"] = evidence.Passed }, "Scenarios that are new\n  d"},
		"a scenario less":        {func(n *Night) { delete(n.Scenarios, "a") }, "Scenarios that vanished\n  a"},
		"another answer":         {func(n *Night) { n.Answers["q"] = "no" }, "Open questions answered otherwise\n  q: no, was yes"},
		"an answer for the first time": {func(n *Night) { n.Answers["r"] = "no" },
			"  nothing changed\n"},
		"more than is documented": {func(n *Night) { n.Undocumented = append(n.Undocumented, "cards-get: field y\x1b[31m") },
			"Beyond the documentation, new\n  cards-get: field y [31m"},
		"less than was undocumented": {func(n *Night) { n.Undocumented = nil }, "Beyond the documentation, gone\n  cards-get: field x"},
		"more latency": {func(n *Night) { n.P50["cards-get"] = 26 },
			"Latency, of these two nights alone\n  cards-get p50 20.0 → 26.0 ms (+30 %)"},
		"little more latency": {func(n *Night) { n.P50["cards-get"] = 22 }, "  nothing changed\n"},
		"another target":      {func(n *Night) { n.Target = "other" }, `the first is of "staging", the second of "other"`},
	} {
		var out bytes.Buffer
		require.NoError(t, PrintChanges(&out, Compare(nightOf(1, nil), nightOf(2, c.change))))
		require.Contains(t, out.String(), c.says, name)
		require.Contains(t, out.String(), "night-2 of 2026-10-03", name)
	}
	mended := Compare(nightOf(1, failing("f1")), nightOf(2, nil))
	require.Equal(t, "f1", mended.Gone[0].Fingerprint)
	require.Empty(t, mended.New)
	var out bytes.Buffer
	require.NoError(t, PrintChanges(&out, Compare(nightOf(1, failing("f1")), nightOf(2, func(n *Night) {
		failing("f1")(n)
		n.Failures[0].Since = n.StartedAt.AddDate(0, 0, -5)
	}))))
	require.Contains(t, out.String(), "Deviations that stand\n  CARD-02 is not so (1 scenario, fingerprint f1), since 2026-09-28\n")
}

func TestALongListIsCutAndSaysByHowMuch(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, PrintChanges(&out, Compare(nightOf(1, nil), nightOf(2, func(n *Night) {
		for i := range shown + 3 {
			n.Scenarios[fmt.Sprintf("new-%02d", i)] = evidence.Passed
		}
	}))))
	require.Contains(t, out.String(), "  … and 3 more\n")
}

func TestANightIsWhatTheHistoryKeepsOfARun(t *testing.T) {
	r := specimen.Runs(t)["red"]
	r.Operations = []reports.OperationUse{{ID: "cards-get", Requests: 2, Latency: reports.Latency{P50: 3, P95: 9}}, {ID: "cards-list"}}
	r.Undocumented = []reports.Undocumented{{Operation: "b", Kind: "field", Name: "x"}, {Operation: "a", Kind: "status", Name: "418"}}
	night := Of(r)
	require.Equal(t, r.Verdict, night.Verdict)
	require.Len(t, night.Scenarios, len(r.Scenarios))
	require.Equal(t, map[string]float64{"cards-get": 3}, night.P50, "an operation that was not called has no latency")
	require.Equal(t, []string{"a: status 418", "b: field x"}, night.Undocumented)
	require.Len(t, night.Failures, 1, "two scenarios that fail alike are one")
	require.Equal(t, 2, night.Failures[0].Scenarios)
	require.Equal(t, map[string]string{"money.unit": "0.01"}, night.Answers)

	path := filepath.Join(t.TempDir(), "run.json")
	text, err := json.Marshal(r)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, text, 0o600))
	again, err := ReadOne(path)
	require.NoError(t, err)
	require.Equal(t, night.Failures, again.Failures, "a run.json is a night too")
	for _, text := range []string{`{"version":1}`, `{}`, `no JSON`} {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		_, err := ReadOne(path)
		require.Error(t, err, text)
	}
}

func TestTheMedianIsTheMiddle(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{1, 9, 2}, 2}, {[]float64{4, 1, 3, 2}, 2.5}} {
		require.Equal(t, c.want, median(c.values))
	}
}
