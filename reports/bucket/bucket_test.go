package bucket

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// store is a small S3-compatible server: two objects a page, and an access key where one is asked for.
func store(t *testing.T, objects map[string]string, accessKey string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		signed := strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential="+accessKey+"/")
		if accessKey != "" && (!signed || r.Header.Get("X-Amz-Content-Sha256") == "" || r.Header.Get("X-Amz-Date") == "") {
			http.Error(w, "AccessDenied", http.StatusForbidden)
			return
		}
		key, inside := strings.CutPrefix(r.URL.Path, "/nights/")
		if inside && key != "" {
			if text, there := objects[key]; there {
				_, _ = w.Write([]byte(text))
				return
			}
			http.NotFound(w, r)
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

func TestTheNightsOfABucketAreFetched(t *testing.T) {
	objects := map[string]string{"staging/1/night.json": "one", "staging/1/run.json": "large", "staging/1/index.html": "x", "staging/2/run.json": "two", "staging/3/night.json": "three", "other/1/night.json": "other"}
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
			require.NoError(t, Fetch(t.Context(), place+"/staging", folder, c.getenv))
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
	err := Fetch(t.Context(), store(t, objects, "AKIDEXAMPLE"), t.TempDir(), nobody)
	require.ErrorContains(t, err, "403")
	require.ErrorContains(t, err, "AWS_ACCESS_KEY_ID")
	require.ErrorContains(t, Fetch(t.Context(), store(t, nil, ""), t.TempDir(), nobody), "no night.json")
	require.ErrorContains(t, Fetch(t.Context(), store(t, map[string]string{"../../evil/night.json": "x"}, ""), t.TempDir(), nobody), "leads out")
	require.ErrorContains(t, Fetch(t.Context(), "s3+https://host", t.TempDir(), nobody), "s3+https://host/bucket/prefix")
	require.False(t, Is("nights/"))
}
