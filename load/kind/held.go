package kind

import "github.com/kobcheck/kobcheck/reports/evidence"

// Held is an invariant: broken where anything broke it, and not decided where nothing did but nothing was shown either.
func Held(requirement, sentence string, shown bool, broken []string) evidence.Invariant {
	one := evidence.Invariant{Requirement: requirement, Sentence: sentence, Evidence: append([]string{}, broken...)}
	if holds := len(broken) == 0; shown || !holds {
		one.Holds = &holds
	}
	return one
}
