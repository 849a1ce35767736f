package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/nights"
)

// What the mornings of a month must say.

// toldAlike: run.json, night.json, the first page and the terminal have one verdict, headline, history and fault.
func toldAlike(t *testing.T, m *month, a *morning) {
	page := m.page(a.day)
	verdict := map[int]evidence.Verdict{0: evidence.Passed, 1: evidence.Failed, 4: evidence.Inconclusive}[a.code]
	require.Equal(t, []evidence.Verdict{verdict, verdict}, []evidence.Verdict{a.run.Verdict, a.night.Verdict})
	require.Equal(t, []int{a.code, a.code}, []int{a.run.ExitCode, a.night.ExitCode})
	for _, text := range []string{a.output, page} {
		require.Contains(t, text, a.brief())
	}
	require.Equal(t, a.code == evidence.ExitInconclusive, strings.Contains(page, "Whose fault is it: the environment's"))
	for _, one := range reports.New(a.run.Causes(true)) {
		require.Contains(t, page, one.Finding.Requirement+": "+one.Title())
		require.Contains(t, page, "Whose fault: the API's own answer.")
		for _, text := range []string{a.output, page} {
			require.Contains(t, text, a.run.Since(one.Finding))
		}
	}
	h := a.run.History
	if h.Nights > 0 {
		require.Regexp(t, fmt.Sprintf(`%d new, \d+ still, %d mended, %d not looked for`, len(h.New), reports.Mended(h.Gone), len(h.Unseen)), a.output)
	}
	for what, list := range map[string][]reports.NightFailure{"new": h.New, "no longer fails": h.Gone, "not looked for": h.Unseen} {
		for _, one := range list {
			require.Contains(t, page, "<td>"+what+"</td><td>"+one.Requirement+": "+one.Message)
		}
	}
}

// newAlone: one cause, and it is new.
func newAlone(requirement string) func(*testing.T, *month, *morning) {
	return func(t *testing.T, _ *month, a *morning) {
		require.Len(t, reports.New(a.run.Causes(true)), 1)
		require.Equal(t, []string{requirement}, changed(a.run.History.New))
		require.Empty(t, a.run.History.Gone)
		require.Contains(t, a.output, requirement)
	}
}

// sinceDay: what fails has done so since the night of that day, whatever the nights between could see.
func sinceDay(day int, requirement string) func(*testing.T, *month, *morning) {
	return func(t *testing.T, m *month, a *morning) {
		require.Empty(t, a.run.History.New, "nothing is new")
		for _, one := range a.night.Failures {
			if requirement == "" || one.Requirement == requirement {
				require.Equal(t, m.date(day), a.run.History.Since[one.Fingerprint].First, "%s %s", one.Requirement, one.Message)
			}
		}
	}
}

// mended: the entry has to go, and the run passes all the same.
func mended(t *testing.T, _ *month, a *morning) {
	require.Contains(t, a.output, "remove the entry")
	require.Contains(t, a.brief(), "conforms")
	require.NotContains(t, a.brief(), "does not conform")
	require.Equal(t, []string{"CARD-CREATE-08"}, changed(a.run.History.Gone))
}

// noVerdict: it is the environment's fault, nobody is accused, and nothing is new, or gone that nobody looked at.
func noVerdict(t *testing.T, _ *month, a *morning) {
	require.Equal(t, evidence.Inconclusive, a.run.Verdict)
	require.Zero(t, a.run.Summary.Scenarios.Blocked)
	require.Zero(t, a.run.Summary.Scenarios.Failed)
	require.Empty(t, a.run.Causes(true))
	require.Empty(t, a.run.Causes(false))
	require.Empty(t, a.run.History.New)
	for _, one := range a.run.History.Gone {
		passed := func(id string) bool { return a.night.Scenarios[id] == evidence.Passed }
		require.True(t, slices.ContainsFunc(one.By, passed), "%s: %s", one.Requirement, one.Message)
	}
}

// flaky: what some answers have is no failure of what they were asked, is told once, and is new to nobody.
func flaky(t *testing.T, m *month, a *morning) {
	causes := a.run.Causes(true)
	require.Empty(t, reports.New(causes))
	require.Len(t, reports.Flaky(causes), 1)
	require.Positive(t, a.run.Summary.Scenarios.Flaky)
	require.Contains(t, a.output, "now and then an answer is a server error")
	require.Contains(t, a.brief(), "1 cause flaky")
	require.NotContains(t, a.output, "FAILED")
	require.Empty(t, a.run.History.New)
	require.Empty(t, a.run.NewFailures())
}

// flakyBesideKnown: chance touches neither what is known nor what is new.
func flakyBesideKnown(t *testing.T, m *month, a *morning) {
	flaky(t, m, a)
	require.Len(t, reports.Listed(a.run.Causes(true)), 1)
	require.Contains(t, a.brief(), "1 cause known")
	require.Empty(t, a.run.Removable)
}

// oneLine: a field that no page shows is one line, and takes no proof from any requirement.
func oneLine(t *testing.T, m *month, a *morning) {
	sinceDay(15, "")(t, m, a)
	beyond := a.run.Causes(false)
	require.Len(t, beyond, 1)
	require.Equal(t, "trace_ref", beyond[0].Finding.Actual)
	require.Len(t, beyond[0].Scenarios, 0)
	require.Zero(t, a.run.Summary.Scenarios.Advisory)
	before := m.night(15)
	for id, status := range before.Requirements {
		require.Equal(t, status, a.night.Requirements[id], id)
	}
}

// goneAgain: what came, stayed and was mended is gone, and not flaky.
func goneAgain(t *testing.T, m *month, a *morning) {
	require.NotEmpty(t, a.run.History.Gone)
	list, skipped, err := nights.Read(m.history)
	require.NoError(t, err)
	trend, err := nights.NewTrend(list, skipped)
	require.NoError(t, err)
	for _, one := range trend.Flaky { // of nights on which some answers were server errors
		chance := func(night *nights.Night) bool { return night.Scenarios[one.ID] == evidence.Flaky }
		require.True(t, slices.ContainsFunc(list, chance), "%s stayed", one.ID)
	}
}

// otherWords: that refusals have another form is one finding, and of the order of checks nothing is said.
func otherWords(t *testing.T, _ *month, a *morning) {
	require.Len(t, reports.New(a.run.Causes(true)), 1)
	require.Empty(t, a.run.Causes(false))
	require.NotContains(t, a.output, "check 8 decides")
	if a.run.CardOrder != nil {
		require.Empty(t, a.run.CardOrder.Inverted)
		require.Empty(t, a.run.CardOrder.Contradictory)
	}
}

// notTestable: fixtures that are not there are named by their keys, and nothing fails for them.
func notTestable(t *testing.T, _ *month, a *morning) {
	require.Zero(t, a.run.Summary.Scenarios.Failed)
	require.Contains(t, a.output, "fixtures.wallets")
	require.Contains(t, a.output, "fixtures.programs")
}

// toolsChange: an upgrade is told as such, and the list may be older than the program.
func toolsChange(t *testing.T, _ *month, a *morning) {
	require.Equal(t, "v9.9.9", a.night.Tool)
	require.Contains(t, a.output, "kobcheck is v9.9.9, was dev: what differs in scenarios may be its change")
	require.Equal(t, []string{"cards-create.as-it-was-called"}, a.run.History.Vanished)
	require.Empty(t, a.run.History.New)
	require.Empty(t, a.run.History.Gone)
	require.Contains(t, a.output, "no scenario")
}

// newFirst: what is new stands before what is known, and in no block with it.
func newFirst(t *testing.T, m *month, a *morning) {
	causes := a.run.Causes(true)
	fresh := reports.New(causes)
	require.Len(t, fresh, 2)
	require.Len(t, reports.Listed(causes), 1)
	missing := a.cause("CARD-14")
	require.NotNil(t, missing)
	require.False(t, missing.Known())
	crash := a.cause("HARNESS-01")
	require.NotNil(t, crash)
	page := m.page(a.day)
	first, _, _ := strings.Cut(page[strings.Index(page, `<article class="finding"`):], "</h3>")
	require.Contains(t, first, fresh[0].Finding.Requirement)
	require.Contains(t, a.output, missing.Finding.Requirement)
	require.Contains(t, a.output, crash.Finding.Requirement)
	require.Contains(t, crash.Finding.Actual, "500")
}

// slowdownTold: from the third night on that called the operation its slowdown is told, before the lists that grow.
func slowdownTold(t *testing.T, m *month) {
	list, skipped, err := nights.Read(m.history)
	require.NoError(t, err)
	slow := 0
	for i, one := range list {
		if _, called := one.P50[slowed]; called && !one.StartedAt.Before(m.date(firstSlowDay)) {
			slow++
		}
		if slow < 3 {
			continue
		}
		trend, err := nights.NewTrend(list[:i+1], skipped)
		require.NoError(t, err)
		require.NotEmpty(t, trend.Shifts, "by %s", one.RunID)
		require.Equal(t, slowed, trend.Shifts[0].Operation, "by %s", one.RunID)
	}
}

// nightsOnOnePage: it opens with what is new, stands, is mended and was not judged, and each night has its date and its
// look.
func nightsOnOnePage(t *testing.T, m *month) {
	out := t.TempDir()
	output, code := kobcheck(t, "report", "trend", m.history, "--out", out)
	require.Zero(t, code, output)
	text, err := os.ReadFile(filepath.Join(out, "trend.html"))
	require.NoError(t, err)
	page := string(text)
	opening := regexp.MustCompile(`(?s)<b>\d+</b> new.*<b>\d+</b> still there.*<b>\d+</b> mended.*<b>\d+</b> not judged.*<ul class="strip"`)
	require.Regexp(t, opening, page)
	for _, a := range m.mornings {
		look := map[int]string{0: "passed", 1: "failed", 4: "inconclusive"}[a.code]
		at := m.date(a.day)
		require.Regexp(t, fmt.Sprintf(`<li class="%s" title="%s: [^>]*>[✓✗?]<small>%s</small>`, look, at.Format("2006-01-02"),
			at.Format("01-02")), page)
	}
}

// comparedInWords: two nights are compared by the names of fields, by latency and by since when what stands does.
func comparedInWords(t *testing.T, m *month) {
	compared := func(was, is int) string {
		output, code := kobcheck(t, "report", "compare", filepath.Join(m.folder(was), "night.json"), filepath.Join(m.folder(is), "night.json"))
		require.Zero(t, code, output)
		return output
	}
	fields := compared(19, 20)
	require.Contains(t, fields, "wallets-get: field /trace_ref")
	require.Contains(t, fields, ", since "+m.date(15).Format(time.DateOnly))
	require.Contains(t, compared(12, 14), slowed+" p50 20.0")
}

// littleKept: of nights that passed all but the latest have less than 3 MB.
func littleKept(t *testing.T, m *month) {
	total, latest := int64(0), 0
	for _, a := range m.mornings {
		if a.code == evidence.ExitPassed {
			latest = a.day
		}
	}
	for _, a := range m.mornings {
		size := int64(0)
		require.NoError(t, filepath.WalkDir(m.folder(a.day), func(_ string, entry fs.DirEntry, err error) error {
			if info, failed := entry.Info(); err == nil && failed == nil && !entry.IsDir() {
				size += info.Size()
			}
			return err
		}))
		if a.code == evidence.ExitPassed && a.day != latest {
			require.Less(t, size, int64(3_000_000), "night %d", a.day)
		}
		total += size
	}
	t.Logf("the folder of the month has %d MB", total/1_000_000)
}
