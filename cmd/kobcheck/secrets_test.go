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
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/format"
	"github.com/kobcheck/kobcheck/schemas/redact"
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
	return behind(t, mock.Options{}, altered(func(answer *httptest.ResponseRecorder, r *http.Request) { (*change.Load())(answer, r) }))
}

// TestAPlantedSecretLeavesNoVerb draws spellings and places of a secret, and looks for it in all that each verb
// prints and writes.
func TestAPlantedSecretLeavesNoVerb(t *testing.T) {
	t.Parallel()
	const draws = 8
	var change atomic.Pointer[func(*httptest.ResponseRecorder, *http.Request)]
	path := spoilt(t, &change)
	file, err := target.Read(path, os.Getenv)
	require.NoError(t, err)
	secret := file.Target.Clients["primary"].Secret()
	knows := redact.New()
	knows.Add(secret, "[planted]")
	look := func(what string, data []byte) {
		require.Empty(t, knows.Find(data), "%s holds the secret:\n%s", what, data)
	}
	for range draws {
		spelling := slices.Sorted(maps.Keys(spelled))[rand.IntN(len(spelled))]
		place := slices.Sorted(maps.Keys(placed))[rand.IntN(len(placed))]
		tokens := rand.IntN(3) == 0
		name := fmt.Sprintf("%s in %s, tokens %v: ", spelling, place, tokens)
		put := func(answer *httptest.ResponseRecorder, r *http.Request) {
			if tokens || !strings.HasSuffix(r.URL.Path, "/token") {
				placed[place](answer, spelled[spelling](secret))
			}
		}
		change.Store(&put)
		require.NotEmpty(t, knows.Find([]byte(spelled[spelling](secret))), "what is planted can be found")
		folder := t.TempDir()
		output, _ := kobcheck(t, "run", "--config", path, "--section", "card_programs", "--out", folder, "--format",
			strings.Join(format.All(), ","), "--patience", "0s")
		look(name+"run", []byte(output))
		for text, data := range written(t, folder, 0o640) {
			look(name+text, []byte(data))
		}
		run := filepath.Join(folder, "run.json")
		for _, verb := range [][]string{
			{"replay", run, "--curl"}, {"report", "har", run}, {"report", run, "--out", t.TempDir()}, {"explore", "--config", path, "--steps", "2"},
		} {
			output, _ := kobcheck(t, verb...)
			look(name+strings.Join(verb[:2], " "), []byte(output))
		}
	}
	output, _ := kobcheck(t, "doctor", "--config", path)
	look("doctor", []byte(output))
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
				"--steps", "2"},
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
