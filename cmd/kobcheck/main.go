// Command kobcheck tests an implementation of the Kobble card-issuing API against its documentation.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/spf13/cobra"
)

// version is set by the build.
var version = "dev"

// collectAt lets the heap grow to five times what is alive before it is collected: a run is short and
// makes much that it throws away, and the default would spend a fifth of its time on collecting.
const collectAt = 400

func main() {
	debug.SetGCPercent(collectAt)
	cobra.EnableCommandSorting = false // the verbs stand in the order in which they are used
	err := newRoot().ExecuteContext(context.Background())
	var exit exitError
	switch {
	case err == nil:
	case errors.As(err, &exit):
		os.Exit(exit.code)
	default:
		fmt.Fprintln(os.Stderr, "kobcheck:", err)
		os.Exit(evidence.ExitUsage)
	}
}

// exitError ends the program with a code; everything worth saying has been said.
type exitError struct{ code int }

func (e exitError) Error() string { return fmt.Sprintf("exit code %d", e.code) }
