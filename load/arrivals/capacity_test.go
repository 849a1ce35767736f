package arrivals

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
)

// stepOf is a hundred arrivals of one second, each begun so late and answered so long after it left; the last one left
// at a moment of its own.
func stepOf(t *testing.T, lag, took, last time.Duration, class string) (reports.LoadStep, bool) {
	t.Helper()
	facts, err := contract.Load()
	require.NoError(t, err)
	m := NewMeasure()
	m.Due, m.Asked = 100, time.Second
	for n := range 100 {
		due := time.Duration(n) * 10 * time.Millisecond
		sent := due + lag
		if n == 99 {
			sent = last
		}
		m.Add(Outcome{Operation: "cards-get", Class: class, Due: due, Began: due + lag, Sent: sent, Ended: sent + took})
	}
	return NewCapacity(facts).step(100, m)
}

func TestAStepIsReachedToNinetyEightPerCent(t *testing.T) {
	const ms = time.Millisecond
	for name, c := range map[string]struct {
		lag, took, last time.Duration
		class           string
		broke           string
		late            bool
	}{
		"in time":                       {0, ms, 990 * ms, Good, "", false},
		"the last one at 98.1 per cent": {0, ms, 1019 * ms, Good, "", false},
		"at 97.5 per cent":              {0, ms, 1025 * ms, Good, "only 97.6/s were reached", false},
		"at 90 per cent":                {0, ms, 1111 * ms, Good, "only 90.0/s were reached", false},
		"slow":                          {0, 300 * ms, 990 * ms, Good, "p99 30", false},
		"failing":                       {0, ms, 990 * ms, Failed, "100.0% of the answers failed", false},
		"late itself":                   {200 * ms, ms, 990 * ms, Good, "the generator itself was late", true},
		"failing, and late itself":      {200 * ms, ms, 990 * ms, Failed, "failed or were throttled", false},
	} {
		step, late := stepOf(t, c.lag, c.took, c.last, c.class)
		require.Equal(t, c.broke == "", step.Held, "%s: %s", name, step.Broke)
		require.Contains(t, step.Broke, c.broke, name)
		require.Equal(t, c.late, late, name)
	}
}
