package suite

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client"
)

func TestAnAPIThatSlowsDownIsToldFromABusyMachine(t *testing.T) {
	const answers = 4000
	random := rand.New(rand.NewPCG(1, 1))
	noise := func() time.Duration { // most wait for others, and one in thirty for nobody
		if random.IntN(30) == 0 {
			return time.Millisecond
		}
		return time.Duration(random.IntN(900)) * time.Millisecond
	}
	for name, c := range map[string]struct {
		took   func(i int) time.Duration
		slower bool
	}{
		"a little more with each call":        {func(i int) time.Duration { return noise() + time.Duration(i)*100*time.Microsecond }, true},
		"as long at the end":                  {func(int) time.Duration { return noise() }, false},
		"a machine that is ever busier":       {func(i int) time.Duration { return noise() * time.Duration(1+i/200) }, false},
		"slow from the middle on":             {func(i int) time.Duration { return noise() + time.Duration(i/2000)*300*time.Millisecond }, false},
		"a little more, and not worth a word": {func(i int) time.Duration { return time.Millisecond + time.Duration(i)*time.Microsecond }, false},
	} {
		var p pace
		for i := range answers {
			p.hear([]*client.Exchange{{Operation: "cards-get", StartedAt: time.Unix(int64(i), 0), Duration: c.took(i)}})
		}
		_, _, slower := p.slower()
		require.Equal(t, c.slower, slower, name)
	}
	var p pace
	p.hear([]*client.Exchange{{Operation: "cards-list", Duration: time.Second}, {Operation: tokenCall}})
	require.Empty(t, p.took, "a list takes longer with what is made")
}
