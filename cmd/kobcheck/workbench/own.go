package workbench

import (
	"errors"

	"github.com/spf13/pflag"

	"github.com/kobcheck/kobcheck/steps/catalog"
	"github.com/kobcheck/kobcheck/steps/vocabulary"
)

// Own names what a user adds to the suite.
type Own struct{ Features, Requirements string }

// Flags adds the flags of a run.
func (o *Own) Flags(flags *pflag.FlagSet) {
	flags.StringVar(&o.Features, "features", "", "folder of own features, written in the suite's sentences (kobcheck list steps); "+
		"they run and gate beside ours, in the section own")
	o.RequirementFlag(flags)
}

// RequirementFlag adds the flag of the requirements alone.
func (o *Own) RequirementFlag(flags *pflag.FlagSet) {
	flags.StringVar(&o.Requirements, "requirements", "", "file of own requirements that own features prove: id, sentence, mark, source")
}

// Add puts what a user adds beside what is there.
func (b *Bench) Add(own Own) error {
	if own.Requirements != "" {
		list, err := catalog.ReadRequirements(own.Requirements)
		if err != nil {
			return err
		}
		if b.Facts, err = b.Facts.With(list); err != nil {
			return err
		}
	}
	if own.Features == "" {
		return nil
	}
	scenarios, err := b.Scenarios.With(own.Features)
	if err != nil {
		return err
	}
	b.Scenarios = scenarios
	return nil
}

// Sound refuses features that do not hold together with tags, sentences and requirements.
func (b *Bench) Sound() error {
	problems := b.Scenarios.Lint(b.Facts, Sentences())
	failed := make([]error, 0, len(problems))
	for _, problem := range problems {
		failed = append(failed, errors.New(problem.String()))
	}
	return errors.Join(failed...)
}

// Sentences is the vocabulary as the catalog reads it.
func Sentences() []catalog.Sentence {
	var sentences []catalog.Sentence
	for _, definition := range vocabulary.All() {
		sentences = append(sentences, catalog.Sentence{Pattern: definition.Pattern})
	}
	return sentences
}
