// Command kobcheck tests an implementation of the Kobble card-issuing API against its documentation.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// version is set by the build; without it the version of the module that was installed.
var version string

func main() {
	cobra.EnableCommandSorting = false // the verbs stand in the order in which they are used
	log.SetOutput(io.Discard)          // net/http logs what it can't use of an answer, as it came
	err := newRoot().ExecuteContext(context.Background())
	var exit workbench.Exit
	switch {
	case err == nil:
	case errors.As(err, &exit):
		os.Exit(exit.Code)
	default:
		fmt.Fprintln(os.Stderr, "kobcheck:", err)
		os.Exit(evidence.ExitUsage)
	}
}

// programVersion is what the build says, else what go install or the revision of the sources say.
func programVersion() string {
	if version != "" {
		return version
	}
	info, known := debug.ReadBuildInfo()
	if !known || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "dev"
	}
	return info.Main.Version
}
