package mock

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/mock/fault"
	"github.com/kobcheck/kobcheck/mock/limit"
	"github.com/kobcheck/kobcheck/steps/stage/sample"
)

// unheard are the faults that show only between requests that are under way at once, in how long an answer
// takes, or in how many are answered. Each has a test of its own below.
var unheard = []fault.ID{"idempotency.race", "idempotency.race-one-in-fifty", "idempotency.race-one-in-a-thousand",
	"money.lost-update", "slow.grows", "idempotency.lost-answer-not-kept", "limit.counts-double", "busy.field-missing"}

// TestEveryFaultMakesADifference walks over a mock with each fault of the catalogue, and over one with each
// fault at each of its places alone (in one style, which is enough for those), until it hears something that
// the conforming mock does not say.
// Those of the group webhook show in deliveries and in no answer; the suite's own selftest hears them.
func TestEveryFaultMakesADifference(t *testing.T) {
	catalogue, err := fault.Catalogue()
	require.NoError(t, err)
	for _, style := range Styles() {
		t.Run(style, func(t *testing.T) {
			t.Parallel()
			conforming := transcripts(t, Options{Style: style})
			for _, entry := range sample.Of(t, catalogue, 3) {
				if slices.Contains(unheard, entry.ID) || entry.Group == "webhook" || entry.Style != "" && entry.Style != style {
					continue
				}
				all := []fault.Fault{entry}
				if len(entry.Places) > 0 && (style == Plain || entry.Style == style) {
					alone, err := entry.Alone()
					require.NoError(t, err)
					all = append(all, alone...)
				}
				for _, one := range all {
					if !heard(t, style, one, conforming) {
						t.Errorf("%s makes no difference in the style %s: %s", one.ID, style, one.Sentence)
					}
				}
			}
		})
	}
}

// heard reports whether any walk hears of a fault.
func heard(t *testing.T, style string, one fault.Fault, conforming map[string][]string) bool {
	t.Helper()
	for _, w := range near(walks(t), one) {
		if differs(t, Options{Style: style, Faults: []string{string(one.ID)}}, w, conforming[w.name]) {
			return true
		}
	}
	return false
}

// TestAFaultThatIsOnlyOfOneStyleMakesNoDifferenceInTheOther holds the key style of the catalogue.
func TestAFaultThatIsOnlyOfOneStyleMakesNoDifferenceInTheOther(t *testing.T) {
	catalogue, err := fault.Catalogue()
	require.NoError(t, err)
	for _, style := range Styles() {
		conforming := transcripts(t, Options{Style: style})
		for _, entry := range catalogue {
			if entry.Style != "" && entry.Style != style {
				require.False(t, heard(t, style, entry, conforming), entry.ID)
			}
		}
	}
}

func TestAFaultCountsWhereItMakesADifference(t *testing.T) {
	c := newCaller(t, Options{Faults: []string{"list.offset-off-by-one", "field.cards-get.m_pan.missing"}})
	hits := func(id fault.ID) int64 { return c.server.Faults().Hits(id) }
	c.get("./cards?limit=1").succeeds()
	c.call("wallets-list", nil).succeeds()
	require.Zero(t, hits("list.offset-off-by-one"))
	require.Zero(t, hits("field.cards-get.m_pan.missing"))
	c.get("./cards?limit=1&offset=1").succeeds()
	c.call("cards-get", nil, c.card()).succeeds()
	require.Equal(t, int64(1), hits("list.offset-off-by-one"))
	require.Equal(t, int64(1), hits("field.cards-get.m_pan.missing"))
}

func TestAFaultAtOnePlaceLeavesTheOthersAsTheyWere(t *testing.T) {
	c := newCaller(t, Options{Faults: []string{"auth.no-token-accepted.cards-list",
		"input.null-accepted.wallets-create.asset"}})
	stranger := c.without("Authorization")
	stranger.call("cards-list", nil).succeeds()
	stranger.call("wallets-list", nil).is(401)
	wallet := body{"holder_id": c.enduser(), "asset": nil, "asset_class": "CURRENCY", "partner_product": "KOBBLE_AUD_1"}
	c.call("wallets-create", wallet).succeeds()
	wallet["asset"], wallet["asset_class"] = "AUD", nil
	c.call("wallets-create", wallet).isRefused()
}

func TestAnUnknownFaultOrStyleIsAnError(t *testing.T) {
	_, err := New(Options{Faults: []string{"order.swap-3-5"}})
	require.ErrorContains(t, err, "order.swap-3-4")
	_, err = New(Options{Style: "loose"})
	require.ErrorContains(t, err, "strict-http")
}

func TestTheFaultOfARaceDoesRequestsAgainThatAreUnderWayAtOnce(t *testing.T) {
	for id, want := range map[string]cents{"idempotency.race": 100, "idempotency.race-one-in-fifty": 2} {
		c := newCaller(t, Options{Faults: []string{id}})
		wallet, key := c.wallet(), c.key()
		credit := func(_ int, c *caller) reply {
			return c.with("Idempotency-Key", key).call("transactions-manual-credit", body{"amount": 1, "to": wallet})
		}
		c.atOnce(100, credit)
		require.Equal(t, want, c.held(wallet), id)
		for range 60 {
			credit(0, c)
		}
		require.Equal(t, want, c.held(wallet), "one after the other they are done once")
	}
}

func TestTheFaultOfALostUpdateShowsInMovementsAtOnce(t *testing.T) {
	c := newCaller(t, Options{Faults: []string{"money.lost-update"}})
	wallet := c.wallet()
	credit := func(_ int, c *caller) reply {
		return c.call("transactions-manual-credit", body{"amount": 1, "to": wallet})
	}
	c.atOnce(10, credit)
	lost := c.held(wallet)
	require.Less(t, lost, cents(10))
	credit(0, c)
	credit(0, c)
	require.Equal(t, lost+2, c.held(wallet), "one after the other all count")
}

func TestTheFaultOfSlownessGrowsToTwoSeconds(t *testing.T) {
	c := newCaller(t, Options{})
	slow, err := fault.New("slow.grows")
	require.NoError(t, err)
	c.server.faults = slow
	c.server.arrivals.Store(100)
	require.Equal(t, 10*time.Millisecond, c.server.latency())
	c.server.arrivals.Store(1_000_000)
	require.Equal(t, 2*time.Second, c.server.latency())
}

func TestTheFaultOfABusyMockShowsAfterManyRequests(t *testing.T) {
	c := newCaller(t, Options{Faults: []string{"busy.field-missing"}})
	card := c.card()
	for range manyRequests + 1 {
		require.Contains(t, c.call("cards-get", nil, card).object(), "last_four_digit")
	}
	c.clock.Advance(time.Second)
	require.NotContains(t, c.call("cards-get", nil, card).object(), "last_four_digit")
	c.clock.Advance(2 * time.Second)
	require.Contains(t, c.call("cards-get", nil, card).object(), "last_four_digit")
}

func TestTheFaultOfCountingDoubleLetsHalfThrough(t *testing.T) {
	for id, want := range map[string]int{"": 10, "limit.counts-double": 5} {
		options := Options{Limit: limit.Config{Kind: limit.FixedWindow, Requests: 10, Window: time.Minute,
			Scope: "everything"}}
		if id != "" {
			options.Faults = []string{id}
		}
		c := newCaller(t, options)
		passed := 0
		for range 20 {
			if c.get("/health").status == 200 {
				passed++
			}
		}
		require.Equal(t, want, passed, id)
	}
}
