package workbench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/bucket"
)

// The meeting of shards: how often a folder is looked into, or a bucket, and how long after the last one has come they
// begin.
const (
	lookIntoFolder = 100 * time.Millisecond
	lookIntoBucket = time.Second
	meetAfter      = 2 * time.Second
)

// Meet leaves word in a folder or bucket that a shard is ready, waits until all are, and returns the moment at which
// they begin together: two seconds after the last one came, by the clocks of their machines. The place belongs to one
// run: a shard that has left word there before is refused.
func (b *Bench) Meet(ctx context.Context, place string, part kind.Shard, within time.Duration) (time.Time, error) {
	now := time.Now().UTC()
	if err := b.leave(ctx, word(place, part, part.Index), []byte(now.Format(time.RFC3339Nano))); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return now, beenThere(place, part)
		}
		return now, fmt.Errorf("--meet: leaving word in %s: %w", place, err)
	}
	var last time.Time
	err := until(ctx, within, lookFor(place), func() (missing []string, err error) {
		last = time.Time{}
		for i := range part.Of {
			text, err := b.read(ctx, word(place, part, i+1))
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

// word is where a shard says that it is ready.
func word(place string, part kind.Shard, index int) string {
	return below(place, fmt.Sprintf("ready-%dof%d", index, part.Of))
}

func beenThere(place string, part kind.Shard) error {
	return fmt.Errorf("shard %d/%d has been at %s before; each load takes a place of its own", part.Index, part.Of, place)
}

// NewAt refuses a shard that has been at a meeting before, while the results of that load are still there.
func (b *Bench) NewAt(ctx context.Context, place string, part kind.Shard) error {
	if place == "" {
		return nil
	}
	switch _, err := b.read(ctx, word(place, part, part.Index)); {
	case err == nil:
		return beenThere(place, part)
	case errors.Is(err, fs.ErrNotExist):
		return nil
	default:
		return fmt.Errorf("--meet: looking at %s: %w", place, err)
	}
}

// below is a name in a folder or bucket.
func below(place, name string) string {
	if bucket.Is(place) {
		return strings.TrimSuffix(place, "/") + "/" + name
	}
	return filepath.Join(place, name)
}

func lookFor(place string) time.Duration {
	if bucket.Is(place) {
		return lookIntoBucket
	}
	return lookIntoFolder
}

// leave writes what is not there yet, into a folder or a bucket.
func (b *Bench) leave(ctx context.Context, place string, text []byte) error {
	if bucket.Is(place) {
		to, err := bucket.At(place, b.Getenv)
		if err == nil {
			err = to.Leave(ctx, text)
		}
		return err
	}
	const forOtherShards = 0o640
	err := os.MkdirAll(filepath.Dir(place), 0o750)
	if err != nil {
		return err
	}
	to, err := os.OpenFile(place, os.O_WRONLY|os.O_CREATE|os.O_EXCL, forOtherShards)
	if err != nil {
		return err
	}
	_, err = to.Write(text)
	return errors.Join(err, to.Close())
}

// read reads a file, or an object of a bucket.
func (b *Bench) read(ctx context.Context, place string) ([]byte, error) {
	if !bucket.Is(place) {
		return os.ReadFile(place)
	}
	from, err := bucket.At(place, b.Getenv)
	if err != nil {
		return nil, err
	}
	object, err := from.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = object.Close() }() // it was only read
	return io.ReadAll(object)
}

// until asks again and again until nothing is missing any more. Once the time is over, its error names what is.
func until(ctx context.Context, within, every time.Duration, ask func() (missing []string, err error)) error {
	for end := time.Now().Add(within); ; {
		missing, err := ask()
		switch {
		case err != nil || len(missing) == 0:
			return err
		case time.Now().After(end):
			return fmt.Errorf("%s did not come within %v", strings.Join(missing, ", "), within)
		}
		if err := kind.Wait(ctx, every); err != nil {
			return err
		}
	}
}

// OpenLoads reads the load.json of shards, from folders or buckets, and waits until the first is there, and then so
// long for the others: they began together, and one that is much later will not come.
func (b *Bench) OpenLoads(ctx context.Context, paths []string, first, others time.Duration) ([]*reports.LoadRun, error) {
	parts := make([]*reports.LoadRun, len(paths))
	look := func() (missing []string, err error) {
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
	}
	err := until(ctx, first, lookFor(paths[0]), func() ([]string, error) {
		missing, err := look()
		if len(missing) < len(paths) {
			missing = nil
		}
		return missing, err
	})
	if err == nil {
		err = until(ctx, min(first, others), lookFor(paths[0]), look)
	}
	return parts, err
}

// MergedBefore refuses to take shards that were merged into a place before for those of a new load.
func (b *Bench) MergedBefore(ctx context.Context, out string, parts []*reports.LoadRun) error {
	place := below(b.Place(out), "load.json")
	earlier, err := b.openLoad(ctx, place)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case slices.ContainsFunc(parts, func(part *reports.LoadRun) bool { return part.RunID == earlier.RunID }):
		return fmt.Errorf("run %s was merged into %s before; each load takes a place of its own (without --wait it is merged again)",
			earlier.RunID, place)
	}
	return nil
}

func (b *Bench) openLoad(ctx context.Context, path string) (*reports.LoadRun, error) {
	if !bucket.Is(path) {
		return OpenLoad(path)
	}
	text, err := b.read(ctx, path)
	if err != nil {
		return nil, err
	}
	return reports.ReadLoad(bytes.NewReader(text))
}
