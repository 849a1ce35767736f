//go:build unix

package workbench

import "syscall"

// openFiles is how many files this process may have open; 0 where that is not known.
func openFiles() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0
	}
	return int(min(uint64(limit.Cur), 1<<30)) //nolint:unconvert,gosec // signed on some systems, and never below 0
}
