package client

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTokensThatEndAtOneAgeAreShortAndThoseThatSomebodyRevokedAreNot(t *testing.T) {
	const promised = 3600
	for name, c := range map[string]struct {
		served, refused []time.Duration
		short           bool
	}{
		"all at one age":                  {[]time.Duration{9, 9, 9}, []time.Duration{10, 10, 11}, true},
		"one of them seldom used":         {[]time.Duration{9, 9, 1}, []time.Duration{10, 10, 40}, true},
		"at any age":                      {[]time.Duration{9, 39, 70}, []time.Duration{10, 40, 71}, false},
		"two only":                        {[]time.Duration{9, 9}, []time.Duration{10, 10}, false},
		"one lived on":                    {[]time.Duration{9, 9, 9, 50}, []time.Duration{10, 10, 10, 0}, false},
		"when they were to end and after": {[]time.Duration{9, 9, 9}, []time.Duration{3600, 3700, 3800}, false},
	} {
		tokens := newTokens()
		for i, served := range c.served {
			tokens.lives[string(rune('a'+i))] = &lived{promised: promised, served: served * time.Second, refused: c.refused[i] * time.Second}
		}
		end, told, short := (&Client{tokens: tokens}).ShortLives()
		require.Equal(t, c.short, short, name)
		if short {
			require.Equal(t, 10*time.Second, end, name)
			require.Equal(t, time.Hour, told, name)
		}
	}
}
