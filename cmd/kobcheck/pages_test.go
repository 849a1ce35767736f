package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/format"
	"github.com/kobcheck/kobcheck/steps/stage/sample"
)

// browser starts a headless Chromium, or skips where there is none.
func browser(t testing.TB) context.Context {
	t.Helper()
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			program = found
			break
		}
	}
	if program == "" {
		t.Skip("no Chromium on this machine: the pages are not opened (Debian: apt-get install chromium)")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox)
	allocated, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, closing := chromedp.NewContext(allocated)
	t.Cleanup(closing)
	patience := 5 * time.Minute
	if sample.All() { // each page of five runs, with axe-core
		patience = time.Hour
	}
	ctx, end := context.WithTimeout(ctx, patience)
	t.Cleanup(end)
	return ctx
}

// axe fetches axe-core from the npm registry, pinned; "" where that can't be done.
func axe(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	command := exec.Command("npm", "pack", "--silent", "axe-core@4.14.1")
	command.Dir = folder
	if output, err := command.CombinedOutput(); err != nil {
		t.Logf("no axe-core from npm, so accessibility is not checked here: %v %s", err, output)
		return ""
	}
	unpack := exec.Command("tar", "xzf", "axe-core-4.14.1.tgz", "package/axe.min.js")
	unpack.Dir = folder
	require.NoError(t, unpack.Run())
	text, err := os.ReadFile(filepath.Join(folder, "package", "axe.min.js"))
	require.NoError(t, err)
	return string(text)
}

// renderSite writes the pages of a run, of the version that ReadRun gives.
func renderSite(t *testing.T, folder string, r *reports.Run) {
	t.Helper()
	b, err := workbench.New(newRoot())
	require.NoError(t, err)
	_, err = format.Run(&format.Writer{Folder: folder}, r, b.Sources(), []string{"html"})
	require.NoError(t, err)
}

// poison puts markup, scripts, bidi and control characters into every text of a run that an API or a
// target can shape.
func poison(r *reports.Run) {
	const hostile = "</script><script>window.pwned=1</script><img src=x onerror=window.pwned=2>\" onmouseover=window.pwned=3 ' " +
		"\u202e\u2066 \x00\x1b[31m </pre></table> {{.}} javascript:window.pwned=4"
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem())
			}
		case reflect.Struct:
			for i := range v.NumField() {
				name := v.Type().Field(i).Name
				switch name {
				case "Actual", "Expected", "Message", "Pointer", "Body", "Error", "Curl", "Answer", "URL", "Name", "BaseURL", "Reason", "Text",
					"DocString":
					if f := v.Field(i); f.Kind() == reflect.String && f.String() != "" && f.CanSet() {
						f.SetString(f.String() + hostile)
						continue
					}
				}
				walk(v.Field(i))
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		}
	}
	walk(reflect.ValueOf(r))
}

// pagesSampled is the part of a site's pages that a test run opens by itself, beside the first one.
const pagesSampled = 10

func TestThePagesInARealBrowser(t *testing.T) {
	t.Parallel()
	ctx := browser(t)
	checker := axe(t)
	green, red, down := wholeRuns[mock.Plain](t).folder, t.TempDir(), t.TempDir()
	_, code := kobcheck(t, "run", "--seed", "7", "--format", "json,html", "--out", red, "--fault", "order.swap-3-4", "--fault", "field.cards-get.status.off-enum")
	require.Equal(t, evidence.ExitFailed, code)
	_, code = kobcheck(t, "run", "--config", environment(t, nil, nil, nil, secured{}), "--section", "relays", "--patience", "0s", "--out",
		down)
	require.Equal(t, evidence.ExitInconclusive, code)
	hostile, huge := t.TempDir(), t.TempDir()
	poisoned := readRun(t, red)
	poison(poisoned)
	renderSite(t, hostile, poisoned)
	large := readRun(t, green)
	once := len(large.Scenarios)
	for copies := 1; len(large.Scenarios) < 5000; copies++ {
		for _, scenario := range large.Scenarios[:once] {
			scenario.ID = fmt.Sprintf("%s-copy-%d", scenario.ID, copies)
			large.Scenarios = append(large.Scenarios, scenario)
		}
	}
	renderSite(t, huge, large)

	type site struct{ name, folder, says string }
	others := []site{{"green", green, "mock conforms"}, {"inconclusive", down, "no verdict"}, {"hostile", hostile, "does not conform"},
		{"huge", huge, "mock conforms"}}
	for _, c := range append(sample.Of(t, others, 2), site{"red", red, "does not conform"}) {
		t.Run(c.name, func(t *testing.T) {
			pages, err := filepath.Glob(filepath.Join(c.folder, "*.html"))
			require.NoError(t, err)
			require.Greater(t, len(pages), 3)
			index, err := os.ReadFile(filepath.Join(c.folder, "index.html"))
			require.NoError(t, err)
			require.Contains(t, string(index), c.says, "the verdict needs no script")
			if c.name != "huge" {
				require.Less(t, len(index), 3<<20)
			}
			for _, page := range append(sample.Of(t, pages, pagesSampled), filepath.Join(c.folder, "index.html"), filepath.Join(c.folder, "api.html"),
				filepath.Join(c.folder, "api-cards.html"), filepath.Join(c.folder, "api-relays.html")) {
				small(t, page, c.name)
				if strings.HasPrefix(filepath.Base(page), "evidence-") && c.name == "huge" {
					continue // megabytes each; one is opened below
				}
				open(ctx, t, page)
				narrow(ctx, t, page)
				// Pages of one kind are made alike; the smallest of each stands for them.
				if name := filepath.Base(page); checker != "" && c.name != "huge" && c.name != "hostile" &&
					(sample.All() || !strings.HasPrefix(name, "evidence-") && !strings.HasPrefix(name, "api-") || strings.HasSuffix(name,
						"-relays.html")) {
					accessible(ctx, t, checker, filepath.Base(page))
				}
			}
			search(ctx, t, c.folder)
		})
	}
	evidence := filepath.Join(huge, "evidence-cards.html")
	open(ctx, t, evidence)
}

// small holds that no page of a run as it comes is larger than 400 kB.
func small(t *testing.T, page, name string) {
	t.Helper()
	info, err := os.Stat(page)
	require.NoError(t, err)
	if name == "green" || name == "red" {
		require.LessOrEqual(t, info.Size(), int64(400_000), page)
	}
}

// narrow looks at a page on a telephone: it is no wider than that, and no column is narrower than its longest word.
func narrow(ctx context.Context, t *testing.T, page string) {
	t.Helper()
	sized := func(width int64, mobile bool) chromedp.Action[chromedp.Void] {
		return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			_, err := cdp.Call(ctx, target, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 844,
				DeviceScaleFactor: 1, Mobile: mobile})
			return err
		})
	}
	require.NoError(t, chromedp.Do(ctx, sized(390, true)))
	found, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(function(){
		var wide = document.documentElement.scrollWidth > 391 ? ["the page is " + document.documentElement.scrollWidth + " wide"] : [];
		document.querySelectorAll("td, th").forEach(function(cell){
			if (wide.length < 3 && cell.scrollWidth > cell.clientWidth + 1) { wide.push("a column of " + cell.textContent.slice(0, 40)); } });
		return wide.join("; "); })()`))
	require.NoError(t, err)
	require.Empty(t, found, "%s on 390 pixels", filepath.Base(page))
	require.NoError(t, chromedp.Do(ctx, sized(1280, false)))
}

func address(path string) string { return (&url.URL{Scheme: "file", Path: path}).String() }

// open opens a page and everything that folds in it, and holds that nothing was loaded or executed.
func open(ctx context.Context, t *testing.T, page string) {
	t.Helper()
	require.NoError(t, chromedp.Do(ctx, chromedp.Navigate(address(page))))
	seen, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(function(){
		document.querySelectorAll("details").forEach(function(d){ d.open = true; });
		return JSON.stringify({title: document.title, loaded: performance.getEntriesByType("resource").length, pwned: String(window.pwned),
			mains: document.querySelectorAll("main h1").length, scripts: document.querySelectorAll("script:not([id=index])").length,
				images: document.images.length,
			wide: document.documentElement.scrollWidth > document.documentElement.clientWidth + 2});
	})()`))
	require.NoError(t, err)
	var state struct {
		Title                          string
		Loaded, Mains, Scripts, Images int
		Pwned                          string
		Wide                           bool
	}
	require.NoError(t, json.Unmarshal([]byte(seen), &state))
	name := filepath.Base(page)
	require.NotEmpty(t, state.Title, name)
	require.Zero(t, state.Loaded, "%s loads something", name)
	require.Equal(t, "undefined", state.Pwned, "%s executed what an API answered", name)
	require.LessOrEqual(t, state.Scripts, 1, name)
	require.Zero(t, state.Images, name)
	require.Equal(t, 1, state.Mains, name)
	require.False(t, state.Wide, "%s is wider than its window", name)
}

// accessible holds a page to WCAG 2.2 AA, in its light and its dark colours.
func accessible(ctx context.Context, t *testing.T, checker, name string) {
	t.Helper()
	require.NoError(t, chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](checker+"; undefined")))
	for _, colours := range []string{"light", "dark"} {
		require.NoError(t, chromedp.Do(ctx, inColours(colours)))
		broken(ctx, t, name+" in "+colours)
	}
}

// inColours asks the page for its light or its dark colours.
func inColours(colours string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: colours}}})
		return err
	})
}

func broken(ctx context.Context, t *testing.T, name string) {
	t.Helper()
	found, err := chromedp.Run(ctx, chromedp.Evaluate[string](`axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}).then(function(r){
		return r.violations.map(function(v){ return v.id + ": " + v.nodes.slice(0, 3).map(function(n){ return n.html.slice(0,
			160); }).join(" | "); }).join("\n"); })`, chromedp.EvalAwaitPromise))
	require.NoError(t, err)
	require.Empty(t, found, name)
}

// search types into the search box and follows the first thing found.
func search(ctx context.Context, t *testing.T, folder string) {
	t.Helper()
	require.NoError(t, chromedp.Do(ctx, chromedp.Navigate(address(filepath.Join(folder, "index.html")))))
	found, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(function(){
		var q = document.getElementById("q"); q.value = "relays create"; q.dispatchEvent(new Event("input"));
		var first = document.querySelector("#hits a"); return first ? first.getAttribute("href") : "nothing"; })()`))
	require.NoError(t, err)
	require.Equal(t, "api-relays.html#relays-create", found)
	require.NoError(t, chromedp.Do(ctx, chromedp.Navigate(address(filepath.Join(folder, "api-relays.html"))+"#relays-create")))
	there, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`!!document.getElementById("relays-create")`))
	require.NoError(t, err)
	require.True(t, there)
}

func TestThePagesOfLoadInARealBrowser(t *testing.T) {
	t.Parallel()
	ctx := browser(t)
	checker := axe(t)
	folder := t.TempDir()
	loads := map[string][]string{
		"good":    {"mixed", "lost-answers", "ledger", "--time", "0.3"},
		"broken":  {"idempotency", "ledger", "--fault", "idempotency.race", "--fault", "money.stale-read"},
		"limiter": {"rate-limit", "--limit", "30/500ms"},
	}
	for _, name := range sample.Of(t, slices.Sorted(maps.Keys(loads)), 2) {
		arguments := loads[name]
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(folder, name)
			output, _ := kobcheck(t, append(append([]string{"load"}, arguments...), "--out", out)...)
			page := filepath.Join(out, "load.html")
			open(ctx, t, page)
			charts, err := chromedp.Run(ctx, chromedp.Evaluate[int](`Array.from(document.querySelectorAll("figure")).filter(function(f){
				var svg = f.querySelector("svg"), table = f.nextElementSibling.querySelector("tbody tr");
				return svg.getBoundingClientRect().height > 50 && svg.getAttribute("aria-label") && f.querySelector("figcaption").textContent && table; }).length`))
			require.NoError(t, err)
			all, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.querySelectorAll("figure").length`))
			require.NoError(t, err)
			require.Positive(t, all, output)
			require.Equal(t, all, charts, "every chart has a title, a label and its table")
			if checker != "" {
				accessible(ctx, t, checker, name)
			}
			if name == "good" {
				toggled, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(function(){ var box = document.querySelector("input.off"), line = document.querySelector(".send");
					var before = getComputedStyle(line).display; box.click(); return before + " " + getComputedStyle(line).display; })()`))
				require.NoError(t, err)
				require.Equal(t, "inline none", toggled, "the figures from the moment of sending can be switched off")
			}
		})
	}
}

// BenchmarkFirstPage prints how long Chromium takes from the call for the first page of a whole run to the moment
// at which it can be used, and how large that page is.
func BenchmarkFirstPage(b *testing.B) {
	ctx := browser(b)
	folder := b.TempDir()
	root := newRoot()
	root.SetOut(io.Discard)
	root.SetErr(io.Discard)
	root.SetArgs([]string{"run", "--seed", "7", "--out", folder})
	require.NoError(b, root.ExecuteContext(b.Context()))
	page := filepath.Join(folder, "index.html")
	info, err := os.Stat(page)
	require.NoError(b, err)
	total := 0.0
	for b.Loop() {
		require.NoError(b, chromedp.Do(ctx, chromedp.Navigate(address(page))))
		took, err := chromedp.Run(ctx, chromedp.Evaluate[float64](`performance.getEntriesByType("navigation")[0].domInteractive`))
		require.NoError(b, err)
		total += took
	}
	b.ReportMetric(total/float64(b.N), "ms-to-interactive")
	b.ReportMetric(float64(info.Size())/(1<<20), "MB")
}
