package main

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/format"
	"github.com/kobcheck/kobcheck/schemas/redact"
	"github.com/kobcheck/kobcheck/steps/stage/sample"
)

// spelled are ways to write a secret; the table of schemas/redact has them all, these are the kinds.
var spelled = map[string]func(string) string{
	"plain":        func(s string) string { return s },
	"JSON escapes": func(s string) string { return fmt.Sprintf(`\u%04x`, s[0]) + s[1:] },
	"percents":     func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "-", "%2D") },
	"Base64":       func(s string) string { return base64.StdEncoding.EncodeToString([]byte("id:" + s)) },
	"hex":          func(s string) string { return hex.EncodeToString([]byte(s)) },
	"capitals":     strings.ToUpper,
}

// placed is where an API that is hostile or careless repeats a secret, by what changes its answer.
var placed = map[string]func(answer *httptest.ResponseRecorder, text string){
	"a member": func(answer *httptest.ResponseRecorder, text string) {
		if body, ok := strings.CutPrefix(answer.Body.String(), "{"); ok && len(body) > 2 {
			answer.Body.Reset()
			answer.Body.WriteString(`{"note":"` + text + `",` + body)
		}
	},
	"the name of a member": func(answer *httptest.ResponseRecorder, text string) {
		if body, ok := strings.CutPrefix(answer.Body.String(), "{"); ok && len(body) > 2 {
			answer.Body.Reset()
			answer.Body.WriteString(`{"` + text + `":1,` + body)
		}
	},
	"a header": func(answer *httptest.ResponseRecorder, text string) {
		answer.Header().Set("X-Note", text)
		answer.Header().Set("WWW-Authenticate", `Bearer error="`+text+`"`)
	},
	"an id": func(answer *httptest.ResponseRecorder, text string) {
		body := regexp.MustCompile(`"id":"[^"]*"`).ReplaceAllLiteralString(answer.Body.String(), `"id":"`+text+`"`)
		answer.Body.Reset()
		answer.Body.WriteString(body)
	},
	"a redirect": func(answer *httptest.ResponseRecorder, text string) {
		answer.Code = http.StatusFound
		answer.Header().Set("Location", "/elsewhere?note="+text)
	},
	"an error": func(answer *httptest.ResponseRecorder, text string) {
		answer.Code = http.StatusBadRequest
		answer.Body.Reset()
		answer.Body.WriteString(`{"error":"` + text + `","message":"bad secret ` + text + `"}`)
	},
	"a page": func(answer *httptest.ResponseRecorder, text string) {
		answer.Header().Set("Content-Type", "text/html")
		answer.Body.Reset()
		answer.Body.WriteString("<p>" + text + "</p>")
	},
}

// spoilt is a target whose answers are changed by what a test sets, those of the token endpoint too where it says so.
func spoilt(t *testing.T, change *atomic.Pointer[func(*httptest.ResponseRecorder, *http.Request)]) string {
	t.Helper()
	return behind(t, mock.Options{Seed: rand.Int64()}, altered(func(answer *httptest.ResponseRecorder, r *http.Request) { (*change.Load())(answer, r) }))
}

// repeating are calls of each verb that speaks with a target, or shows what a run saw of one; seldom those that take
// seconds. Config is the target file, seen the folder of a run, and to a folder of their own.
func repeating(config, seen, to string) (calls, seldom [][]string) {
	run := filepath.Join(seen, "run.json")
	return [][]string{
			{"book", run, "--out", to},
			{"explore", "--config", config, "--steps", "2", "--out", to},
			{"load", "merge", filepath.Join(to, "load.json"), "--out", to},
			{"openapi", "--examples", config},
			{"replay", run, "--curl"},
			{"replay", run, "--config", config, "--times", "1"},
			{"report", run, "--out", to},
			{"report", "compare", run, run},
			{"report", "har", run},
			{"report", "merge", run, "--out", to},
			{"report", "order", run},
			{"report", "trend", seen, "--out", to},
			{"tidy", "--config", config, seen},
		}, [][]string{
			{"doctor", "--config", config},
			{"drift", "--config", config, "--section", "card_programs", "--out", to},
			{"load", "idempotency", "--config", config, "--rate", "0.1", "--time", "0.1", "--canary", "0", "--out", to},
			{"selftest", "--upstream", upstreamOf(config), "--target", config, "--sample", "1", "--out", to},
		}
}

// silent are the verbs that have no answer of a target to repeat, and those that serve: what these print has tests of
// its own.
var silent = []string{"completion", "explain", "help", "lint", "list", "man", "mock", "mutate", "report push", "report serve", "run",
	"schema", "webhooks", "webhooks listen", "webhooks torment", "webhooks verify"}

// upstreamOf is the address of the API of a target file.
func upstreamOf(config string) string {
	text, _ := os.ReadFile(config) // a test that has it read it before
	return regexp.MustCompile(`base_url: (\S+)`).FindStringSubmatch(string(text))[1]
}

func TestAPlantedSecretIsLookedForInEveryVerb(t *testing.T) {
	t.Parallel()
	config := serve(t, mock.Options{})
	known := map[string]bool{}
	for _, one := range silent {
		known[one] = true
	}
	calls, seldom := repeating(config, "", "")
	for _, call := range append(calls, seldom...) {
		known[call[0]], known[strings.Join(call[:2], " ")] = true, true
	}
	var walk func(*cobra.Command)
	walk = func(command *cobra.Command) {
		name := strings.TrimPrefix(command.CommandPath(), "kobcheck ")
		if command.Runnable() && !command.HasParent() || strings.HasPrefix(name, "completion ") {
			return
		}
		require.True(t, !command.Runnable() || known[name], "%s: either a planted secret is looked for in it, or it is silent", name)
		for _, one := range command.Commands() {
			walk(one)
		}
	}
	for _, one := range newRoot().Commands() {
		walk(one)
	}
}

// planting is a secret in a spelling, or in all of them side by side, and where an API shows it.
type planting struct {
	spelling, place string
	tokens          bool
}

// every is the spelling of a planting that has them all.
const every = "every spelling"

// in is a secret as the planting writes it.
func (p planting) in(secret string) string {
	if p.spelling != every {
		return spelled[p.spelling](secret)
	}
	var all []string
	for _, spelling := range slices.Sorted(maps.Keys(spelled)) {
		all = append(all, spelled[spelling](secret))
	}
	return strings.Join(all, "~")
}

// plantings are one secret in each place, of answers alone and of those of the token endpoint too.
func plantings(spellings ...string) (all []planting) {
	for _, spelling := range spellings {
		for _, place := range slices.Sorted(maps.Keys(placed)) {
			all = append(all, planting{spelling, place, false}, planting{spelling, place, true})
		}
	}
	return all
}

// TestAPlantedSecretLeavesNoVerb plants a random secret in its spellings and places, and looks for it in all that each
// verb prints and writes: in all spellings at once in that of every verb, and in one alone in that of a run.
func TestAPlantedSecretLeavesNoVerb(t *testing.T) {
	t.Parallel()
	var change atomic.Pointer[func(*httptest.ResponseRecorder, *http.Request)]
	path := spoilt(t, &change)
	file, err := target.Read(path, os.Getenv)
	require.NoError(t, err)
	secret := file.Target.Clients["primary"].Secret()
	knows := redact.New()
	knows.Add(secret, "[planted]")
	outputs, files := 0, 0
	look := func(what string, data []byte) {
		if found := knows.Find(data); len(found) > 0 {
			for spelling, spell := range spelled {
				require.NotContains(t, string(data), spell(secret), "%s holds the secret: %s", what, spelling)
			}
			require.Empty(t, found, "%s holds the secret:\n%s", what, data)
		}
	}
	call := func(name string, folder string, call ...string) {
		output, _ := kobcheck(t, call...)
		look(name+strings.Join(call[:2], " "), []byte(output))
		outputs++
		for text, data := range written(t, folder, 0o640) {
			look(name+call[0]+" "+text, []byte(data))
			files++
		}
	}
	plant := func(one planting) (name, seen string) {
		name, seen = fmt.Sprintf("%s in %s, tokens %v: ", one.spelling, one.place, one.tokens), t.TempDir()
		text := one.in(secret)
		put := func(answer *httptest.ResponseRecorder, r *http.Request) {
			if one.tokens || !strings.HasSuffix(r.URL.Path, "/token") {
				placed[one.place](answer, text)
			}
		}
		change.Store(&put)
		require.NotEmpty(t, knows.Find([]byte(text)), "what is planted can be found")
		call(name, seen, "run", "--config", path, "--section", "card_programs", "--out", seen, "--format", strings.Join(format.All(), ","),
			"--patience", "0s")
		return name, seen
	}
	alone, together := sample.Of(t, plantings(slices.Sorted(maps.Keys(spelled))...), 24), sample.Of(t, plantings(every), 14)
	for _, one := range alone {
		plant(one)
	}
	for _, one := range together {
		name, seen := plant(one)
		to := t.TempDir()
		calls, seldom := repeating(path, seen, to)
		for _, one := range slices.Concat(seldom, calls) {
			call(name, to, one...)
		}
	}
	t.Logf("%d plantings of one spelling, %d of all: %d outputs and %d files without the secret", len(alone), len(together), outputs, files)
}

func TestNoTextFromOutsideSteersATerminalOrAPipeline(t *testing.T) {
	t.Parallel()
	const hostile = `\u001b]0;PWNED\u0007\u001b[31m\n##vso[task.setvariable variable=A]1\n::stop-commands::x\n##[error]x ##teamcity[x] \u202e \u009b2J`
	var change atomic.Pointer[func(*httptest.ResponseRecorder, *http.Request)]
	path := spoilt(t, &change)
	steers := regexp.MustCompile("[\x00-\x08\x0b-\x1f\x7f\u0080-\u009f\u202a-\u202e]|##vso\\[|##\\[|##teamcity|(?m)^\\s*::")
	for _, tokens := range []bool{false, true} {
		put := func(answer *httptest.ResponseRecorder, r *http.Request) {
			if tokens == strings.HasSuffix(r.URL.Path, "/token") {
				placed["an error"](answer, hostile)
			}
		}
		change.Store(&put)
		for _, verb := range [][]string{
			{"run", "--config", path, "--section", "card_programs", "--out", t.TempDir(), "--patience", "0s"}, {"explore", "--config", path,
				"--steps", "2", "--out", t.TempDir()}, {"load", "mixed", "--config", path, "--time", "0.1", "--canary", "0", "--out", t.TempDir()},
			{"doctor", "--config", path},
		} {
			output, _ := kobcheck(t, verb...)
			require.NotRegexp(t, steers, output, verb[0])
		}
	}
	delivery := keptIn(t, `{"Type":"SubscriptionConfirmation","MessageId":"`+hostile+`","Token":"tok-SNS-0123456789abcdef","TopicArn":"x","Message":"\ndelivery verifies\n",`+
		`"SubscribeURL":"http://127.0.0.1:1/?Token=tok-SNS-0123456789abcdef'; touch /tmp/x; echo '","Timestamp":"x","SignatureVersion":"1","Signature":"AA==","SigningCertURL":"https://x.test/x.pem"}`)
	output, code := kobcheck(t, "webhooks", "verify", delivery)
	require.Equal(t, evidence.ExitFailed, code)
	require.NotRegexp(t, steers, output)
	require.NotContains(t, output, "tok-SNS-0123456789abcdef")
	require.NotRegexp(t, `(?m)^\s*delivery verifies`, output)
}

// TestWhatFollowsAnAnswerIsNotLogged has an API send more than it announces: net/http would log it as it came.
func TestWhatFollowsAnAnswerIsNotLogged(t *testing.T) {
	t.Parallel()
	binary, err := program()
	require.NoError(t, err)
	config := environment(t, nil, nil, say("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"+
		"the-secret-of-the-bad-target"), secured{})
	output, err := exec.Command(binary, "run", "--config", config, "--section", "card_programs", "--out", t.TempDir()).CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(output), "card_programs")
	require.NotContains(t, string(output), "the-secret-of-the-bad-target")
	require.NotContains(t, string(output), "Unsolicited")
}

func TestASecretThatCanNotBeToldApartIsRefusedAtTheStart(t *testing.T) {
	t.Parallel()
	path := serve(t, mock.Options{})
	file, err := target.Read(path, os.Getenv)
	require.NoError(t, err)
	rewrite(t, path, file.Target.Clients["second"].SecretFile, keptIn(t, "wallet"))
	output, code := kobcheck(t, "run", "--config", path, "--out", t.TempDir(), "--requirement", "CARD-GET-02")
	require.Equal(t, evidence.ExitUsage, code, output)
	require.Contains(t, output, "the secret of target.clients.second can't be told apart in a report: it reads like an ordinary word")
	output, code = kobcheck(t, "run", "--config", path, "--out", t.TempDir(), "--requirement", "CARD-GET-02", "--allow-weak-secrets")
	require.Zero(t, code, output)
	require.NotContains(t, output, "SECOND_SECRET")
}
