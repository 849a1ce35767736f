package evidence

import (
	"fmt"
	"strings"
)

// WholeSet returns an error where parts, each named like 2/4, are not all the shards of one whole: it names what is
// missing, there twice, or of another number of shards. One part without a name is whole by itself.
func WholeSet(shards []string) error {
	if len(shards) == 1 && shards[0] == "" {
		return nil
	}
	of, seen := 0, map[int]bool{}
	for _, shard := range shards {
		var index, total int
		if n, err := fmt.Sscanf(shard, "%d/%d", &index, &total); n != 2 || err != nil {
			return fmt.Errorf("a part names no shard such as 1/%d, so that nobody can tell what is missing; merge what --shard made", len(shards))
		}
		switch {
		case of != 0 && total != of:
			return fmt.Errorf("a part is shard %s, and another one of %d: they are not of one run", shard, of)
		case seen[index]:
			return fmt.Errorf("shard %s is there twice", shard)
		}
		of, seen[index] = total, true
	}
	var missing []string
	for index := 1; index <= of; index++ {
		if !seen[index] {
			missing = append(missing, fmt.Sprintf("%d/%d", index, of))
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("shard %s is missing; perform it with --shard, or look why its job left no file", strings.Join(missing, ", "))
	}
	return nil
}
