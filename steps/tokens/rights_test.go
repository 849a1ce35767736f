package tokens_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/steps/stage"
)

const (
	halfToken = `we call any operation with half of a token in place of a token`
	notServed = `none of these calls is served`
	unchanged = `none of these calls has changed anything`
)

func TestWhatServesWithoutARightIsOneFinding(t *testing.T) {
	for way, fault := range map[string]string{
		"half of a token": "auth.any-text-accepted", "the scheme alone": "auth.empty-bearer-accepted",
		"a token without its last letters": "auth.cut-token-accepted", "a token signed with an empty word": "auth.symmetric-accepted",
		"a token that brings a stranger's key along":       "auth.embedded-key-trusted",
		"an unsigned token whose algorithm is in capitals": "auth.unsigned-in-capitals-accepted",
		"a token without its signature":                    "auth.missing-signature-accepted",
		"the id and secret of the client":                  "auth.basic-accepted",
		"the word null":                                    "auth.word-null-accepted",
		"a token that lives longer than it did":            "auth.signature-not-checked",
	} {
		sentence := `we call any operation with ` + way + ` in place of a token`
		good := stage.New(t, mock.Options{}, "AUTH-28")
		require.NoError(t, good.Say(t, sentence, notServed, unchanged), way)
		broke, held := good.Found()
		require.Empty(t, broke, way)
		require.Subset(t, held, []string{"not served without a right", "a refused request changes nothing"})

		bad := stage.New(t, mock.Options{Faults: []string{fault}}, "AUTH-28")
		require.NoError(t, bad.Say(t, sentence, notServed, unchanged), way)
		findings := bad.World.Evidence().Findings
		require.Len(t, findings, 1, way)
		require.Equal(t, "AUTH-28", findings[0].Requirement)
		require.NotEmpty(t, findings[0].Hazard)
	}
}

func TestARefusedCallWithoutARightThatActsIsAHazard(t *testing.T) {
	s := stage.New(t, mock.Options{Faults: []string{"refusal.acts-on-a-bad-token"}}, "AUTH-28")
	s.World.Session.Depth = 40
	require.NoError(t, s.Say(t, halfToken, notServed, unchanged))
	findings := s.World.Evidence().Findings
	require.Len(t, findings, 1)
	require.Equal(t, "HARNESS-11", findings[0].Requirement)
}

func TestAWayThatIsUnknownOrAStepThatIsMissingIsSaid(t *testing.T) {
	require.ErrorContains(t, stage.New(t, mock.Options{}).Say(t, `we call any operation with a smile in place of a token`),
		"there is no way")
	require.ErrorContains(t, stage.New(t, mock.Options{}).Say(t, notServed), "no operation was called without a right")
}
