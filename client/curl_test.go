package client

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// oddities are requests that a shell could spoil.
func oddities() map[string]Request {
	id := map[string]string{"id": "1"}
	return map[string]Request{
		"an ordinary body":              {Path: id, Body: map[string]any{"remarks": "x"}},
		"quotes and dollars":            {Path: id, RawBody: []byte(`{"a":"it's \"5\" $HOME ` + "`id`" + ` \\n !! $(id)"}`)},
		"empty strings":                 {Path: id, RawBody: []byte(`{"a":"","b":''}`)},
		"lines":                         {Path: id, RawBody: []byte("a\nb\r\n\n")},
		"a body that names a file":      {Path: id, RawBody: []byte("@/etc/hostname")},
		"bytes that are no text":        {Path: id, RawBody: []byte("\xff\xfe%d\\'\x00\x01end")},
		"no body":                       {Path: id},
		"no headers of ours":            {Path: id, Without: []string{"Accept", "Content-Type"}, RawBody: []byte("x")},
		"an empty header":               {Path: id, Header: http.Header{"idempotency-key": {""}}},
		"brackets and dots in the path": {RawPath: "/a/../[1-3]/{x,y}/%2e?z='1'&q=%24TOKEN"},
		"an odd query":                  {Path: id, Query: url.Values{"from": {"2026-01-14T00:00:00+11:00"}, "x": {"'\"`$"}}},
		"another method":                {Path: id, Method: "PURGE"},
		"a head":                        {Path: id, Method: "HEAD"},
		"a form with the secret":        {Path: id, Authorization: new(string), Form: url.Values{"grant_type": {"client_credentials"}, "client_secret": {primarySecret}, "note": {"a b+c&d"}}},
		"two values of a header":        {Path: id, Header: http.Header{"X-Two": {"a", "b"}}},
	}
}

// The line is given to a shell whose curl is a function that prints its arguments, so that the quoting
// is proved on a machine without curl.
func TestTheShellReadsTheCurlLineAsItWasMeant(t *testing.T) {
	a := newAPI(t)
	c := newClient(t, a)
	for name, request := range oddities() {
		t.Run(name, func(t *testing.T) {
			exchange, err := c.Do(context.Background(), operation(t, "cards-generate-secret"), request)
			require.NoError(t, err)
			line := exchange.Record().Curl
			assert.NotContains(t, line, "access-token-primary-id")
			assert.NotContains(t, line, primarySecret)
			arguments, piped := shellArguments(t, line)
			if request.Form == nil {
				assert.Equal(t, "Authorization: Bearer access-token-primary-id", piped[0])
			}
			sent := exchange.Request()
			assert.Contains(t, arguments, sent.URL)
			switch bodies := valuesAfter(arguments, "--data-raw"); {
			case request.Form != nil:
				assert.Equal(t, []string{"client_secret@-", "grant_type=client_credentials", "note=a b+c&d"}, valuesAfter(arguments, "--data-urlencode"))
				assert.Equal(t, primarySecret, piped[0])
			case len(sent.Body) == 0:
				assert.Empty(t, bodies)
			case len(bodies) == 0:
				assert.Equal(t, string(sent.Body), piped[1])
			default:
				assert.Equal(t, []string{string(sent.Body)}, bodies)
			}
		})
	}
}

// shellArguments returns the arguments that curl gets, and what it gets to read: its standard input and the file BODY.
func shellArguments(t *testing.T, line string) (arguments []string, piped [2]string) {
	t.Helper()
	folder := t.TempDir()
	shell(t, "cd "+folder+"\n"+`curl() { cat >IN; for a in "$@"; do printf '%s\0' "$a"; done >ARGUMENTS; }`+"\n"+line+"\n")
	for i, name := range []string{"IN", "BODY"} {
		if data, err := os.ReadFile(filepath.Join(folder, name)); err == nil {
			piped[i] = string(data)
		}
	}
	data, err := os.ReadFile(filepath.Join(folder, "ARGUMENTS"))
	require.NoError(t, err)
	return strings.Split(strings.TrimSuffix(string(data), "\x00"), "\x00"), piped
}

func valuesAfter(arguments []string, flag string) []string {
	var values []string
	for i, argument := range arguments {
		if argument == flag && i+1 < len(arguments) {
			values = append(values, arguments[i+1])
		}
	}
	return values
}

func shell(t *testing.T, script string) []byte {
	t.Helper()
	command := exec.Command("sh", "-c", script)
	command.Dir = t.TempDir()
	command.Env = append(command.Environ(), "TOKEN=access-token-primary-id", "KOBCHECK_PRIMARY_SECRET="+primarySecret)
	var problems bytes.Buffer
	command.Stderr = &problems
	output, err := command.Output()
	require.NoError(t, err, problems.String())
	return output
}

// Where there is a curl, the server has to get the very same request again.
func TestTheCurlLineSendsTheSameRequestAgain(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Log("there is no curl here; the test of the shell's reading covers the line")
		return
	}
	for name, request := range oddities() {
		t.Run(name, func(t *testing.T) {
			a := newAPI(t)
			exchange, err := newClient(t, a).Do(context.Background(), operation(t, "cards-generate-secret"), request)
			require.NoError(t, err)
			shell(t, exchange.Record().Curl)
			calls := a.calls()
			require.Len(t, calls, 2)
			for _, call := range calls {
				for _, name := range []string{"User-Agent", "Traceparent", "X-Kobcheck-Run"} {
					call.Header.Del(name)
				}
			}
			if request.Form != nil { // curl has its own order and its own choice of escapes
				first, err := url.ParseQuery(calls[0].Body)
				require.NoError(t, err)
				again, err := url.ParseQuery(calls[1].Body)
				require.NoError(t, err)
				require.Equal(t, first, again)
				calls[1].Body = calls[0].Body
				calls[1].Header.Set("Content-Length", calls[0].Header.Get("Content-Length"))
			}
			if calls[0].Body == "" { // net/http announces an empty body of a POST, curl does not
				calls[0].Header.Del("Content-Length")
			}
			assert.Equal(t, calls[0], calls[1])
		})
	}
}

func TestABodyTooLongForACurlLineIsNamed(t *testing.T) {
	a := newAPI(t)
	exchange, err := newClient(t, a).Do(context.Background(), operation(t, "cards-create"), Request{RawBody: bytes.Repeat([]byte("x"), evidence.BodyBound+1)})
	require.NoError(t, err)
	line := exchange.Record().Curl
	assert.Less(t, len(line), 1000)
	assert.Contains(t, line, "--data-binary @BODY # the body of 8193 bytes")
}
