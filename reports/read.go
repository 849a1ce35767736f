package reports

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/kobcheck/kobcheck/reports/evidence"
)

// packed are the first bytes of what gzip has compressed (RFC 1952 section 2.3.1).
var packed = []byte{0x1f, 0x8b}

// ReadRun reads a run.json, or one that is compressed as run.json.gz. Another version, or a file of another kind, is an
// error that says so.
func ReadRun(from io.Reader) (*Run, error) {
	data, err := within(from)
	if err == nil && bytes.HasPrefix(data, packed) {
		data, err = unpacked(data)
	}
	if err != nil {
		return nil, fmt.Errorf("reading a run: %w", err)
	}
	run := new(Run)
	if err := json.Unmarshal(data, run); err != nil || run.Version != Version {
		return nil, unread(data, err)
	}
	run.proveEarlier()
	return run, nil
}

// unread says why a run was not read: what is of another version may well be of another form.
func unread(data []byte, broken error) error {
	var head struct {
		Version int `json:"version"`
	}
	switch err := json.Unmarshal(data, &head); {
	case err != nil:
		return fmt.Errorf("this is no run.json: %w", err)
	case head.Version != Version:
		return fmt.Errorf("this run.json is not of version %d, which this program reads; render it with the program that wrote it", Version)
	}
	return fmt.Errorf("this run.json is broken: %w", broken)
}

func unpacked(data []byte) ([]byte, error) {
	from, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return within(from)
}

// The bounds of a run.json: this program writes a part of it.
const (
	mostBytes = 256 << 20
	mostText  = 1 << 20
)

// ReadFile reads a file that this program writes, as far as it can have written it.
func ReadFile(path string) ([]byte, error) {
	from, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	data, err := within(from)
	return data, errors.Join(err, from.Close())
}

// within reads a file, and refuses one that this program can't have written.
func within(from io.Reader) (data []byte, err error) {
	piece, quote := make([]byte, 64<<10), 0 // the place of the last
	for {
		n, err := from.Read(piece)
		if at := bytes.LastIndexByte(piece[:n], '"'); at >= 0 {
			quote = len(data) + at
		}
		if cap(data)-len(data) < n {
			data = slices.Grow(data, max(n, len(data))) // by half at a time a long one would be copied ten times
		}
		data = append(data, piece[:n]...)
		switch {
		case len(data) > mostBytes:
			return nil, fmt.Errorf("it has more than %d MiB", mostBytes>>20)
		case len(data)-quote > mostText && !bytes.HasPrefix(data, packed):
			return nil, fmt.Errorf("it has a text of more than %d MiB", mostText>>20)
		case errors.Is(err, io.EOF):
			return data, nil
		case err != nil:
			return nil, err
		}
	}
}

// proveEarlier fills in what an earlier run.json does not say: which requirements its scenarios prove. A scenario
// that passed had a check that held, so that one without is of such a file; it proved what it was tagged with.
func (r *Run) proveEarlier() {
	for i := range r.Scenarios {
		s := &r.Scenarios[i]
		if s.Verdict != evidence.Passed || len(s.Proves) > 0 {
			continue
		}
		for _, check := range s.Checks {
			if check.Outcome == evidence.Held && check.Requirement != "" {
				s.Proves = append(s.Proves, check.Requirement)
			}
		}
		s.Proves = append(s.Proves, s.Requirements...)
		slices.Sort(s.Proves)
		s.Proves = slices.Compact(s.Proves)
	}
}
