package storm

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/load/arrivals"
	"github.com/kobcheck/kobcheck/load/kind"
)

// plan is a storm with a change.
func plan(change func(*Plan)) *Plan {
	p := New()
	p.Keys, p.Copies = 3, 4
	change(p)
	return p
}

func TestAPlanOfAStormSaysWhatCanNotBe(t *testing.T) {
	for says, p := range map[string]*Plan{
		"":                                     plan(func(*Plan) {}),
		"keys: a storm needs at least one key": plan(func(p *Plan) { p.Keys = 0 }),
		"keys: a storm needs":                  plan(func(p *Plan) { p.Copies = 1 }),
		`operations: "cards-get" is none of a storm; there are cards-create`: plan(func(p *Plan) { p.Operations = []string{"cards-get"} }),
		`parts: "all" is none of a storm; there are at-once, lost-answers`:   plan(func(p *Plan) { p.Parts = []string{"all"} }),
		"stages: a plan of this kind needs them":                             plan(func(p *Plan) { p.Stages = nil }),
	} {
		told := ""
		p.Check(func(key, format string, arguments ...any) { told += key + ": " + fmt.Sprintf(format, arguments...) })
		if says == "" {
			require.Empty(t, told)
			continue
		}
		require.Contains(t, told, says)
	}
}

func TestTheCeilingOfAStormIsThatOfItsParts(t *testing.T) {
	whole := plan(func(*Plan) {}).Ceiling()
	sum := kind.Ceiling{}
	for _, part := range parts {
		one := plan(func(p *Plan) { p.Parts = []string{part} }).Ceiling()
		require.Less(t, one.Requests, whole.Requests, part)
		sum.Requests += one.Requests - 40
		sum.Entities += one.Entities - 20
	}
	require.Equal(t, whole.Requests-40, sum.Requests)
	require.Equal(t, whole.Entities-20, sum.Entities)
	require.LessOrEqual(t, whole.Rate, 25.0, "the rate at which duplicates come is allowed elsewhere")
	require.Zero(t, plan(func(p *Plan) { p.Parts = []string{atOnce} }).Ceiling().Rate, "a storm has no rate")
	both := plan(func(p *Plan) { p.Parts = []string{atOnce} }).Ceiling()
	one := plan(func(p *Plan) { p.Parts, p.Operations = []string{atOnce}, stormed[:1] }).Ceiling()
	require.Less(t, one.Requests, both.Requests)
}

func TestEachKeyOfArrivalsComesTwiceInARowAndAgainLater(t *testing.T) {
	d := &duplicates{strikes: make([]*strike, 2), bursts: [][]*burst{make([]*burst, 3), make([]*burst, 3)}}
	var order []string
	for n := range 14 {
		operation, key := d.place(n)
		order = append(order, fmt.Sprint(operation, key))
	}
	require.Equal(t, []string{"0 0", "1 0", "0 0", "1 0", "0 1", "1 1", "0 1", "1 1", "0 2", "1 2", "0 2", "1 2", "0 0", "1 0"}, order)
	p := plan(func(p *Plan) { p.Stages = arrivals.Stages{{Rate: 100, For: kind.Duration(time.Second)}} })
	require.Equal(t, 100/(2*4), p.keysFor(100), "each key gets its copies")
	require.Equal(t, 1, p.keysFor(1))
	p.Scale(2, 1)
	require.Equal(t, 200, p.Stages.Ceiling().Requests)
}

func TestSuccessesUnderOneKeyAreAlike(t *testing.T) {
	copyOf := func(status int, body string) duplicate {
		return duplicate{status: status, body: sha256.Sum256([]byte(body))}
	}
	for name, c := range map[string]struct {
		answers []duplicate
		says    string
	}{
		"alike":                 {[]duplicate{copyOf(200, "a"), copyOf(200, "a")}, ""},
		"a refusal beside them": {[]duplicate{copyOf(200, "a"), copyOf(409, "busy"), copyOf(200, "a")}, ""},
		"two answers":           {[]duplicate{copyOf(200, "a"), copyOf(200, "b")}, "2 different answers under one key"},
		"none": {[]duplicate{copyOf(409, "busy"), copyOf(409, "busy"), {wrong: "reset"}},
			"no copy succeeded (2 × 409, 1 without an answer)"},
		"what was lost has no body to it": {[]duplicate{copyOf(200, "a"), {wrong: "reset", status: 200}}, ""},
	} {
		require.Equal(t, c.says, alike(c.answers), name)
	}
}

func TestABurstIsDrawnFromItsFirstRequest(t *testing.T) {
	copies := copiesOf([2]time.Duration{12 * ms, 20 * ms}, [2]time.Duration{10 * ms, 15 * ms})
	copies[0].id = "6f1c1f8e-0000-4000-8000-000000000000"
	burst := drawn("Create", "0123456789abcdef", copies)
	require.Equal(t, "01234567…", burst.Key)
	require.InDelta(t, 2, burst.Copies[0].FromMS, 1e-9)
	require.InDelta(t, 10, burst.Copies[0].ToMS, 1e-9)
	require.Equal(t, "6f1c1f8e…", burst.Copies[0].ID)
	require.Zero(t, burst.Copies[1].FromMS)
	require.Equal(t, "0.00–5.00 ms 201 card; 2.00–10.00 ms 201 6f1c1f8e…", timeline(copies), "in the order of their answers")
}

func TestTheWindowOfAKeyIsBracketedByWhatWasSeen(t *testing.T) {
	night := func(target string, remembered, forgotten time.Duration) keyNight {
		return keyNight{Target: target, RememberedFor: remembered.Seconds(), ForgottenAfter: forgotten.Seconds()}
	}
	for want, c := range map[string]struct {
		known   []keyNight
		refused int
	}{
		"not seen yet: the file has no earlier night of this target": {[]keyNight{night("other", time.Hour, 0)}, 0},
		"at least 20h0m0s": {[]keyNight{night("t", time.Hour, 0), night("t", 20*time.Hour, 0)}, 0},
		"no longer than 30h0m0s: then it was executed anew": {[]keyNight{night("t", 0, 40*time.Hour),
			night("t", 0, 30*time.Hour)}, 0},
		"at least 1h0m0s, and no longer than 30h0m0s: then it was executed anew": {[]keyNight{night("t", time.Hour, 0),
			night("t", 0, 30*time.Hour)}, 0},
		"at least 1h0m0s; 2 keys of earlier nights were refused": {[]keyNight{night("t", time.Hour, 0)}, 2},
	} {
		require.Equal(t, want, windowText(c.known, "t", c.refused))
	}
}

func TestTheFileOfNightsIsReadOrRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "nights.json")
	none, err := readNights(file)
	require.NoError(t, err)
	require.Empty(t, none, "the first night finds no file")
	want := []keyNight{{Target: "t", RunID: "r", Seed: 7, At: time.Date(2026, 1, 30, 1, 0, 0, 0, time.UTC), Wallet: "w", ID: "i"}}
	text, err := json.Marshal(want)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, text, 0o600))
	got, err := readNights(file)
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.Equal(t, want[0].key(), got[0].key(), "a night's key follows from its run")
	require.NoError(t, os.WriteFile(file, []byte("{"), 0o600))
	_, err = readNights(file)
	require.ErrorContains(t, err, "name another with --key-nights")
}

func TestAnAnswerOfAReplayNamesItsObjectOnlyWhereItSucceeded(t *testing.T) {
	b := &burst{copies: atOnceCopies(2)}
	b.copies[1].id = ""
	require.Len(t, b.objects(), 1)
	require.Empty(t, b.several())
	b.listed = 2
	require.Contains(t, b.several()[0], "2 objects are listed")
	require.Empty(t, b.balanced())
	b.moved = "the balance is 14 after one credit of 7"
	require.Contains(t, b.balanced()[0], "after one credit of 7")
	require.Equal(t, "3 × 201, 1 × 409", statusText(map[int]int{http.StatusCreated: 3, http.StatusConflict: 1}))
}
