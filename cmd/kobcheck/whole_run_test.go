package main

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"sync"
	"testing"

	"github.com/kobcheck/kobcheck/mock"
)

// wholeRun is a run of all scenarios at seed 7 on the conforming mock: what it printed, its exit code, and its folder.
type wholeRun struct {
	output string
	code   int
	folder string
}

// wholeRuns are the whole runs in each style. Each is performed once, by whoever asks first, and only read.
var wholeRuns = map[string]func(*testing.T) wholeRun{}

// testMemory is what the tests of this package live on, in bytes.
const testMemory = 2 << 30

func TestMain(m *testing.M) {
	// A verb bounds the memory of its process by what one run needs; here a hundred of them share one.
	debug.SetMemoryLimit(testMemory)
	_ = os.Setenv("GOMEMLIMIT", strconv.Itoa(testMemory)) // which a verb leaves as it is
	root, err := os.MkdirTemp("", "kobcheck-whole-")
	if err != nil {
		panic(err)
	}
	for _, style := range mock.Styles() {
		var once sync.Once
		var run wholeRun
		wholeRuns[style] = func(t *testing.T) wholeRun {
			t.Helper()
			once.Do(func() {
				run.folder = filepath.Join(root, style, "out")
				run.output, run.code = kobcheck(t, "run", "--style", style, "--seed", "7", "--out", run.folder)
			})
			return run
		}
	}
	code := m.Run()
	_ = os.RemoveAll(root) // what is left lies among the files that the system takes away itself
	os.Exit(code)
}
