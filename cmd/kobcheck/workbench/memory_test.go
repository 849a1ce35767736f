package workbench

import (
	"math"
	"runtime"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
)

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

func TestTheMemoryOfTheContainerIsTheLeastOfItsGroups(t *testing.T) {
	const gib = 1 << 30
	for name, c := range map[string]struct {
		files fstest.MapFS
		want  float64
	}{
		"no container": {fstest.MapFS{}, math.MaxInt64},
		"a group without a bound": {fstest.MapFS{"proc/self/cgroup": file("0::/\n"), "sys/fs/cgroup/memory.max": file("max\n")},
			math.MaxInt64},
		"a group in a group": {fstest.MapFS{"proc/self/cgroup": file("0::/a/b\n"), "sys/fs/cgroup/a/memory.max": file("1073741824\n"),
			"sys/fs/cgroup/a/b/memory.max": file("max\n")}, gib * partOfContainer},
		"version 1": {fstest.MapFS{"proc/self/cgroup": file("5:cpu:/x\n4:memory:/x\n"),
			"sys/fs/cgroup/memory/memory.limit_in_bytes": file("1073741824\n")}, gib * partOfContainer},
	} {
		require.InDelta(t, c.want, ofContainer(c.files), 1, name)
	}
}

func TestAMemorySizeIsReadAsItIsPrinted(t *testing.T) {
	for text, want := range map[string]string{"512MiB": "512MiB", "64M": "64MiB", "2GiB": "2048MiB", "1G": "1024MiB"} {
		var size memorySize
		require.NoError(t, size.Set(text))
		require.Equal(t, want, size.String())
	}
	for _, text := range []string{"", "1", "512", "63MiB", "-1GiB", "1.5GiB", "1TB", "MiB"} {
		require.Error(t, new(memorySize).Set(text), text)
	}
}

func TestWhatIsDoneAfterEachCollectionIsDoneAgain(t *testing.T) {
	done := make(chan struct{}, 100)
	afterEachCollection(func() {
		select {
		case done <- struct{}{}:
		default:
		}
	})
	for range 2 {
		require.Eventually(t, func() bool { runtime.GC(); return len(done) > 0 }, time.Minute, time.Millisecond)
		<-done
	}
}
