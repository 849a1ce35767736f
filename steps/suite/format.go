package suite

import (
	"io"
	"sync"

	"github.com/cucumber/godog"
)

// formatName is our formatter in godog's registry, which is one per process, has no lock and keeps the
// first of a name: hence it is filled once.
const formatName = "kobcheck"

var registerFormat = sync.OnceFunc(func() {
	godog.Format(formatName, "prints nothing: the runner keeps its own results", func(suite string, out io.Writer) godog.Formatter {
		return silent{godog.NewBaseFmt(suite, out)}
	})
})

// silent satisfies godog without a word.
type silent struct{ *godog.BaseFmt }

// Summary prints nothing.
func (silent) Summary() {}
