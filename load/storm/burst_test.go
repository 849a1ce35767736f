package storm

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

const ms = time.Millisecond

// copiesOf are copies that were answered with one object, each under way between two moments.
func copiesOf(moments ...[2]time.Duration) []duplicate {
	var out []duplicate
	for _, one := range moments {
		out = append(out, duplicate{called: one[0], released: one[0], done: one[1], status: http.StatusCreated, id: "card"})
	}
	return out
}

// atOnceCopies are so many copies that were all under way at one moment.
func atOnceCopies(n int) []duplicate {
	var out []duplicate
	for range n {
		out = append(out, copiesOf([2]time.Duration{0, 4 * ms})...)
	}
	return out
}

// told reports a storm of keys with those copies, each of which a replay was answered with the same card.
func told(t *testing.T, keys ...[]duplicate) []evidence.Invariant {
	t.Helper()
	facts, err := contract.Load()
	require.NoError(t, err)
	result := &reports.LoadPlan{}
	s := &strike{performance: &performance{plan: &Plan{Copies: len(keys[0])}, result: result}, operation: facts.Operation("cards-create")}
	var bursts []*burst
	for _, copies := range keys {
		bursts = append(bursts, &burst{key: "0123456789", wallet: "w", copies: copies, listed: 1,
			replay: &client.Exchange{Status: http.StatusCreated, Body: []byte(`{"id":"card"}`)}})
	}
	s.report(bursts)
	return result.Invariants
}

func TestCopiesOfWhichOnlySomeOverlappedShowNothing(t *testing.T) {
	two := copiesOf([2]time.Duration{0, 4 * ms}, [2]time.Duration{1 * ms, 3 * ms})
	for i := range 8 {
		later := time.Duration(10+10*i) * ms
		two = append(two, copiesOf([2]time.Duration{later, later + ms})...)
	}
	require.Nil(t, told(t, two)[0].Holds, "2 of 10 copies overlapped")
	all := told(t, atOnceCopies(10))[0]
	require.True(t, *all.Holds)
	both := told(t, atOnceCopies(10), two)[0]
	require.True(t, *both.Holds)
	require.Contains(t, both.Sentence, "for each of the 1 of 2 keys whose copies were all under way at one moment")
}

func TestASecondObjectBreaksWhetherCopiesOverlappedOrNot(t *testing.T) {
	apart := copiesOf([2]time.Duration{0, 1 * ms}, [2]time.Duration{2 * ms, 3 * ms})
	apart[1].id = "another"
	one := told(t, apart)[0]
	require.False(t, *one.Holds)
	require.Contains(t, one.Evidence[0], "made 2 objects: 0.00–1.00 ms 201 card; 2.00–3.00 ms 201 another")
}

func TestAReplayIsHeldAgainstWhatTheCopiesMade(t *testing.T) {
	refused := func(b *burst) *burst {
		for i := range b.copies {
			b.copies[i].id, b.copies[i].status = "", http.StatusConflict
		}
		return b
	}
	answered := func(status int, body string) *burst {
		return &burst{key: "k", copies: atOnceCopies(2), replay: &client.Exchange{Status: status, Body: []byte(body)}}
	}
	for name, c := range map[string]struct {
		burst *burst
		says  string
	}{
		"the same object":          {answered(http.StatusCreated, `{"id":"card"}`), ""},
		"another object":           {answered(http.StatusCreated, `{"id":"other"}`), "another object than the storm"},
		"a refusal":                {answered(http.StatusConflict, `{}`), "is answered 409"},
		"made by the replay alone": {refused(answered(http.StatusCreated, `{"id":"card"}`)), ""},
		"made by nobody":           {refused(answered(http.StatusConflict, `{}`)), "2 copies and a replay made nothing (409)"},
		"another balance is no business": {&burst{copies: atOnceCopies(1),
			replay: &client.Exchange{Status: 201, Body: []byte(`{"id":"card"}`)}, moved: "twice"}, ""},
	} {
		if c.says == "" {
			require.Empty(t, c.burst.replayed(), name)
			continue
		}
		require.Contains(t, c.burst.replayed()[0], c.says, name)
	}
}

func TestKeysOfSeveralPlansNeverCollide(t *testing.T) {
	seen := map[string]string{}
	for _, plan := range []string{"idempotency", "lost-answers"} {
		key := keysOf("run", 5, plan)
		for _, what := range []string{"cards-create", "cards-create reset", "policy"} {
			for n := range 50 {
				one := key(what, n)
				parsed, err := uuid.Parse(one)
				require.NoError(t, err)
				require.Equal(t, uuid.Version(4), parsed.Version())
				require.Empty(t, seen[one], "%s %s %d has the key of %s", plan, what, n, seen[one])
				seen[one] = plan
			}
		}
	}
	require.Equal(t, keysOf("run", 5, "a")("x", 1), keysOf("run", 5, "a")("x", 1), "a key follows from the run")
}
