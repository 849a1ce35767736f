package reports

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// ApplyKnown hands over the list of known failures that [LoadRun.Judge] judges by.
func (r *LoadRun) ApplyKnown(list evidence.KnownFailures) { r.known = list }

// Judge judges what the plans saw by the policy of a run, and gives each plan and the run its verdict and exit
// code: of several the first of [evidence.ExitOrder]. A latency gate is the operator's own, whatever the policy.
func (r *LoadRun) Judge(policy *evidence.Policy, now time.Time) {
	r.Version, r.EndedAt, r.Gate, r.Unneeded = loadFileVersion, now.UTC(), policy.Gate, nil
	found := map[int]string{}
	if r.ExitCode == evidence.ExitSecretFound {
		found[r.ExitCode] = r.Reason // a shard in whose reports something was masked
	}
	used := map[int]bool{}
	for i := range r.Plans {
		plan := &r.Plans[i]
		plan.judge(policy, r.known, used, now)
		plan.decide()
		if plan.ExitCode != evidence.ExitPassed && found[plan.ExitCode] == "" {
			found[plan.ExitCode] = plan.ID + ": " + plan.Reason
		}
	}
	for i := range r.known {
		if entry := &r.known[i]; !used[i] && r.decided(entry) {
			r.Unneeded = append(r.Unneeded, entry.NoLonger())
			found[evidence.ExitFailed] = r.Unneeded[0]
		}
	}
	if r.ExitCode == evidence.ExitInterrupted || r.ExitCode == evidence.ExitTerminated {
		r.Verdict = evidence.Interrupted
		return
	}
	for _, code := range evidence.ExitOrder() {
		if found[code] != "" {
			r.ExitCode, r.Reason, r.Verdict = code, found[code], evidence.Failed
			if code == evidence.ExitProvesNone || code == evidence.ExitInconclusive || code == evidence.ExitSafetyStop {
				r.Verdict = evidence.Inconclusive
			}
			return
		}
	}
	r.Verdict, r.ExitCode = evidence.Passed, evidence.ExitPassed
}

// Exposed fails a run in whose reports something was masked: whatever it showed, somebody has to look.
func (r *LoadRun) Exposed(found string) {
	r.ExitCode, r.Verdict, r.Reason = evidence.ExitSecretFound, evidence.Failed, found
}

// Masked reports whether something was masked in the reports: what no plan had found in an answer.
func (r *LoadRun) Masked() bool {
	return r.ExitCode == evidence.ExitSecretFound &&
		!slices.ContainsFunc(r.Plans, func(p LoadPlan) bool { return p.ExitCode == evidence.ExitSecretFound })
}

// ReportWaivers puts the waivers, with what each was needed for, into the run. Call it after [LoadRun.Judge].
func (r *LoadRun) ReportWaivers(list evidence.Waivers) {
	counts := map[string]int{}
	for i := range r.Plans {
		for _, f := range r.Plans[i].deviations() {
			counts[f.Requirement]++
		}
	}
	r.Waivers = list.Counted(counts)
}

// heldUnderLoad is the check of the invariants of a plan.
func (p *LoadPlan) heldUnderLoad() string { return "under load: " + p.ID }

// decided reports whether a plan that was performed decided what an entry speaks of.
func (r *LoadRun) decided(entry *evidence.KnownFailure) bool {
	return slices.ContainsFunc(r.Plans, func(p LoadPlan) bool {
		return entry.Check == p.heldUnderLoad() && slices.ContainsFunc(p.Invariants, func(i evidence.Invariant) bool {
			return i.Holds != nil && (entry.Requirement == "" || i.Requirement == entry.Requirement)
		})
	})
}

// anyFigure is what differs between two performances of a plan.
var anyFigure = regexp.MustCompile(`\d+(\.\d+)?`)

// judge weighs the findings of a plan, and makes findings of its invariants that do not hold. Used are the known
// failures that cover one.
func (p *LoadPlan) judge(policy *evidence.Policy, known evidence.KnownFailures, used map[int]bool, now time.Time) {
	p.Broken = nil
	facet := contract.Effect
	if p.Kind == "rate-limit" {
		facet = contract.Pace
	}
	for _, one := range p.Invariants {
		if one.Holds != nil && !*one.Holds {
			p.Broken = append(p.Broken, evidence.Finding{Requirement: one.Requirement, Check: p.heldUnderLoad(), Message: "not so: " + one.Sentence,
				Expected: anyFigure.ReplaceAllString(one.Sentence, "…"), Count: 1})
			p.weigh(policy, &p.Broken[len(p.Broken)-1], contract.Fact{Requirement: one.Requirement, Facet: facet, Given: one.Given})
		}
	}
	for i := range p.Findings {
		f := &p.Findings[i]
		if f.Check == "" {
			f.Check, f.Actual = "answers under load", f.Message
		}
		// What puts something at risk under load is what an answer shows.
		fact := contract.Fact{Requirement: f.Requirement, Operation: f.Operation, Facet: contract.Content}
		if requirement := policy.Contract.Requirement(f.Requirement); requirement != nil && requirement.Hazard != "" {
			fact.Facet = contract.Exposure
		}
		p.weigh(policy, f, fact)
	}
	for _, f := range p.deviations() {
		for _, at := range known.Apply("", f, now) {
			used[at] = true
		}
	}
}

// weigh judges a finding anew: a plan of shards, and one that was read again, under the policy of now.
func (p *LoadPlan) weigh(policy *evidence.Policy, f *evidence.Finding, fact contract.Fact) {
	weight := contract.Weight{Mark: f.Mark, Hazard: f.Hazard}
	if f.Mark == "" {
		weight = policy.Contract.Weigh(fact)
	}
	f.Mark, f.Hazard, f.Gated, f.Verdict, f.Reason = weight.Mark, weight.Hazard, policy.Gates(f.Requirement, weight), "", ""
}

// deviations are what a plan saw that is not as documented: what must hold and does not before what answers showed.
func (p *LoadPlan) deviations() []*evidence.Finding {
	var out []*evidence.Finding
	for i := range p.Broken {
		out = append(out, &p.Broken[i])
	}
	for i := range p.Findings {
		out = append(out, &p.Findings[i])
	}
	return out
}

func (p *LoadPlan) decide() {
	for _, f := range p.deviations() {
		if f.Leaks() { // that an answer showed it once is enough, however far the plan came
			p.Verdict, p.ExitCode, p.Reason = evidence.Failed, evidence.ExitSecretFound, f.Requirement+": "+f.Message
			return
		}
	}
	if p.ExitCode != evidence.ExitPassed {
		p.Verdict = evidence.Inconclusive
		return // a plan that could not be performed has said why
	}
	for _, f := range p.deviations() {
		if f.Gated && f.Verdict != evidence.Known {
			p.Verdict, p.ExitCode, p.Reason = evidence.Failed, evidence.ExitFailed, f.Requirement+": "+f.Message
			return
		}
	}
	if p.Shard != "" {
		// A shard performs: its own few samples decide nothing.
		p.Verdict, p.Reason = evidence.Passed, "shard "+p.Shard+" was performed; kobcheck load merge decides the gates of the whole"
		return
	}
	for _, state := range []string{"failed", "no data", "inconclusive"} {
		for _, gate := range p.Gates {
			if gate.State != state {
				continue
			}
			p.Verdict, p.ExitCode, p.Reason = evidence.Failed, evidence.ExitGateMissed, "missed "+gate.Gate
			if state != "failed" {
				p.Verdict, p.ExitCode, p.Reason = evidence.Inconclusive, evidence.ExitProvesNone, state+" for "+gate.Gate
			}
			if late := p.late(); late != "" {
				p.Verdict, p.ExitCode, p.Reason = evidence.Inconclusive, evidence.ExitProvesNone, late
			}
			return
		}
	}
	if late := p.late(); late != "" {
		p.Verdict, p.ExitCode, p.Reason = evidence.Inconclusive, evidence.ExitProvesNone, late
		return
	}
	for _, one := range p.Invariants {
		if one.Holds == nil {
			p.Verdict, p.ExitCode, p.Reason = evidence.Inconclusive, evidence.ExitProvesNone, "not decided: "+one.Sentence
			return
		}
	}
	p.Verdict = evidence.Passed
}

// late says why the generator itself makes the plan prove nothing; empty where it does not.
func (p *LoadPlan) late() string {
	switch {
	case p.LagBound > 0 && p.Lag.P99 > p.LagBound:
		return fmt.Sprintf("the generator itself was late: p99 %.1f ms, bound %.1f ms; lower the rate or use a quieter machine",
			p.Lag.P99, p.LagBound)
	case p.Due > 0 && float64(p.Sent) < 0.98*float64(p.Due):
		return fmt.Sprintf("only %d of %d arrivals were sent, so the asked rate was not reached", p.Sent, p.Due)
	}
	return ""
}

// WeightOf says how much a deviation carries: the word that stands before it, and why it does not fail.
func WeightOf(f *evidence.Finding) (word, why string) {
	word = "FINDING"
	if f.Hazard != "" {
		word = "HAZARD"
	}
	switch {
	case f.Verdict == evidence.Known:
		return "known", f.Reason
	case !f.Gated:
		return "advisory", fmt.Sprintf("%s, which does not gate", strings.TrimSpace(string(f.Mark)))
	}
	return word, f.Reason
}

// Standing is what came of an invariant: holds, NOT DECIDED, BROKEN, or that its failure is advisory or known.
func (p *LoadPlan) Standing(one evidence.Invariant) (state, why string) {
	if one.Holds == nil {
		return "NOT DECIDED", ""
	}
	if *one.Holds {
		return "holds", ""
	}
	for i := range p.Broken {
		if f := &p.Broken[i]; f.Requirement == one.Requirement && f.Message == "not so: "+one.Sentence {
			if word, why := WeightOf(f); word == "advisory" || word == "known" {
				return word, why
			}
		}
	}
	return "BROKEN", ""
}

// NewFailures are entries for what fails a plan and no list knows.
func (r *LoadRun) NewFailures() evidence.KnownFailures {
	entries := evidence.KnownFailures{}
	seen := map[string]bool{}
	for i := range r.Plans {
		for _, f := range r.Plans[i].deviations() {
			if id := f.Operation + f.Fingerprint(); f.Gated && f.Verdict != evidence.Known && !seen[id] {
				seen[id] = true
				entries = append(entries, evidence.KnownFailure{Requirement: f.Requirement, Operation: f.Operation,
					Check: f.Check, Fingerprint: f.Fingerprint()})
			}
		}
	}
	return entries
}
