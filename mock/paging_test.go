package mock

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// idsOf are the ids of a list, in its order.
func idsOf(got reply) []string {
	got.t.Helper()
	ids := []string{}
	for _, one := range got.succeeds().list() {
		ids = append(ids, one["id"].(string))
	}
	return ids
}

// listed makes cards and credits a second apart and returns their ids, oldest first.
func (c *caller) listed(count int) map[string][]string {
	c.t.Helper()
	made := map[string][]string{}
	for range count {
		c.clock.Advance(time.Second)
		made["./cards"] = append(made["./cards"], c.card())
		made["./transactions"] = append(made["./transactions"], c.credit(c.wallet(), 1))
	}
	return made
}

func TestPagesInBothOrdersAddUpToTheWhole(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		for list, all := range c.listed(7) {
			for _, order := range []string{"asc", "desc"} {
				var pages []string
				for offset := 0; offset < 9; offset += 3 {
					pages = append(pages, idsOf(c.get(fmt.Sprintf("%s?order=%s&limit=3&offset=%d", list, order, offset)))...)
				}
				if order == "desc" {
					slices.Reverse(pages)
				}
				require.Equal(t, all, pages, list)
			}
		}
	})
}

func TestTheListOfCardsTellsWhereInTheWholeItIs(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		c.listed(7)
		for path, want := range map[string][3]string{"./cards?limit=2&offset=3": {"7", "3", "2"},
			"./cards":           {"7", "0", strconv.Itoa(c.server.Style().DefaultLimit)},
			"./cards?offset=50": {"7", "50", strconv.Itoa(c.server.Style().DefaultLimit)}} {
			got := c.get(path).is(http.StatusOK)
			require.Equal(t, want, [3]string{got.header.Get("X-Total-Count"), got.header.Get("X-Offset"),
				got.header.Get("X-Limit")}, path)
		}
		_, everywhere := c.call("wallets-list", nil).header["X-Total-Count"]
		require.Equal(t, c.server.Style().PagingHeaders == "all", everywhere)
	})
}

func TestBoundsOfTimeCutTheList(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		for list, all := range c.listed(5) {
			at := func(second int) string {
				return url.QueryEscape(start.Add(time.Duration(second) * time.Second).Format("2006-01-02T15:04:05.000Z07:00"))
			}
			last := 4
			if c.server.Style().ToExclusive {
				last = 3
			}
			for query, want := range map[string][]string{
				"from=" + at(3): all[2:], "to=" + at(4): all[:last], "from=" + at(2) + "&to=" + at(4): all[1:last],
				"from=" + at(9): {}, "to=" + at(0): {}, "from=" + at(4) + "&to=" + at(2): {},
				"from=" + url.QueryEscape("2026-01-30T21:00:03.000+11:00"): all[2:],
				"from=" + url.QueryEscape("2026-01-30T10:00:02.0005Z"):     all[2:],
			} {
				require.Equal(t, want, idsOf(c.get(list+"?order=asc&"+query)), "%s %s", list, query)
			}
		}
	})
}

func TestTheDefaultOrderAndPageAreThoseOfTheStyle(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		all := c.listed(3)["./cards"]
		got := idsOf(c.get("./cards"))
		if c.server.Style().NewestFirst {
			slices.Reverse(got)
		}
		require.Equal(t, all, got)
	})
}

func TestBadQueryValuesAreRefusedAndUnknownParametersIgnored(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		c.card()
		for _, query := range []string{"limit=-1", "limit=0", "limit=x", "limit=1.5", "limit=99999999999999999999", "limit=",
			"offset=-1", "offset=x", "order=up", "order=", "order=ASC",
			"from=yesterday", "from=2025-01-14", "from=12:00", "to=x", "to=2025-13-01T00:00:00Z", "limit=1&limit=2", "%zz=1"} {
			got := c.get("./cards?" + query).is(http.StatusBadRequest)
			require.NotEmpty(t, got.message(), query)
			c.get("./transactions?" + query).isRefused()
		}
		c.get("./transactions?wallet=x").isRefused()
		require.Len(t, c.get("./cards?unknown=1&sort=name").succeeds().list(), 1)
	})
}

func TestAPageIsNeverLongerThanTheLimitOfTheMock(t *testing.T) {
	c := newCaller(t, Options{Limits: Limits{Page: 3}})
	c.listed(5)
	got := c.get("./cards?limit=500")
	require.Len(t, got.list(), 3)
	require.Equal(t, "3", got.header.Get("X-Limit"))
}

func TestTransactionsAreFilteredByEitherSide(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		one, two := c.funded(10), c.wallet()
		moved := c.call("transactions-create", body{"amount": 4, "from": one, "to": two}).succeeds().id()
		require.Equal(t, []string{moved}, idsOf(c.get("./transactions?wallet="+two)))
		require.Len(t, idsOf(c.get("./transactions?wallet="+one)), 2)
		require.Empty(t, idsOf(c.get("./transactions?wallet="+nowhere)))
		require.Empty(t, idsOf(c.get("./transactions?wallet="+c.server.Inventory().SecondClient["wallet"])))
	})
}

// TestAnyPageIsTheWindowOfTheWhole compares pages with slices of the whole list, for any query.
func TestAnyPageIsTheWindowOfTheWhole(t *testing.T) {
	c := newCaller(t, Options{})
	all := c.listed(12)["./cards"]
	rapid.Check(t, func(r *rapid.T) {
		from, to := rapid.IntRange(0, 14).Draw(r, "from"), rapid.IntRange(0, 14).Draw(r, "to")
		offset, limit := rapid.IntRange(0, 15).Draw(r, "offset"), rapid.IntRange(1, 15).Draw(r, "limit")
		descending := rapid.Bool().Draw(r, "desc")
		var window []string
		for i, id := range all {
			if i+1 >= from && i+1 <= to {
				window = append(window, id)
			}
		}
		order := "asc"
		if descending {
			order = "desc"
			slices.Reverse(window)
		}
		at := func(second int) string { return start.Add(time.Duration(second) * time.Second).Format(time.RFC3339) }
		got := c.get(fmt.Sprintf("./cards?from=%s&to=%s&offset=%d&limit=%d&order=%s", at(from), at(to), offset, limit, order))
		require.Equal(r, strconv.Itoa(len(window)), got.header.Get("X-Total-Count"))
		window = window[min(offset, len(window)):]
		require.Equal(r, append([]string{}, window[:min(limit, len(window))]...), idsOf(got))
	})
}

func TestTimestampsNeverGoBackwardsAlthoughTheClockDoes(t *testing.T) {
	c := newCaller(t, Options{})
	first := c.call("wallets-get", nil, c.wallet()).object()["created_at"]
	c.clock.Advance(-time.Second)
	second := c.call("wallets-get", nil, c.wallet()).object()["created_at"]
	require.Equal(t, "2026-01-30T10:00:00.000Z", first)
	require.Equal(t, first, second)
}
