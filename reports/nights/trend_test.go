package nights

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/stretchr/testify/require"
)

// nightOf is a generated night: the number gives it its date.
func nightOf(number int, change func(*Night)) *Night {
	n := &Night{NightVersion: nightVersion, RunID: fmt.Sprintf("night-%d", number), Target: "staging",
		StartedAt: time.Date(2026, 10, 1, 2, 0, 0, 0, time.UTC).AddDate(0, 0, number),
		Verdict:   evidence.Passed, Scenarios: map[string]evidence.Verdict{"a": evidence.Passed, "b": evidence.Passed,
			"c": evidence.Passed}, Requirements: map[string]reports.RequirementStatus{"CARD-01": reports.Proved, "CARD-02": reports.Proved},
		Failures: []reports.NightFailure{}, P50: map[string]float64{"cards-get": 20}, Answers: map[string]string{"q": "yes"},
		Undocumented: []string{"cards-get: field x"}}
	if change != nil {
		change(n)
	}
	return n
}

func failing(fingerprint string) func(*Night) {
	return func(n *Night) {
		n.Verdict, n.Scenarios["b"], n.Requirements["CARD-02"] = evidence.Failed, evidence.Failed, reports.RequirementFailed
		n.Failures = append(n.Failures, reports.NightFailure{Fingerprint: fingerprint, Requirement: "CARD-02", Message: "is not so",
			Scenarios: 1})
	}
}

func TestThirtyNightsTellWhatHappenedToThem(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	var nights []*Night
	for i := range 30 {
		nights = append(nights, nightOf(i, func(n *Night) {
			n.P50["cards-get"] = 20 * (0.95 + 0.1*random.Float64())
			if i >= 17 {
				n.P50["cards-get"] *= 1.2
			}
			if i%7 == 3 {
				n.Scenarios["c"] = evidence.Failed
			}
			if i >= 25 {
				failing("f1")(n)
			}
			if i == 29 {
				failing("f2")(n)
				n.Answers["q"] = "no"
				delete(n.Scenarios, "a")
				n.Undocumented = []string{"cards-get: field y"}
			}
		}))
	}
	trend, err := NewTrend(append(nights, nil...), []string{"x: broken"})
	require.NoError(t, err)
	require.Len(t, trend.Open, 2)
	require.Equal(t, 5, trend.Open[0].Nights)
	require.Equal(t, nights[25].StartedAt, trend.Open[0].Since)
	require.Equal(t, 1, trend.Open[1].Nights)
	require.Equal(t, []flakyScenario{{ID: "c", Failed: 4, Judged: 30, Changes: 8}}, trend.Flaky)
	require.Len(t, trend.Shifts, 1)
	require.Equal(t, nights[17].StartedAt, trend.Shifts[0].From)
	require.InDelta(t, 1.2, trend.Shifts[0].After/trend.Shifts[0].Before, 0.05)
	require.Len(t, trend.Ever, 1)
	require.Equal(t, []string{"a"}, trend.Last.Vanished)
	require.Equal(t, "f2", trend.Last.New[0].Fingerprint)
	require.Equal(t, "no", trend.Last.Answers[0].Is)
	require.Equal(t, []string{"cards-get: field y"}, trend.Last.Undocumented)
	var text bytes.Buffer
	require.NoError(t, PrintTrend(&text, trend))
	for _, says := range []string{"30 nights of staging, 2026-10-01 to 2026-10-30", "since 2026-10-26 (5 nights in a row)",
		"c failed on 4 of 30 nights", "from 2026-10-18 on", "x: broken", "Scenarios that vanished"} {
		require.Contains(t, text.String(), says)
	}
}

func TestNightsAreReadFromAFolderAndForeignFilesAreNamed(t *testing.T) {
	folder := t.TempDir()
	write := func(name string, value any) {
		path := filepath.Join(folder, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		text, err := json.Marshal(value)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, text, 0o600))
	}
	write("2/night.json", nightOf(2, nil))
	write("1/run.json", &reports.Run{Version: reports.Version, RunID: "r", StartedAt: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC),
		Target: reports.Target{Name: "staging"}, Scenarios: []reports.Scenario{{ID: "a", Verdict: evidence.Passed}}})
	write("3/night.json", nightOf(2, nil))
	write("4/night.json", map[string]int{"night_version": 9})
	write("5/other.json", 1)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "run.json"), []byte(`{"version":1,"half`), 0o600))
	nights, skipped, err := Read(folder)
	require.NoError(t, err)
	require.Len(t, nights, 2)
	require.Equal(t, "r", nights[0].RunID)
	require.Len(t, skipped, 3)
	_, _, err = Read(filepath.Join(folder, "none"))
	require.Error(t, err)
	_, err = NewTrend(nil, nil)
	require.Error(t, err)
	mixed, err := NewTrend([]*Night{nightOf(1, func(n *Night) { n.Target = "other" }), nightOf(2, nil)}, nil)
	require.NoError(t, err)
	require.Len(t, mixed.Nights, 1, "another target is skipped and named")
	require.Len(t, mixed.Skipped, 1)
	require.Nil(t, mixed.Last)
}

// TestNoShiftIsSeenWhereThereIsNone draws series without a change.
func TestNoShiftIsSeenWhereThereIsNone(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	false1 := 0
	for range 500 {
		values := make([]float64, 30)
		for i := range values {
			values[i] = random.NormFloat64()
		}
		if pettitt(values) < shiftAt {
			false1++
		}
	}
	require.LessOrEqual(t, false1, 10, "about one in a hundred of 500")
	stepping := []float64{1, 2, 1, 2, 1, 2, 1, 2, 9, 8, 9, 8, 9, 8, 9, 8}
	require.Equal(t, 8, split(stepping))
	require.Less(t, pettitt(stepping), 0.01)
}

func BenchmarkTrendOf400Nights(b *testing.B) {
	folder, random := b.TempDir(), rand.New(rand.NewPCG(7, 7))
	for i := range 400 {
		n := nightOf(i, nil)
		for s := range 1400 {
			n.Scenarios[fmt.Sprintf("a-scenario-with-a-usual-id/and-a-row/%d", s)] = evidence.Passed
		}
		for o := range 40 {
			n.P50[fmt.Sprintf("operation-%d", o)] = 20 + random.Float64()
		}
		for a := range 200 {
			n.Answers[fmt.Sprintf("an-open-question-%d", a)] = "the answer of the target, in a sentence of its own"
		}
		text, err := json.Marshal(n)
		require.NoError(b, err)
		path := filepath.Join(folder, fmt.Sprint(i))
		require.NoError(b, os.MkdirAll(path, 0o755))
		require.NoError(b, os.WriteFile(filepath.Join(path, "night.json"), text, 0o600))
	}
	b.ReportAllocs()
	for b.Loop() {
		nights, skipped, err := Read(folder)
		require.NoError(b, err)
		_, err = NewTrend(nights, skipped)
		require.NoError(b, err)
	}
}

func TestWhatWasCaughtAndMendedIsATrophy(t *testing.T) {
	var nights []*Night
	for i := range 12 {
		nights = append(nights, nightOf(i, func(n *Night) {
			if i >= 2 && i <= 5 {
				failing("mended")(n)
			}
			if i%4 == 0 {
				failing("comes-and-goes")(n)
			}
			if i >= 9 {
				failing("open")(n)
			}
		}))
	}
	trend, err := NewTrend(nights, nil)
	require.NoError(t, err)
	require.Len(t, trend.Trophies, 1)
	one := trend.Trophies[0]
	require.Equal(t, "mended", one.Fingerprint)
	require.Equal(t, 4, one.Nights)
	require.Equal(t, nights[2].StartedAt, one.First)
	require.Equal(t, nights[5].StartedAt, one.Last)
	var text bytes.Buffer
	require.NoError(t, PrintTrend(&text, trend))
	require.Contains(t, text.String(), "Deviations that were found and are gone\n  CARD-02 is not so, 2026-10-03 to 2026-10-06 (4 nights")
	for _, night := range nights[6:] {
		night.Verdict, night.Failures = evidence.Inconclusive, nil
	}
	trend, err = NewTrend(nights, nil)
	require.NoError(t, err)
	require.Empty(t, trend.Trophies, "nights without a verdict mend nothing")
}

func TestAStepIsToldOnItsThirdNightHoweverLongTheHistoryAndWhateverGrowsBesideIt(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	for _, long := range []int{12, 30, 90, 300} {
		var list []*Night
		for i := range long + stepNights {
			list = append(list, nightOf(i, func(n *Night) {
				n.P50["cards-get"] = 20 * (0.96 + 0.08*random.Float64())
				if i >= long {
					n.P50["cards-get"] *= 1.3
				}
				n.P50["cards-list"] = (20 + float64(i)) * (0.97 + 0.06*random.Float64())
				n.P50["wallets-get"] = 10 * (0.9 + 0.2*random.Float64())
			}))
		}
		trend, err := NewTrend(list, nil)
		require.NoError(t, err)
		require.NotEmpty(t, trend.Shifts, "%d nights", long)
		require.Equal(t, "cards-get", trend.Shifts[0].Operation, "%d nights", long)
		require.Equal(t, list[long].StartedAt, trend.Shifts[0].From)
		for _, other := range trend.Shifts[1:] {
			require.True(t, other.Grows, other.Operation)
		}
	}
}

func TestNoStepIsSeenWhereThereIsNone(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 9))
	seen := 0
	for range 500 {
		values := make([]float64, 40)
		for i := range values {
			values[i] = 20 * (1 + 0.05*random.NormFloat64())
		}
		if _, p := stepped(values); p < shiftAt {
			seen++
		}
	}
	require.LessOrEqual(t, seen, 5, "in 500 series of 40 nights")
}

func TestUnseenIsNotGone(t *testing.T) {
	by := func(verdict evidence.Verdict, fails bool) func(*Night) {
		return func(n *Night) {
			if fails {
				failing("f")(n)
				n.Failures[0].By = []string{"b"}
			}
			n.Scenarios["b"] = verdict
		}
	}
	list := []*Night{nightOf(0, nil), nightOf(1, by(evidence.Failed, true)),
		nightOf(2, func(n *Night) { by(evidence.Inconclusive, false)(n); n.Verdict = evidence.Inconclusive }),
		nightOf(3, func(n *Night) { delete(n.Scenarios, "b") })}
	trend, err := NewTrend(list, nil)
	require.NoError(t, err)
	require.Empty(t, trend.Open)
	require.Len(t, trend.Unseen, 1, "a part of the suite did not look for it")
	require.Empty(t, trend.Last.Gone)
	require.Len(t, trend.Last.Unseen, 1)
	list = append(list, nightOf(4, by(evidence.Known, true)))
	trend, err = NewTrend(list, nil)
	require.NoError(t, err)
	require.Equal(t, list[1].StartedAt, trend.Open[0].Since, "the outage is as if it had not been")
	require.Equal(t, 2, trend.Open[0].Nights)
	require.Empty(t, trend.Last.New)
	list = append(list, nightOf(5, by(evidence.Passed, false)))
	trend, err = NewTrend(list, nil)
	require.NoError(t, err)
	require.Len(t, trend.Last.Gone, 1)
	require.Len(t, trend.Trophies, 1)
	require.Empty(t, trend.Flaky, "it came, stayed and was mended")
}

func TestWhatWasThereForOneNightIsFlakyAndNoTrophy(t *testing.T) {
	list := []*Night{nightOf(0, nil), nightOf(1, failing("f")), nightOf(2, nil)}
	trend, err := NewTrend(list, nil)
	require.NoError(t, err)
	require.Empty(t, trend.Trophies)
	require.Equal(t, []flakyScenario{{ID: "b", Failed: 1, Judged: 3, Changes: 2}}, trend.Flaky)
}

func TestAnotherVersionIsTold(t *testing.T) {
	was, is := nightOf(1, func(n *Night) { n.Tool = "v1.0.0" }), nightOf(2, func(n *Night) { n.Tool = "v1.1.0" })
	var out bytes.Buffer
	require.NoError(t, PrintChanges(&out, Compare(was, is)))
	require.Contains(t, out.String(), "kobcheck is v1.1.0, was v1.0.0")
	is.Tool = was.Tool
	require.Empty(t, Compare(was, is).Upgrade())
}

func TestWhatWasSeenOnOneNightAloneIsNotMended(t *testing.T) {
	counts := func(nights ...*Night) map[string]int {
		trend, err := NewTrend(nights, nil)
		require.NoError(t, err)
		told := map[string]int{}
		for _, one := range trend.Standing() {
			told[one.What] = one.N
		}
		return told
	}
	require.Equal(t, map[string]int{"new": 0, "still there": 0, "mended": 1, "not judged": 0},
		counts(nightOf(1, failing("f")), nightOf(2, failing("f")), nightOf(3, nil)))
	require.Equal(t, map[string]int{"new": 0, "still there": 0, "mended": 0, "not judged": 0, "seen on one night alone": 1},
		counts(nightOf(1, nil), nightOf(2, failing("f")), nightOf(3, nil)))
}
