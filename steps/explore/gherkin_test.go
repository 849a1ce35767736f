package explore_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	gherkin "github.com/cucumber/gherkin/go/v26"
	messages "github.com/cucumber/messages/go/v21"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps/explore"
	"github.com/kobcheck/kobcheck/steps/vocabulary"
)

// differences are all ways in which a walk can end, with what each expects.
var differences = map[string]string{
	"balance": "100", "success status": "a success", "check of card creation": `400 that says "Invalid wallet"`,
	"order of the checks": `a refusal that says "Invalid wallet"`, "check 3 decides": `a refusal that says "x"`,
	"check 4 decides": `a refusal that says "x"`, "check 7 decides": `a refusal that says "x"`, "overdraft": "a refusal",
	"another client's wallet": "403 or 404", "one card for one key": "1", "one card for one wallet": "1", "cards of a wallet": "1",
	"answer of a repeat": "the same", "status of a wallet": `"ACTIVE"`, "status of a card": `"ACTIVE"`, "wallet of a card": "a",
	"holder of a wallet": "a", "wallet in its list": "a", "total is available plus reserved": "1", "no negative amount": "0",
	"something new": "no sentence",
}

func differing(check, message, expected string) *explore.Difference {
	return &explore.Difference{Finding: evidence.Finding{Requirement: "MONEY-06", Check: check, Message: message, Expected: expected,
		Actual: "another"}}
}

// walked draws a walk whose steps name earlier ones, as those of a real walk do.
func walked(t *rapid.T) []explore.Step {
	deeds := []explore.Deed{explore.NewWallet, explore.CompanyWallet, explore.NewCard, explore.CardStatus, explore.WalletStatus,
		explore.Credit, explore.Debit, explore.Transfer, explore.Repeat, explore.ForeignRead, explore.ForeignStatus, explore.ForeignMoney,
		explore.Lists}
	walk := []explore.Step{{Number: 1, Deed: explore.NewWallet, Copies: 1}}
	for number := range rapid.IntRange(1, 8).Draw(t, "steps") {
		earlier := func(name string) int { return rapid.IntRange(1, number+1).Draw(t, name) }
		walk = append(walk, explore.Step{Number: number + 2, Deed: rapid.SampledFrom(deeds).Draw(t, "deed"),
			As: rapid.SampledFrom([]string{"", "", "second"}).Draw(t, "client"), Wallet: earlier("wallet"), Other: earlier("other"),
			Card: earlier("card"), Earlier: earlier("earlier"), Amount: rapid.Int64Range(1, 5000).Draw(t, "amount"),
			Status: rapid.SampledFrom([]string{"ACTIVE", "SUSPENDED"}).Draw(t, "status"), Copies: rapid.SampledFrom([]int{1, 4}).Draw(t, "copies"),
			SameKey: rapid.Bool().Draw(t, "same key")})
	}
	return walk
}

// What a walk prints is put under a Rule by whoever reads it: it has to be Gherkin, and each sentence one of the suite's.
func TestTheScenarioOfAnyWalkIsGherkinInTheSentencesThatThereAre(t *testing.T) {
	sentences := vocabulary.All()
	rapid.Check(t, func(t *rapid.T) {
		check := rapid.SampledFrom(slices.Sorted(maps.Keys(differences))).Draw(t, "difference")
		result := &explore.Result{Seed: 7, Walk: walked(t), Difference: differing(check, "something differs", differences[check])}
		text, whole := result.Gherkin()
		document, err := gherkin.ParseGherkinDocument(strings.NewReader("Feature: found\n"+text), (&messages.Incrementing{}).NewId)
		require.NoError(t, err, text)
		scenario := document.Feature.Children[0].Rule.Children[0].Scenario
		for _, step := range scenario.Steps {
			readers := 0
			for _, one := range sentences {
				if one.Pattern.MatchString(step.Text) {
					readers++
				}
			}
			require.Equal(t, 1, readers, "%q in\n%s", step.Text, text)
		}
		require.Equal(t, !strings.Contains(text, "# no sentence says"), whole, "what can't be said is a comment, and said to be missing")
		if check == "something new" {
			require.False(t, whole)
		}
	})
}

func TestWhatAWalkCameToIsPrinted(t *testing.T) {
	difference := differing("balance", "the balance drifts", "100")
	for name, c := range map[string]struct {
		result *explore.Result
		says   []string
	}{
		"no difference": {&explore.Result{Steps: 300, Requests: 900, Seed: 7}, []string{"no difference in 300 steps and 900 requests (seed 7)"}},
		"a difference": {&explore.Result{Steps: 12, Seed: 7, Shrinking: 5, Difference: difference,
			Walk: []explore.Step{{Number: 1, Deed: explore.NewWallet}, {Number: 2, Deed: explore.Credit, Wallet: 1, Amount: 100}}},
			[]string{"a difference after 12 steps (seed 7), shrunk in 5 walks to 2 steps", "requirement  MONEY-06", "expected     100",
				"When we credit the wallet with 100", "Then the wallet holds 100 more than before"}},
		"one that can't be told whole": {&explore.Result{Difference: difference, Walk: []explore.Step{{Number: 1, Deed: explore.NewWallet},
			{Number: 2, Deed: explore.ForeignMoney, Wallet: 1}}}, []string{"# no sentence says: foreign debit", "Not all of it can be said"}},
	} {
		t.Run(name, func(t *testing.T) {
			var printed strings.Builder
			require.NoError(t, c.result.Print(&printed))
			for _, words := range c.says {
				require.Contains(t, printed.String(), words)
			}
		})
	}
	var stopped strings.Builder
	require.NoError(t, (*explore.Result)(nil).PrintStopped(&stopped))
	require.Equal(t, "stopped before the first step\n", stopped.String())
}

func TestAWalkIsToldOfTheWalletOnWhichItEnds(t *testing.T) {
	made := []explore.Step{{Number: 1, Deed: explore.NewWallet}, {Number: 2, Deed: explore.NewWallet}}
	for name, c := range map[string]struct {
		step   explore.Step
		wallet int
		says   []string
		whole  bool
	}{
		"the second is booked on": {explore.Step{Number: 3, Deed: explore.Credit, Wallet: 2, Amount: 1}, 2,
			[]string{"Given a wallet", "And another wallet", "When we credit the wallet with 1", "Then the wallet holds 1 more than before"}, true},
		"money goes to the first": {explore.Step{Number: 3, Deed: explore.Transfer, Wallet: 2, Other: 1, Amount: 1}, 1,
			[]string{"we move 1 from the wallet to the other wallet", "the other wallet holds 1 more than before"}, true},
		"another than was booked on differs": {explore.Step{Number: 3, Deed: explore.Credit, Wallet: 2, Amount: 1}, 1,
			[]string{"# no sentence says: what a wallet holds on which nothing was booked"}, false},
	} {
		difference := differing("balance", "a wallet does not hold what was moved", "0.01")
		difference.Wallet = c.wallet
		text, whole := (&explore.Result{Seed: 7, Walk: append(slices.Clone(made), c.step), Difference: difference}).Gherkin()
		require.Equal(t, c.whole, whole, "%s\n%s", name, text)
		for _, sentence := range c.says {
			require.Contains(t, text, sentence, name)
		}
	}
}
