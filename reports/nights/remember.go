package nights

import "github.com/kobcheck/kobcheck/reports"

// Remember holds a run against earlier nights of its target, oldest first. It changes nothing of the verdict.
func Remember(r *reports.Run, nights []*Night, skipped []string) {
	h := &reports.History{Since: map[string]reports.Since{}, Answers: map[string]reports.Since{}, New: []reports.NightFailure{},
		Gone: []reports.NightFailure{}, Vanished: []string{}, Skipped: append([]string{}, skipped...)}
	var earlier []*Night
	for _, night := range nights {
		if night.Target == r.Target.Name && night.RunID != r.RunID && night.StartedAt.Before(r.StartedAt) {
			earlier = append(earlier, night)
		}
	}
	h.Nights = len(earlier)
	tonight := Of(r)
	trend := &Trend{Nights: append(append([]*Night{}, earlier...), tonight)}
	trend.open(tonight)
	for _, one := range trend.Open {
		h.Since[one.Fingerprint] = reports.Since{First: one.Since, Nights: one.Nights}
	}
	for id, answer := range tonight.Answers {
		since := reports.Since{First: tonight.StartedAt, Nights: 1}
		for i := len(earlier) - 1; i >= 0 && earlier[i].Answers[id] == answer; i-- {
			since.First, since.Nights = earlier[i].StartedAt, since.Nights+1
		}
		h.Answers[id] = since
	}
	if len(earlier) > 0 {
		last := earlier[len(earlier)-1]
		h.Previous = last.RunID
		changes := Compare(last, tonight)
		h.New, h.Gone, h.Vanished = append(h.New, changes.New...), append(h.Gone, changes.Gone...), append(h.Vanished, changes.Vanished...)
	}
	r.History = h
}
