package nights

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/wording"
)

// shown is how many lines each part of a printed trend has.
const shown = 15

// letters are the verdicts of nights in a strip.
var letters = map[evidence.Verdict]string{evidence.Passed: "✓", evidence.Failed: "✗",
	evidence.Inconclusive: "?", evidence.Interrupted: "…"}

// nightPrinter prints lists of what nights show.
type nightPrinter struct{ *wording.Printer }

// PrintTrend prints what the nights show.
func PrintTrend(w io.Writer, t *Trend) error {
	p := nightPrinter{wording.New(w, false)}
	first, last := t.Nights[0], t.Nights[len(t.Nights)-1]
	p.Line("%d nights of %s, %s to %s", len(t.Nights), wording.Plain(last.Target), day(first.StartedAt), day(last.StartedAt))
	strip := ""
	for _, night := range t.Nights {
		strip += letters[night.Verdict]
	}
	p.Line("  %s   (✓ conforms, ✗ does not, ? no verdict)", strip)
	if t.Last != nil {
		p.Line("\nLast night, against %s", day(t.Last.Was.StartedAt))
		p.differences(t.Last)
	}
	p.list("Open deviations", len(t.Open), func(i int) string {
		one := t.Open[i]
		return fmt.Sprintf("%s %s, since %s (%d nights in a row)", one.Requirement, wording.Plain(one.Message), day(one.Since), one.Nights)
	})
	p.list("Not looked for last night", len(t.Unseen), func(i int) string {
		one := t.Unseen[i]
		return fmt.Sprintf("%s %s, seen last on %s", one.Requirement, wording.Plain(one.Message), day(one.Last))
	})
	p.list("Verdicts that come and go", len(t.Flaky), func(i int) string {
		one := t.Flaky[i]
		return fmt.Sprintf("%s failed on %d of %d nights (%.0f %%), %d changes", one.ID, one.Failed, one.Judged,
			100*float64(one.Failed)/float64(one.Judged), one.Changes)
	})
	p.list("Latency that changed for good", len(t.Shifts), func(i int) string { return t.Shifts[i].String() })
	p.list("Deviations that were found and are gone", len(t.Trophies), func(i int) string {
		one := t.Trophies[i]
		return fmt.Sprintf("%s %s, %s to %s (%d nights, %d scenarios)", one.Requirement, wording.Plain(one.Message), day(one.First),
			day(one.Last), one.Nights, one.Scenarios)
	})
	p.list("Requirements that were ever broken", len(t.Ever), func(i int) string {
		row := t.Ever[i]
		cells := ""
		for _, status := range row.Statuses {
			cells += map[reports.RequirementStatus]string{reports.Proved: "✓", reports.RequirementFailed: "✗", reports.NotTested: "·",
				"": " "}[status]
		}
		return fmt.Sprintf("%-18s %s", row.ID, cells)
	})
	p.list("Skipped", len(t.Skipped), func(i int) string { return t.Skipped[i] })
	return p.Err()
}

func (s latencyShift) String() string {
	if s.Grows {
		return s.change() + ", little by little"
	}
	return fmt.Sprintf("%s from %s on, p = %.1g", s.change(), day(s.From), s.P)
}

func (s latencyShift) change() string {
	return fmt.Sprintf("%s p50 %.1f → %.1f ms (%+.0f %%)", s.Operation, s.Before, s.After, 100*(s.After/s.Before-1))
}

// PrintChanges prints what differs between two nights.
func PrintChanges(w io.Writer, c *Changes) error {
	p := nightPrinter{wording.New(w, false)}
	p.Line("%s of %s (%s) against %s (%s)", c.Is.RunID, day(c.Is.StartedAt), c.Is.Verdict, c.Was.RunID, c.Was.Verdict)
	if c.Was.Target != c.Is.Target {
		p.Line("  the first is of %q, the second of %q", wording.Plain(c.Was.Target), wording.Plain(c.Is.Target))
	}
	p.differences(c)
	slower := c.latencies()
	p.list("Latency, of these two nights alone", len(slower), func(i int) string { return slower[i] })
	p.failures("Deviations that stand", c.Still)
	return p.Err()
}

func (p nightPrinter) differences(c *Changes) {
	before := p.Lines()
	if text := c.Upgrade(); text != "" {
		p.Line("  %s", wording.Plain(text))
	}
	p.failures("New deviations", c.New)
	p.failures("Deviations that no night before looked for", c.Unlooked)
	p.failures("Deviations that are gone", c.Gone)
	p.failures("Not looked for", c.Unseen)
	p.list("Other verdicts", len(c.Verdicts), func(i int) string {
		return fmt.Sprintf("%s: %s, was %s", c.Verdicts[i].Scenario, c.Verdicts[i].Is, c.Verdicts[i].Was)
	})
	p.list("Scenarios that vanished", len(c.Vanished), func(i int) string { return c.Vanished[i] })
	p.list("Scenarios that are new", len(c.Added), func(i int) string { return c.Added[i] })
	p.list("Open questions answered otherwise", len(c.Answers), func(i int) string {
		return fmt.Sprintf("%s: %s, was %s", c.Answers[i].ID, wording.Plain(c.Answers[i].Is), wording.Plain(c.Answers[i].Was))
	})
	p.list("Beyond the documentation, new", len(c.Undocumented), func(i int) string { return wording.Plain(c.Undocumented[i]) })
	p.list("Beyond the documentation, gone", len(c.Documented), func(i int) string { return wording.Plain(c.Documented[i]) })
	if p.Lines() == before {
		p.Line("  nothing changed")
	}
}

func (p nightPrinter) failures(title string, list []reports.NightFailure) {
	p.list(title, len(list), func(i int) string {
		text := fmt.Sprintf("%s %s (%s, fingerprint %s)", list[i].Requirement, wording.Plain(list[i].Message),
			wording.Count(list[i].Scenarios, "scenario"), list[i].Fingerprint)
		if !list[i].Since.IsZero() {
			text += ", since " + day(list[i].Since)
		}
		return text
	})
}

func (p nightPrinter) list(title string, n int, text func(int) string) {
	if n == 0 {
		return
	}
	p.Line("\n%s", title)
	for i := range min(n, shown) {
		p.Line("  %s", strings.TrimRight(text(i), " "))
	}
	if n > shown {
		p.Line("  … and %d more", n-shown)
	}
}

func day(at time.Time) string { return at.Format(time.DateOnly) }
