package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// nobody is a target file of no API: whatever is refused is refused before it is asked.
const nobody = "target:\n  name: nobody\n  base_url: http://127.0.0.1:9\n  token_url: http://127.0.0.1:9/t\n  clients:\n    " +
	"primary: {id: a, secret_env: PATH, scope: client/write}\n"

// targetFile writes a target file of nobody with more in it.
func targetFile(t *testing.T, more string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "target.yaml")
	require.NoError(t, os.WriteFile(path, []byte(nobody+more), 0o600))
	return path
}

func TestWhatCanBeRefusedIsRefusedBeforeAnythingIsPerformed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a-file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	config := targetFile(t, "")
	for name, c := range map[string]struct {
		environment [2]string
		call, says  string
	}{
		"a format that there is not":      {call: "run --format pdf", says: `no report format "pdf"`},
		"a misspelt format":               {call: "run --format json,jnuit", says: `did you mean "junit"?`},
		"a format from the environment":   {[2]string{"KOBCHECK_FORMAT", "json, xml"}, "run", `no report format "xml"`},
		"a folder that is a file":         {call: "run --out " + file, says: "--out: nothing can be written into " + file},
		"a folder below a file":           {call: "load --out " + file + "/x", says: "choose another folder"},
		"a profile that can't be written": {call: "run --profile " + file + "/profile.json", says: "--profile: "},
		"keys that can't be kept":         {call: "load idempotency --key-nights " + file + "/keys", says: "--key-nights: "},
		"a selftest into a file":          {call: "selftest --out " + file, says: "--out: nothing can be written"},
		"a rate below nothing":            {call: "run --max-rps -3", says: "--max-rps: -3 is below 0"},
		"a rate that is no number":        {call: "run --max-rps NaN", says: "--max-rps: NaN is no number"},
		"a rate without an end":           {call: "run --max-rps Inf", says: "--max-rps: +Inf is no number"},
		"retries below nothing":           {call: "run --retries -1", says: "--retries: -1 is below 0"},
		"nobody side by side":             {call: "run --concurrency 0", says: "--concurrency: it takes more than 0"},
		"a latency below nothing":         {call: "run --latency -1s", says: "--latency: -1s is below 0"},
		"a canary before its time":        {call: "load --canary -5s", says: "--canary: -5s is below 0"},
		"a shell that is none":            {call: "completion bsh", says: "did you mean kobcheck completion bash?"},
		"no steps":                        {call: "explore --steps 0", says: "--steps: it takes more than 0"},
		"no repetition":                   {call: "replay " + file + " --times 0", says: "--times: it takes more than 0"},
		"several at once": {call: "run --retries -1 --timeout 0s",
			says: "--retries: -1 is below 0\n--timeout: it takes more than 0s"},
		"a fault on a target": {call: "run --fault auth.expired-accepted --config " + config,
			says: "--fault is for the mock inside and means nothing on the target that --config names"},
		"an edition on a target":             {call: "load --edition guide --config " + config, says: "--edition is for the mock inside"},
		"a style beside a target of the env": {[2]string{"KOBCHECK_CONFIG", config}, "run --style plain", "that KOBCHECK_CONFIG names"},
		"a style in a target file": {call: "run --config " + targetFile(t, "run: {style: plain}\n"),
			says: "run.style in the target file is for the mock inside"},
		"a limit on a target": {call: "load --limit 5/1s --config " + config, says: "--limit is for the mock inside"},
		"a misspelt variable": {[2]string{"KOBCHECK_MAX_RSP", "5"}, "run",
			"KOBCHECK_MAX_RSP is no setting; did you mean KOBCHECK_MAX_RPS?"},
		"a value of the environment": {[2]string{"KOBCHECK_SEED", "seven"}, "run", `KOBCHECK_SEED: "seven" is not a whole number`},
		"a misspelt setting of the file": {call: "run --config " + targetFile(t, "run: {concurency: 4}\n"),
			says: `run.concurency in the target file: there is no such setting; did you mean "concurrency"?`},
		"a value of the file": {call: "run --config " + targetFile(t, "run: {concurrency: many}\n"),
			says: `run.concurrency in the target file: "many" is not a whole number`},
		"a number below nothing in the file": {call: "run --config " + targetFile(t, "run: {max-rps: -3}\n"),
			says: "run.max-rps in the target file: -3 is below 0"},
		"a misspelt flag":              {call: "run --concurency 4", says: "unknown flag: --concurency; did you mean --concurrency?"},
		"a flag that is like none":     {call: "run --zzzzzzzz", says: "kobcheck run --help lists the flags"},
		"a short flag":                 {call: "run -x", says: "unknown flag: -x"},
		"a flag without its value":     {call: "run --seed", says: "--seed needs a value"},
		"a word for a number":          {call: "run --seed seven", says: `--seed: "seven" is not a whole number`},
		"a number too large":           {call: "run --seed 99999999999999999999", says: "is not a whole number"},
		"a span without its unit":      {call: "run --timeout 5", says: `--timeout: "5" is not a span of time, such as 30s or 5m`},
		"a misspelt verb":              {call: "rnu", says: `there is no verb "rnu"; did you mean kobcheck run?`},
		"a verb of a verb":             {call: "compare a b", says: "did you mean kobcheck report compare?"},
		"a misspelt verb of report":    {call: "report mrege", says: "did you mean kobcheck report merge?"},
		"a kind of no limit":           {call: "mock --limiter token-bucket", says: "--limiter says nothing without --limit"},
		"a misspelt verb of webhooks":  {call: "webhooks lisen", says: "did you mean kobcheck webhooks listen?"},
		"a verb like none":             {call: "xyzzyxyzzy", says: "kobcheck --help lists them"},
		"a misspelt kind of list":      {call: "list scenarois", says: `kobcheck list: there is no "scenarois"; did you mean "scenarios"?`},
		"a list of nothing":            {call: "list", says: "it takes one argument (operations|requirements|"},
		"an argument too many":         {call: "run now", says: "kobcheck run: it takes no arguments and got 1"},
		"a file too few":               {call: "report compare a", says: "it takes at least 2 (A B...) and got 1"},
		"a plan that there is not":     {call: "load mixd", says: `did you mean "mixed"?`},
		"a moment without an offset":   {call: "load --start-at tomorrow", says: `--start-at: "tomorrow" is no time with an offset`},
		"an edition that there is not": {call: "mock --edition v9 --print-target", says: `--edition: "v9" is no edition`},
		"a mode that nobody may write": {call: "run --report-mode 0400", says: `--report-mode: "0400" is no mode of a file`},
		"a manual of nothing":          {call: "man rnu", says: `there is no verb "rnu"`},
	} {
		t.Run(name, func(t *testing.T) {
			if c.environment[0] != "" {
				t.Setenv(c.environment[0], c.environment[1])
			}
			t.Chdir(t.TempDir())
			output, code := kobcheck(t, strings.Fields(c.call)...)
			require.Equal(t, evidence.ExitUsage, code, output)
			require.Contains(t, output, c.says)
			for _, raw := range []string{"strconv.", "arg(s)", "invalid argument", "parsing \""} {
				require.NotContains(t, output, raw, "words of a library")
			}
		})
	}
}

func TestBlanksAroundAFormatAreLeftOutAndAPlusAddsToTheUsual(t *testing.T) {
	t.Setenv("KOBCHECK_FORMAT", " json , +ctrf")
	folder := t.TempDir()
	_, code := kobcheck(t, "run", "--requirement", "CARD-GET-02", "--out", folder)
	require.Zero(t, code)
	require.FileExists(t, filepath.Join(folder, "ctrf.json"))
	require.NoFileExists(t, filepath.Join(folder, "index.html"), "the list names json and one more")
	t.Setenv("KOBCHECK_FORMAT", "+ctrf")
	_, code = kobcheck(t, "run", "--requirement", "CARD-GET-02", "--out", folder)
	require.Zero(t, code)
	require.FileExists(t, filepath.Join(folder, "ctrf.json"))
	require.FileExists(t, filepath.Join(folder, "index.html"))
}

func TestVariablesThatOnlyBeginLikeOursAreLeftAlone(t *testing.T) {
	for _, name := range []string{"KOBCHECK_PRIMARY_SECRET", "KOBCHECK_SERVICE_HOST", "KOBCHECK_PORT_8080_TCP_ADDR", "KOBCHECK_PORT",
		"KOBCHECK_VERSION", "KOBCHECK_IMAGE_REGISTRY"} {
		t.Setenv(name, "x")
	}
	output, code := kobcheck(t, "list", "plans")
	require.Zero(t, code, output)
}

func TestTheSettingsOfATargetFileAreThoseOfRunAndOtherVerbsTakeTheirs(t *testing.T) {
	path := serve(t, mock.Options{})
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, append(text, "run: {concurrency: 3, seed: 11, gate: [stated, hazard], format: [json]}\n"...), 0o600))
	folder := t.TempDir()
	output, code := kobcheck(t, "run", "--config", path, "--requirement", "CARD-GET-02", "--out", folder)
	require.Zero(t, code, output)
	result := readRun(t, folder)
	require.Equal(t, 3, result.Settings.Concurrency)
	require.Len(t, result.Gate, 2)
	require.Equal(t, []string{"json"}, result.Settings.Formats)
	output, code = kobcheck(t, "explore", "--config", path, "--steps", "5", "--out", folder)
	require.Zero(t, code, output)
	require.Contains(t, output, "seed 11")
}

func TestTheHelpOfEveryVerbIsAsItWas(t *testing.T) {
	var walk func(*cobra.Command)
	walk = func(command *cobra.Command) {
		if command.Hidden || command.Name() == "completion" { // whose words are cobra's own
			return
		}
		t.Run(command.CommandPath(), func(t *testing.T) {
			output, code := kobcheck(t, append(strings.Fields(command.CommandPath())[1:], "--help")...)
			require.Zero(t, code)
			golden(t, filepath.Join("testdata", "help", strings.ReplaceAll(command.CommandPath(), " ", "-")+".txt"), output)
		})
		for _, one := range command.Commands() {
			walk(one)
		}
	}
	walk(newRoot())
}

// golden compares a text with a file of testdata, or writes it there with -update.
func golden(t *testing.T, path, text string) {
	t.Helper()
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), text)
}

func TestTheShellCompletesValues(t *testing.T) {
	for call, says := range map[string]string{
		"run --fault order.swap-3":          "order.swap-3-4\t",
		"run --requirement CARD-CREATE-1":   "CARD-CREATE-15\tThe checks run in a fixed order",
		"run --section car":                 "cards",
		"run --format json,jun":             "json,junit",
		"run --scenario card-order.pair/3/": "card-order.pair/3/4",
		"run --freedom C-15=":               "C-15=inactive\t",
		"load mix":                          "mixed\t",
		"explain cards-cr":                  "cards-create\t",
		"list fau":                          "faults",
		"mock --edition g":                  "guide",
		"selftest --group idem":             "idempotency",
	} {
		output, code := kobcheck(t, append([]string{"__complete"}, strings.Split(call, " ")...)...)
		require.Zero(t, code, output)
		require.Contains(t, output, says, call)
	}
}

func TestManualPagesAreOfEveryVerb(t *testing.T) {
	folder := t.TempDir()
	output, code := kobcheck(t, "man", "--out", folder)
	require.Zero(t, code, output)
	require.FileExists(t, filepath.Join(folder, "kobcheck-report-merge.1"))
	output, code = kobcheck(t, "man", "run")
	require.Zero(t, code)
	require.Contains(t, output, ".TH")
	require.Contains(t, output, "max-rps")
}

func TestTheVersionIsThatOfTheBuild(t *testing.T) {
	output, code := kobcheck(t, "--version")
	require.Zero(t, code)
	require.Regexp(t, `^kobcheck version \S+\n$`, output)
}
