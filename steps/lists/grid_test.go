package lists_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/steps/stage"
)

const (
	askParts = `we ask for parts of the list of those, by its parameters together`
	anyPart  = `each part is that part of the whole`
)

func TestAPartThatIsNotThatOfTheWholeBreaksTheParameterThatItTakes(t *testing.T) {
	for fault, requirements := range map[string][2]string{
		"list.offset-off-by-one":           {"CARD-LIST-05", "TXN-03"},
		"list.limit-ignored":               {"CARD-LIST-06", "TXN-04"},
		"list.to-ignored":                  {"", "TXN-07"},
		"list.from-ignored":                {"", "TXN-06"},
		"list.limit-one-is-none":           {"CARD-LIST-06", "TXN-04"},
		"list.from-ignored-with-offset":    {"CARD-LIST-05", "TXN-03"},
		"list.to-ignored-when-descending":  {"CARD-LIST-07", "TXN-07"},
		"list.offset-skips-the-oldest":     {"CARD-LIST-05", "TXN-03"},
		"list.limit-counts-from-the-first": {"CARD-LIST-05", "TXN-03"},
	} {
		for i, given := range []string{cards, credits} {
			if requirements[i] == "" {
				continue // the whole of a time is not told from more by itself
			}
			s := stage.New(t, mock.Options{Faults: []string{fault}})
			s.World.Session.Depth = 100
			require.NoError(t, s.Say(t, given, askParts, anyPart), fault)
			findings := s.World.Evidence().Findings
			require.Len(t, findings, 1, fault)
			require.Equal(t, requirements[i], findings[0].Requirement, "%s of %s: %s", fault, given, findings[0].Message)
		}
	}
}

func TestEveryPartOfAListIsThatPartOfTheWhole(t *testing.T) {
	for _, style := range mock.Styles() {
		for _, sentences := range [][]any{says(cards, askParts, anyPart), says(credits, askParts, anyPart),
			says(`a wallet`, `we ask for parts of the list of the wallet, by its parameters together`, `each part is empty`)} {
			s := stage.New(t, mock.Options{Style: style})
			s.World.Session.Depth = 1000
			require.NoError(t, s.Say(t, sentences...))
			broke, held := s.Found()
			require.Empty(t, broke)
			require.Contains(t, held, "a part of a list is that part of the whole")
		}
	}
}

func TestAnEmptyListThatShowsSomethingIsFound(t *testing.T) {
	s := stage.New(t, mock.Options{Faults: []string{"list.wallet-ignored"}})
	require.NoError(t, s.Say(t, credits, `another wallet`, `a wallet`, `we ask for parts of the list of the wallet, by its parameters together`, `each part is empty`))
	require.NotEmpty(t, s.World.Evidence().Findings)
}
