package evidence

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOnlyAWholeSetOfShardsIsOneRun(t *testing.T) {
	for name, c := range map[string]struct {
		shards []string
		says   string // empty where the set is whole
	}{
		"a run alone":            {[]string{""}, ""},
		"both":                   {[]string{"2/2", "1/2"}, ""},
		"one of two":             {[]string{"1/2"}, "shard 2/2 is missing"},
		"two of four":            {[]string{"1/4", "3/4"}, "shard 2/4, 4/4 is missing"},
		"one twice":              {[]string{"1/2", "1/2"}, "shard 1/2 is there twice"},
		"of two different sizes": {[]string{"1/2", "2/3"}, "not of one run"},
		"whole runs":             {[]string{"", ""}, "names no shard"},
		"a shard and a whole":    {[]string{"1/2", ""}, "names no shard"},
	} {
		t.Run(name, func(t *testing.T) {
			err := WholeSet(c.shards)
			if c.says == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.says)
		})
	}
}
