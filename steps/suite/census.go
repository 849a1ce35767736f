package suite

import (
	"sort"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// census counts every check that was really evaluated, by name.
type census map[string]*reports.CheckCount

func (c census) add(checks []evidence.Check) {
	for _, check := range checks {
		count := c[check.Name]
		if count == nil {
			count = &reports.CheckCount{Name: check.Name}
			c[check.Name] = count
		}
		count.Evaluated++
		switch check.Outcome {
		case evidence.Broken:
			count.Failed++
		case evidence.NoData:
			count.NoData++
		}
	}
}

func (c census) counts() []reports.CheckCount {
	counts := make([]reports.CheckCount, 0, len(c))
	for _, count := range c {
		counts = append(counts, *count)
	}
	sort.Slice(counts, func(i, j int) bool { return counts[i].Name < counts[j].Name })
	return counts
}
