package arrivals

import (
	"os"
	"runtime"
	"runtime/metrics"
)

// each is what an arrival allocates, in bytes, with what vegeta and net/http do for it.
const each = 10 << 10

// mostSettled bounds what is written to, in bytes: 20,000 a second need a third of it.
const mostSettled = 64 << 20

// settleMemory has the kernel give the process the memory that arrivals will use until the collector gives them the first
// of it again, before the first is due. The kernel gives each page when it is first written to, which takes so long that at
// 20,000 a second the first half second is 70 ms behind, and one arrival in a hundred of ten seconds with it.
func settleMemory(arrivals int) {
	heap := []metrics.Sample{{Name: "/gc/heap/goal:bytes"}, {Name: "/gc/heap/live:bytes"}}
	metrics.Read(heap)
	goal, live := heap[0].Value.Uint64(), heap[1].Value.Uint64()
	memory := make([]byte, min(uint64(arrivals)*each, goal-min(goal, live), mostSettled))
	for page := 0; page < len(memory); page += os.Getpagesize() {
		memory[page] = 1
	}
	runtime.KeepAlive(memory)
	runtime.GC()
}
