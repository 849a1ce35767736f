package arrivals

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheMemoryOfArrivalsIsThereBeforeTheFirstIsDue(t *testing.T) {
	resident := func() (bytes int64) {
		text, err := os.ReadFile("/proc/self/statm")
		if err != nil {
			t.Skipf("no kernel here that tells what memory it has given: %v", err)
		}
		var size int64
		_, err = fmt.Sscan(string(text), &size, &bytes)
		require.NoError(t, err)
		return bytes * int64(os.Getpagesize())
	}
	settled := func(arrivals int) (bytes, goal int64) {
		debug.FreeOSMemory()
		read := []metrics.Sample{{Name: "/gc/heap/goal:bytes"}}
		metrics.Read(read)
		before := resident()
		settleMemory(arrivals)
		return resident() - before, int64(read[0].Value.Uint64())
	}
	// A heap of some size: the kernel counts what it gave to within some hundred kilobytes, and the runtime gives a small
	// heap back while this test is looking.
	live := make([]byte, mostSettled)
	defer runtime.KeepAlive(live)
	many, goal := settled(math.MaxInt32)
	require.Greater(t, many, goal/4, "what will be used is given")
	require.Less(t, many, 2*goal, "no more than the collector leaves")
	few, _ := settled(10)
	require.Less(t, few, goal/4)
}
