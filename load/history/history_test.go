package history

import (
	"crypto/sha256"
	"encoding/base64"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

func judged(t *testing.T, h *History, money bool) (evidence.Invariant, *reports.LoadPlan) {
	t.Helper()
	result := &reports.LoadPlan{}
	model := Creation
	if money {
		model = Account(big.NewRat(1, 100))
	}
	h.Judge(model, "MONEY-06", "%d calls on %d things", result)
	require.Len(t, result.Invariants, 1)
	return result.Invariants[0], result
}

const ms = time.Millisecond

func TestOneKeyMakesOneObjectWhateverTheOrder(t *testing.T) {
	h := &History{}
	h.Add(0, Event{Thing: "k", What: "create"}, Answer{Done: true, ID: "a"}, 0, 4*ms)
	h.Add(1, Event{Thing: "k", What: "create"}, Answer{Done: true, ID: "a"}, 1*ms, 2*ms)
	h.Add(2, Event{Thing: "k", What: "create"}, Answer{}, 1*ms, 3*ms) // refused: still under way
	h.Add(3, Event{Thing: "k", What: "create"}, Answer{Unknown: true}, 0, Forever)
	h.Add(0, Event{Thing: "other", What: "create"}, Answer{Done: true, ID: "b"}, 0, 1*ms)
	one, result := judged(t, h, false)
	require.True(t, *one.Holds)
	require.Equal(t, "5 calls on 2 things", one.Sentence)
	require.Empty(t, result.Pictures)
	h.Add(1, Event{Thing: "k", What: "create"}, Answer{Done: true, ID: "c"}, 5*ms, 6*ms)
	one, result = judged(t, h, false)
	require.False(t, *one.Holds)
	require.Len(t, one.Evidence, 1)
	require.Contains(t, one.Evidence[0], "create: c…")
	require.NotContains(t, one.Evidence[0], "refused", "what is not needed to see it is left out")
	require.Len(t, result.Pictures, 1)
	require.Contains(t, string(result.Pictures[0].Data), "<html")
}

func TestAnIDThatIsMarkupStaysATextInThePicture(t *testing.T) {
	h := &History{}
	h.Add(0, Event{Thing: "k", What: "create"}, Answer{Done: true, ID: `<img src=x onerror="alert(1)">1`}, 0, 4*ms)
	h.Add(1, Event{Thing: "k", What: "create"}, Answer{Done: true, ID: `<img src=x onerror="alert(1)">2`}, 5*ms, 6*ms)
	_, result := judged(t, h, false)
	page := string(result.Pictures[0].Data)
	for _, markup := range []string{"<img", `\u003cimg`} {
		require.NotContains(t, page, markup)
	}
	script := page[strings.Index(page, "<script>")+len("<script>") : strings.Index(page, "</script>")]
	sum := sha256.Sum256([]byte(script))
	require.Contains(t, page, `content="default-src 'none'; style-src 'sha256-`)
	require.Contains(t, page, "script-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'\">")
}

func TestABalanceShowsWhatWasBookedBeforeIt(t *testing.T) {
	read := func(cents int64) Answer { return Answer{Done: true, Units: big.NewRat(cents, 100)} }
	h := &History{}
	h.Add(0, Event{Thing: "w", What: "in", Units: 100}, Answer{Done: true}, 0, 2*ms)
	h.Add(0, Event{Thing: "w", What: "read"}, read(0), 1*ms, 3*ms) // the credit was still under way
	h.Add(0, Event{Thing: "w", What: "out", Units: 60}, Answer{Done: true}, 4*ms, 6*ms)
	h.Add(0, Event{Thing: "w", What: "out", Units: 60}, Answer{}, 4*ms, 6*ms) // refused
	h.Add(0, Event{Thing: "w", What: "read"}, read(40), 5*ms, 7*ms)
	one, _ := judged(t, h, true)
	require.True(t, *one.Holds, one.Evidence)
	h.Add(0, Event{Thing: "w", What: "read"}, read(100), 8*ms, 9*ms) // a stale read: 40 was shown before
	one, _ = judged(t, h, true)
	require.False(t, *one.Holds)
	require.Contains(t, one.Evidence[0], "read: 1")
	overdrawn := &History{}
	overdrawn.Add(0, Event{Thing: "w", What: "in", Units: 100}, Answer{Done: true}, 0, 2*ms)
	overdrawn.Add(0, Event{Thing: "w", What: "out", Units: 60}, Answer{Done: true}, 3*ms, 5*ms)
	overdrawn.Add(1, Event{Thing: "w", What: "out", Units: 60}, Answer{Done: true}, 3*ms, 5*ms)
	one, _ = judged(t, overdrawn, true)
	require.False(t, *one.Holds, "two of sixty don't leave a wallet of a hundred")
}
