package nights

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/specimen"
)

func TestAProfileTellsWhatIsAnsweredOtherwise(t *testing.T) {
	path := filepath.Join(t.TempDir(), "profile.json")
	seen := func(night int, answers ...string) []reports.ProfileChange {
		profile, err := ReadProfile(path)
		require.NoError(t, err)
		r := &reports.Run{Target: reports.Target{Name: "x"}, EndedAt: specimen.Begin.AddDate(0, 0, night)}
		for _, one := range answers {
			r.Observations = append(r.Observations, evidence.Observation{ID: one[:1], Question: one[:1] + "?", Answer: one[2:]})
		}
		changes := profile.Update(r)
		file, err := os.Create(path)
		require.NoError(t, err)
		require.NoError(t, profile.Write(file))
		require.NoError(t, file.Close())
		return changes
	}
	require.Empty(t, seen(0, "a yes", "b 2", "b 1"), "a first answer is no change")
	require.Empty(t, seen(1, "b 1", "b 2"), "in whichever order; a question that was not asked keeps its answer")
	require.Equal(t, []reports.ProfileChange{{ID: "a", Question: "a?", Was: "yes", Is: "no"},
		{ID: "b", Question: "b?", Was: "1 | 2", Is: "1"}}, seen(2, "b 1", "a no"))
	profile, err := ReadProfile(path)
	require.NoError(t, err)
	require.Equal(t, specimen.Begin.AddDate(0, 0, 2), profile.Answers["a"].Since)
	require.Equal(t, "x", profile.Target)
}

func TestWhatIsNoProfileIsNotWrittenOver(t *testing.T) {
	for _, text := range []string{`{"version":9}`, `[]`, ``, `{"version":1`} {
		path := filepath.Join(t.TempDir(), "profile.json")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		_, err := ReadProfile(path)
		require.ErrorContains(t, err, "move it away to begin anew", text)
	}
	_, err := ReadProfile(t.TempDir())
	require.ErrorContains(t, err, "reading the profile")
}

func TestAnAnswerThatWentWrongReplacesNoneThatIsKnown(t *testing.T) {
	profile := &Profile{Answers: map[string]profileAnswer{"a": {Question: "a?", Answer: "yes"}}}
	r := &reports.Run{Scenarios: []reports.Scenario{specimen.Scenario("s", evidence.Failed)},
		Observations: []evidence.Observation{{ID: "a", Question: "a?", Answer: "no answer", Scenario: "s"},
			{ID: "b", Question: "b?", Answer: "1", Scenario: "s"}}}
	require.Empty(t, profile.Update(r))
	require.Equal(t, "yes", profile.Answers["a"].Answer)
	require.Equal(t, "1", profile.Answers["b"].Answer, "where nothing is known it is better than nothing")
	r.Scenarios[0].Verdict = evidence.Passed
	require.Len(t, profile.Update(r), 1)
}
