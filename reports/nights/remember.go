package nights

import (
	"slices"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/wording"
)

// Remember holds a run against earlier nights of its target, oldest first. It changes nothing of the verdict.
func Remember(r *reports.Run, nights []*Night, skipped []string) {
	h := &reports.History{Since: map[string]reports.Since{}, Answers: map[string]reports.Since{}, New: []reports.NightFailure{},
		Gone: []reports.NightFailure{}, Vanished: []string{}, Skipped: append([]string{}, skipped...)}
	earlier := slices.DeleteFunc(slices.Clone(nights), func(night *Night) bool {
		return night.Target != r.Target.Name || night.RunID == r.RunID || !night.StartedAt.Before(r.StartedAt)
	})
	h.Nights = len(earlier)
	tonight := Of(r)
	trend := &Trend{Nights: append(append([]*Night{}, earlier...), tonight)}
	trend.open()
	for _, one := range trend.Open {
		h.Since[one.Fingerprint] = reports.Since{First: one.Since, Nights: one.Nights}
	}
	for id, answer := range tonight.Answers {
		since := reports.Since{First: tonight.StartedAt, Nights: 1}
		for _, night := range slices.Backward(earlier) {
			if was, asked := night.Answers[id]; asked && was != answer {
				break
			} else if asked {
				since.First, since.Nights = night.StartedAt, since.Nights+1
			}
		}
		h.Answers[id] = since
	}
	if len(earlier) > 0 {
		last := earlier[len(earlier)-1]
		h.Previous = last.RunID
		c := changes(earlier, tonight)
		h.Gone, h.Unseen, h.Upgrade = append(h.Gone, c.Gone...), c.Unseen, c.Upgrade()
		trend.shifts()
		h.Told = told(trend, c)
		h.New, h.Vanished = slices.Concat(h.New, c.New, c.Unlooked), append(h.Vanished, c.Vanished...)
	}
	r.History = h
}

// told says in lines what else differs from earlier nights: latency that took a step, and what is answered beyond the
// documentation, by name.
func told(t *Trend, c *Changes) []string {
	var lines []string
	for _, one := range t.Shifts {
		if !one.Grows {
			lines = append(lines, one.String())
		}
	}
	for _, part := range []struct {
		what string
		list []string
	}{{"beyond the documentation, new", c.Undocumented}, {"beyond the documentation, gone", c.Documented}} {
		if len(part.list) > 0 {
			lines = append(lines, part.what+": "+wording.Some(part.list, namedShown))
		}
	}
	return lines
}

// namedShown is how many things a line names.
const namedShown = 5
