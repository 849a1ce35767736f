package arrivals

import (
	"syscall"
	"time"
)

// timersLate is by how much the runtime's timers may be late: where nothing else goes on it waits in whole milliseconds.
const timersLate = time.Millisecond

// nap sleeps for less than that. It may end early.
func nap(d time.Duration) {
	span := syscall.NsecToTimespec(int64(d))
	_ = syscall.Nanosleep(&span, nil) // a signal may end it, and who naps looks at the clock
}
