package reports_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/specimen"
)

// failing is a scenario about a requirement that fails for another or the same.
func failingFor(id, about, broken, operation string) reports.Scenario {
	s := specimen.Red(id, "")
	s.Name, s.Requirements = "the scenario "+id, []string{about}
	s.Findings[0].Requirement, s.Findings[0].Operation = broken, operation
	return s
}

func TestTheScenarioThatIsAboutItGivesTheTitle(t *testing.T) {
	derived := failingFor("derived.inputs/very-long-text", "CARD-01", "CARD-01", "cards-get")
	r := &reports.Run{Scenarios: []reports.Scenario{failingFor("x", "CARD-02", "CARD-01", "cards-get"), derived,
		failingFor("y", "CARD-01", "CARD-01", "cards-get")},
		Passing: []evidence.Finding{specimen.InPassing("CARD-03", "cards-list", "every answer: status", true, 5)}}
	causes := r.Causes(true)
	require.Len(t, causes, 2)
	require.Equal(t, "the scenario y", causes[0].Title(), "neither who meets it beside something else nor who sends odd inputs")
	require.Equal(t, []string{"x", derived.ID, "y"}, causes[0].Scenarios)
	require.Equal(t, "it is not so", causes[1].Title(), "what was met in passing alone has no scenario for a title")
	r.Scenarios = r.Scenarios[:2]
	require.Equal(t, derived.Name, r.Causes(true)[0].Title())
	r.Scenarios = r.Scenarios[:1]
	require.Equal(t, "it differs ", r.Causes(true)[0].Title())
	require.Empty(t, r.Causes(false))
}

func TestWhatIsNewStandsBeforeWhatIsKnown(t *testing.T) {
	known := failingFor("a", "CARD-01", "CARD-01", "cards-get")
	known.Verdict, known.Reason = evidence.Known, "known until then"
	r := &reports.Run{Scenarios: []reports.Scenario{known, known, failingFor("b", "CARD-02", "CARD-02", "cards-get")}}
	causes := r.Causes(true)
	require.Equal(t, "CARD-02", causes[0].Finding.Requirement)
	require.True(t, causes[1].Known())
	require.Equal(t, "known until then", causes[1].Finding.Reason)
	require.Len(t, reports.New(causes), 1)
	require.Len(t, reports.Listed(causes), 1)
}

func TestWhatMostOperationsShowIsOneCause(t *testing.T) {
	r := &reports.Run{Scenarios: []reports.Scenario{specimen.Scenario("a", evidence.Passed)}}
	for i := range 10 {
		operation := fmt.Sprint("operation-", i)
		r.Operations = append(r.Operations, reports.OperationUse{ID: operation, Requests: 1, Statuses: map[string]int{"200": 1}})
		if i < 9 {
			r.Passing = append(r.Passing, specimen.InPassing("STD-12", operation, "every answer: strict JSON", true, 2))
		}
	}
	unusable := specimen.InPassing("ENDUSER-01", "operation-3", evidence.NotServed, true, 3)
	unusable.Actual = "200 OK"
	blocked := specimen.Scenario("h", evidence.Blocked)
	blocked.BlockedBy = "operation-3"
	r.Passing, r.Scenarios = append(r.Passing, unusable), append(r.Scenarios, blocked)
	causes := r.Causes(true)
	require.Len(t, causes, 1)
	require.True(t, causes[0].Everywhere)
	require.True(t, causes[0].Hides())
	require.Equal(t, []string{"h"}, causes[0].Blocks)
	require.Equal(t, 21, causes[0].Passing)
	require.Equal(t, 10, causes[0].Of)
	r.Judge(specimen.Facts(t), specimen.Begin)
	require.Contains(t, reports.Headline(r), "9 operations deviate alike, and everything else is not judged")

	own := r.Passing
	r.Passing = append(own[:len(own):len(own)], specimen.InPassing("ENDUSER-14", "operation-3", "every answer: shape", true, 3))
	require.Len(t, r.Causes(true), 3, "an operation that deviates in a way of its own blocks by itself")
	r.Passing = own[2:]
	require.Len(t, r.Causes(true), 2)
	require.False(t, r.Causes(true)[1].Everywhere, "seven of ten are not most")
}

func TestOnePlaceOrManyOfOneAnswerIsOneCause(t *testing.T) {
	s := specimen.Red("a", "")
	other := s.Findings[0]
	other.Pointer = "/expiry"
	s.Findings = append(s.Findings, other)
	r := &reports.Run{Scenarios: []reports.Scenario{s}}
	require.Len(t, r.Causes(true), 1)
	require.Len(t, r.Causes(true)[0].Fingerprints, 2)
	s = specimen.Red("b", "")
	s.Findings[0].Pointer = "/expiry"
	r.Scenarios = append(r.Scenarios, s)
	require.Len(t, r.Causes(true), 2, "another scenario sees one of them alone")
}

// entriesOf fills in the entries that a run prints for what is new.
func entriesOf(t *testing.T, r *reports.Run) evidence.KnownFailures {
	t.Helper()
	list := r.NewFailures()
	for i := range list {
		list[i].Reason, list[i].Reference, list[i].Owner = "r", "KOB-1", "o"
	}
	return list
}

func TestAnEntryByCauseCoversScenariosPassingAndBlocked(t *testing.T) {
	now := specimen.Begin
	again := func() *reports.Run {
		refused := specimen.InPassing("ENDUSER-01", "endusers-create", evidence.NotServed, true, 1)
		blocked := specimen.Scenario("h", evidence.Blocked)
		blocked.BlockedBy = "endusers-create"
		return &reports.Run{Scenarios: []reports.Scenario{specimen.Scenario("a", evidence.Passed), specimen.Red("b", ""),
			specimen.Red("c", ""), blocked},
			Passing: []evidence.Finding{specimen.InPassing("CARD-GET-02", "cards-get", "every answer: status", true, 9), refused}}
	}
	list := entriesOf(t, again())
	require.Len(t, list, 3, "one for each cause")
	list = lasting(t, list)
	r := again()
	r.ApplyKnown(list, now)
	r.Judge(specimen.Facts(t), now)
	require.Equal(t, evidence.ExitPassed, r.ExitCode)
	require.Equal(t, 3, r.Summary.Scenarios.Known)
	require.Contains(t, reports.Headline(r), "3 causes known")
	var text bytes.Buffer
	require.NoError(t, r.NewFailures().Write(&text))
	require.Contains(t, text.String(), "nothing failed that is not known")

	r = again()
	other := specimen.Red("d", "")
	other.Findings[0].Requirement = "CARD-GET-04"
	r.Scenarios = append(r.Scenarios, other)
	r.ApplyKnown(list, now)
	r.Judge(specimen.Facts(t), now)
	require.Equal(t, evidence.ExitFailed, r.ExitCode)
	require.Equal(t, "CARD-GET-04", r.Causes(true)[0].Finding.Requirement)

	r = again()
	r.ApplyKnown(list, now.AddDate(100, 0, 0))
	r.Judge(specimen.Facts(t), now)
	require.Equal(t, evidence.ExitFailed, r.ExitCode)
	require.Contains(t, r.Passing[0].Reason, "was to be mended by")
}

func TestAnEntryThatNothingShowsHasToGo(t *testing.T) {
	list := lasting(t, entriesOf(t, &reports.Run{Scenarios: []reports.Scenario{specimen.Red("b", "")}}))
	for name, c := range map[string]struct {
		run      reports.Run
		unneeded int
	}{
		"its requirement was proved":     {reports.Run{Scenarios: []reports.Scenario{specimen.Scenario("a", evidence.Passed)}}, 1},
		"nothing judged its requirement": {reports.Run{Scenarios: []reports.Scenario{specimen.Scenario("a", evidence.NotTestable)}}, 0},
		"a part of the suite": {reports.Run{Scenarios: []reports.Scenario{specimen.Scenario("a", evidence.Passed)},
			Settings: reports.Settings{Of: 2}}, 0},
		"a run that was stopped": {reports.Run{Scenarios: []reports.Scenario{specimen.Scenario("a", evidence.Passed)},
			Signal: "interrupt"}, 0},
		"a run that the environment cut short": {reports.Run{Scenarios: []reports.Scenario{specimen.Scenario("a", evidence.Passed),
			specimen.Scenario("c", evidence.Inconclusive)}}, 0},
		"it still fails so": {reports.Run{Scenarios: []reports.Scenario{specimen.Red("b", "")}}, 0},
	} {
		c.run.ApplyKnown(list, specimen.Begin)
		c.run.Judge(specimen.Facts(t), specimen.Begin)
		require.Empty(t, c.run.Unneeded, name)
		require.Len(t, c.run.Removable, c.unneeded, name)
		if c.unneeded > 0 {
			require.Zero(t, c.run.ExitCode, "until its date nobody is held up for it")
			require.Contains(t, c.run.Removable[0], "no longer fails as KOB-1 says; remove the entry at ")
			c.run.Removable = nil
			c.run.ApplyKnown(list, specimen.Begin.AddDate(100, 0, 0))
			c.run.Judge(specimen.Facts(t), specimen.Begin)
			require.Len(t, c.run.Unneeded, 1)
			require.Equal(t, evidence.ExitFailed, c.run.ExitCode)
		}
	}
}

func TestAnEntryOfAScenarioHoldsItToHowItFails(t *testing.T) {
	list := entriesOf(t, &reports.Run{Scenarios: []reports.Scenario{specimen.Red("b", "")}})
	list[0].Scenario = "b"
	list = lasting(t, list)
	other := specimen.Red("b", "")
	other.Findings[0].Actual = "another"
	passed := specimen.Scenario("b", evidence.Passed)
	late := specimen.Begin.AddDate(100, 0, 0)
	for says, c := range map[string]struct {
		scenario reports.Scenario
		now      time.Time
	}{"known until 2099-12-31": {specimen.Red("b", ""), specimen.Begin}, "fails in another way than KOB-1 says": {other, specimen.Begin},
		"no longer fails as KOB-1 says": {passed, late}} {
		r := &reports.Run{Scenarios: []reports.Scenario{c.scenario}, Settings: reports.Settings{Of: 2}}
		r.ApplyKnown(list, c.now)
		require.Contains(t, r.Scenarios[0].Reason, says)
		require.Empty(t, r.Unneeded)
	}
	r := &reports.Run{Scenarios: []reports.Scenario{passed}}
	r.ApplyKnown(list, specimen.Begin)
	require.Equal(t, evidence.Passed, r.Scenarios[0].Verdict)
	require.Len(t, r.Removable, 1)
}

func TestAMendedFailureWarnsUntilItsLastDayAndThenBlocksAndChanceNeverDoes(t *testing.T) {
	list := entriesOf(t, &reports.Run{Scenarios: []reports.Scenario{specimen.Red("b", "")}})
	list[0].Scenario = "b"
	list = lasting(t, list)
	over := time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		verdict          evidence.Verdict
		now              time.Time
		warnings, blocks int
	}{
		"before its last day": {evidence.Passed, specimen.Begin, 1, 0},
		"after its last day":  {evidence.Passed, over, 0, 1},
		"a pass by chance":    {evidence.Flaky, over, 0, 0},
	} {
		r := &reports.Run{Scenarios: []reports.Scenario{specimen.Scenario("b", c.verdict)}}
		r.ApplyKnown(list, c.now)
		r.Judge(specimen.Facts(t), c.now)
		require.Len(t, r.Removable, c.warnings, name)
		require.Equal(t, c.blocks, r.Summary.Scenarios.UnexpectedPass, name)
		require.Equal(t, c.blocks > 0, r.ExitCode == evidence.ExitFailed, name)
		if c.warnings > 0 {
			require.Contains(t, reports.Headline(r), "1 known failure mended, remove the entry")
		}
	}
}

// lasting reads entries from a file, as a run does, until a day that is far.
func lasting(t *testing.T, list evidence.KnownFailures) evidence.KnownFailures {
	t.Helper()
	for i := range list {
		list[i].Until = "2099-12-31"
	}
	var text bytes.Buffer
	require.NoError(t, list.Write(&text))
	path := filepath.Join(t.TempDir(), "known.yaml")
	require.NoError(t, os.WriteFile(path, text.Bytes(), 0o600))
	list, err := evidence.ReadKnownFailures(path, func(string) bool { return true })
	require.NoError(t, err)
	return list
}

func TestAnEarlierRunStillProvesWhatItProved(t *testing.T) {
	r := specimen.Runs(t)["green"]
	for i := range r.Scenarios {
		r.Scenarios[i].Proves = nil
		r.Scenarios[i].Checks = append(r.Scenarios[i].Checks, evidence.Check{Name: "x", Requirement: "CARD-GET-04", Outcome: evidence.Held})
	}
	var text bytes.Buffer
	require.NoError(t, json.NewEncoder(&text).Encode(r))
	again, err := reports.ReadRun(strings.NewReader(strings.ReplaceAll(text.String(), `"proves"`, `"unknown"`)))
	require.NoError(t, err)
	whole, err := reports.Merge([]*reports.Run{again})
	require.NoError(t, err)
	whole.Judge(specimen.Facts(t), time.Now())
	require.Equal(t, 2, whole.Summary.Requirements.Proved)
	require.Equal(t, contract.Stated, whole.Scenarios[0].Mark)
}
