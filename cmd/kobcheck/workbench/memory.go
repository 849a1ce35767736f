package workbench

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// What the program takes of the machine's memory. Much of what a run makes it throws away: collecting late saves time,
// and collecting by the limit keeps what is not collected yet within bounds.
const (
	// CollectAt lets the heap grow to five times what is alive, as long as the limit is not reached.
	CollectAt = 400
	// usualMemory is the limit where little is alive, in bytes; more of it grows with what is.
	usualMemory = 192 << 20
	// littleMemory is the same of a verb that only waits for others.
	littleMemory = 40 << 20
	// partOfContainer of what a container may have is for us: the rest is for what the collector does not see.
	partOfContainer = 0.8
)

// memorySize is a flag such as 512MiB.
type memorySize int64

func (m *memorySize) String() string {
	if *m == 0 {
		return ""
	}
	return fmt.Sprintf("%dMiB", int64(*m)>>20)
}

func (m *memorySize) Type() string { return "size" }

// Set takes whole MiB or GiB, and not less than a run needs.
func (m *memorySize) Set(text string) error {
	const least = 64
	number, unit := strings.TrimRight(text, "MGiB"), text[len(strings.TrimRight(text, "MGiB")):]
	shift, known := map[string]int{"MiB": 20, "M": 20, "GiB": 30, "G": 30}[unit]
	count, err := strconv.ParseInt(number, 10, 32)
	if !known || err != nil || count<<shift < least<<20 {
		return fmt.Errorf("%q is no size of at least %d MiB; write it like 512MiB or 2GiB", text, least)
	}
	*m = memorySize(count << shift)
	return nil
}

// MemoryFlag adds --memory.
func MemoryFlag(flags *pflag.FlagSet) {
	flags.Var(new(memorySize), "memory", "most memory to live on, such as 512MiB; that of the container without it")
}

const littleKey = "kobcheck_little_memory"

// Little is the annotation of a verb that needs little memory, whatever others send to it.
func Little() map[string]string { return map[string]string{littleKey: "yes"} }

// boundMemory makes the runtime collect in time: by what --memory says, else what the container allows.
// GOMEMLIMIT is the caller's own word and stays.
func boundMemory(command *cobra.Command) {
	debug.SetGCPercent(CollectAt)
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	most := ofContainer(os.DirFS("/"))
	if flag := command.Flags().Lookup("memory"); flag != nil && flag.Changed {
		if given, ok := flag.Value.(*memorySize); ok {
			most = int64(*given)
		}
	}
	usual := int64(usualMemory)
	if command.Annotations[littleKey] != "" {
		usual = littleMemory
	}
	limit := func() { debug.SetMemoryLimit(min(most, max(usual, alive()*3/2+usual/4))) }
	limit()
	afterEachCollection(limit)
}

// alive is what the last collection left, in bytes.
func alive() int64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return int64(min(sample[0].Value.Uint64(), math.MaxInt64/2))
}

// afterEachCollection does something after each, for as long as the program lives.
func afterEachCollection(do func()) {
	type unreachable struct{ _ *byte } // with a pointer: what has none may be kept together with others
	runtime.AddCleanup(new(unreachable), func(do func()) { do(); afterEachCollection(do) }, do)
}

// ofContainer is our part of what the control group of this process may have, or any above it.
func ofContainer(root fs.FS) int64 {
	most := int64(math.MaxInt64)
	note := func(file string) {
		text, err := fs.ReadFile(root, file)
		if bytes, wrong := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && wrong == nil {
			most = min(most, int64(float64(bytes)*partOfContainer))
		}
	}
	groups, err := fs.ReadFile(root, "proc/self/cgroup")
	if errors.Is(err, fs.ErrNotExist) {
		return most
	}
	for line := range strings.Lines(string(groups)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) < 3 {
			continue
		}
		switch parts[1] {
		case "": // version 2 (kernel, admin-guide/cgroup-v2)
			for group := path.Clean("/" + parts[2]); ; group = path.Dir(group) {
				note(path.Join("sys/fs/cgroup", group, "memory.max"))
				if group == "/" {
					break
				}
			}
		case "memory":
			note(path.Join("sys/fs/cgroup/memory", parts[2], "memory.limit_in_bytes"))
			note("sys/fs/cgroup/memory/memory.limit_in_bytes")
		}
	}
	return most
}
