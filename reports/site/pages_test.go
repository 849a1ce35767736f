package site

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/nights"
	"github.com/kobcheck/kobcheck/reports/specimen"
	"github.com/kobcheck/kobcheck/schemas"
)

// rendered are the pages of a run by file.
func rendered(t *testing.T, r *reports.Run, folder string) map[string]string {
	t.Helper()
	shapes, err := schemas.Load()
	require.NoError(t, err)
	out := map[string]string{}
	for _, page := range Pages(r, specimen.Facts(t), shapes, folder) {
		var text bytes.Buffer
		require.NoError(t, page.Render(&text), page.File)
		out[page.File] = text.String()
	}
	return out
}

var (
	styled   = regexp.MustCompile(`(?s)<style>(.*?)</style>`)
	scripted = regexp.MustCompile(`(?s)<script>(.*?)</script>`)
	allowed  = regexp.MustCompile(`(style|script)-src '(sha256-[^']+)'`)
	loads    = regexp.MustCompile(`<(?:link|img|iframe|object|embed)\b|<script[^>]+src=|@import|\bon[a-z]+="`)
	linked   = regexp.MustCompile(`href="([^"]*)"`)
	named    = regexp.MustCompile(`\bid="([^"]*)"`)
)

// sound holds a page to what each of them promises: it is whole, loads nothing, runs only what its policy names by
// hash, and no text of an API is markup.
func sound(t *testing.T, name, page string) {
	t.Helper()
	require.True(t, strings.HasPrefix(page, "<!doctype html>"), name)
	require.True(t, strings.HasSuffix(page, "</html>\n"), name)
	require.Empty(t, loads.FindAllString(page, -1), name)
	require.NotContains(t, page, "<script>alert", name)
	require.NotContains(t, page, "unsafe-inline", name)
	hashes := map[string]string{}
	for _, one := range allowed.FindAllStringSubmatch(page, -1) {
		hashes[one[1]] = strings.ReplaceAll(one[2], "&#43;", "+")
	}
	for kind, inline := range map[string]*regexp.Regexp{"style": styled, "script": scripted} {
		found := inline.FindAllStringSubmatch(page, -1)
		require.Equal(t, hashes[kind] != "", len(found) == 1, "%s: one %s, and its hash", name, kind)
		for _, one := range found {
			sum := sha256.Sum256([]byte(one[1]))
			require.Equal(t, "sha256-"+base64.StdEncoding.EncodeToString(sum[:]), hashes[kind], "%s: %s", name, kind)
		}
	}
}

func TestEveryPageOfEveryRunIsSound(t *testing.T) {
	for name, r := range specimen.Runs(t) {
		for file, page := range rendered(t, r, t.TempDir()) {
			sound(t, name+"/"+file, page)
			require.Contains(t, page, "run run-1, seed 7", "the foot says which run it is")
		}
	}
}

func TestEveryLinkLeadsToAPlaceOfTheSite(t *testing.T) {
	pages := rendered(t, specimen.Runs(t)["red"], t.TempDir())
	ids := map[string]bool{}
	for file, page := range pages {
		ids[file] = true
		for _, one := range named.FindAllStringSubmatch(page, -1) {
			ids[file+"#"+one[1]] = true
		}
	}
	inside := 0
	for file, page := range pages {
		for _, one := range linked.FindAllStringSubmatch(page, -1) {
			switch to := one[1]; {
			case strings.HasPrefix(to, "https://"): // a page of the documentation
			case strings.HasPrefix(to, "#"):
				require.True(t, ids[file+to], "%s links %s", file, to)
				inside++
			default:
				require.True(t, ids[to], "%s links %s", file, to)
				inside++
			}
		}
	}
	require.Greater(t, inside, 50)
}

// loaded is a load run with a picture of each kind.
func loaded(t *testing.T) *reports.LoadRun {
	due := hdr.New(1, 1_000_000, 3)
	for i := range int64(1000) {
		require.NoError(t, due.RecordValue(1000+i))
	}
	encoded, err := due.Encode(hdr.V2CompressedEncodingCookieBase)
	require.NoError(t, err)
	no := false
	return &reports.LoadRun{Target: reports.Target{Name: "x" + specimen.Hostile}, Verdict: evidence.Failed, Reason: specimen.Hostile,
		StartedAt: specimen.Begin,
		Plans: []reports.LoadPlan{{ID: "mixed", Sentence: specimen.Hostile, Verdict: evidence.Failed, Due: 10, Sent: 9,
			Series: []reports.LoadSeries{{Operation: "cards-get", Class: "good", Count: 1000, DueHDR: encoded}},
			Slices: []reports.LoadSlice{{Second: 0, Due: 5, Good: 4, Failed: 1, P50: 1, P99: 3, SendP99: 2},
				{Second: 1, Due: 5, Good: 3, Throttled: 1, P50: 1, P99: 9, SendP99: 2}},
			Asks: []reports.LoadAsk{{AtMS: 0, Passed: true}, {AtMS: 40}, {AtMS: 100, Passed: true}}, WindowMS: 50,
			Observed: []evidence.Observation{{ID: "limit.limiter", Question: "Which?", Answer: "a token bucket"}},
			Bursts: []reports.LoadBurst{{Operation: "cards-create", Key: "k1",
				Copies: []reports.LoadCopy{{ToMS: 2, Status: 201, ID: "a"}, {ToMS: 3, Status: 201, ID: "b"}, {ToMS: 3, Status: 409}}},
				{Operation: "cards-create", Key: "k2", Copies: []reports.LoadCopy{{ToMS: 2, Status: 201, ID: "a"}}}},
			Wallets: []reports.LoadWallet{{Wallet: 1, Answered: 100, Held: 100}, {Wallet: 2, Answered: 100, Held: 90}},
			Invariants: []evidence.Invariant{{Requirement: "MONEY-01", Sentence: "no money is lost", Holds: &no,
				Evidence: []string{"a", "b", "c", "d"}}},
			Findings: []evidence.Finding{{Requirement: "CARD-01", Message: specimen.Hostile, Operation: "cards-get", Count: 2, Gated: true}},
			Gates:    []reports.GateResult{{Gate: "p99 < 1ms", State: "no data", Figure: 3, Unit: "ms"}},
			Errors:   map[string]int{specimen.Hostile: 1}, Pictures: []reports.Picture{{File: "history-x-1.html"}}}}}
}

func TestThePageOfLoadShowsEachPictureWithItsTable(t *testing.T) {
	run := loaded(t)
	var text bytes.Buffer
	require.NoError(t, LoadPage(&text, run, ""))
	page := text.String()
	sound(t, "load.html", page)
	for _, says := range []string{"2 of 9 answers were throttled or failed; 1 of 10 arrivals were not sent",
		"p99 was highest in second 1: 9.0 ms from the due time",
		"Half of 1000 good answers took 1.50 ms or less", "2 of 3 requests passed: a token bucket", "1 of these 2 keys made more than one object",
		"1 of 2 wallets hold something else than was answered with success", "1 more like these", `class="v broken">broken`,
		`class="v no data"`, "history-x-1.html"} {
		require.Contains(t, page, says)
	}
	require.Len(t, charts(run.Plans[0]), 6)
	require.Equal(t, 6, strings.Count(page, "<figure"))
	require.Equal(t, 6, strings.Count(page, "The same as a table"))
	require.Equal(t, 6, strings.Count(page, `role="img" aria-label="`), "each is read out")
	require.Equal(t, 2, strings.Count(page, `<rect class="outline"`))
	require.Equal(t, 3, strings.Count(page, "<circle "))
}

func TestAPlanWithoutFiguresHasNoPicture(t *testing.T) {
	require.Empty(t, charts(reports.LoadPlan{}))
	few := loaded(t).Plans[0]
	few.Series[0].DueHDR = nil
	for _, one := range charts(few) {
		require.NotEqual(t, "curve", one.ID, "some answers give no percentile")
	}
}

func TestThePageOfASelftestSaysWhatWasCaught(t *testing.T) {
	s := &reports.Selftest{Exposed: "selftest.json would have held a secret",
		Baseline: []reports.Baseline{{Style: "plain", Edition: contract.V1, Passed: 9, Total: 9}},
		Faults: []reports.FaultResult{{ID: "a", Sentence: specimen.Hostile, Killed: true, RightRequirement: true,
			By:        []reports.Killer{{Scenario: "x"}, {Scenario: "y"}, {Scenario: "z"}, {Scenario: "w"}},
			Isolation: &reports.Isolation{FailedScenarios: 9}}, {ID: "b", Killed: true}, {ID: "c"}}}
	s.Judge(time.Now())
	var text bytes.Buffer
	require.NoError(t, SelftestPage(&text, s, ""))
	page := text.String()
	sound(t, "selftest.html", page)
	for _, says := range []string{"Detection power 66.7 %", "would have held a secret", ">caught<", ">for another reason<",
		">survived<", `<td>failed scenarios</td><td class="n">9</td>`, "<code>z</code>"} {
		require.Contains(t, page, says)
	}
	require.NotContains(t, page, "<code>w</code>", "three of those that caught it are enough")
}

func TestThePageOfManyNightsTellsWhatChanged(t *testing.T) {
	var list []*nights.Night
	for i := range 30 {
		night := nights.Of(specimen.Runs(t)["green"])
		night.RunID, night.StartedAt, night.Target = string(rune('a'+i)), specimen.Begin.AddDate(0, 0, i), "x"+specimen.Hostile
		night.P50 = map[string]float64{"cards-get": 10 + 90*float64(i/15)}
		if i == 12 {
			night.Verdict, night.Reason = evidence.Inconclusive, "the target is down"
		}
		if i == 29 {
			night.Verdict = evidence.Failed
			night.Requirements["CARD-GET-02"] = reports.RequirementFailed
			night.Failures = []reports.NightFailure{{Fingerprint: "f1", Requirement: "CARD-GET-02", Message: specimen.Hostile, Scenarios: 2}}
		}
		list = append(list, night)
	}
	trend, err := nights.NewTrend(list, []string{"y/run.json: " + specimen.Hostile})
	require.NoError(t, err)
	var text bytes.Buffer
	require.NoError(t, TrendPage(&text, trend, ""))
	page := text.String()
	sound(t, "trend.html", page)
	for _, says := range []string{"30 nights, 2026-01-30 to 2026-02-28", "does not conform", "New deviations",
		"<code>f1</code>", `<td class="n">1</td>`, `class="spark"`, "Skipped",
		`<li class="inconclusive" title="2026-02-11: inconclusive: the target is down">?<small>02-11</small></li>`,
		`<b>1</b> new</a>, <a href="#open"><b>0</b> still there</a>, <a href="#last"><b>0</b> mended</a>`, "not judged"} {
		require.Contains(t, page, says)
	}
}

func TestWhatOtherVerbsWroteBesideIsLinkedAndShown(t *testing.T) {
	folder := t.TempDir()
	r := specimen.Runs(t)["green"]
	require.NotContains(t, rendered(t, r, folder)["index.html"], "load.html")
	put := func(name string, value any) {
		text, err := json.Marshal(value)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), text, 0o600))
	}
	load := loaded(t)
	load.Version = 1
	put("load.json", load)
	put("load.html", "")
	put("selftest.json", &reports.Selftest{Faults: []reports.FaultResult{{ID: "money.lost", Requirement: "CARD-GET-02",
		Sentence: "money is lost"}}})
	pages := rendered(t, r, folder)
	require.Contains(t, pages["index.html"], `href="load.html"`)
	require.Contains(t, pages["index.html"], "p99 &lt; 1ms")
	require.Contains(t, pages["coverage.html"], "0 of 1")
	require.Contains(t, pages["coverage.html"], "money.lost", "a fault that nobody caught")
	put("load.json", "what is no load.json")
	put("selftest.json", "what is none")
	require.NotContains(t, rendered(t, r, folder)["coverage.html"], "money.lost")
}

func TestTheMachineryOfThePages(t *testing.T) {
	require.Equal(t, "cards-and-wallets", anchor("Cards and wallets "))
	require.Equal(t, "not testable", words(evidence.NotTestable))
	require.Equal(t, "{\n  \"a\": 1\n}", pretty(`{"a":1}`))
	require.Equal(t, "no JSON", pretty("no JSON"))
	long := strings.Repeat("ä", 700)
	passed, failed := specimen.Scenario("a", evidence.Passed), specimen.Red("b", "")
	require.Less(t, len(look(&passed, long)), len(long))
	require.Contains(t, look(&passed, long), "run.json has the rest")
	require.Equal(t, long, look(&failed, long), "all of it where something broke")
	require.Equal(t, "33 %", percent(1, 3))
	require.Equal(t, "0 %", percent(0, 0))
	require.Equal(t, "0.0,2.0 240.0,38.0 ", spark([]float64{2, 0}))
	yes, no := true, false
	for want, decided := range map[string]*bool{"not decided": nil, "holds": &yes, "broken": &no} {
		require.Equal(t, want, holds(decided))
	}
	for value, want := range map[float64]string{0: "0", 0.25: "0.25", 9.96: "10", 250: "250"} {
		require.Equal(t, want, short(value))
	}
}
