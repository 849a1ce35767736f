package things_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/steps/stage"
)

func TestWhatAChangeIsNotForIsOneFinding(t *testing.T) {
	enduser := stage.Says(`an enduser with the metadata`, stage.Text(`{"a": 1}`))
	for fault, c := range map[string]struct {
		given                 []any
		call, requirement, in string
	}{
		"frame.wallet-update-unlinks":             {stage.Says(`a card`), "Update wallet", "HARNESS-27", "external_id"},
		"frame.card-status-reaches-the-wallet":    {stage.Says(`a card`), "Update card status", "HARNESS-27", "status"},
		"frame.card-status-reaches-other-cards":   {stage.Says(`a card`, `another card`), "Update card status", "HARNESS-27", "status"},
		"frame.card-update-renews-created-at":     {stage.Says(`a card`), "Update card status", "HARNESS-27", "created_at"},
		"frame.change-answers-another-created-at": {stage.Says(`a card`), "Update card status", "HARNESS-12", "created_at"},
		"frame.beneficiary-update-hits-all": {stage.Says(`a beneficiary`, `another beneficiary`), "Update beneficiary", "HARNESS-27",
			"status"},
		"frame.card-creation-clears-metadata": {stage.Says(`a wallet`), "Create a new card", "META-02", "metadata"},
		"frame.credit-reaches-other-wallets": {stage.Says(`a wallet`, `another wallet`), "Create manual credit transaction", "MONEY-06",
			"amount"},
		"frame.wallet-update-empties":   {stage.Says(`a funded wallet`), "Update wallet", "MONEY-06", "amount"},
		"frame.card-creation-empties":   {stage.Says(`a funded wallet`), "Create a new card", "MONEY-06", "amount"},
		"frame.list-shows-cents":        {stage.Says(`a wallet`), "Create manual credit transaction", "MONEY-01", "amount"},
		"frame.list-shows-old-amounts":  {stage.Says(`a wallet`), "Create manual debit transaction", "MONEY-01", "amount"},
		"frame.list-hides-the-inactive": {stage.Says(`a beneficiary`), "Update beneficiary", "HARNESS-13", ""},
		"frame.client-update-hits-all":  {stage.Says(`a client`, `another client`), "Update client status", "HARNESS-27", "status"},
		"frame.list-shows-old-status":   {stage.Says(`a wallet`), "Update wallet", "WALLET-31", "status"},
	} {
		sentences := append(append(enduser[:2:2], c.given...), `we call "`+c.call+`" with each value that its page names`,
			`it has changed what it is for, and nothing else`)
		good := stage.New(t, mock.Options{}, "HARNESS-27")
		require.NoError(t, good.Say(t, sentences...), fault)
		broke, held := good.Found()
		require.Empty(t, broke, fault)
		require.Contains(t, held, "all else is as it was", fault)

		bad := stage.New(t, mock.Options{Faults: []string{fault}}, "HARNESS-27")
		require.NoError(t, bad.Say(t, sentences...), fault)
		findings := bad.World.Evidence().Findings
		require.NotEmpty(t, findings, fault)
		require.Equal(t, c.requirement, findings[0].Requirement, fault)
		require.Contains(t, findings[0].Pointer, c.in, fault)
	}
}

func TestAMemberThatAnAnswerLacksWasChangedByNobody(t *testing.T) {
	changes := stage.Says(`a card`, `we call "Update card status" with each value that its page names`,
		`it has changed what it is for, and nothing else`)
	for name, c := range map[string]struct {
		change stage.Change
		breaks bool
	}{
		"a member that its shape requires is lacking": {stage.Without("last_four_digit"), false},
		"a member of another type":                    {stage.Member("external_id", 7), false},
		"a member that is null":                       {stage.Member("program_id", nil), false},
		"a member with another value":                 {stage.Member("last_four_digit", "0000"), true},
	} {
		s := stage.New(t, mock.Options{}, "HARNESS-27")
		s.Alter("cards-get", 1, c.change)
		require.NoError(t, s.Say(t, changes...), name)
		told := false
		for _, finding := range s.World.Evidence().Findings {
			told = told || finding.Check == "all else is as it was"
		}
		require.Equal(t, c.breaks, told, name)
	}
}
