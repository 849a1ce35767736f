// Package workbench puts together what the verbs of the command line work with: what the documentation says and the
// scenarios that hold an API to it, settings from flags, environment and target file, the API under test and a client
// for it, signals, progress, and the files that are written at the end.
//
// What walks in is a command with its flags; what walks out is a [Bench], and from it a [Subject]. The verbs decide
// nothing that is decided here.
package workbench

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/features"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/wording"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/schemas/redact"
	"github.com/kobcheck/kobcheck/steps/catalog"
)

// Bench is what a verb works with.
type Bench struct {
	Facts     *contract.Contract
	Scenarios *catalog.Catalog
	Shapes    *schemas.Set
	// Tool is this program, as the reports name it.
	Tool reports.Tool
	// Out is for results, Err for everything else.
	Out, Err *wording.Door
	In       io.Reader
	Getenv   func(string) string
	Now      func() time.Time
	// Secrets are those that this call has learned: nothing is printed with one in it.
	Secrets *redact.Redactor

	command *cobra.Command
	ships   *shipment // of what --out names in a bucket; nil for a folder
	made    *Made
	exposed *Exposed
	leaked  bool
}

// Verb makes of what a verb does what cobra calls: the settings of the environment are taken over and held to what
// can be, then the bench is set up.
func Verb(do func(ctx context.Context, b *Bench, arguments []string) error) func(*cobra.Command, []string) error {
	return func(command *cobra.Command, arguments []string) error {
		if err := fromEnvironment(command, os.Environ()); err != nil {
			return err
		}
		boundMemory(command)
		b, err := New(command)
		if err != nil {
			return err
		}
		if b.ships, err = prepared(command.Context(), command, b.Getenv); err != nil {
			return err
		}
		failed := b.exposes(do(command.Context(), b, arguments))
		b.tellEarlier(failed)
		if b.ships != nil {
			failed = b.ships.send(command.Context(), b, failed)
		}
		if err := errors.Join(b.Out.Close(), b.Err.Close()); failed == nil {
			return err
		}
		return redactedError{failed, b.Secrets}
	}
}

// New sets up a bench for a command.
func New(command *cobra.Command) (*Bench, error) {
	facts, err := contract.Load()
	if err != nil {
		return nil, err
	}
	shapes, err := schemas.Load()
	if err != nil {
		return nil, err
	}
	scenarios, err := catalog.Read(features.Files)
	if err != nil {
		return nil, err
	}
	b := &Bench{Secrets: redact.New(), Facts: facts, Scenarios: scenarios, Shapes: shapes,
		Tool: reports.Tool{Name: "kobcheck", Version: command.Root().Version},
		In:   command.InOrStdin(), Getenv: os.Getenv, Now: time.Now, command: command}
	b.Out, b.Err = b.door(command.OutOrStdout()), b.door(command.ErrOrStderr())
	return b, nil
}

// Client returns a client for a target. Of the settings those of the call are taken: run id, seed, pace, bound, connections.
func (b *Bench) Client(file *target.File, call client.Config) (*client.Client, error) {
	config := file.ClientConfig(b.Facts)
	config.RunID, config.Seed, config.Version = call.RunID, call.Seed, b.Tool.Version
	config.MaxRPS, config.MostMade, config.Unpaced = call.MaxRPS, call.MostMade, call.Unpaced
	config.Connections, config.Redactor, config.Hear = call.Connections, b.Secrets, call.Hear
	config.MostOpen = mostOpen(openFiles())
	if b.made != nil {
		config.Made = b.made.Made
	}
	return client.New(config)
}

// Given reports whether a flag was given, wherever its value comes from.
func (b *Bench) Given(flag string) bool { return b.command.Flags().Changed(flag) }

// Say prints a line that is no result.
func (b *Bench) Say(format string, args ...any) {
	fmt.Fprintf(b.Err, "kobcheck: "+format+"\n", args...)
}

// Print prints a result as indented JSON, or in words by the function given.
func (b *Bench) Print(asJSON bool, result any, words func(io.Writer) error) error {
	if !asJSON {
		return words(b.Out)
	}
	encoder := json.NewEncoder(b.Out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(result)
}

// Coloured reports whether the results go to a terminal that wants colour.
func (b *Bench) Coloured() bool {
	return b.Getenv("NO_COLOR") == "" && b.Getenv("TERM") != "dumb" && b.Out.Colours
}

// door is the way out for what is printed onto a writer.
func (b *Bench) door(out io.Writer) *wording.Door {
	return &wording.Door{Out: out, Colours: onTerminal(out), Clean: func(text string) string {
		masked, _ := b.Secrets.Mask([]byte(text))
		return b.Place(string(masked))
	}}
}

// redactedError is an error whose text goes through the same door.
type redactedError struct {
	error
	secrets *redact.Redactor
}

func (e redactedError) Error() string { return wording.PlainLines(e.secrets.Text(e.error.Error())) }

func (e redactedError) Unwrap() error { return e.error }

func onTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// Seed returns a seed, or picks one where it is 0: short enough to be typed again.
func (b *Bench) Seed(given int64) int64 {
	return cmp.Or(given, b.Now().UnixNano()%1_000_000_000+1)
}

// RunID is a name for a run that no other has.
func (b *Bench) RunID() string {
	var random [4]byte
	_, _ = rand.Read(random[:]) // it never fails
	return b.Now().UTC().Format("20060102T150405") + "-" + hex.EncodeToString(random[:])
}

// Exit ends the program with a code; everything worth saying has been said.
type Exit struct{ Code int }

func (e Exit) Error() string { return fmt.Sprintf("exit code %d", e.Code) }

// ExitWith is the error that ends the program with a code; nil for 0.
func ExitWith(code int) error {
	if code == 0 {
		return nil
	}
	return Exit{code}
}
