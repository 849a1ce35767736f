package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
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
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/mock/mutate"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/nights"
)

// month is one API that keeps its state, with a proxy before it, and the folder of the nights that were run against it.
// Its dates and its latencies are given: what this machine takes says nothing of an API.
type month struct {
	t        *testing.T
	api      http.Handler
	upstream *url.URL
	front    atomic.Pointer[http.Handler]
	config   string
	history  string
	known    string
	listed   string // what was listed last
	lengthOf int    // in nights
	mornings []*morning
}

// morning is what a night left: its exit code, what was printed and its reports.
type morning struct {
	day    int
	event  string
	code   int
	output string
	run    *reports.Run
	night  *nights.Night
	took   time.Duration
}

// firstSlowDay is the day from which on one operation takes longer.
const (
	firstSlowDay = 14
	slowed       = "cards-get"
)

func newMonth(t *testing.T, length int) *month {
	t.Helper()
	server, err := mock.New(mock.Options{RetryWait: workbench.RetryWait})
	require.NoError(t, err)
	m := &month{t: t, api: server, history: t.ArtifactDir(), known: filepath.Join(t.TempDir(), "known.yaml"), lengthOf: length}
	listening, err := server.Listen(context.Background(), "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, listening.Close()) })
	m.upstream, err = url.Parse(listening.URL)
	require.NoError(t, err)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		(*m.front.Load()).ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	m.config = writeTarget(t, server, front.URL)
	text, err := os.ReadFile(m.config)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(m.config, bytes.Replace(text, []byte("\nwebhooks:\n"),
		[]byte("\nwebhooks:\n  sender: "+listening.URL+"\n"), 1), 0o600))
	m.list("[]\n")
	return m
}

// list is the list of known failures from now on.
func (m *month) list(text string) { require.NoError(m.t, os.WriteFile(m.known, []byte(text), 0o600)) }

// listLast makes known what failed in the latest night, as its owner fills the entries in, and returns how many there
// are.
func (m *month) listLast() int {
	text, err := os.ReadFile(filepath.Join(m.folder(m.mornings[len(m.mornings)-1].day), "new-failures.yaml"))
	require.NoError(m.t, err)
	m.listed = strings.NewReplacer(`reason: ""`, "reason: it is told so", `reference: ""`, "reference: KOB-1",
		`owner: ""`, "owner: cards", `until: ""`, "until: 2099-12-31").Replace(string(text))
	m.list(m.listed)
	return bytes.Count(text, []byte("- requirement:"))
}

func (m *month) folder(day int) string { return filepath.Join(m.history, fmt.Sprintf("%02d", day)) }

// date is that of a night: the last of the month is today.
func (m *month) date(day int) time.Time {
	return time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, day-m.lengthOf-1)
}

// stands puts the API, as a night finds it, behind the front.
func (m *month) stands(n *night) {
	behind := m.api
	if len(n.mutations) > 0 {
		config, err := mutateConfig(m.upstream.String(), nil, contract.V1)
		require.NoError(m.t, err)
		config.Mutations, config.KeepHost = n.mutations, true
		behind, err = mutate.New(config)
		require.NoError(m.t, err)
	}
	if n.between != nil {
		behind = n.between(behind)
	}
	m.front.Store(&behind)
}

// sleep runs the suite at night and returns what the morning finds.
func (m *month) sleep(n *night) *morning {
	m.stands(n)
	out := m.folder(n.day)
	seed := n.seed
	if seed == 0 {
		seed = int64(n.day)
	}
	arguments := append([]string{"run", "--config", m.config, "--history", m.history, "--known", m.known, "--out", out,
		"--seed", fmt.Sprint(seed), "--timeout", "5m", "--run-id", fmt.Sprintf("night-%02d", n.day),
		"--format", "json,known,night,html"}, n.flags...)
	began := time.Now()
	var said bytes.Buffer
	root := newRoot()
	root.SetOut(&said)
	root.SetErr(&said)
	root.SetArgs(arguments)
	if n.version != "" {
		root.Version = n.version
	}
	made := &morning{day: n.day, event: n.event}
	var exit workbench.Exit
	switch err := root.ExecuteContext(context.Background()); {
	case errors.As(err, &exit):
		made.code = exit.Code
	case err != nil:
		made.code = evidence.ExitUsage
		fmt.Fprintln(&said, err)
	}
	made.output, made.took = spaces.ReplaceAllString(said.String(), " "), time.Since(began)
	m.mornings = append(m.mornings, made)
	if made.code == evidence.ExitUsage {
		return made
	}
	made.run, made.night = readRun(m.t, out), m.dated(n.day)
	return made
}

// spaces are those by which a printed text is laid out.
var spaces = regexp.MustCompile(`\s+`)

// dated gives the night its date and its latencies, as if the machine had nothing to do with them.
func (m *month) dated(day int) *nights.Night {
	night := m.night(day)
	night.StartedAt = m.date(day)
	for operation := range night.P50 {
		grown := 1 + 0.02*float64(day%3)
		if strings.HasSuffix(operation, "-list") {
			grown += 0.05 * float64(day) // lists grow
		}
		if operation == slowed && day >= firstSlowDay {
			grown *= 1.3
		}
		night.P50[operation], night.P95[operation] = 20*grown, 40*grown
	}
	m.keep(day, night)
	return night
}

func (m *month) night(day int) *nights.Night {
	night, err := nights.ReadOne(filepath.Join(m.folder(day), "night.json"))
	require.NoError(m.t, err)
	return night
}

// keep puts a night into the history in the place of what the run wrote.
func (m *month) keep(day int, night *nights.Night) {
	text, err := json.Marshal(night)
	require.NoError(m.t, err)
	require.NoError(m.t, os.WriteFile(filepath.Join(m.folder(day), "night.json"), text, 0o600))
}

// page is the first page of the night's reports, as it reads.
func (m *month) page(day int) string {
	text, err := os.ReadFile(filepath.Join(m.folder(day), "index.html"))
	require.NoError(m.t, err)
	return html.UnescapeString(spaces.ReplaceAllString(string(text), " "))
}

// cause returns the gated causes of a run that break a requirement.
func (a *morning) cause(requirement string) *reports.Cause {
	for _, one := range a.run.Causes(true) {
		if one.Finding.Requirement == requirement || slices.Contains(one.Further, requirement) {
			return &one
		}
	}
	return nil
}

// brief is the headline of a night in one line.
func (a *morning) brief() string {
	if a.run == nil {
		return strings.TrimSpace(a.output)
	}
	return reports.Headline(a.run)
}

// changed returns the requirements of failures, each once.
func changed(list []reports.NightFailure) []string {
	var ids []string
	for _, one := range list {
		ids = append(ids, one.Requirement)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
