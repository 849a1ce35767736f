package format

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/kobcheck/kobcheck/reports/wording"
)

// DefaultMode is the mode of a report: what was seen on a target is for its team, not for everybody on the machine.
const DefaultMode fs.FileMode = 0o640

// Guard returns a text without secrets and card numbers, and says in words what it found.
type Guard interface {
	Mask(data []byte) (masked []byte, found []string)
}

// Writer puts files into a folder, all of them or none: they are looked through and written aside, and take their
// places when they are whole. What a guard finds is masked, and told to every one of the files before it is written.
// Where writing fails, the files of an earlier run go too: nobody shall take them for those of this one.
type Writer struct {
	Folder string
	// Guard looks through what will be written; nil for none.
	Guard Guard
	// Mode is that of a file, [DefaultMode] where it is 0. Whoever may read a file may enter its folder.
	Mode fs.FileMode
	// Anew says that the folder is for one run: reports of an earlier one go, in whichever format they are.
	Anew bool
}

// file is one file on its way: its path below the folder, and what writes it.
type file struct {
	name   string
	render func(io.Writer) error
}

// File writes a single file wherever its path leads, such as a profile, and returns in words what was masked in it.
func (w *Writer) File(path string, render func(io.Writer) error) (found string, err error) {
	one := &Writer{Folder: filepath.Dir(path), Guard: w.Guard, Mode: w.Mode}
	files := []file{{filepath.Base(path), render}}
	_, err = one.write(func() []file { return files }, nil, func(words string) { found = words })
	return found, err
}

// write puts files into the folder and returns their paths. Earlier are the patterns of what an earlier run may have
// left there. A file that can't be rendered is left out and does not keep the others. Told hears in words what the
// guard found, once, before anything takes its place; then the list is asked for again.
func (w *Writer) write(list func() []file, earlier []string, told func(found string)) ([]string, error) {
	files := list()
	stage, err := w.stage()
	if err != nil {
		return nil, errors.Join(err, w.withdraw(files, earlier, nil))
	}
	defer func() { _ = os.RemoveAll(stage) }() // empty, or of no use
	found, unrendered, err := w.fill(stage, files)
	if err == nil && found != "" {
		told(found)
		files = list()
		_, unrendered, err = w.fill(stage, files)
	}
	if err != nil {
		return nil, errors.Join(err, w.withdraw(files, earlier, nil))
	}
	whole := slices.DeleteFunc(slices.Clone(files), func(one file) bool { return unrendered[one.name] != nil })
	failed := []error{w.withdraw(files, earlier, whole)}
	var paths []string
	for _, one := range whole {
		path := filepath.Join(w.Folder, filepath.FromSlash(one.name))
		err := os.MkdirAll(filepath.Dir(path), w.folderMode())
		if err == nil {
			err = os.Rename(filepath.Join(stage, one.name), path)
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("putting %s into its place: %w", path, err), w.withdraw(files, earlier, nil))
		}
		paths = append(paths, path)
	}
	for _, one := range files {
		failed = append(failed, unrendered[one.name])
	}
	return paths, errors.Join(failed...)
}

// stage makes the folder for the files that are not whole yet. It is inside the folder, not beside it: a folder that
// is mounted, as pipelines mount theirs, has its own file system, and only within one does a file move at once.
func (w *Writer) stage() (string, error) {
	err := os.MkdirAll(w.Folder, w.folderMode())
	if err == nil {
		var stage string
		if stage, err = os.MkdirTemp(w.Folder, ".kobcheck-*"); err == nil {
			return stage, nil
		}
	}
	return "", fmt.Errorf("making the folder for reports %s: %w; choose another with --out", w.Folder, err)
}

// fill renders the files into the stage. It returns what the guard found, and why single files could not be rendered;
// an error means that the disk does not take them.
func (w *Writer) fill(stage string, files []file) (found string, unrendered map[string]error, err error) {
	unrendered = map[string]error{}
	var mu, disk sync.Mutex
	what, where := map[string]bool{}, []string{}
	var all errgroup.Group
	all.SetLimit(runtime.GOMAXPROCS(0))
	for _, one := range files {
		all.Go(func() error {
			data, kinds, err := w.rendered(one)
			mu.Lock()
			if err != nil {
				unrendered[one.name] = err
			}
			for _, kind := range kinds {
				what[kind] = true
			}
			if len(kinds) > 0 {
				where = append(where, one.name)
			}
			mu.Unlock()
			if err != nil {
				return nil // it is told with the others that could not be rendered
			}
			disk.Lock() // one file at a time: a run may end with few that it may open
			defer disk.Unlock()
			return w.put(filepath.Join(stage, filepath.FromSlash(one.name)), data)
		})
	}
	err = all.Wait()
	return inWords(what, where), unrendered, err
}

// rendered is one file as it will be written, with what was masked in it. A renderer that breaks down is an error.
func (w *Writer) rendered(one file) (data []byte, found []string, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("writing %s broke down: %v", one.name, cause)
		}
	}()
	var text bytes.Buffer
	if err := one.render(&text); err != nil {
		return nil, nil, fmt.Errorf("writing %s: %w", one.name, err)
	}
	return w.masked(one.name, text.Bytes())
}

// masked is a text without what the guard finds in it. What can't be masked is not written.
func (w *Writer) masked(name string, data []byte) ([]byte, []string, error) {
	if w.Guard == nil {
		return data, nil, nil
	}
	data, found := w.Guard.Mask(data)
	if len(found) == 0 {
		return data, nil, nil
	}
	if _, left := w.Guard.Mask(data); len(left) > 0 {
		return nil, found, fmt.Errorf("%s is not written: it would hold %s even when masked", name, strings.Join(left, " and "))
	}
	return data, found, nil
}

func (w *Writer) put(path string, data []byte) error {
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = os.WriteFile(path, data, 0o600)
	}
	if err == nil {
		err = os.Chmod(path, w.mode()) // whatever the umask is
	}
	if err != nil {
		return fmt.Errorf("writing the reports: %w", err)
	}
	return nil
}

// withdraw removes what an earlier run left and this one does not write again.
func (w *Writer) withdraw(files []file, earlier []string, again []file) error {
	patterns := slices.Clone(earlier)
	for _, one := range files {
		patterns = append(patterns, one.name)
	}
	var failed []error
	for _, pattern := range patterns {
		paths, err := filepath.Glob(filepath.Join(w.Folder, filepath.FromSlash(pattern)))
		failed = append(failed, err)
		for _, path := range paths {
			kept := slices.ContainsFunc(again, func(one file) bool { return filepath.Join(w.Folder, one.name) == path })
			if kept {
				continue
			}
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				failed = append(failed, fmt.Errorf("%s is of an earlier run and could not be removed: %w", path, err))
			}
		}
	}
	return errors.Join(failed...)
}

func (w *Writer) mode() fs.FileMode { return cmp.Or(w.Mode, DefaultMode) }

// folderMode lets enter whoever may read.
func (w *Writer) folderMode() fs.FileMode { return w.mode() | w.mode()&0o444>>2 }

// namedFiles is how many files a sentence names.
const namedFiles = 3

// inWords says what was found and where it was masked; empty for nothing.
func inWords(what map[string]bool, where []string) string {
	if len(where) == 0 {
		return ""
	}
	slices.Sort(where)
	kinds := slices.Sorted(maps.Keys(what))
	return fmt.Sprintf("%s would have held %s; it is masked there",
		wording.Some(where, namedFiles), strings.Join(kinds[:min(namedFiles, len(kinds))], " and "))
}
