package contract

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryFreedomIsAnOpenQuestionWithReadings(t *testing.T) {
	c, err := Load()
	require.NoError(t, err)
	var folders []string
	for _, section := range c.Sections() {
		folders = append(folders, Folder(section))
	}
	open := map[string]bool{}
	for _, one := range c.Conflicts {
		open[one.ID] = true
	}
	for _, one := range c.Gaps {
		open[one.ID] = true
	}
	seen := map[string]bool{}
	for _, f := range c.Freedoms {
		require.False(t, seen[f.ID], "%s is there twice", f.ID)
		seen[f.ID] = true
		question, _, _ := strings.Cut(f.ID, ".")
		require.True(t, open[question] || f.Why != "", "%s is no conflict and no gap, and does not say why it is open", f.ID)
		require.NotEmpty(t, f.Subject, f.ID)
		require.GreaterOrEqual(t, len(f.Readings), 2, "%s has nothing to choose", f.ID)
		unique := slices.Compact(slices.Sorted(slices.Values(f.Readings)))
		require.Len(t, unique, len(f.Readings), "%s repeats a reading", f.ID)
		require.Contains(t, f.Readings, f.Default(), f.ID)
		require.NotEmpty(t, f.Touches, f.ID)
		for _, touched := range f.Touches {
			require.True(t, slices.Contains(folders, touched) || c.Operation(touched) != nil,
				"%s touches %s, which is no section and no operation", f.ID, touched)
		}
		for _, reading := range f.Readings {
			require.NotContains(t, reading, "+", f.ID)
			require.NotContains(t, reading, ",", f.ID)
		}
	}
}

// TestNoFreedomIsInAStatedStatus holds the axes of statuses against the marks of the operations.
func TestNoFreedomIsInAStatedStatusOrShape(t *testing.T) {
	c, err := Load()
	require.NoError(t, err)
	for _, f := range c.Freedoms {
		if f.Operation == "" || !strings.HasPrefix(f.ID, "N-22.") {
			continue
		}
		success := c.Operation(f.Operation).Success
		key := "status"
		if strings.HasPrefix(f.ID, "N-22.1.") || strings.HasPrefix(f.ID, "N-22.2.") {
			key = "shape"
		}
		require.NotEqual(t, Stated, success.Of(key), "%s: a page states the %s", f.ID, key)
	}
}

func TestAPointIsReadFromATextAndItsTextGivesItAgain(t *testing.T) {
	c, err := Load()
	require.NoError(t, err)
	for _, text := range []string{"plain", "strict-http", "random:7", "random:-3+C-15=inactive",
		"plain+N-09=422+N-22.1.wallets-list=data"} {
		at, whole, err := c.PointAt(text, "C-21=present")
		require.NoError(t, err, text)
		require.Equal(t, "present", at["C-21"])
		again, _, err := c.PointAt(whole)
		require.NoError(t, err)
		require.Equal(t, at, again)
	}
	at, whole, err := c.PointAt("")
	require.NoError(t, err)
	require.Empty(t, at)
	require.Equal(t, "plain", whole)
	at, _, err = c.PointAt("plain", "N-09=422", "C-29.1=1000")
	require.NoError(t, err)
	require.Equal(t, Point{"N-09.1": "422", "N-09.2": "422", "N-09.3": "422", "N-09.4": "422", "N-09.5": "422",
		"N-09.6": "422",
		"N-09.7": "422", "C-29.1": "1000"}, at)
}

func TestAWrongFreedomNamesTheNearest(t *testing.T) {
	c, err := Load()
	require.NoError(t, err)
	for text, says := range map[string]string{
		"plain+C-150=inactive": "the nearest is C-15 (active, inactive)",
		"plain+C-15=sleeping":  `the freedom C-15 has no reading "sleeping"; it has active, inactive`,
		"plain+N-09=200":       "it has 400, 403, 404, 409, 422, 500, 502, 503",
		"plain+C-15":           "is no AXIS=READING",
		"fancy":                "there are plain, strict-http and random:SEED",
		"random:x":             "there are plain, strict-http and random:SEED",
	} {
		_, _, err := c.PointAt(text)
		require.ErrorContains(t, err, says, text)
	}
}

func TestRandomPointsDifferAndChooseOnlyWhatIsOffered(t *testing.T) {
	c, err := Load()
	require.NoError(t, err)
	require.Equal(t, c.RandomPoint(1), c.RandomPoint(1))
	require.NotEqual(t, c.RandomPoint(1), c.RandomPoint(2))
	reached := map[string]map[string]bool{}
	for seed := range int64(200) {
		for id, reading := range c.RandomPoint(seed) {
			require.Contains(t, c.Freedom(id).Readings[1:], reading, id)
			if reached[id] == nil {
				reached[id] = map[string]bool{}
			}
			reached[id][reading] = true
		}
	}
	for _, f := range c.Freedoms {
		require.Len(t, reached[f.ID], len(f.Readings)-1, "200 points reach every reading of %s", f.ID)
	}
}
