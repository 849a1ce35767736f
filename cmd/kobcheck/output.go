package main

import (
	"fmt"
	"io/fs"
	"strconv"

	"github.com/spf13/pflag"

	"github.com/kobcheck/kobcheck/features"
	"github.com/kobcheck/kobcheck/reports/format"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/steps/catalog"
)

// output is where a verb writes.
type output struct {
	folder string
	mode   fileMode
}

// outputFlags defines --out, with what is written there, and --report-mode.
func outputFlags(flags *pflag.FlagSet, to *output, folder, what string) {
	to.mode = fileMode(format.DefaultMode)
	flags.StringVar(&to.folder, "out", folder, what)
	flags.Var(&to.mode, "report-mode", "mode of the files, such as 0600; whoever may read them may enter their folder")
}

// writer looks through what it writes with the guard.
func (to *output) writer(guard format.Guard) *format.Writer {
	return &format.Writer{Folder: to.folder, Guard: guard, Mode: fs.FileMode(to.mode)}
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

// sources are what reports tell beside a run: the documentation, and the features that this program carries.
func sources() (format.Sources, error) {
	facts, _, err := documentation()
	if err != nil {
		return format.Sources{}, err
	}
	shapes, err := schemas.Load()
	if err != nil {
		return format.Sources{}, err
	}
	return format.Sources{Contract: facts, Schemas: shapes, Features: featureSources}, nil
}

// featureSources are the features that this program carries, by URI.
func featureSources() (map[string][]byte, error) {
	scenarios, err := catalog.Read(features.Files)
	if err != nil {
		return nil, err
	}
	return scenarios.Sources, nil
}
