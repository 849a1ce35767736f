package ledger

import (
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/reports"
)

// judged is a ledger that nothing was broken in yet.
func judged() *performance { return &performance{broken: map[string][]string{}} }

// said is what was broken of the sum of credits.
func (l *performance) said() string { return strings.Join(l.broken["MONEY-06"], "; ") }

func TestABalanceTellsOfEachCredit(t *testing.T) {
	for name, c := range map[string]struct {
		held    int64
		refused map[int]bool
		says    string
	}{
		"all are there":               {1 + 3 + 9, nil, ""},
		"the second was lost":         {1 + 9, nil, "wallet 1 lost the credit of 3"},
		"the third was booked twice":  {1 + 3 + 18, nil, "holds the credit of 9 2 times instead of 1"},
		"one was refused":             {1 + 9, map[int]bool{1: true}, ""},
		"what was refused was booked": {1 + 3 + 9, map[int]bool{1: true}, "holds the credit of 3 1 times instead of 0"},
		"more than all together":      {1 + 3 + 9 + 27, nil, "more than all its credits together"},
	} {
		l := judged()
		l.digits(0, new(big.Rat).SetInt64(c.held), 3, c.refused)
		if c.says == "" {
			require.Empty(t, l.said(), name)
			continue
		}
		require.Contains(t, l.said(), c.says, name)
	}
	l := judged()
	l.digits(2, big.NewRat(27, 2), 3, nil)
	require.Contains(t, l.said(), "wallet 3 holds 13.5 units, which whole credits can't give")
}

func TestWhateverIsLostOrDoubledIsNamed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		times := rapid.SliceOfN(rapid.IntRange(0, 2), 1, maxAmounts).Draw(t, "times")
		held, wrong := int64(0), 0
		for i, n := range times {
			held += int64(n) * power(i)
			if n != 1 {
				wrong++
			}
		}
		l := judged()
		l.digits(0, new(big.Rat).SetInt64(held), len(times), nil)
		if got := len(l.broken["MONEY-06"]); got != wrong {
			t.Fatalf("%d credits are wrong, and %d were named: %s", wrong, got, l.said())
		}
	})
}

func TestAReadThatDoesNotAddUpOrIsNegativeIsBroken(t *testing.T) {
	for name, c := range map[string]struct {
		total, available, reserved int64
		broken                     []string
	}{
		"adds up":             {100, 70, 30, nil},
		"does not add up":     {100, 70, 20, []string{"MONEY-02"}},
		"is negative":         {-5, -5, 0, []string{"MONEY-07"}},
		"has a negative part": {5, -5, 10, []string{"MONEY-07"}},
	} {
		l := judged()
		body, is := scene.Object(scene.Value(fmt.Appendf(nil, `{"total_amount":%d,"amount":%d,"reserved_amount":%d}`, c.total, c.available,
			c.reserved)))
		require.True(t, is)
		l.look(scene.Balance{Body: body})
		var broken []string
		for requirement := range l.broken {
			broken = append(broken, requirement)
		}
		require.Equal(t, c.broken, broken, name)
	}
}

func TestALedgerReportsEachRequirementOnce(t *testing.T) {
	l := judged()
	l.breaks("MONEY-05", "the wallets held %d and then %d", 10, 9)
	result := &reports.LoadPlan{}
	l.report(&Plan{Wallets: 3, Amounts: 4}, result)
	require.Len(t, result.Invariants, 4)
	for _, one := range result.Invariants {
		require.Equal(t, one.Requirement != "MONEY-05", *one.Holds, one.Requirement)
	}
	require.Contains(t, result.Invariants[0].Sentence, "each of 12 concurrent credits")
}

func TestAPlanOfALedgerSaysWhatCanNotBe(t *testing.T) {
	for name, plan := range map[string]Plan{"one wallet": {Wallets: 1, Amounts: 1}, "no amount": {Wallets: 2},
		"too many amounts": {Wallets: 2, Amounts: maxAmounts + 1}} {
		told := 0
		plan.Check(func(string, string, ...any) { told++ })
		require.Equal(t, 1, told, name)
	}
	fine := Plan{Head: kind.Usual(), Wallets: 2, Amounts: maxAmounts}
	fine.Check(func(key, _ string, _ ...any) { require.Fail(t, key) })
	require.Positive(t, fine.Ceiling().Entities)
}
