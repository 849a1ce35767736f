package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps/suite"
)

// progress shows how far a run has come: one line that is written over on a terminal, else a plain line
// now and then.
type progress struct {
	out      io.Writer
	terminal bool
	last     time.Time
}

func newProgress(out io.Writer, terminal bool) *progress {
	return &progress{out: out, terminal: terminal, last: time.Now()}
}

// The pace of the lines: smooth on a terminal, sparse in a log.
const (
	terminalPace = 100 * time.Millisecond
	logPace      = 10 * time.Second
)

func (p *progress) show(now suite.Progress) {
	pace := logPace
	if p.terminal {
		pace = terminalPace
	}
	if time.Since(p.last) < pace && now.Done < now.Total {
		return
	}
	p.last = time.Now()
	var parts []string
	for _, verdict := range []evidence.Verdict{evidence.Passed, evidence.Failed, evidence.Advisory, evidence.Blocked, evidence.Inconclusive, evidence.NotTestable} {
		if n := now.Counts[verdict]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, strings.ReplaceAll(string(verdict), "_", " ")))
		}
	}
	line := fmt.Sprintf("%d/%d scenarios: %s", now.Done, now.Total, strings.Join(parts, ", "))
	if p.terminal {
		fmt.Fprintf(p.out, "\r\x1b[K%s", line)
		return
	}
	fmt.Fprintln(p.out, line)
}

func (p *progress) end() {
	if p.terminal {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}

// loadProgress shows how far a load plan has come: on a terminal in one line, elsewhere now and then. An empty
// line clears what stands there.
func loadProgress(out io.Writer) func(line string) {
	terminal, last := onTerminal(out), time.Now()
	return func(line string) {
		switch {
		case terminal:
			fmt.Fprint(out, "\r\x1b[K"+line)
		case line != "" && time.Since(last) > logPace:
			last = time.Now()
			fmt.Fprintln(out, line)
		}
	}
}
