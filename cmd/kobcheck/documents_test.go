package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/mock"
)

// figures of a run differ from one to the next, and so do its name and where its report is.
var figures = regexp.MustCompile(`[0-9][0-9.]* (requests|evaluated|for each)|, [0-9.]+ kinds|run  +\S+, seed \d+, [0-9.]+ s|report +\S+`)

// TestTheReadmeShowsARunAsItIs holds the block of the README to a run; -update writes it anew.
func TestTheReadmeShowsARunAsItIs(t *testing.T) {
	t.Parallel()
	const readme, start = "../../README.md", "mock conforms: "
	run := wholeRuns[mock.Plain](t)
	require.Zero(t, run.code, run.output)
	_, said, found := strings.Cut(run.output, start)
	require.True(t, found, run.output)
	said = start + strings.TrimSpace(said)
	text, err := os.ReadFile(readme)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(text), "```\n"+start)
	require.True(t, found)
	shown, after, _ := strings.Cut(start+rest, "\n```")
	if *update {
		said = regexp.MustCompile(`report +\S+`).ReplaceAllString(said, "report        reports/out/index.html")
		require.NoError(t, os.WriteFile(readme, []byte(before+"```\n"+said+"\n```"+after), 0o600))
		return
	}
	require.Equal(t, figures.ReplaceAllString(said, "N"), figures.ReplaceAllString(shown, "N"), "-update writes the README's block anew")
}

// TestEveryCommandOfTheDocumentsIsOne holds the command lines in code blocks of README and docs against the verbs and
// flags that there are, and reads the YAML among them.
func TestEveryCommandOfTheDocumentsIsOne(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("../../docs/*.md")
	require.NoError(t, err)
	block := regexp.MustCompile("(?s)```(\\w+)\n(.*?)\n```")
	command := regexp.MustCompile(`(?m)(?:^|- |'|arguments: |\| )(?:kobcheck (.*?)|(run --.*?))(?: *[|>#'&)].*)?$`)
	checked := 0
	for _, path := range append(paths, "../../README.md", "../../CONTRIBUTING.md") {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, found := range block.FindAllStringSubmatch(string(text), -1) {
			if found[1] == "yaml" {
				var document any
				require.NoError(t, yaml.Unmarshal([]byte(found[2]), &document), "%s: %s", path, found[2])
			}
			for _, line := range command.FindAllStringSubmatch(found[2], -1) {
				if words := strings.Fields(line[1] + line[2]); len(words) > 0 {
					calls(t, words)
					checked++
				}
			}
		}
	}
	require.Greater(t, checked, 12)
}

// TestTheActionEndsAsTheRunDoes performs the step of the GitHub action with the program as it is built here.
func TestTheActionEndsAsTheRunDoes(t *testing.T) {
	t.Parallel()
	binary, err := program()
	require.NoError(t, err)
	folder := filepath.Dir(filepath.Dir(binary))
	script, err := filepath.Abs("../../.github/actions/kobcheck/run.sh")
	require.NoError(t, err)
	for arguments, want := range map[string]string{
		"run --section clients":                                   "0",
		"run --requirement CARD-CREATE-15 --fault order.swap-3-4": "1",
		"run --no-such-flag":                                      "2",
	} {
		at := t.TempDir()
		step := exec.Command("bash", script)
		step.Dir = at
		step.Env = append(os.Environ(), "ARGUMENTS="+arguments, "OUT=reports", "RUNNER_TEMP="+folder,
			"GITHUB_OUTPUT="+filepath.Join(at, "output"), "GITHUB_STEP_SUMMARY="+filepath.Join(at, "summary"))
		said, err := step.CombinedOutput()
		code := "0"
		var ended *exec.ExitError
		if err != nil {
			require.ErrorAs(t, err, &ended, string(said))
			code = strings.TrimPrefix(ended.String(), "exit status ")
		}
		require.Equal(t, want, code, "%s: %s", arguments, said)
		output, err := os.ReadFile(filepath.Join(at, "output"))
		require.NoError(t, err)
		require.Equal(t, "exit-code="+want+"\n", string(output))
		if want == "1" {
			require.Contains(t, string(said), "::error ")
		}
		if want != "2" {
			require.FileExists(t, filepath.Join(at, "summary"))
			require.FileExists(t, filepath.Join(at, "reports", "junit.xml"))
		}
	}
	var action struct {
		Runs struct {
			Using string
			Steps []map[string]any
		}
	}
	text, err := os.ReadFile("../../.github/actions/kobcheck/action.yml")
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(text, &action))
	require.Equal(t, "composite", action.Runs.Using)
	require.Len(t, action.Runs.Steps, 4)
}
