package nights

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/reports"
)

// Profile is how a target answers what the documentation leaves open, as profile.json. A change from
// one run to the next is worth a look even where every answer is allowed.
type Profile struct {
	Version int       `json:"version"`
	Target  string    `json:"target"`
	At      time.Time `json:"at"` // UTC, of the run that last wrote it
	// Answers are by the id of the question; several answers to one are sorted and joined.
	Answers map[string]profileAnswer `json:"answers"`
}

// profileAnswer is one answer, since when it is given.
type profileAnswer struct {
	Question string    `json:"question"`
	Answer   string    `json:"answer"`
	Since    time.Time `json:"since"` // UTC
}

// profileVersion is the version of profile.json that is written and read.
const profileVersion = 1

// ReadProfile reads a profile.json. A file that does not exist yet is an empty profile.
func ReadProfile(path string) (*Profile, error) {
	data, err := reports.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &Profile{Version: profileVersion}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the profile: %w", err)
	}
	profile := new(Profile)
	if err := json.Unmarshal(data, profile); err != nil || profile.Version != profileVersion {
		return nil, fmt.Errorf("%s is no profile.json of version %d (%w); move it away to begin anew", path, profileVersion, err)
	}
	return profile, nil
}

// Update holds the observations of a run against the profile and takes them over. Questions that the run
// did not ask keep their answer, and what a scenario saw that failed, or was kept from its end, replaces none: an
// answer that went wrong once says nothing of how the target answers. It returns the changes; a first answer is none.
func (p *Profile) Update(r *reports.Run) []reports.ProfileChange {
	answers := map[string][]string{}
	questions := map[string]string{}
	spoilt := map[string]bool{}
	for _, s := range r.Scenarios {
		held, _ := outcome(s.Verdict)
		spoilt[s.ID] = spoilt[s.ID] || !held
	}
	for _, o := range r.Observations {
		if _, known := p.Answers[o.ID]; known && spoilt[o.Scenario] {
			continue
		}
		answers[o.ID] = append(answers[o.ID], o.Answer)
		questions[o.ID] = o.Question
	}
	if p.Answers == nil {
		p.Answers = map[string]profileAnswer{}
	}
	p.Version, p.Target, p.At = profileVersion, r.Target.Name, r.EndedAt
	changes := []reports.ProfileChange{}
	for id, list := range answers {
		slices.Sort(list)
		answer := strings.Join(list, " | ")
		known, there := p.Answers[id]
		if there && known.Answer == answer {
			continue
		}
		if there {
			changes = append(changes, reports.ProfileChange{ID: id, Question: questions[id], Was: known.Answer, Is: answer})
		}
		p.Answers[id] = profileAnswer{Question: questions[id], Answer: answer, Since: r.EndedAt}
	}
	slices.SortFunc(changes, func(a, b reports.ProfileChange) int { return cmp.Compare(a.ID, b.ID) })
	return changes
}

// Write writes profile.json.
func (p *Profile) Write(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", " ")
	return encoder.Encode(p)
}
