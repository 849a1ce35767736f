package workbench

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/format"
)

// Output is where a verb writes.
type Output struct {
	Folder string
	mode   fileMode
}

// Flags adds --out, with what is written there, and --report-mode.
func (o *Output) Flags(flags *pflag.FlagSet, folder, what string) {
	o.mode = fileMode(format.DefaultMode)
	flags.StringVar(&o.Folder, "out", folder, what+"; or a place in a bucket, such as s3+https://host/bucket/night")
	flags.Lookup("out").Annotations = map[string][]string{intoBucket: {"yes"}}
	flags.Var(&o.mode, "report-mode", "mode of the files, such as 0600; whoever may read them may enter their folder")
}

// Ready refuses a folder that can't be written, before anything is performed.
func (o *Output) Ready() error { return canWriteInto("out", o.Folder) }

// Mode is that of the files as the flag takes it.
func (o *Output) Mode() string { return o.mode.String() }

// FileMode is that of the files.
func (o *Output) FileMode() fs.FileMode { return fs.FileMode(o.mode) }

// Writer looks through what it writes with the guard.
func (o *Output) Writer(guard format.Guard) *format.Writer {
	return &format.Writer{Folder: o.Folder, Guard: guard, Mode: fs.FileMode(o.mode)}
}

// fileMode is a flag such as 0640.
type fileMode fs.FileMode

func (m *fileMode) String() string { return fmt.Sprintf("%#o", uint32(*m)) }

func (m *fileMode) Type() string { return "mode" }

// Set takes a mode that its owner can write and read.
func (m *fileMode) Set(text string) error {
	mode, err := strconv.ParseUint(text, 8, 32)
	if err != nil || mode > 0o777 || mode&0o600 != 0o600 {
		return fmt.Errorf("%q is no mode of a file that its owner may write; write it like 0640", text)
	}
	*m = fileMode(mode)
	return nil
}

// Files says which reports of a run are written, and where.
type Files struct {
	Output
	Formats []string
}

// Flags adds the flags.
func (f *Files) Flags(flags *pflag.FlagSet) {
	f.Output.Flags(flags, "reports/out", "folder for the reports")
	flags.StringSliceVar(&f.Formats, "format", format.Default(),
		"reports to write, of "+strings.Join(format.All(), ", ")+"; +ctrf adds to those by default")
}

// Ready refuses formats that there are not as well.
func (f *Files) Ready() error {
	var formats []string
	for _, name := range f.Formats {
		name, more := strings.CutPrefix(strings.TrimSpace(name), "+")
		if !slices.Contains(format.All(), name) {
			return fmt.Errorf("--format: there is no report format %q; there are %s%s", name,
				strings.Join(format.All(), ", "), contract.Meant(name, format.All()))
		}
		if more && len(formats) == 0 {
			formats = format.Default()
		}
		if !slices.Contains(formats, name) {
			formats = append(formats, name)
		}
	}
	f.Formats = formats
	return f.Output.Ready()
}

// tellEarlier says of the reports in the folder of a call that was refused that they are of another: a pipeline that keeps
// them whatever happens would show them as those of this one.
func (b *Bench) tellEarlier(failed error) {
	var exit Exit
	out := b.command.Flags().Lookup("out")
	if failed == nil || errors.As(failed, &exit) || out == nil {
		return
	}
	for _, name := range []string{"run.json", "load.json", "selftest.json"} {
		path := filepath.Join(out.Value.String(), name)
		if there, err := os.Stat(path); err == nil {
			b.Say("%s is of an earlier call, which ended at %s: this one was refused and has no report", path,
				there.ModTime().UTC().Format("2006-01-02 15:04:05 UTC"))
		}
	}
}

// canWriteInto makes a folder, and tries whether a file can be made in it.
func canWriteInto(flag, folder string) error {
	err := os.MkdirAll(folder, 0o750)
	if err == nil {
		var trial *os.File
		if trial, err = os.CreateTemp(folder, ".kobcheck-*"); err == nil {
			err = errors.Join(trial.Close(), os.Remove(trial.Name()))
		}
	}
	if err != nil {
		return fmt.Errorf("--%s: nothing can be written into %s: %w; choose another folder", flag, folder, cause(err))
	}
	return nil
}

// CanWrite tries whether a file can be written, and leaves it as it is.
func CanWrite(flag, path string) error {
	if path == "" {
		return nil
	}
	there, err := os.OpenFile(path, os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return canWriteInto(flag, filepath.Dir(path))
	}
	if err == nil {
		err = there.Close()
	}
	if err != nil {
		return fmt.Errorf("--%s: %s can't be written: %w; choose another file", flag, path, cause(err))
	}
	return nil
}

// cause leaves out of an error of a file what was tried on which name: the sentence around it says so.
func cause(err error) error {
	if path, is := errors.AsType[*fs.PathError](err); is {
		return path.Err
	}
	return err
}

// OpenRun reads a run.json.
func OpenRun(path string) (*reports.Run, error) { return open("a run.json", path, reports.ReadRun) }

// OpenLoad reads a load.json.
func OpenLoad(path string) (*reports.LoadRun, error) {
	return open("a load.json", path, reports.ReadLoad)
}

func open[T any](what, path string, read func(io.Reader) (*T, error)) (*T, error) {
	from, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", what, err)
	}
	defer func() { _ = from.Close() }() // it was only read
	result, err := read(from)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return result, nil
}

// OpenAll reads several files of a kind.
func OpenAll[T any](open func(string) (*T, error), paths []string) ([]*T, error) {
	var all []*T
	for _, path := range paths {
		one, err := open(path)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}
