package workbench

import (
	"path/filepath"
	"slices"

	"al.essio.dev/pkg/shellescape"

	"github.com/kobcheck/kobcheck/client/leftover"
	"github.com/kobcheck/kobcheck/reports/wording"
)

// Made is the journal of what a verb makes on a target; nil where all of it is gone with the mock inside.
type Made struct {
	*leftover.Journal
	bench *Bench
	path  string
	// name and url are those of the target, tidy the command that puts away what is left there.
	name, url, tidy string
}

// Journal begins what a verb writes: withdraw takes the reports of an earlier call away, nil where the verb writes none, and
// a journal is opened in their folder. Clients that are made from then on write into it.
func (b *Bench) Journal(subject *Subject, where *Where, out *Output, runID string, withdraw func() error) (*Made, error) {
	if withdraw != nil {
		if err := withdraw(); err != nil {
			return nil, err
		}
	}
	if subject.Embedded {
		return nil, nil //nolint:nilnil // there is none
	}
	if err := out.Ready(); err != nil {
		return nil, err
	}
	path := filepath.Join(out.Folder, leftover.Name)
	journal, err := leftover.Open(path, out.FileMode(), subject.File.Target.BaseURL, runID, b.Now)
	if err != nil {
		return nil, err
	}
	b.made = &Made{Journal: journal, bench: b, path: path, name: subject.File.Target.Name, url: subject.File.Target.BaseURL,
		tidy: "kobcheck tidy --config " + shellescape.QuoteCommand([]string{where.Config, b.Place(out.Folder)})}
	return b.made, nil
}

// Done ends the journal, and says what to do about things that this verb and earlier ones left. Whole says that this one
// has put away what it could.
func (m *Made) Done(whole bool) {
	if m == nil {
		return
	}
	if err := m.Close(whole); err != nil {
		m.bench.Say("%v", err)
	}
	left, err := leftover.Read(m.path)
	if err != nil {
		m.bench.Say("%v", err)
	}
	left = slices.DeleteFunc(left, func(one leftover.Thing) bool { return one.Target != m.url || !leftover.CanGo(one.Kind) })
	if len(left) > 0 {
		m.bench.Say("%s left on %s can be put away: %s", wording.Count(len(left), "thing"), m.name, m.tidy)
	}
}
