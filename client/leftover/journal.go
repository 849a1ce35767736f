// Package leftover keeps what a run makes on a target, as it goes, so that nothing is forgotten however the run ends, and
// puts away what the API can.
package leftover

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// Name is that of a journal, in the folder of the reports.
const Name = "made.ndjson"

// Thing is one that a run made.
type Thing struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
	As   string `json:"as,omitempty"` // the client that made it
	// Target is the base address of the API, and Run the run.
	Target string    `json:"target,omitempty"`
	Run    string    `json:"run,omitempty"`
	At     time.Time `json:"at,omitzero"` // UTC
}

// line is one of a journal: a thing, that one is away, or that a run came to its end and has put away what it could.
type line struct {
	Thing
	Away  bool `json:"away,omitempty"`
	Ended bool `json:"ended,omitempty"`
}

// Journal is appended to as a run goes: a line for each thing, written before the next call is made.
type Journal struct {
	target, run string
	now         func() time.Time

	mu   sync.Mutex
	file *os.File
	err  error // the first that writing met
}

// Open opens the journal of a run. Where an earlier run left nothing in it that was not put away, it begins anew.
func Open(path string, mode fs.FileMode, target, run string, now func() time.Time) (*Journal, error) {
	left, err := Read(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	how := os.O_CREATE | os.O_WRONLY | os.O_APPEND
	if len(left) == 0 {
		how |= os.O_TRUNC
	}
	file, err := os.OpenFile(path, how, mode)
	if err != nil {
		return nil, fmt.Errorf("opening the journal of what a run makes: %w", err)
	}
	return &Journal{target: target, run: run, now: now, file: file}, nil
}

// Made notes a thing that was made.
func (j *Journal) Made(kind, id, as string) {
	j.write(line{Thing: Thing{Kind: kind, ID: id, As: as, Target: j.target, Run: j.run, At: j.now().UTC()}})
}

// Away notes that a thing was put away.
func (j *Journal) Away(one Thing) {
	j.write(line{Thing: Thing{Kind: one.Kind, ID: one.ID}, Away: true})
}

// Close ends the journal; whole says that the run came to its end and has put away what it could.
func (j *Journal) Close(whole bool) error {
	if whole {
		j.write(line{Thing: Thing{Run: j.run}, Ended: true})
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return errors.Join(j.err, j.file.Close())
}

func (j *Journal) write(one line) {
	text, err := json.Marshal(one)
	j.mu.Lock()
	defer j.mu.Unlock()
	if err == nil {
		_, err = j.file.Write(append(text, '\n'))
	}
	if err != nil && j.err == nil {
		j.err = fmt.Errorf("writing the journal of what a run makes: %w", err)
	}
}

// Read returns the things of a journal that were not put away, by runs that did not come to their end. A last line that
// is cut off is what a run that was killed leaves, and is left out.
func Read(path string) ([]Thing, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the journal of what a run makes: %w", err)
	}
	defer func() { _ = file.Close() }() // it was only read
	var all []Thing
	from := bufio.NewReader(io.LimitReader(file, mostJournal))
	for number := 1; ; number++ {
		text, err := from.ReadBytes('\n')
		if err != nil {
			return all, nil // the end, or a line that was cut off
		}
		var one line
		if err := json.Unmarshal(text, &one); err != nil {
			return nil, fmt.Errorf("%s:%d is no line of a journal: %w; take it out", path, number, err)
		}
		switch {
		case one.Ended:
			all = slices.DeleteFunc(all, func(thing Thing) bool { return thing.Run == one.Run })
		case one.Away:
			all = slices.DeleteFunc(all, func(thing Thing) bool { return thing.ID == one.ID && thing.Kind == one.Kind })
		default:
			all = append(all, one.Thing)
		}
	}
}

// Spent removes the journal of a folder that lists nothing any more which is to be put away; without a journal it does
// nothing.
func Spent(folder string) error {
	path := filepath.Join(folder, Name)
	left, err := Read(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil || len(left) > 0:
		return err
	}
	return os.Remove(path)
}

// mostJournal bounds what is read of a journal, in bytes.
const mostJournal = 64 << 20
