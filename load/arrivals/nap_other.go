//go:build !linux

package arrivals

import "time"

// timersLate is by how much timers are taken to be late: here they are all that there is.
const timersLate = time.Duration(0)

func nap(d time.Duration) { time.Sleep(d) }
