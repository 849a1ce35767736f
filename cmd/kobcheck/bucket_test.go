package main

import (
	"encoding/json"
	"io"
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

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// objects is a bucket: what it holds by key, behind a server that speaks as much of S3 as is needed.
type objects struct {
	mu sync.Mutex
	by map[string]string
}

// bucketOf serves objects and returns the address of a place below them.
func bucketOf(t *testing.T) (*objects, string) {
	t.Helper()
	held := &objects{by: map[string]string{}}
	server := httptest.NewServer(held)
	t.Cleanup(server.Close)
	return held, "s3+" + server.URL + "/loads/run-1"
}

func (o *objects) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	key := strings.TrimPrefix(r.URL.Path, "/loads/")
	text, there := o.by[key]
	switch {
	case r.Method == http.MethodPut:
		body, _ := io.ReadAll(r.Body)
		o.by[key] = unsigned(string(body))
	case r.URL.Query().Get("list-type") != "":
		keys := slices.Sorted(maps.Keys(o.by))
		_, _ = io.WriteString(w, "<ListBucketResult>")
		for _, one := range keys {
			if strings.HasPrefix(one, r.URL.Query().Get("prefix")) {
				_, _ = io.WriteString(w, "<Contents><Key>"+one+"</Key><Size>1</Size></Contents>")
			}
		}
		_, _ = io.WriteString(w, "</ListBucketResult>")
	case !there:
		http.NotFound(w, r)
	default:
		w.Header().Set("Last-Modified", time.Unix(0, 0).UTC().Format(http.TimeFormat))
		http.ServeContent(w, r, "", time.Unix(0, 0), strings.NewReader(text))
	}
}

// unsigned is a body without the signatures of its chunks.
func unsigned(body string) string {
	var whole strings.Builder
	for {
		head, rest, found := strings.Cut(body, "\r\n")
		size, _, signed := strings.Cut(head, ";chunk-signature=")
		n, err := strconv.ParseInt(size, 16, 32)
		if !found || !signed || err != nil || n == 0 {
			if whole.Len() == 0 {
				return body
			}
			return whole.String()
		}
		whole.WriteString(rest[:n])
		body = strings.TrimPrefix(rest[n:], "\r\n")
	}
}

func (o *objects) load(t *testing.T, key string) *reports.LoadRun {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	var result reports.LoadRun
	require.NoError(t, json.Unmarshal([]byte(o.by[key]), &result))
	return &result
}

func TestShardsMeetInABucketAndAreMergedThere(t *testing.T) {
	t.Parallel()
	held, place := bucketOf(t)
	shard := func(index string) (string, int) {
		return kobcheck(t, "load", "mixed", "--seed", "7", "--time", "0.05", "--shard", index+"of2", "--meet", place+"/meeting",
			"--out", place+"/"+index)
	}
	merge := func(more ...string) (string, int) {
		return kobcheck(t, append([]string{"load", "merge", "--wait", "1m", place + "/0/load.json", place + "/1/load.json", "--out",
			place + "/merged"}, more...)...)
	}
	var all sync.WaitGroup
	for _, index := range []string{"0", "1"} {
		all.Go(func() {
			output, code := shard(index)
			require.Zero(t, code, output)
			require.Contains(t, output, place+"/"+index+"/load.html", "it says where the report is kept")
		})
	}
	var verdict string
	all.Go(func() { verdict, _ = merge() })
	all.Wait()
	whole := held.load(t, "run-1/merged/load.json").Plans[0]
	require.Equal(t, held.load(t, "run-1/0/load.json").Plans[0].Due+held.load(t, "run-1/1/load.json").Plans[0].Due, whole.Due, verdict)

	output, code := shard("1")
	require.Equal(t, evidence.ExitUsage, code)
	require.Contains(t, output, "shard 2/2 has been at "+place+"/meeting before; each load takes a place of its own")
	require.NotEmpty(t, held.load(t, "run-1/1/load.json").Plans, "what it left then stays")
	output, code = merge()
	require.Equal(t, evidence.ExitUsage, code)
	require.Contains(t, output, "was merged into "+place+"/merged/load.json before")
}

func TestARunIsKeptInABucketAndRemembersTheNightsThere(t *testing.T) {
	t.Parallel()
	held, place := bucketOf(t)
	night := func(name string, more ...string) (string, int) {
		return kobcheck(t, append([]string{"run", "--section", "clients", "--seed", "7", "--out", place + "/" + name, "--history",
			place}, more...)...)
	}
	output, code := night("1")
	require.Zero(t, code, output)
	require.Contains(t, output, "no history", "it is the first night")
	require.Contains(t, output, place+"/1/index.html")
	output, code = night("2", "--fault", "status.no-body")
	require.Equal(t, evidence.ExitFailed, code, "what it is kept for changes nothing of the verdict: %s", output)
	require.Contains(t, held.by["run-1/2/run.json"], `"nights":1`)
	output, code = night("3", "--keep", "nights=2")
	require.Equal(t, evidence.ExitUsage, code)
	require.Contains(t, output, "lifecycle")
}

func TestABucketThatDoesNotAnswerIsSaidBeforeAnythingIsPerformed(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "AccessDenied", http.StatusForbidden)
	}))
	t.Cleanup(server.Close)
	output, code := kobcheck(t, "load", "mixed", "--out", "s3+"+server.URL+"/loads/run-1")
	require.Equal(t, evidence.ExitUsage, code)
	require.Contains(t, output, "403")
	require.NotContains(t, output, "mixed on")
}

func TestWhatABucketDoesNotTakeIsNotLost(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			http.Error(w, "full", http.StatusInsufficientStorage)
			return
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(server.Close)
	output, code := kobcheck(t, "run", "--section", "clients", "--out", "s3+"+server.URL+"/nights/1")
	require.Equal(t, evidence.ExitUsage, code, output)
	_, kept, found := strings.Cut(output, "the reports are in ")
	require.True(t, found, output)
	kept, _, _ = strings.Cut(kept, " instead")
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(kept)) })
	require.FileExists(t, filepath.Join(kept, "run.json"))
}

func TestAShardThatIsRefusedLeavesTheResultsOfTheOldLoad(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	shard := func() (string, int) {
		return kobcheck(t, "load", "mixed", "--seed", "7", "--time", "0.02", "--shard", "1/2", "--meet", filepath.Join(folder, "meeting"),
			"--meet-within", "0s", "--out", folder)
	}
	_, code := shard()
	require.Equal(t, evidence.ExitInconclusive, code, "the other did not come")
	old := filepath.Join(folder, "load.json")
	require.NoError(t, os.WriteFile(old, []byte("{}"), 0o600))
	output, code := shard()
	require.Equal(t, evidence.ExitUsage, code, output)
	require.FileExists(t, old)
}
