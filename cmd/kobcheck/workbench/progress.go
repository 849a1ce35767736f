package workbench

import (
	"fmt"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/wording"
	"github.com/kobcheck/kobcheck/steps/suite"
)

// The pace of the lines of progress: smooth on a terminal, sparse in a log.
const (
	terminalPace = 100 * time.Millisecond
	logPace      = 10 * time.Second
)

// Progress returns what shows how far work has come: in one line that is written over on a terminal, elsewhere in a
// plain line now and then. A last line is shown in any case; an empty one clears what stands there.
func (b *Bench) Progress() func(line string, last bool) {
	terminal, shown := b.Err.Colours, time.Now()
	pace := logPace
	if terminal {
		pace = terminalPace
	}
	return func(line string, last bool) {
		if line != "" && !last && time.Since(shown) < pace {
			return
		}
		shown = time.Now()
		switch {
		case terminal:
			fmt.Fprint(b.Err.Out, "\r\x1b[K"+wording.Plain(line)) // a line that is written over has no end
		case line != "":
			fmt.Fprintln(b.Err, line)
		}
	}
}

// verdictsShown are those that progress counts, in this order.
var verdictsShown = []evidence.Verdict{evidence.Passed, evidence.Failed, evidence.Advisory, evidence.Blocked,
	evidence.Inconclusive, evidence.NotTestable}

// Scenarios says in a line how far a run has come.
func scenarios(now suite.Progress) string {
	var parts []string
	for _, verdict := range verdictsShown {
		if n := now.Counts[verdict]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, strings.ReplaceAll(string(verdict), "_", " ")))
		}
	}
	return fmt.Sprintf("%d/%d scenarios: %s", now.Done, now.Total, strings.Join(parts, ", "))
}

// ScenarioProgress shows a run's progress.
func (b *Bench) ScenarioProgress() func(suite.Progress) {
	show := b.Progress()
	return func(now suite.Progress) {
		show(scenarios(now), now.Done >= now.Total)
		if now.Done >= now.Total {
			show("", true)
		}
	}
}
