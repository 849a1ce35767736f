package doctor

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

const nobody = "00000000-0000-4000-8000-000000000000"

// described is a target file of a mock that stands behind something, as its owner would write it.
func described(t *testing.T, between func(http.Handler) http.Handler) (file *target.File, secrets map[string]string) {
	t.Helper()
	server, err := mock.New(mock.Options{})
	require.NoError(t, err)
	listening := httptest.NewServer(between(server))
	t.Cleanup(listening.Close)
	stock := server.Inventory()
	file = &target.File{Target: target.Target{Name: "staging", BaseURL: listening.URL, TokenURL: listening.URL + stock.TokenPath,
		Edition: contract.V1, Clients: map[string]target.Client{}, Paths: stock.Paths[contract.V1]},
		Fixtures: target.Fixtures{Programs: stock.Programs, Wallets: stock.Wallets, SecondClient: stock.SecondClient}}
	secrets = map[string]string{}
	for name, one := range stock.Clients {
		file.Target.Clients[name], secrets[name] = target.Client{ID: one.ID, Scope: one.Scope}, one.Secret
	}
	return file.WithSecrets(secrets, stock.ExpiredToken), secrets
}

func untouched(api http.Handler) http.Handler { return api }

// examined is what a doctor says of a target at a moment.
func examined(t *testing.T, file *target.File, now time.Time) *Opinion {
	t.Helper()
	facts, err := contract.Load()
	require.NoError(t, err)
	api, err := client.New(file.ClientConfig(facts))
	require.NoError(t, err)
	defer api.Close()
	d := &Doctor{Contract: facts, File: file, Client: api, Now: func() time.Time { return now }}
	return NewOpinion(file.Target.Name, d.Examine(t.Context()))
}

// of returns what was said of one thing.
func (said *Opinion) of(t *testing.T, what string) Check {
	t.Helper()
	at := slices.IndexFunc(said.Checks, func(check Check) bool { return check.What == what })
	require.GreaterOrEqual(t, at, 0, "nothing is said of %q: %+v", what, said.Checks)
	return said.Checks[at]
}

func TestAGoodTargetIsFineInEverything(t *testing.T) {
	t.Parallel()
	file, _ := described(t, untouched)
	said := examined(t, file, time.Now())
	for _, check := range said.Checks {
		require.Equal(t, Fine, check.State, "%+v", check)
		require.Empty(t, check.Next, "%+v", check)
	}
	require.Equal(t, evidence.ExitPassed, said.Code())
}

// unserved lets an API not know some paths.
func unserved(prefix string) func(http.Handler) http.Handler {
	return func(api http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, prefix) {
				http.NotFound(w, r)
				return
			}
			api.ServeHTTP(w, r)
		})
	}
}

// dated lets an API tell another time, or none.
func dated(date string) func(http.Handler) http.Handler {
	return func(api http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header()["Date"] = nil
			if date != "" {
				w.Header().Set("Date", date)
			}
			api.ServeHTTP(w, r)
		})
	}
}

func TestTheDoctorNamesWhatIsWrongAndWhatToDo(t *testing.T) {
	t.Parallel()
	window := func(from, to time.Duration) *target.BurstNotice {
		return &target.BurstNotice{Reference: "KOB-9", From: time.Now().Add(from).UTC().Format(time.RFC3339),
			To: time.Now().Add(to).UTC().Format(time.RFC3339)}
	}
	for name, c := range map[string]struct {
		between func(http.Handler) http.Handler
		change  func(file *target.File, secrets map[string]string)
		what    string
		state   State
		next    string // what it says to do
	}{
		"a wrong secret": {change: func(_ *target.File, secrets map[string]string) { secrets["primary"] = "of-yesterday" },
			what: "token primary", state: Broken, next: "target.clients.primary"},
		"a wrong secret of the second client": {change: func(_ *target.File, secrets map[string]string) { secrets["second"] = "of-yesterday" },
			what: "token second", state: Poor, next: "target.clients.second"},
		"no second client": {change: func(file *target.File, _ map[string]string) { delete(file.Target.Clients, "second") },
			what: "token second", state: Poor, next: "set target.clients.second"},
		"a scope that is not granted": {change: func(file *target.File, _ map[string]string) {
			one := file.Target.Clients["primary"]
			one.Scope += " client/fly"
			file.Target.Clients["primary"] = one
		}, what: "token primary", state: Broken, next: "scope"},
		"the other edition": {between: unserved("/customers/"), what: "edition", state: Broken, next: "set target.edition to the other one"},
		"no path of the health check": {change: func(file *target.File, _ map[string]string) { file.Target.Paths = nil },
			what: "healthcheck", state: Poor, next: "set target.paths.healthcheck"},
		"another path of the health check": {change: func(file *target.File, _ map[string]string) {
			file.Target.Paths = map[string]string{"healthcheck": "/nowhere"}
		}, what: "healthcheck", state: Poor, next: "check target.paths.healthcheck"},
		"a wallet that is not there": {change: func(file *target.File, _ map[string]string) { file.Fixtures.Wallets["4"] = nobody },
			what: "fixtures.wallets.4", state: Poor, next: "mend the id"},
		"a program that is not active": {change: func(file *target.File, _ map[string]string) {
			file.Fixtures.Programs["ok"] = file.Fixtures.Programs["1"]
		}, what: "fixtures.programs.ok", state: Poor, next: "name a program that is active"},
		"no fixtures": {change: func(file *target.File, _ map[string]string) { file.Fixtures.Programs, file.Fixtures.Wallets = nil, nil },
			what: "fixtures", state: Poor, next: "docs/target-file.md"},
		"a card of the second client that is not there": {change: func(file *target.File, _ map[string]string) {
			file.Fixtures.SecondClient["card"] = nobody
		}, what: "fixtures.second_client.card", state: Poor, next: "mend the id"},
		"a token that has run out": {change: func(file *target.File, secrets map[string]string) { *file = *file.WithSecrets(secrets, "") },
			what: "fixtures.expired_token_env", state: Poor, next: "export a token that has run out"},
		"a clock an hour ahead": {between: dated(time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)), what: "clock", state: Broken,
			next: "set the clocks"},
		"a clock a minute behind": {between: dated(time.Now().Add(-time.Minute).UTC().Format(http.TimeFormat)), what: "clock", state: Poor,
			next: "set the clocks"},
		"no clock": {between: dated(""), what: "clock", state: Poor},
		"load without a notice": {change: func(file *target.File, _ map[string]string) { file.Load = &target.Load{Allow: true} },
			what: "load", state: Poor, next: "kobcheck load --notice"},
		"load in another window": {change: func(file *target.File, _ map[string]string) {
			file.Load = &target.Load{Allow: true, BurstNotice: window(time.Hour, 2*time.Hour)}
		}, what: "load", state: Poor, next: "a window that covers the run"},
		"load in its window": {change: func(file *target.File, _ map[string]string) {
			file.Load = &target.Load{Allow: true, BurstNotice: window(-time.Hour, time.Hour)}
		}, what: "load", state: Fine},
		"a public address that is none": {change: func(file *target.File, _ map[string]string) {
			file.Webhooks = &target.Webhooks{PublicURL: "kobcheck"}
		}, what: "webhooks", state: Poor, next: "mend webhooks.public_url"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			between := c.between
			if between == nil {
				between = untouched
			}
			file, secrets := described(t, between)
			if c.change != nil {
				c.change(file, secrets)
				file = file.WithSecrets(secrets, file.Fixtures.ExpiredToken())
			}
			said := examined(t, file, time.Now())
			check := said.of(t, c.what)
			require.Equal(t, c.state, check.State, "%+v", said.Checks)
			require.Contains(t, check.Next, c.next)
			code := evidence.ExitPassed
			if c.state == Broken {
				code = evidence.ExitInconclusive
			}
			require.Equal(t, code, said.Code(), "only what is broken keeps a run from a verdict")
		})
	}
}

func TestWhatNobodyFindsAnyMoreIsTakenOutOfTheFileByItsKey(t *testing.T) {
	t.Parallel()
	file, _ := described(t, untouched)
	file.Fixtures.Wallets["4"], file.Fixtures.SecondClient["card"], file.Fixtures.Programs["1"] = nobody, nobody, nobody
	wallets := len(file.Fixtures.Wallets)
	facts, err := contract.Load()
	require.NoError(t, err)
	api, err := client.New(file.ClientConfig(facts))
	require.NoError(t, err)
	defer api.Close()
	lost := (&Doctor{Contract: facts, File: file, Client: api, Now: time.Now}).Lost(t.Context())
	require.Contains(t, lost, `fixtures.wallets."4"`)
	require.Contains(t, lost, `fixtures.second_client."card"`)
	require.NotContains(t, lost, `fixtures.programs."1"`, "a program that does not exist fails check 1 as well as another")
	require.NotContains(t, file.Fixtures.Wallets, "4")
	require.Less(t, len(file.Fixtures.Wallets), wallets)
}

func TestAnOpinionTellsWhatARunWouldLeaveOut(t *testing.T) {
	said := NewOpinion("staging", []Check{{What: "clock", State: Poor, Detail: "a little off", Next: "set the clocks"}})
	said.Foretell(&reports.Run{Summary: reports.Summary{Scenarios: reports.ScenarioCounts{Total: 12, NotTestable: 2}},
		LeftBehind: []reports.LeftBehind{{Kind: "card", Count: 3}}})
	var printed strings.Builder
	require.NoError(t, said.Print(&printed))
	for _, words := range []string{"poor    clock", "→ set the clocks", "lets 10 of 12 scenarios say something", "   3  of the kind card"} {
		require.Contains(t, printed.String(), words)
	}
	said.Checks = append(said.Checks, Check{What: "connection", State: Broken})
	printed.Reset()
	require.NoError(t, said.Print(&printed))
	require.Contains(t, printed.String(), "staging can't be tested as it is")
	require.NotContains(t, printed.String(), "scenarios say something", "where something is broken nothing is foretold")
}
