package bucket

import (
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// store is a small S3-compatible server: two objects a page, and an access key where one is asked for.
func store(t *testing.T, objects map[string]string, accessKey string) string {
	t.Helper()
	var mu sync.Mutex
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		signed := strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential="+accessKey+"/")
		if accessKey != "" && (!signed || r.Header.Get("X-Amz-Content-Sha256") == "" || r.Header.Get("X-Amz-Date") == "") {
			http.Error(w, "AccessDenied", http.StatusForbidden)
			return
		}
		key, inside := strings.CutPrefix(r.URL.Path, "/nights/")
		switch {
		case inside && key != "" && r.Method == http.MethodPut:
			body, err := io.ReadAll(r.Body)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			mu.Lock()
			objects[key] = unchunked(string(body))
			mu.Unlock()
			w.Header().Set("ETag", `"1"`)
			return
		case inside && key != "":
			text, there := objects[key]
			if !there {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Last-Modified", time.Unix(0, 0).UTC().Format(http.TimeFormat))
			w.Header().Set("ETag", `"1"`)
			_, _ = w.Write([]byte(text))
			return
		}
		var keys []string
		for name := range objects {
			if strings.HasPrefix(name, r.URL.Query().Get("prefix")) && name > r.URL.Query().Get("continuation-token") {
				keys = append(keys, name)
			}
		}
		slices.Sort(keys)
		more := len(keys) > 2
		keys = keys[:min(2, len(keys))]
		fmt.Fprint(w, "<ListBucketResult>")
		for _, name := range keys {
			fmt.Fprintf(w, "<Contents><Key>%s</Key><Size>1</Size></Contents>", name)
		}
		if more {
			fmt.Fprintf(w, "<IsTruncated>true</IsTruncated><NextContinuationToken>%s</NextContinuationToken>", keys[len(keys)-1])
		}
		fmt.Fprint(w, "</ListBucketResult>")
	}))
	t.Cleanup(server.Close)
	return "s3+" + server.URL + "/nights"
}

// unchunked takes the signatures of chunks out of a body that has them.
func unchunked(body string) string {
	head, rest, chunked := strings.Cut(body, "\r\n")
	size, _, signed := strings.Cut(head, ";chunk-signature=")
	n, err := strconv.ParseInt(size, 16, 32)
	if !chunked || !signed || err != nil || int(n) > len(rest) {
		return body
	}
	return rest[:n]
}

func fetch(t *testing.T, place, folder string, getenv func(string) string) error {
	t.Helper()
	b, err := At(place, getenv)
	if err != nil {
		return err
	}
	return b.Fetch(t.Context(), folder)
}

func TestTheNightsOfABucketAreFetched(t *testing.T) {
	objects := map[string]string{"staging/1/night.json": "one", "staging/1/run.json": "large", "staging/1/index.html": "x",
		"staging/2/run.json": "two", "staging/3/night.json": "three", "other/1/night.json": "other"}
	nobody := func(string) string { return "" }
	somebody := func(name string) string {
		return map[string]string{"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "not-a-secret"}[name]
	}
	for name, c := range map[string]struct {
		key    string
		getenv func(string) string
	}{"anonymously": {"", nobody}, "with credentials": {"AKIDEXAMPLE", somebody}} {
		t.Run(name, func(t *testing.T) {
			place := store(t, objects, c.key)
			require.True(t, Is(place))
			folder := t.TempDir()
			require.NoError(t, fetch(t, place+"/staging", folder, c.getenv))
			for path, want := range map[string]string{"staging/1/night.json": "one", "staging/2/run.json": "two", "staging/3/night.json": "three"} {
				text, err := os.ReadFile(filepath.Join(folder, path))
				require.NoError(t, err)
				require.Equal(t, want, string(text))
			}
			require.NoFileExists(t, filepath.Join(folder, "staging/1/run.json"), "a night.json is enough")
			require.NoFileExists(t, filepath.Join(folder, "staging/1/index.html"))
			require.NoDirExists(t, filepath.Join(folder, "other"))
		})
	}
	err := fetch(t, store(t, objects, "AKIDEXAMPLE"), t.TempDir(), nobody)
	require.ErrorContains(t, err, "403")
	require.ErrorContains(t, err, "AWS_ACCESS_KEY_ID")
	require.ErrorContains(t, fetch(t, store(t, nil, ""), t.TempDir(), nobody), "no night.json")
	require.ErrorContains(t, fetch(t, store(t, map[string]string{"../../evil/night.json": "x"}, ""), t.TempDir(), nobody), "leads out")
	require.ErrorContains(t, fetch(t, "s3+https://host", t.TempDir(), nobody), "s3+https://host/bucket/prefix")
	require.False(t, Is("nights/"))
}

func TestANightIsKeptAndFetchedAgain(t *testing.T) {
	objects := map[string]string{}
	night := t.TempDir()
	for name, text := range map[string]string{"night.json": `{"night_version":1}`, "issues/a.md": "# a", ".kobcheck-1/half": "x"} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(night, name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(night, name), []byte(text), 0o600))
	}
	somebody := func(name string) string {
		return map[string]string{"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "not-a-secret"}[name]
	}
	place := store(t, objects, "AKIDEXAMPLE") + "/staging/7"
	b, err := At(place, somebody)
	require.NoError(t, err)
	pushed, err := b.Push(t.Context(), night)
	require.NoError(t, err)
	require.Equal(t, 2, pushed)
	require.Equal(t, []string{"staging/7/issues/a.md", "staging/7/night.json"}, slices.Sorted(maps.Keys(objects)))
	folder := t.TempDir()
	require.NoError(t, b.Fetch(t.Context(), folder))
	text, err := os.ReadFile(filepath.Join(folder, "staging/7/night.json"))
	require.NoError(t, err)
	require.Equal(t, `{"night_version":1}`, string(text))
	_, err = b.Push(t.Context(), t.TempDir())
	require.ErrorContains(t, err, "no file")
	stranger, err := At(place, func(string) string { return "" })
	require.NoError(t, err)
	_, err = stranger.Push(t.Context(), night)
	require.ErrorContains(t, err, "403")
}

func TestOneObjectIsReadByItsAddress(t *testing.T) {
	t.Parallel()
	address := store(t, map[string]string{"run/0/load.json": "{}"}, "")
	at, err := At(address+"/run/0/load.json", func(string) string { return "" })
	require.NoError(t, err)
	object, err := at.Open(t.Context())
	require.NoError(t, err)
	text, err := io.ReadAll(object)
	require.NoError(t, err)
	require.Equal(t, "{}", string(text))
	require.NoError(t, object.Close())
	at, err = At(address+"/run/1/load.json", func(string) string { return "" })
	require.NoError(t, err)
	_, err = at.Open(t.Context())
	require.ErrorIs(t, err, fs.ErrNotExist, "a merge waits for it")
}
