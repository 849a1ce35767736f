package workbench

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/features"
	"github.com/kobcheck/kobcheck/load"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/mock/fault"
	"github.com/kobcheck/kobcheck/mock/limit"
	"github.com/kobcheck/kobcheck/reports/format"
	"github.com/kobcheck/kobcheck/steps/catalog"
)

// values are those that a flag of a name takes, or that an argument can be, each with a sentence after a tab where
// there is one. What can't be read is not completed.
var values = map[string]func() []string{
	"fault": func() []string {
		return each(faults(), func(f fault.Fault) string { return string(f.ID) + "\t" + f.Sentence })
	},
	"group": func() []string { return distinct(each(faults(), func(f fault.Fault) string { return f.Group })) },
	"requirement": func() []string {
		return each(facts().Requirements, func(r *contract.Requirement) string { return r.ID + "\t" + r.Sentence })
	},
	"operation": func() []string {
		return each(facts().Operations, func(o *contract.Operation) string { return o.ID + "\t" + o.Title })
	},
	"section":  func() []string { return scenarioWords(func(s *catalog.Scenario) string { return s.Section }) },
	"scenario": func() []string { return scenarioWords(func(s *catalog.Scenario) string { return s.ID }) },
	"plan": func() []string {
		plans, _ := load.Plans()
		return each(plans, func(p *load.Plan) string { return p.ID + "\t" + p.Sentence })
	},
	"freedom":     freedomReadings,
	"format":      format.All,
	"edition":     func() []string { return []string{string(contract.V1), string(contract.Guide)} },
	"style":       mock.Styles,
	"limiter":     limit.Kinds,
	"limit-scope": limit.Scopes,
	"gate": func() []string {
		return []string{"stated", "standard", "example", "third-party", "inferred",
			"hazard"}
	},
}

// CompleteAll lets the shells complete the values of flags and arguments of all verbs.
func CompleteAll(root *cobra.Command) {
	complete(root)
	root.InitDefaultCompletionCmd("")
	if shells, _, err := root.Find([]string{"completion"}); err == nil {
		shells.Args, shells.RunE = AVerb, func(command *cobra.Command, _ []string) error { return command.Help() }
	}
}

func complete(command *cobra.Command) {
	command.Flags().VisitAll(func(flag *pflag.Flag) {
		if list := values[flag.Name]; list != nil {
			_ = command.RegisterFlagCompletionFunc(flag.Name,
				func(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
					return beginning(list(), begun, flag.Value.Type() == "stringSlice"), cobra.ShellCompDirectiveNoFileComp
				}) // it fails where the flag is not there, or has one
		}
	})
	for _, one := range command.Commands() {
		complete(one)
	}
}

// Values completes the arguments of a verb by the kinds of values that it takes.
func Values(kinds ...string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
		var all []string
		for _, kind := range kinds {
			all = append(all, beginning(values[kind](), begun, false)...)
		}
		return all, cobra.ShellCompDirectiveDefault
	}
}

// beginning are the values that begin as something typed; in a list parted by commas, as what is behind the last.
func beginning(list []string, begun string, parted bool) []string {
	before := ""
	if at := strings.LastIndex(begun, ","); parted && at >= 0 {
		before, begun = begun[:at+1], begun[at+1:]
	}
	var out []string
	for _, one := range list {
		if strings.HasPrefix(one, begun) {
			out = append(out, before+one)
		}
	}
	return out
}

func faults() []fault.Fault {
	catalogue, _ := fault.Catalogue()
	return catalogue
}

func facts() *contract.Contract {
	if facts, err := contract.Load(); err == nil {
		return facts
	}
	return &contract.Contract{}
}

func freedomReadings() (readings []string) {
	for _, axis := range facts().Freedoms {
		for _, reading := range axis.Readings {
			readings = append(readings, axis.ID+"="+reading+"\t"+axis.Subject)
		}
	}
	return readings
}

func scenarioWords(of func(*catalog.Scenario) string) []string {
	scenarios, err := catalog.Read(features.Files)
	if err != nil {
		return nil
	}
	return distinct(each(scenarios.Scenarios, of))
}

// each are the words of a list of things.
func each[T any](list []T, word func(T) string) []string {
	words := make([]string, 0, len(list))
	for _, one := range list {
		words = append(words, word(one))
	}
	return words
}

func distinct(words []string) []string {
	slices.Sort(words)
	return slices.Compact(words)
}
