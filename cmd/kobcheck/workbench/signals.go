package workbench

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/kobcheck/kobcheck/reports/evidence"
)

// Interruption tells whether a signal ended a verb, and which.
type Interruption struct {
	caught chan os.Signal
	got    os.Signal
}

// UntilSignal returns a context that the first interrupt, termination or end of the terminal ends, what tells which it was, and what stops
// listening. A second signal ends the program at once.
func UntilSignal(parent context.Context) (context.Context, *Interruption, func()) {
	ctx, cancel := context.WithCancel(parent)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	stop := &Interruption{caught: make(chan os.Signal, 1)}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for first := true; ; first = false {
			select {
			case got := <-signals:
				if !first {
					os.Exit(codeOf(got))
				}
				stop.caught <- got
				cancel()
			case <-done:
				return
			}
		}
	}()
	return ctx, stop, func() { signal.Stop(signals); close(done); cancel(); <-ended }
}

func (i *Interruption) signal() os.Signal {
	select {
	case i.got = <-i.caught:
	default:
	}
	return i.got
}

// Name is interrupt or terminate, or "" where no signal came.
func (i *Interruption) Name() string {
	switch i.signal() {
	case nil:
		return ""
	case os.Interrupt:
		return "interrupt"
	}
	return "terminate"
}

// Code is the exit code of the signal, or 0 where none came.
func (i *Interruption) Code() int {
	if got := i.signal(); got != nil {
		return codeOf(got)
	}
	return evidence.ExitPassed
}

func codeOf(got os.Signal) int {
	if got == os.Interrupt {
		return evidence.ExitInterrupted
	}
	return evidence.ExitTerminated
}
