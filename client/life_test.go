package client

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTokensThatEndAtOneAgeAreShortAndThoseThatSomebodyRevokedAreNot(t *testing.T) {
	const promised = 3600
	for name, c := range map[string]struct {
		served, refused []int // seconds
		short           bool
	}{
		"all at one age":                  {[]int{9, 9, 9}, []int{10, 10, 11}, true},
		"one of them seldom used":         {[]int{9, 9, 1}, []int{10, 10, 40}, true},
		"at any age":                      {[]int{9, 39, 70}, []int{10, 40, 71}, false},
		"two only":                        {[]int{9, 9}, []int{10, 10}, false},
		"one lived on":                    {[]int{9, 9, 9, 50}, []int{10, 10, 10, 0}, false},
		"when they were to end and after": {[]int{9, 9, 9}, []int{3600, 3700, 3800}, false},
	} {
		tokens := newTokens()
		for i, served := range c.served {
			tokens.lives[string(rune('a'+i))] = &lived{promised: promised,
				served: time.Duration(served) * time.Second, refused: time.Duration(c.refused[i]) * time.Second}
		}
		end, told, short := (&Client{tokens: tokens}).ShortLives()
		require.Equal(t, c.short, short, name)
		if short {
			require.Equal(t, 10*time.Second, end, name)
			require.Equal(t, time.Hour, told, name)
		}
	}
}
