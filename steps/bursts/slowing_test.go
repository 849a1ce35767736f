package bursts

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client"
)

func TestTheQuartersOfCallsTellWhetherTheyTakeLongerAndLonger(t *testing.T) {
	for name, c := range map[string]struct {
		milliseconds []int
		first, last  int
		tau          float64
	}{
		"longer and longer":    {[]int{1, 2, 3, 4, 5, 6, 7, 8}, 2, 8, 1},
		"shorter and shorter":  {[]int{8, 7, 6, 5, 4, 3, 2, 1}, 8, 2, -1},
		"all the same":         {[]int{5, 5, 5, 5, 5, 5, 5, 5}, 5, 5, 0},
		"one that was busy":    {[]int{1, 1, 1, 1, 1, 1, 1, 90}, 1, 90, 0.25},
		"up and down":          {[]int{1, 9, 1, 9, 1, 9, 1, 9}, 9, 9, 4.0 / 28},
		"a third, in disorder": {[]int{3, 1, 2, 4, 6, 5, 9, 8, 7}, 3, 8, 24.0 / 36},
	} {
		t.Run(name, func(t *testing.T) {
			var answers []*client.Exchange
			for _, n := range c.milliseconds {
				answers = append(answers, &client.Exchange{Duration: time.Duration(n) * time.Millisecond})
			}
			first, last, tau := quarters(answers)
			require.Equal(t, time.Duration(c.first)*time.Millisecond, first)
			require.Equal(t, time.Duration(c.last)*time.Millisecond, last)
			require.InDelta(t, c.tau, tau, 1e-9)
		})
	}
}
