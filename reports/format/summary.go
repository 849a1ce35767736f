package format

import (
	"fmt"
	"io"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/wording"
)

// PrintSummary prints what a release manager wants to know, in lines of at most 80 columns but for
// command lines: the verdict in words, counts that add up, what broke and how to see it again, what
// could not be tested and which key would change that.
func PrintSummary(w io.Writer, r *reports.Run, facts *contract.Contract, colour bool) error {
	p := printer{wording.New(w, colour)}
	p.failures(r, facts)
	p.blocked(r)
	p.missing(r)
	p.reasons(r, evidence.Inconclusive, "Inconclusive: the environment, not the API", "33;1")
	p.known(r)
	p.waivers(r)
	p.changes(r)
	p.passing(r)
	p.advisory(r)
	p.history(r)
	p.counts(r)
	return p.Err()
}

// history prints what earlier nights say: how much is new, mended and not looked for, and what else differs.
func (p printer) history(r *reports.Run) {
	h := r.History
	if h == nil || h.Nights == 0 {
		return
	}
	p.Line("%s", p.Paint("36;1", "Against earlier nights"))
	still := len(h.Since)
	for _, one := range h.New {
		if _, there := h.Since[one.Fingerprint]; there {
			still--
		}
	}
	mended, once := reports.Mended(h.Gone), ""
	if n := len(h.Gone) - mended; n > 0 {
		once = fmt.Sprintf(", %d seen on one night alone", n)
	}
	p.Line("  %d new, %d still, %d mended, %d not looked for%s", len(h.New), still, mended, len(h.Unseen), once)
	if h.Upgrade != "" {
		p.Line("  %s", wording.Wrap(h.Upgrade, 2))
	}
	for i, one := range h.Told {
		if p.more(i, len(h.Told), "") {
			break
		}
		p.Line("  %s", wording.Wrap(one, 2))
	}
	p.Line("")
}

// printer prints a report for people.
type printer struct{ *wording.Printer }

func sourceText(requirement *contract.Requirement) string {
	if pages := requirement.Pages(); len(pages) > 0 {
		return strings.Join(pages, " ")
	}
	return requirement.Source
}

func (p printer) missing(r *reports.Run) {
	section(p, "33;1", "Not testable on this target", r.Missing(), printed, " reasons", func(one reports.MissingKey) {
		p.Line("  %4d  %s", one.Scenarios, wording.Wrap(one.Why, 8))
		if one.Key != "" {
			p.Line("        set %s", one.Key)
		}
	})
}

// waivers prints what is put up with, and what no longer is.
func (p printer) waivers(r *reports.Run) {
	section(p, "33;1", "Waivers", r.Waivers, len(r.Waivers), "", func(one evidence.Waiver) {
		p.Line("  %s\n        %s", one.Requirement, wording.Wrap(one.Sentence(), 8))
	})
}

// changes prints the open questions that the target answers otherwise than last time.
func (p printer) changes(r *reports.Run) {
	section(p, "36;1", "Answered otherwise than in the last profile", r.ProfileChanges, len(r.ProfileChanges), "",
		func(change reports.ProfileChange) {
			p.Line("  %s\n        was %s, is %s", change.ID, wording.Wrap(change.Was, 8), wording.Wrap(change.Is, 8))
		})
}

func (p printer) counts(r *reports.Run) {
	c, q := r.Summary.Scenarios, r.Summary.Requirements
	shade := "32;1"
	if r.ExitCode != evidence.ExitPassed {
		shade = "31;1"
	}
	p.Line("%s", p.Paint(shade, wording.Wrap(reports.Headline(r), 0)))
	if r.Reason != "" {
		p.Line("  %s", wording.Wrap(r.Reason, 2))
	}
	parts, left := []string{}, []string{}
	for _, part := range c.Verdicts() {
		if part.N > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.N, words(part.Verdict)))
		}
	}
	p.Line("  scenarios     %d = %s", c.Total, strings.Join(parts, " + "))
	p.Line("  requirements  %d proved, %d broken, %d not tested", q.Proved, q.Failed, q.NotTested)
	p.Line("  operations    %d of %d answered, %d requests%s", r.Summary.Operations.Exercised, r.Summary.Operations.Total,
		r.Summary.Requests, perProof(r))
	for _, one := range r.Operations {
		if one.Entries > 0 {
			p.Line("  looked at     %d of %d entries of %s: the first, the last, and those of this run", one.Looked, one.Entries, one.ID)
		}
	}
	p.Line("  checks        %d evaluated, %d kinds", r.Summary.Checks, len(r.Census))
	if r.Settings.Retries > 0 {
		rule := "pass the gate"
		if r.Settings.FlakyFails {
			rule = "fail the run"
		}
		p.Line("  retries       %d; scenarios that fail and then pass %s", r.Settings.Retries, rule)
	}
	for _, one := range r.LeftBehind {
		left = append(left, fmt.Sprintf("%d %s", one.Count, wording.Plural(one.Kind, one.Count)))
	}
	if r.CardOrder != nil {
		p.Line("  card order    %s", wording.Wrap(r.CardOrder.Sentence(), 16))
	}
	if r.TidyRequests > 0 {
		p.Line("  cleaned up    with %d more requests", r.TidyRequests)
	}
	if len(left) > 0 && !r.Target.Embedded {
		p.Line("  left behind   %s", wording.Wrap(strings.Join(left, ", "), 16))
	}
	p.Line("  run           %s, seed %d, %.1f s, exit code %d", r.RunID, r.Seed, r.EndedAt.Sub(r.StartedAt).Seconds(), r.ExitCode)
}

// perProof is what a proof costs: the requests of the run for each requirement that it proved.
func perProof(r *reports.Run) string {
	if r.Summary.Requirements.Proved == 0 {
		return ""
	}
	return fmt.Sprintf(", %.1f for each requirement proved", float64(r.Summary.Requests)/float64(r.Summary.Requirements.Proved))
}
