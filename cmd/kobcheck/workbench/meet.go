package workbench

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/bucket"
)

// The meeting of shards in a folder: how often it is looked into, and how long after the last one has come they begin.
const (
	meetLook  = 100 * time.Millisecond
	meetAfter = 2 * time.Second
)

// Meet leaves word in a folder that a shard is ready, waits until all are, and returns the moment at which they begin
// together: two seconds after the last one came, by the clocks of their machines. The folder belongs to one run.
func Meet(ctx context.Context, folder string, part kind.Shard, within time.Duration) (time.Time, error) {
	word := func(i int) string { return filepath.Join(folder, fmt.Sprintf("ready-%dof%d", i, part.Of)) }
	now := time.Now().UTC()
	text := []byte(now.Format(time.RFC3339Nano))
	const forOtherShards = 0o640
	if err := errors.Join(os.MkdirAll(folder, 0o750), os.WriteFile(word(part.Index), text, forOtherShards)); err != nil {
		return now, fmt.Errorf("--meet: leaving word in %s: %w", folder, err)
	}
	var last time.Time
	err := until(ctx, within, func() (missing []string, err error) {
		last = time.Time{}
		for i := range part.Of {
			text, err := os.ReadFile(word(i + 1))
			at, unread := time.Parse(time.RFC3339Nano, string(text))
			switch {
			case err != nil && !errors.Is(err, fs.ErrNotExist):
				return nil, err
			case err != nil || unread != nil: // not there, or not whole yet
				missing = append(missing, fmt.Sprintf("shard %d/%d", i+1, part.Of))
			case at.After(last):
				last = at
			}
		}
		return missing, nil
	})
	return last.Add(meetAfter), err
}

// until asks again and again until nothing is missing any more. Once the time is over, its error names what is.
func until(ctx context.Context, within time.Duration, ask func() (missing []string, err error)) error {
	for end := time.Now().Add(within); ; {
		missing, err := ask()
		switch {
		case err != nil || len(missing) == 0:
			return err
		case time.Now().After(end):
			return fmt.Errorf("%s did not come within %v", strings.Join(missing, ", "), within)
		}
		if err := kind.Wait(ctx, meetLook); err != nil {
			return err
		}
	}
}

// OpenLoads reads the load.json of shards, from folders or buckets, and waits for those that are not there yet.
func (b *Bench) OpenLoads(ctx context.Context, paths []string, within time.Duration) ([]*reports.LoadRun, error) {
	parts := make([]*reports.LoadRun, len(paths))
	err := until(ctx, within, func() (missing []string, err error) {
		for i, path := range paths {
			if parts[i] != nil {
				continue
			}
			if parts[i], err = b.openLoad(ctx, path); errors.Is(err, fs.ErrNotExist) {
				missing = append(missing, path)
			} else if err != nil {
				return nil, err
			}
		}
		return missing, nil
	})
	return parts, err
}

func (b *Bench) openLoad(ctx context.Context, path string) (*reports.LoadRun, error) {
	if !bucket.Is(path) {
		return OpenLoad(path)
	}
	from, err := bucket.At(path, b.Getenv)
	if err != nil {
		return nil, err
	}
	object, err := from.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = object.Close() }() // it was only read
	return reports.ReadLoad(object)
}
