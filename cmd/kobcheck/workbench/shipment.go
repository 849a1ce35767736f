package workbench

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/reports/bucket"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// intoBucket marks a flag that names a folder, and may name a place in a bucket.
const intoBucket = "kobcheck_bucket"

// shipment is a folder of this machine whose files go into a bucket once a verb has ended, however it ended.
type shipment struct {
	to            *bucket.Bucket
	place, folder string
}

// prepared makes the folder where --out names a bucket that can be reached; nil where it names none.
func prepared(ctx context.Context, command *cobra.Command, getenv func(string) string) (*shipment, error) {
	flag := command.Flags().Lookup("out")
	if flag == nil || flag.Annotations[intoBucket] == nil || !bucket.Is(flag.Value.String()) {
		return nil, nil
	}
	s := &shipment{place: strings.TrimSuffix(flag.Value.String(), "/")}
	var err error
	if s.to, err = bucket.At(s.place, getenv); err == nil {
		err = s.to.Reach(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("--out: %w", err)
	}
	if s.folder, err = os.MkdirTemp("", "kobcheck-out-*"); err != nil {
		return nil, fmt.Errorf("--out: making a folder for what goes into a bucket: %w", err)
	}
	return s, flag.Value.Set(s.folder)
}

// renamed says where files will be, in place of where they are written.
func (s *shipment) renamed(text string) string {
	if s == nil {
		return text
	}
	return strings.ReplaceAll(text, s.folder, s.place)
}

// send puts what was written into the bucket and returns how the verb ends. Where the bucket does not take it, what was
// made is not lost.
func (s *shipment) send(ctx context.Context, b *Bench, ended error) error {
	if _, err := s.to.Push(context.WithoutCancel(ctx), s.folder); err != nil {
		if errors.Is(err, fs.ErrNotExist) { // the verb did not come to writing anything
			return errors.Join(ended, os.RemoveAll(s.folder))
		}
		b.ships = nil
		b.Say("%v; the reports are in %s instead", err, s.folder)
		if ended == nil {
			ended = ExitWith(evidence.ExitUsage)
		}
		return ended
	}
	return errors.Join(ended, os.RemoveAll(s.folder))
}

// Place is where the files of a folder will be: in a bucket, where --out names one.
func (b *Bench) Place(folder string) string { return b.ships.renamed(folder) }
