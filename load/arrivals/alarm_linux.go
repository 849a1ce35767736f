package arrivals

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// timersLate is by how much the runtime's timers may be late where nothing else goes on: it waits for the kernel's
// events in whole milliseconds.
const timersLate = time.Millisecond

// alarm makes the runtime look at its timers in between: an alarm that goes off is such an event.
type alarm struct {
	fd   int
	file *os.File
}

// newAlarm returns one, which never goes off where the kernel has none. The caller closes it.
func newAlarm() *alarm {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return &alarm{fd: -1}
	}
	return &alarm{fd, os.NewFile(uintptr(fd), "alarm")}
}

// set lets it go off after so long.
func (a *alarm) set(d time.Duration) {
	if a.file != nil {
		at := unix.ItimerSpec{Value: unix.NsecToTimespec(max(int64(d), 1))}
		_ = unix.TimerfdSettime(a.fd, 0, &at, nil)
	}
}

func (a *alarm) close() {
	if a.file != nil {
		_ = a.file.Close()
	}
}
