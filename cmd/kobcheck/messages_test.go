package main

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	messages "github.com/cucumber/messages/go/v21"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/stretchr/testify/require"
)

// TestEveryScenarioIsInTheMessagesWithItsVerdict reads the messages of a run back and holds them to the run.
func TestEveryScenarioIsInTheMessagesWithItsVerdict(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	_, code := kobcheck(t, "run", "--section", "cards", "--fault", "order.swap-3-4", "--format", "json,messages", "--out", folder)
	require.Equal(t, evidence.ExitFailed, code)
	run := readRun(t, folder)
	from, err := os.Open(filepath.Join(folder, "messages.ndjson"))
	require.NoError(t, err)
	defer func() { require.NoError(t, from.Close()) }()
	pickles, tests, cases := map[string]string{}, map[string]string{}, map[string]string{}
	worst, attached := map[string]messages.TestStepResultStatus{}, 0
	rank := map[messages.TestStepResultStatus]int{messages.TestStepResultStatus_PASSED: 0, messages.TestStepResultStatus_SKIPPED: 1,
		messages.TestStepResultStatus_UNKNOWN: 2, messages.TestStepResultStatus_FAILED: 3}
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 8<<20)
	for lines.Scan() {
		var envelope messages.Envelope
		require.NoError(t, json.Unmarshal(lines.Bytes(), &envelope))
		switch {
		case envelope.Pickle != nil:
			pickles[envelope.Pickle.Id] = envelope.Pickle.Name
		case envelope.TestCase != nil:
			require.Contains(t, pickles, envelope.TestCase.PickleId)
			tests[envelope.TestCase.Id] = pickles[envelope.TestCase.PickleId]
		case envelope.TestCaseStarted != nil:
			require.Contains(t, tests, envelope.TestCaseStarted.TestCaseId)
			cases[envelope.TestCaseStarted.Id] = envelope.TestCaseStarted.TestCaseId
		case envelope.TestStepFinished != nil:
			id, status := envelope.TestStepFinished.TestCaseStartedId, envelope.TestStepFinished.TestStepResult.Status
			if before, there := worst[id]; !there || rank[status] > rank[before] {
				worst[id] = status
			}
		case envelope.Attachment != nil:
			attached++
		case envelope.TestRunFinished != nil:
			require.False(t, envelope.TestRunFinished.Success)
		}
	}
	require.NoError(t, lines.Err())
	require.Len(t, cases, len(run.Scenarios))
	count := map[messages.TestStepResultStatus]int{}
	for _, status := range worst {
		count[status]++
	}
	s := run.Summary.Scenarios
	require.Equal(t, s.Passed+s.Advisory, count[messages.TestStepResultStatus_PASSED])
	require.Equal(t, s.Failed, count[messages.TestStepResultStatus_FAILED])
	require.Equal(t, s.NotTestable, count[messages.TestStepResultStatus_SKIPPED])
	require.Positive(t, attached, "what did not pass comes with its exchanges")
}

// renderMessages is what Cucumber's own HTML formatter takes to render messages.
const renderMessages = `import { CucumberHtmlStream } from "@cucumber/html-formatter";
import * as messages from "@cucumber/messages";
import { createReadStream, createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
const stream = new CucumberHtmlStream();
stream.pipe(createWriteStream(process.argv[3]));
for await (const line of createInterface({ input: createReadStream(process.argv[2]) })) {
  if (line) stream.write(messages.parseEnvelope(line));
}
stream.end();
`

func TestThePagesThatCucumbersOwnFormatterMakes(t *testing.T) {
	t.Parallel()
	ctx := browser(t)
	folder := t.TempDir()
	install := exec.Command("npm", "install", "--silent", "--no-audit", "--no-fund", "@cucumber/html-formatter@24.2.0",
		"@cucumber/messages@34.2.1")
	install.Dir = folder
	if output, err := install.CombinedOutput(); err != nil {
		t.Skipf("no npm here, so that Cucumber's own formatter can't be asked: %v %s", err, output)
	}
	require.NoError(t, os.WriteFile(filepath.Join(folder, "render.mjs"), []byte(renderMessages), 0o600))
	_, code := kobcheck(t, "run", "--section", "cards", "--fault", "order.swap-3-4", "--format", "json,messages", "--out", folder)
	require.Equal(t, evidence.ExitFailed, code)
	render := exec.Command("node", "render.mjs", "messages.ndjson", "cucumber.html")
	render.Dir = folder
	output, err := render.CombinedOutput()
	require.NoError(t, err, string(output))
	require.NoError(t, chromedp.Do(ctx, chromedp.Navigate(address(filepath.Join(folder, "cucumber.html")))))
	run := readRun(t, folder)
	seen := ""
	require.Eventually(t, func() bool {
		seen, err = chromedp.Run(ctx, chromedp.Evaluate[string](`document.body.innerText.replace(/\s+/g, " ")`))
		return err == nil && len(seen) > 200
	}, 30*time.Second, 100*time.Millisecond, "the formatter's page shows nothing")
	s := run.Summary.Scenarios
	require.Contains(t, seen, "PASSED "+strconv.Itoa(s.Passed+s.Advisory))
	require.Contains(t, seen, "FAILED "+strconv.Itoa(s.Failed))
	require.Contains(t, seen, "Feature: ")
}

// TestThePagesThatAllureMakes hands the results of a run to Allure's own generator, from npm, and reads its counts.
func TestThePagesThatAllureMakes(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	install := exec.Command("npm", "install", "--silent", "--no-audit", "--no-fund", "allure@3.18.0")
	install.Dir = folder
	if output, err := install.CombinedOutput(); err != nil {
		t.Skipf("no npm here, so that Allure can't be asked: %v %s", err, output)
	}
	_, code := kobcheck(t, "run", "--section", "cards", "--fault", "order.swap-3-4", "--format", "json,allure", "--out", folder)
	require.Equal(t, evidence.ExitFailed, code)
	generate := exec.Command("npx", "allure", "generate", "allure-results", "-o", "site")
	generate.Dir = folder
	output, err := generate.CombinedOutput()
	require.NoError(t, err, string(output))
	text, err := os.ReadFile(filepath.Join(folder, "site", "summary.json"))
	require.NoError(t, err)
	var summary struct {
		Stats map[string]int `json:"stats"`
	}
	require.NoError(t, json.Unmarshal(text, &summary))
	s := readRun(t, folder).Summary.Scenarios
	require.Equal(t, s.Total, summary.Stats["total"])
	require.Equal(t, s.Passed+s.Advisory, summary.Stats["passed"])
	require.Equal(t, s.Failed, summary.Stats["failed"])
	require.Equal(t, s.NotTestable, summary.Stats["skipped"])
}
