package format

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/specimen"
)

// golden holds a text against that of testdata.
func golden(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", filepath.FromSlash(name))
	text = machine.ReplaceAllString(text, `"$1":{}`)
	text = untested.ReplaceAllString(text, "${1}N${2}")
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "write it with -update")
	require.Equal(t, string(want), text, name)
}

// machine is what differs from one machine to the next; untested grows with the contract.
var (
	machine  = regexp.MustCompile(`"(cpu|os|runtime)":\{[^}]*\}`)
	untested = regexp.MustCompile(`(not_tested"\} )?\b\d+( not tested|\n# TYPE kobcheck_exit_code)`)
)

// TestEachFormatOfARunIsAsItWas holds the formats of one file or of many that others read. The pages and run.json are
// not among them: a browser and a schema hold those.
func TestEachFormatOfARunIsAsItWas(t *testing.T) {
	of := from(t)
	of.Features = func() (map[string][]byte, error) { return specimen.Features(), nil }
	for _, name := range []string{"red", "passing", "hostile"} {
		t.Run(name, func(t *testing.T) {
			formats := slices.DeleteFunc(All(), func(one string) bool { return one == "html" || one == "json" || one == "night" })
			folder := t.TempDir()
			_, err := Run(&Writer{Folder: folder}, specimen.Runs(t)[name], of, formats)
			require.NoError(t, err)
			for path, text := range texts(t, folder) {
				golden(t, name+"/"+filepath.ToSlash(path), text)
			}
		})
	}
}

// printing is what a text for people is printed by.
type printing func(io.Writer) error

func TestWhatIsPrintedIsAsItWas(t *testing.T) {
	facts := specimen.Facts(t)
	red := specimen.Runs(t)["red"]
	proof := reports.ProveOrder(facts.CardOrder, []reports.Decision{{Failing: []int{1, 2}, Decided: 1, Scenario: "pair/1-2", Example: "1, 2"},
		{Failing: []int{2, 3}, Decided: 3, Scenario: "pair/2-3", Example: "2, 3"}})
	for name, text := range map[string]printing{
		"order.txt":    func(w io.Writer) error { return PrintOrder(w, proof, facts.CardOrder) },
		"load.txt":     func(w io.Writer) error { return PrintLoad(w, planned(t)) },
		"load.xml":     func(w io.Writer) error { return writeLoadJUnit(w, planned(t)) },
		"load.md":      func(w io.Writer) error { return writePage(w, "load.md.tmpl", planned(t)) },
		"selftest.txt": func(w io.Writer) error { return PrintSelftest(w, measured()) },
		"selftest.md":  func(w io.Writer) error { return writePage(w, "selftest.md.tmpl", measured()) },
		"script.sh":    func(w io.Writer) error { return WriteScript(w, &red.Scenarios[1]) },
		"scenario.har": func(w io.Writer) error { return WriteHAR(w, red, "b") },
	} {
		var out bytes.Buffer
		require.NoError(t, text(&out), name)
		require.False(t, strings.ContainsRune(out.String(), 0x1b), "%s: nothing from outside steers a terminal", name)
		golden(t, "printed/"+name, out.String())
	}
}

// planned is a load run with something of each kind.
func planned(t *testing.T) *reports.LoadRun {
	holds, broken := true, false
	run := &reports.LoadRun{Tool: reports.Tool{Name: "kobcheck", Version: "test"},
		Target: reports.Target{Name: "x\x1b[31m", Edition: contract.V1}, RunID: "run-1", Seed: 7,
		StartedAt: specimen.Begin, Plans: []reports.LoadPlan{{ID: "ledger", Sentence: "Credits on some wallets, side by side", Due: 100,
			Sent: 100, Asked: 50, Reached: 49.5,
			Series: []reports.LoadSeries{{Operation: "wallets-credit", Class: "good", Count: 99,
				FromDue: reports.Percentiles{P50: 2, P99: 9, Max: 12}}},
			Steps:  []reports.LoadStep{{Rate: 50, Reached: 49.5, P99: 9, Held: true}, {Rate: 100, Reached: 60, P99: 200, Broke: "p99 above 100 ms"}},
			Errors: map[string]int{"no answer": 1}, Findings: []evidence.Finding{{Requirement: "WALLET-05", Operation: "wallets-credit",
				Message: "500 Internal Server Error", Count: 1}},
			Invariants: []evidence.Invariant{{Requirement: "MONEY-01", Sentence: "all 99 credits are in the wallets", Holds: &broken,
				Evidence: []string{"wallet 1 holds 3 less"}},
				{Requirement: "IDEMP-01", Sentence: "each key made one thing", Holds: &holds}, {Requirement: "IDEMP-02", Sentence: "nobody knows"}},
			Observed: []evidence.Observation{{ID: "q", Question: "How long?", Answer: "a day"}},
			Gates: []reports.GateResult{{Gate: "p99 < 100ms", State: "passed", Figure: 9, Low: 8, High: 12, Unit: "ms", Samples: 99,
				Needed: 90}}}}}
	run.Judge(&evidence.Policy{Contract: specimen.Facts(t), Gate: evidence.DefaultGate()}, specimen.Begin.Add(2*time.Second))
	return run
}

// measured is a selftest with a fault of each kind.
func measured() *reports.Selftest {
	by := []reports.Killer{{Scenario: "a", Requirement: "CARD-01"}, {Scenario: "b", Requirement: "CARD-01"},
		{Scenario: "c", Requirement: "CARD-01"}, {Scenario: "d", Requirement: "CARD-01"}}
	s := &reports.Selftest{StartedAt: specimen.Begin, Baseline: []reports.Baseline{{Style: "plain", Edition: contract.V1, Passed: 9,
		Total: 9, WallMS: 500}},
		Faults: []reports.FaultResult{
			{ID: "card.wrong", Group: "card", Mark: contract.Stated, Requirement: "CARD-01", Sentence: "a card is *wrong*", Killed: true,
				RightRequirement: true, By: by, Hits: 3,
				Isolation: &reports.Isolation{FailedScenarios: 2, LostRequirements: 1}},
			{ID: "card.odd", Group: "card", Mark: contract.Stated, Requirement: "CARD-02", Sentence: "a card is odd", Killed: true,
				By: by[:1], Hits: 1},
			{ID: "money.lost", Group: "money", Mark: contract.Inferred, Requirement: "MONEY-01", Sentence: "money is lost", Hits: 2},
			{ID: "money.never", Group: "money", Mark: contract.Inferred, Requirement: "MONEY-02", Sentence: "nobody comes there"},
			{ID: "rare.late", Group: "rare", Mark: contract.Stated, Requirement: "CARD-03", Sentence: "now and then", Killed: true,
				RightRequirement: true, ByChance: true, Probability: 0.4, Tries: 10, Runs: 10, By: by[:1], Hits: 4},
		}}
	s.Judge(specimen.Begin.Add(2 * time.Second))
	return s
}
