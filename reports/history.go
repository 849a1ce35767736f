package reports

import (
	"fmt"
	"time"

	"github.com/kobcheck/kobcheck/reports/evidence"
)

// History is what earlier nights of the same target say of a run.
type History struct {
	// Nights is how many there are; Previous is the last of them.
	Nights   int    `json:"nights"`
	Previous string `json:"previous,omitempty"`
	// Since tells of each way of failing, by fingerprint, how long it has been there without a break.
	Since map[string]Since `json:"since"`
	// Answers tells of each answer to an open question since when the target has given it.
	Answers map[string]Since `json:"answers"`
	// New and Gone are requirements whose ways of failing are new, or gone, since the previous night.
	New  []NightFailure `json:"new"`
	Gone []NightFailure `json:"gone"`
	// Vanished are scenarios that the previous night had; they are no longer selected or no longer there.
	Vanished []string `json:"vanished"`
	// Skipped are files that could not be read, each with its reason.
	Skipped []string `json:"skipped"`
}

// Since is when something was first seen, and on how many nights without a break.
type Since struct {
	First  time.Time `json:"first"` // UTC
	Nights int       `json:"nights"`
}

// Remember holds the run against earlier nights of its target, oldest first. It changes nothing of the verdict.
func (r *Run) Remember(nights []*Night, skipped []string) {
	h := &History{Since: map[string]Since{}, Answers: map[string]Since{}, New: []NightFailure{}, Gone: []NightFailure{}, Vanished: []string{}, Skipped: append([]string{}, skipped...)}
	var earlier []*Night
	for _, night := range nights {
		if night.Target == r.Target.Name && night.RunID != r.RunID && night.StartedAt.Before(r.StartedAt) {
			earlier = append(earlier, night)
		}
	}
	h.Nights = len(earlier)
	tonight := r.Night()
	trend := &Trend{Nights: append(append([]*Night{}, earlier...), tonight)}
	trend.open(tonight)
	for _, one := range trend.Open {
		h.Since[one.Fingerprint] = Since{First: one.Since, Nights: one.Nights}
	}
	for id, answer := range tonight.Answers {
		since := Since{First: tonight.StartedAt, Nights: 1}
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

// AnsweredSince says in words since when the target answers an open question so, where the run knows of earlier
// nights.
func (r *Run) AnsweredSince(o evidence.Observation) string {
	if r.History == nil || r.History.Nights == 0 {
		return ""
	}
	since, there := r.History.Answers[o.ID]
	switch {
	case !there:
		return ""
	case since.Nights == 1:
		return "for the first time"
	}
	return fmt.Sprintf("since %s, %d nights", since.First.UTC().Format("2006-01-02"), since.Nights)
}
