package main

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/steps/stage/sample"
)

// night is one night of a month: what happened to the API or to us, and what has to be said in the morning.
type night struct {
	day   int
	event string
	// short says that the short month has it too.
	short     bool
	mutations []string
	between   func(http.Handler) http.Handler
	flags     []string
	seed      int64
	version   string
	before    func(m *month)
	code      int
	says      []string
	check     func(t *testing.T, m *month, a *morning)
}

const (
	statusBug = "status.cards-create.success.200"  // CARD-CREATE-08
	fieldBug  = "field.wallets-get.status.missing" // stays through outages
	otherBug  = "field.cards-create.expiry.missing"
)

func theMonth(t *testing.T) []night {
	t.Helper()
	quiet := func(day int) night {
		return night{day: day, event: "nothing", flags: []string{"--section", "endusers"}}
	}
	return []night{
		{day: 1, event: "the first night", short: true}, quiet(2), quiet(3),
		{day: 4, event: "a status deviates", short: true, seed: 4, mutations: []string{statusBug}, code: 1, check: newAlone("CARD-CREATE-08")},
		{day: 5, event: "it still does", seed: 4, mutations: []string{statusBug}, code: 1,
			check: sinceDay(4, "CARD-CREATE-08")},
		{day: 6, event: "it becomes known", seed: 4, mutations: []string{statusBug}, before: func(m *month) {
			require.Equal(m.t, 1, m.listLast(), "one entry per cause")
		}, says: []string{"1 cause known"}},
		{day: 7, event: "1 answer in 200 is a 500 beside it", mutations: []string{statusBug}, between: oneIn(200),
			flags: []string{"--retries", "4"}, check: flakyBesideKnown},
		{day: 8, event: "a fresh seed", short: true, mutations: []string{statusBug}, before: (*month).listLastIfNone,
			says: []string{"1 cause known"}},
		{day: 9, event: "fixed", short: true, check: mended},
		{day: 10, event: "the list is emptied", before: func(m *month) { m.list("[]\n") }},
		{day: 11, event: "1 answer in 200 is a 500", between: oneIn(200), flags: []string{"--retries", "4"}, check: flaky},
		{day: 12, event: "a secret rotated in the middle", between: rotated(20), code: 4, check: noVerdict},
		quiet(13), {day: 14, event: "one operation 30 % slower"},
		{day: 15, event: "a field goes missing", short: true, mutations: []string{fieldBug}, code: 1, check: newAlone("WALLET-31")},
		{day: 16, event: "a secret rotated before the run", mutations: []string{fieldBug}, between: rotated(0), code: 4,
			check: noVerdict},
		quiet(17),
		{day: 18, event: "an outage that lasts", short: true, mutations: []string{fieldBug},
			between: gone(1, http.StatusServiceUnavailable), flags: []string{"--patience", "400ms"}, code: 4, check: noVerdict},
		{day: 19, event: "an outage that is waited for", short: true, mutations: []string{fieldBug},
			between: outage(300, 20*time.Second), flags: []string{"--patience", "1m"}, code: 1, check: sinceDay(15, "")},
		{day: 20, event: "a new field everywhere", mutations: []string{fieldBug}, between: newField, code: 1,
			check: oneLine},
		{day: 21, event: "the field is back", check: goneAgain},
		{day: 22, event: "error bodies take another form", short: true, between: otherForm, code: 1, check: otherWords},
		{day: 23, event: "tokens revoked all the time", between: revokedEvery(300), code: 4, check: noVerdict},
		{day: 24, event: "staging wiped", before: wiped, check: notTestable},
		{day: 25, event: "fixtures are back", before: func(m *month) { m.config = strings.TrimSuffix(m.config, ".wiped") }},
		{day: 26, event: "kobcheck upgraded", version: "v9.9.9", before: upgraded, check: toolsChange},
		{day: 27, event: "a status deviates again", mutations: []string{statusBug}, code: 1},
		{day: 28, event: "a new bug beside the known one", short: true,
			mutations: []string{statusBug, otherBug, "status.cards-create.refusal.500"}, before: listed,
			code: 1, check: newFirst},
		{day: 29, event: "both are fixed", before: func(m *month) { m.list("[]\n") }},
		{day: 30, event: "the clock 10 minutes off", between: clockOff, says: []string{"10m0s"}},
	}
}

// wholeMonth says that all thirty nights are lived, as make month has them, or those of MONTH=15-21 alone.
func wholeMonth() bool { return os.Getenv("MONTH") != "" }

// lived reports whether a night is lived: of the whole month all are, of a part of it those of its days.
func (n *night) lived() bool {
	var first, last int
	if _, err := fmt.Sscanf(os.Getenv("MONTH"), "%d-%d", &first, &last); err == nil {
		return first <= n.day && n.day <= last
	}
	return n.short || wholeMonth()
}

// TestAMonthOfNightsIsToldRightEveryMorning lives the nights that matter most, and all of them for make month. They take
// minutes, so that both are for the night.
func TestAMonthOfNightsIsToldRightEveryMorning(t *testing.T) {
	if !sample.All() && !wholeMonth() {
		t.Skip("nights take minutes: make test-all lives nine of them, make month all")
	}
	table := theMonth(t)
	m := newMonth(t, len(table))
	var lines []string
	for i := range table {
		n := &table[i]
		if !n.lived() {
			continue
		}
		if !t.Run(fmt.Sprintf("%02d %s", n.day, n.event), func(t *testing.T) {
			m.t = t
			if n.before != nil {
				n.before(m)
			}
			a := m.sleep(n)
			t.Logf("%.1f s, exit %d: %s", a.took.Seconds(), a.code, a.brief())
			lines = append(lines, fmt.Sprintf("%2d  %-32s exit %d  %5.1f s  %s", n.day, n.event, a.code,
				a.took.Seconds(), a.brief()))
			require.Equal(t, n.code, a.code, a.output[max(0, len(a.output)-1500):])
			toldAlike(t, m, a)
			for _, text := range n.says {
				require.Contains(t, a.output, text)
			}
			if n.check != nil {
				n.check(t, m, a)
			}
		}) {
			lines[len(lines)-1] += "  (not as it must be)"
		}
	}
	for _, line := range lines {
		t.Log(line)
	}
	if len(m.mornings) == len(table) {
		slowdownTold(t, m)
		nightsOnOnePage(t, m)
		comparedInWords(t, m)
		littleKept(t, m)
	}
}
