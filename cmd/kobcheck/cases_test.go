package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/steps/stage/sample"
)

// change is done to an answer on its way from a mock that conforms.
type change func(answer *httptest.ResponseRecorder, r *http.Request)

// altered lets a change be made to every answer.
func altered(alter change) func(http.Handler) http.Handler {
	return func(api http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			answer := httptest.NewRecorder()
			api.ServeHTTP(answer, r)
			alter(answer, r)
			for name, values := range answer.Header() {
				w.Header()[name] = values
			}
			w.Header().Del("Content-Length")
			w.WriteHeader(answer.Code)
			_, _ = w.Write(answer.Body.Bytes())
		})
	}
}

// put makes another answer of one.
func put(answer *httptest.ResponseRecorder, status int, media, body string) {
	answer.Code, answer.Body = status, bytes.NewBufferString(body)
	answer.Header().Set("Content-Type", media)
}

// rewritten changes the bodies of the API's own answers.
func rewritten(with func(body []byte) []byte) change {
	return func(answer *httptest.ResponseRecorder, r *http.Request) {
		if !isTokenCall(r) {
			answer.Body = bytes.NewBuffer(with(answer.Body.Bytes()))
		}
	}
}

// counted hands the number of each answer of the API itself to a change.
func counted(alter func(n int64, answer *httptest.ResponseRecorder)) change {
	var n atomic.Int64
	return func(answer *httptest.ResponseRecorder, r *http.Request) {
		if !isTokenCall(r) {
			alter(n.Add(1), answer)
		}
	}
}

func edge(status int) change {
	return counted(func(n int64, answer *httptest.ResponseRecorder) {
		if n%2 == 0 {
			put(answer, status, "text/html", fmt.Sprintf("<html><title>%d</title></html>", status))
		}
	})
}

// fieldCase is what somebody met in the field, with a tool of this kind: what stands between, or is odd in the target
// file, and what a run has to make of it.
type fieldCase struct {
	name   string
	alter  change
	target func(t *testing.T, path string)
	call   string
	code   int
	// says stands in what is printed, never does not.
	says, never string
}

var time3339 = regexp.MustCompile(`"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d(?:\.\d+)?)Z"`)

func lowerCase(with string) change {
	return rewritten(func(body []byte) []byte { return time3339.ReplaceAll(body, []byte(with)) })
}

// many makes a list of wallets as long as that of a target that was tested every night for a month.
func many(answer *httptest.ResponseRecorder, r *http.Request) {
	body := answer.Body.Bytes()
	if r.Method != http.MethodGet || !strings.HasSuffix(r.URL.Path, "/wallets") || !bytes.HasPrefix(body, []byte("[{")) {
		return
	}
	one, id := gjson.GetBytes(body, "0").Raw, gjson.GetBytes(body, "0.id").String()
	all := bytes.NewBuffer(bytes.TrimSuffix(body, []byte("]")))
	for range 20_500 {
		all.WriteString("," + strings.ReplaceAll(one, id, uuid.NewString()))
	}
	put(answer, http.StatusOK, "application/json", all.String()+"]")
}

// clockAhead is an API whose clock is ten minutes ahead, and who says with a date when it may be asked again.
func clockAhead() change {
	const off = 10 * time.Minute
	return counted(func(n int64, answer *httptest.ResponseRecorder) {
		theirs := time.Now().Add(off).UTC()
		answer.Header().Set("Date", theirs.Format(http.TimeFormat))
		if n == 3 {
			put(answer, http.StatusTooManyRequests, "application/json", `{"message":"Too Many Requests"}`)
			answer.Header().Set("Retry-After", theirs.Add(time.Second).Format(http.TimeFormat))
		}
	})
}

// early is an API that refuses some of the first requests for their pace, and none after.
func early() change {
	return counted(func(n int64, answer *httptest.ResponseRecorder) {
		if n <= 48 && n%12 == 0 {
			put(answer, http.StatusTooManyRequests, "application/json", `{"message":"Too Many Requests"}`)
			answer.Header().Set("Retry-After", "0")
		}
	})
}

// asLocalhost names the mock by the name of this machine in place of its number.
func asLocalhost(t *testing.T, path string) {
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, bytes.ReplaceAll(data, []byte("127.0.0.1"), []byte("localhost")), 0o600))
}

func secretOfPrimary(secret string) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		_, after, _ := strings.Cut(string(data), "primary:")
		_, after, _ = strings.Cut(after, "secret_file: ")
		file, _, _ := strings.Cut(after, "\n")
		kept, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(secret, "$", string(kept))), 0o600))
	}
}

func fieldCases(t *testing.T) []fieldCase {
	const clients, cards = "run --section clients", "run --scenario cards-get.success,cards-list.success,cards-create.created"
	return []fieldCase{
		{name: "01 secret rotated", target: secretOfPrimary("rotated-away-0815"), call: "run --section card_programs", code: 4,
			says: "invalid_client", never: "FAILED"},
		{name: "03 edge answers 403 with a page", alter: func(answer *httptest.ResponseRecorder, _ *http.Request) {
			put(answer, http.StatusForbidden, "text/html", "<html><title>403 Forbidden</title></html>")
		}, call: clients, code: 4, says: `403 with the HTML page "403 Forbidden"`, never: "FAILED"},
		{name: "05 redirect to https", alter: func(answer *httptest.ResponseRecorder, r *http.Request) {
			put(answer, http.StatusMovedPermanently, "text/html", "")
			answer.Header().Set("Location", "https://"+r.Host+r.URL.Path)
		}, call: clients, code: 4, says: "begin with https", never: "FAILED"},
		{name: "06 522", alter: edge(522), call: clients, code: 4, says: "a gateway answered 522", never: "FAILED"},
		{name: "07 520", alter: edge(520), call: clients, code: 4, says: "a gateway answered 520", never: "FAILED"},
		{name: "09 a 504 within a burst", alter: counted(func(n int64, answer *httptest.ResponseRecorder) {
			if n == 6 || n == 16 || n == 26 {
				put(answer, http.StatusGatewayTimeout, "application/json", `{"message":"Endpoint request timed out"}`)
			}
		}), call: "run --scenario rate.ordinary-use,rate.small-spike --concurrency 1", code: 4,
			says: "a gateway answered 504", never: "To read"},
		{name: "11 two challenges", alter: func(answer *httptest.ResponseRecorder, r *http.Request) {
			if answer.Code == http.StatusUnauthorized && !isTokenCall(r) {
				answer.Header()["Www-Authenticate"] = append([]string{`Basic realm="edge"`}, answer.Header()["Www-Authenticate"]...)
			}
		}, call: "run --requirement STD-03", never: "To read"},
		{name: "13 Cache-Control on two lines", alter: func(answer *httptest.ResponseRecorder, r *http.Request) {
			if isTokenCall(r) {
				answer.Header()["Cache-Control"] = append([]string{"no-cache"}, answer.Header()["Cache-Control"]...)
			}
		}, call: "run --requirement STD-15", never: "To read"},
		{name: "14 a list of 20500", alter: many, call: "run --scenario wallets-list.success", says: "1 = 1 passed"},
		{name: "16 z", alter: lowerCase(`"${1}T${2}z"`), call: cards, never: "To read"},
		{name: "17 t", alter: lowerCase(`"${1}t${2}Z"`), call: cards, never: "To read"},
		{name: "19 a secret that ends in a line feed", target: secretOfPrimary("$\r\n"), call: clients, says: "none broke a gated requirement"},
		{name: "21 a byte order mark", target: func(t *testing.T, path string) {
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(path, append([]byte("\ufeff"), data...), 0o600))
		}, call: clients, says: "none broke a gated requirement"},
		{name: "23 an id with a zero in front", target: func(t *testing.T, path string) {
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			id := regexp.MustCompile(`id: \S+`).Find(data)
			rewrite(t, path, string(id), "id: 012345670123")
		}, call: "doctor", code: 2, says: `write it in quotes: "012345670123"`},
		{name: "25 a folder that can't be made", call: clients + " --out /dev/null/reports", code: 2, says: "choose another folder"},
		{name: "28 public_url with a path", target: func(t *testing.T, path string) {
			at := free(t)
			rewrite(t, path, "webhooks:\n", "webhooks:\n  listen: "+at+"\n  public_url: http://"+at+"/kobcheck/nightly\n")
		}, call: "run --section webhooks", never: "not testable"},
		{name: "30 messages signed at another port", target: func(t *testing.T, path string) {
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			rewrite(t, path, string(regexp.MustCompile(`\n +sender: \S+`).Find(data)), "")
		}, call: "run --section webhooks", never: "FAILED"},
		{name: "31 localhost", target: asLocalhost, call: "run --section webhooks", never: "not testable"},
		{name: "31 localhost, looked at", target: asLocalhost, call: "doctor", says: "fine webhooks"},
		{name: "33 Retry-After of a clock ahead", alter: clockAhead(), call: clients + " --timeout 20s --concurrency 1"},
		{name: "36 base_url with a query", target: func(t *testing.T, path string) {
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			address := regexp.MustCompile(`base_url: \S+`).Find(data)
			rewrite(t, path, string(address), string(address)+"?x=1")
		}, call: clients, code: 2, says: "has a query (?)"},
		{name: "40 a secret that is a word", target: secretOfPrimary("wallet"), call: clients, code: 2, says: "it reads like an ordinary word"},
		{name: "42 another normal form of Unicode", alter: rewritten(func(body []byte) []byte {
			return []byte(strings.NewReplacer("ë", "e\u0308", "Ø", "O\u0338", "å", "a\u030a").Replace(string(body)))
		}), call: "run --requirement META-11", code: 1,
			says: `Zoe\u0308`},
		{name: "43 expires_in as a text", alter: func(answer *httptest.ResponseRecorder, r *http.Request) {
			if isTokenCall(r) {
				put(answer, answer.Code, "application/json", regexp.MustCompile(`"expires_in": ?(\d+)`).
					ReplaceAllString(answer.Body.String(), `"expires_in":"$1"`))
			}
		}, call: "run --scenario token.expires-in,token.jwt", says: `expected a number, was "3600"`, never: "was 0"},
		{name: "46 a few 429 early", alter: early(), call: "run --section card_programs", never: "too high for this target"},
	}
}

func TestWhatOthersMetInTheFieldIsTakenForWhatItIs(t *testing.T) {
	t.Parallel()
	for _, c := range sample.Of(t, fieldCases(t), 2) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			alter := c.alter
			if alter == nil {
				alter = func(*httptest.ResponseRecorder, *http.Request) {}
			}
			path := behind(t, mock.Options{}, altered(alter))
			if c.target != nil {
				c.target(t, path)
			}
			arguments := append(strings.Fields(c.call), "--config", path)
			if strings.HasPrefix(c.call, "run") && !strings.Contains(c.call, "--out") {
				arguments = append(arguments, "--out", filepath.Join(t.TempDir(), "out"), "--patience", "0s")
			}
			output, code := kobcheck(t, arguments...)
			require.Equal(t, c.code, code, output)
			require.Contains(t, flat(output), c.says)
			if c.never != "" {
				require.NotContains(t, output, c.never)
			}
		})
	}
}
