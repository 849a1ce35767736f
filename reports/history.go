package reports

import (
	"fmt"
	"slices"
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
	// Unseen stood before, and this run did not come to look for it.
	Unseen []NightFailure `json:"unseen,omitempty"`
	// Upgrade says that another version of the program made the previous night.
	Upgrade string `json:"upgrade,omitempty"`
	// Told are further differences in words, such as latency that took a step.
	Told []string `json:"told,omitempty"`
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

// AnsweredSince says in words since when the target answers an open question so, where the run knows of earlier
// nights.
func (r *Run) AnsweredSince(o evidence.Observation) string {
	if r.History == nil {
		return ""
	}
	return r.inWords(r.History.Answers[o.ID], "for the first time", "since %s, %d nights")
}

// Since says in words how long a finding has been there, where the run knows of earlier nights.
func (r *Run) Since(f evidence.Finding) string {
	if r.History == nil {
		return ""
	}
	return r.inWords(r.History.Since[f.Fingerprint()], "New: the night before did not fail so.", "Since %s, on %d nights without a break.")
}

// inWords says since when something is there: as first says where that is this night, and nothing where no night before
// is known.
func (r *Run) inWords(since Since, first, standing string) string {
	switch {
	case r.History.Nights == 0, since.Nights == 0:
		return ""
	case since.Nights == 1:
		return first
	}
	return fmt.Sprintf(standing, since.First.UTC().Format(time.DateOnly), since.Nights)
}

// Mended is how many of what is gone stood longer than one night; what came and went with one may have been chance.
func Mended(gone []NightFailure) (n int) {
	for _, one := range gone {
		if one.Nights != 1 {
			n++
		}
	}
	return n
}

// FirstSeen is when a finding was first seen without a break; zero where the run knows of no earlier nights.
func (r *Run) FirstSeen(f evidence.Finding) time.Time {
	if r.History == nil {
		return time.Time{}
	}
	return r.History.Since[f.Fingerprint()].First
}

// Same reports whether two nights tell of one cause: they have a way in common in which it shows.
func (f NightFailure) Same(other NightFailure) bool {
	ways := append([]string{other.Fingerprint}, other.Also...)
	return slices.ContainsFunc(append([]string{f.Fingerprint}, f.Also...), func(way string) bool { return slices.Contains(ways, way) })
}

// NightFailure is one cause of failures, gated ones only.
type NightFailure struct {
	Fingerprint string `json:"fingerprint"`
	// Also are the fingerprints of further ways in which it shows.
	Also        []string `json:"also,omitempty"`
	Requirement string   `json:"requirement"`
	Message     string   `json:"message"`
	Scenarios   int      `json:"scenarios"`
	// By are the first of the scenarios that show it: a night that judged none of them says nothing of it.
	By []string `json:"by,omitempty"`
	// Passing is how often it was met in passing; Hazard what it puts at risk.
	Passing int    `json:"passing,omitempty"`
	Hazard  string `json:"hazard,omitempty"`
	// Known says that a list of known failures had it.
	Known bool `json:"known,omitempty"`
	// Flaky says that another attempt of that night did not show it: it makes nothing new, and keeps open what is.
	Flaky bool `json:"flaky,omitempty"`
	// Since is when it was first seen without a break; zero where the run knew of no earlier nights.
	Since time.Time `json:"since,omitzero"`
	// Nights is on how many nights it stood, of what is gone.
	Nights int `json:"nights,omitempty"`
}

// ProfileChange is an answer that is not that of the last profile.
type ProfileChange struct {
	ID       string `json:"id"`
	Question string `json:"question"`
	Was      string `json:"was"`
	Is       string `json:"is"`
}
