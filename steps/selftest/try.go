package selftest

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps/catalog"
	"github.com/kobcheck/kobcheck/steps/suite"
)

// selections are the narrowest ones that ought to notice a fault, the narrowest first: the scenarios of
// the requirement, the section of the operation that the fault names, everything. What a fault does to all the rest
// is seen in whole runs alone.
func (config Config) selections(fault Fault) []catalog.Selection {
	if config.Full {
		return append([]catalog.Selection{{}}, config.underLoad(fault)...)
	}
	if fault.Generated {
		return config.around(fault)
	}
	out := append([]catalog.Selection{{Requirement: fault.Requirement}}, config.underLoad(fault)...)
	if parts := strings.Split(fault.ID, "."); len(parts) > 1 {
		if operation := config.Contract.Operation(parts[1]); operation != nil {
			out = append(out, catalog.Selection{Section: strings.ToLower(strings.ReplaceAll(operation.Section, " ", "_"))})
		}
	}
	return append(out, catalog.Selection{})
}

// around are the selections for a fault that was made from the contract: the scenarios of its requirement, those that
// call its operation, and everything where it may not live.
func (config Config) around(fault Fault) (out []catalog.Selection) {
	if fault.Requirement != "" {
		out = append(out, catalog.Selection{Requirement: fault.Requirement})
	}
	if ids := config.calling[fault.Operation]; len(ids) > 0 {
		out = append(out, catalog.Selection{IDs: ids})
	}
	if fault.forbidden() || len(out) == 0 {
		out = append(out, catalog.Selection{})
	}
	return out
}

// underLoad are the scenarios of a requirement that perform load plans, where those can be performed.
func (config Config) underLoad(fault Fault) []catalog.Selection {
	if config.Loader == nil {
		return nil
	}
	return []catalog.Selection{{Requirement: fault.Requirement, Tags: "@load"}}
}

// try looks for a fault until a finding names the requirement that it breaks.
func (config Config) try(ctx context.Context, fault Fault) (*reports.FaultResult, error) {
	result := &reports.FaultResult{ID: fault.ID, Group: fault.Group, Mark: fault.Mark, Requirement: fault.Requirement,
		Sentence: fault.Sentence, Reason: fault.Reason, ByChance: fault.ByChance, By: []reports.Killer{},
		Generated: fault.Generated, Forbidden: fault.Generated && fault.forbidden(), Oracle: fault.Oracle}
	if fault.ByChance {
		return result, config.often(ctx, fault, result)
	}
	if config.Quick {
		quick := *result
		if err := config.once(ctx, fault, &quick, catalog.Selection{Quick: true}, config.Styles[0]); err != nil {
			return nil, err
		}
		result.Quick = quick.Killed
	}
	for _, selection := range config.selections(fault) {
		for _, style := range config.Styles {
			if err := config.once(ctx, fault, result, selection, style); err != nil {
				return nil, err
			}
			if ctx.Err() != nil || result.Caught() {
				return result, nil //nolint:nilerr // being stopped is no error
			}
		}
	}
	return result, nil
}

// stopAt ends a run at the first finding that tells the fault.
func (config Config) stopAt(fault Fault) func(evidence.Finding) bool {
	if config.Full {
		return nil
	}
	return func(f evidence.Finding) bool {
		if fault.Generated {
			return !config.known[f.Cause()] && (f.Gated || !fault.forbidden())
		}
		return f.Requirement == fault.Requirement
	}
}

// once runs one selection and adds what it saw to the result.
func (config Config) once(ctx context.Context, fault Fault, result *reports.FaultResult, selection catalog.Selection, style string) error {
	edition := cmp.Or(fault.Edition, config.Editions[0])
	run, hits, err := config.perform(ctx, style, edition, selection, config.stopAt(fault), fault.ID)
	if _, is := errors.AsType[*suite.EmptyError](err); is {
		return nil // no scenario proves that requirement
	}
	if err != nil {
		return err
	}
	result.Runs++
	result.Hits += hits
	if config.Full && hits > 0 && !run.Partial() && result.Isolation == nil {
		run.Judge(config.Contract, time.Now())
		result.Isolation = run.IsolationAgainst(config.proved[style+" "+string(edition)])
	}
	var right, other []reports.Killer
	seen := map[reports.Killer]bool{}
	for finding, scenario := range run.Findings() {
		killer := reports.Killer{Scenario: scenario, Requirement: finding.Requirement, Check: finding.Check}
		key := reports.Killer{Scenario: scenario, Requirement: finding.Requirement}
		result.Gated = result.Gated || finding.Gated && !config.known[finding.Cause()]
		switch {
		case seen[key], fault.Generated && config.known[finding.Cause()]:
		case finding.Requirement == fault.Requirement:
			right = append(right, killer)
		default:
			other = append(other, killer)
		}
		seen[key] = true
	}
	if len(right) > 0 {
		result.Killed, result.RightRequirement, result.By = true, true, right
	} else if len(other) > 0 && !result.Killed {
		result.Killed, result.By = true, other
	}
	return nil
}

// often tries a fault that shows by chance and estimates how probable it is that one run catches it.
func (config Config) often(ctx context.Context, fault Fault, result *reports.FaultResult) error {
	plain, caught, runs := 0, 0, max(config.ChanceRuns, 1)
	selections := []catalog.Selection{{Requirement: fault.Requirement}}
	if fault.Everywhere {
		selections = append(selections, catalog.Selection{})
	}
	selections = append(selections, config.underLoad(fault)...)
	if fault.Reason != "" {
		runs = 1 // nobody is expected to notice; a probability of that says nothing
	}
	for i := range runs {
		one := *result
		one.Killed, one.RightRequirement, one.By = false, false, nil
		again := config
		again.Seed += int64(i)
		style := config.Styles[i%len(config.Styles)]
		for _, selection := range selections {
			if one.RightRequirement {
				break
			}
			if err := again.once(ctx, fault, &one, selection, style); err != nil {
				return err
			}
			if one.RightRequirement && selection.Tags == "" { // a night performs no load
				plain++
			}
		}
		result.Runs, result.Hits = one.Runs, one.Hits
		if one.RightRequirement {
			caught++
			result.By = one.By
		} else if one.Killed && len(result.By) == 0 {
			result.By = one.By
		}
		result.Killed = result.Killed || one.Killed
		result.RightRequirement = result.RightRequirement || one.RightRequirement
	}
	result.Tries, result.Probability, result.UnderLoad = runs, float64(plain)/float64(runs), float64(caught)/float64(runs)
	return nil
}
