package lists_test

import (
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/steps/stage"
)

const (
	cards   = `three cards made one after another, one before them and one after them`
	credits = `four credits made one after another on one wallet`
)

var says = stage.Says

func none([]any) []any { return []any{} }

func turned(entries []any) []any { slices.Reverse(entries); return entries }

// first repeats the first entry in place of the last.
func first(entries []any) []any {
	if len(entries) > 1 {
		entries[len(entries)-1] = entries[0]
	}
	return entries
}

// renamed gives the entries of each answer other ids.
func renamed() stage.Change {
	n := 0
	return func(a *stage.Answer) { n++; stage.Member("id", strconv.Itoa(n))(a) }
}

func TestAListHoldsWhatBelongsThereOrDoesNot(t *testing.T) {
	stage.Play(t, map[string]stage.Case{
		"one that is missed": {Sentences: says(cards, `we list the cards of that time`, `the list holds each of them once`),
			Call: "cards-list", Change: stage.List(none), Breaks: "list holds what was made"},
		"one that is there twice": {Sentences: says(cards, `we list the cards of that time`, `the list holds each of them once`),
			Call: "cards-list", Change: stage.List(first), Breaks: "list holds what was made"},
		"the first of all credits": {Sentences: says(credits, `we list the transactions up to the time of the second one`,
			`the list holds the first`),
			Call: "transactions-list", Change: stage.List(none), Breaks: "list holds what was made"},
		"those from the second on": {Sentences: says(credits, `we list the transactions from the time of the second one on`,
			`the list holds the later ones`),
			Call: "transactions-list", Change: stage.List(none), Breaks: "list holds what was made"},
		"more than were asked for": {Sentences: says(cards, `we list the cards of that time with a limit of 2`, `the list holds no more than 2`),
			Call: "cards-list", Change: stage.List(func(entries []any) []any {
				return slices.Repeat(entries,
					2)
			}), Breaks: "list keeps to the limit"},
		"the wrong order": {Sentences: says(cards, `we list the cards of that time in ascending order`,
			`the list is sorted by the time of creation, oldest first`),
			Call: "cards-list", Change: stage.List(turned), Breaks: "list is in order"},
		"the same order twice": {Sentences: says(cards, `we list the cards of that time in ascending order`,
			`we list the cards of that time in descending order`,
			`the list is the one before turned round`), Call: "cards-list", From: 2, Change: stage.List(turned), Breaks: "both orders mirror each other"},
		"a list of a wallet that nobody has": {Sentences: says(`a wallet`, `a valid request to "Get all transactions"`,
			`the request's query "wallet" is unknown`, `the request is sent`, `the list is empty, or refused`), Call: "transactions-list",
			Change: stage.Body([]any{map[string]any{"id": "one"}}), Breaks: "list is empty"},
		"a list that should have been empty": {Sentences: says(`a wallet`, `a valid request to "Get all transactions"`,
			`the request's query "wallet" is "deadbeef-0000-4000-8000-00000000dead"`,
			`the request is sent`, `the list is empty`), Call: "transactions-list", Change: stage.Body([]any{map[string]any{"id": "one"}}), Breaks: "list is empty"},
		"entries that the wider list lacks": {Sentences: says(credits, `we list the transactions of that time`,
			`we list the transactions of the later part of that time`,
			`the list is part of the one before`), Call: "transactions-list", From: 2, Change: renamed(), Breaks: "a narrower range lists nothing else"},
		"an entry met twice on the " +
			"way": {Sentences: says(cards, `we walk through the pages of 2, oldest first, and another card is made after each page`,
			`the list holds all that were there before once`), Call: "cards-list", Change: stage.List(first), Breaks: "a walk meets each entry once"},
	})
}

func TestWhatIsOutOfRangeIsFoundInAListThatDoesNotHeedIt(t *testing.T) {
	for name, c := range map[string]struct {
		sentences []any
		breaks    string
	}{
		"before and after": {says(cards, `we list the cards of that time`, `the list does not hold any from before or after`),
			"list holds nothing else"},
		"later ones": {says(credits, `we list the transactions up to the time of the second one`,
			`the list does not hold the later ones`), "list leaves out what is out of range"},
	} {
		t.Run(name, func(t *testing.T) {
			good := stage.New(t, mock.Options{})
			require.NoError(t, good.Say(t, c.sentences...))
			broke, held := good.Found()
			require.Empty(t, broke)
			require.Contains(t, held, c.breaks)

			heedless := stage.New(t, mock.Options{Faults: []string{"list.from-ignored", "list.to-ignored"}})
			require.NoError(t, heedless.Say(t, c.sentences...))
			broke, _ = heedless.Found()
			require.Contains(t, broke, c.breaks)
		})
	}
}

func TestPagesAndTheirHeadersAgreeOrDoNot(t *testing.T) {
	stage.Play(t, map[string]stage.Case{
		"pages that repeat themselves": {Sentences: says(cards, `we read that list in pages of 1`, `the pages put together are that list`),
			Call: "cards-list", From: 0, Change: stage.List(first), Breaks: "pages add up"},
		"a total that counts otherwise": {Style: "strict-http", Sentences: says(cards, `we list the cards of that time with a limit of 2`,
			`the paging headers count the list of that time`), Call: "cards-list", Change: stage.Header("X-Total-Count", "99"), Breaks: "total count"},
		"a limit that is not repeated": {Style: "strict-http", Sentences: says(cards,
			`we list the cards of that time with a limit of 2 from entry 1 on`,
			`the paging headers repeat what was asked`), Call: "cards-list", Change: stage.Header("X-Limit", "7"), Breaks: "paging headers echo the query"},
	})
}

func TestWhatIsNotThereToLookAtIsNoPass(t *testing.T) {
	for name, sentences := range map[string][]any{
		"an order of nothing": says(cards, `we list the cards of that time`, `the list is sorted by the time of creation, newest first`),
		"a limit of nothing":  says(cards, `we list the cards of that time with a limit of 2`, `the list holds no more than 2`),
		"pages of nothing":    says(cards, `we read that list in pages of 1`, `the pages put together are that list`),
		"a mirror of nothing": says(cards, `we list the cards of that time in ascending order`,
			`we list the cards of that time in descending order`, `the list is the one before turned round`),
		"a narrower list of n": says(credits, `we list the transactions of that time`,
			`we list the transactions of the later part of that time`, `the list is part of the one before`),
	} {
		t.Run(name, func(t *testing.T) {
			s := stage.New(t, mock.Options{})
			s.Alter("cards-list", 0, stage.List(none))
			s.Alter("transactions-list", 0, stage.List(none))
			require.NoError(t, s.Say(t, sentences...))
			require.NotEmpty(t, s.World.Evidence().NoData)
		})
	}
}

func TestHeadersThatATargetDoesNotSendAreNotTestable(t *testing.T) {
	for _, sentence := range []string{`the paging headers count the list of that time`,
		`the paging headers repeat what was asked`} {
		s := stage.New(t, mock.Options{})
		for _, header := range []string{"X-Total-Count", "X-Limit", "X-Offset"} {
			s.Alter("cards-list", 0, stage.Header(header))
		}
		var untestable *scene.NotTestable
		require.ErrorAs(t, s.Say(t, cards, `we list the cards of that time with a limit of 2`, sentence), &untestable)
	}
}
