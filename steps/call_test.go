package steps_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/stage"
)

const list = `we call "Get all cards"`

func TestWhatAGatewayAnswersIsNotTheAPIsFault(t *testing.T) {
	for name, change := range map[string]stage.Change{
		"a bad gateway in HTML":     func(a *stage.Answer) { stage.Status(http.StatusBadGateway)(a); stage.Raw("<html>")(a) },
		"a gateway that waited":     func(a *stage.Answer) { stage.Status(http.StatusGatewayTimeout)(a); stage.Raw("")(a) },
		"a limit of requests":       stage.Refused(http.StatusTooManyRequests, "slow down"),
		"a limit in words of a lot": func(a *stage.Answer) { stage.Status(http.StatusTooManyRequests)(a); stage.Raw("")(a) },
	} {
		t.Run(name, func(t *testing.T) {
			s := stage.New(t, mock.Options{})
			s.Alter("cards-list", 0, change)
			var environment *steps.Environment
			require.ErrorAs(t, s.Say(t, list), &environment)
			require.False(t, environment.Whole)
		})
	}
	own := stage.New(t, mock.Options{})
	own.Alter("cards-list", 0, stage.Refused(http.StatusServiceUnavailable, "the API's own words"))
	require.NoError(t, own.Say(t, list), "an error in the API's own form is its own")
}

func TestA429IsStillHeldToWhatHTTPAsksOfIt(t *testing.T) {
	s := stage.New(t, mock.Options{})
	s.Alter("cards-list", 0, stage.Refused(http.StatusTooManyRequests, "slow down"))
	s.Alter("cards-list", 0, stage.Header("Cache-Control", "public, max-age=60"))
	require.Error(t, s.Say(t, list))
	broke, _ := s.Found()
	require.Equal(t, []string{"every answer: a 429 is not stored"}, broke)
}

func TestWhatPreparesAScenarioBlocksItAndIsCountedOnce(t *testing.T) {
	s := stage.New(t, mock.Options{}, "CARD-CREATE-01")
	s.Alter("endusers-create", 0, stage.Refused(http.StatusInternalServerError, "oh"))
	var blocked *scene.Blocked
	require.ErrorAs(t, s.Say(t, `a card`), &blocked)
	require.Equal(t, "endusers-create", blocked.Operation)
	seen := s.World.Evidence()
	require.Empty(t, seen.Findings, "the scenario is not about it")
	require.Len(t, seen.Passing, 1)
	require.Equal(t, evidence.NotServed, seen.Passing[0].Check)
	require.Equal(t, "500 Internal Server Error: oh", seen.Passing[0].Actual)
}

func TestWhatIsNotServedIsTheOperationsUnlessTheScenarioIsAboutThat(t *testing.T) {
	for _, c := range []struct {
		about  string
		status int
		broken string
	}{
		{"STD-12", http.StatusInternalServerError, "CARD-LIST-01"},
		{"STD-12", http.StatusNotFound, "CARD-LIST-01"},
		{"CARD-LIST-05", http.StatusInternalServerError, "CARD-LIST-01"},
		{"CARD-LIST-05", http.StatusBadRequest, "CARD-LIST-05"},
	} {
		s := stage.New(t, mock.Options{}, c.about)
		s.Alter("cards-list", 0, stage.Refused(c.status, "no"))
		require.NoError(t, s.Say(t, list, `the call succeeds`))
		findings := s.World.Evidence().Findings
		require.Len(t, findings, 1)
		require.Equal(t, c.broken, findings[0].Requirement, "%v", c)
	}
	s := stage.New(t, mock.Options{Freedoms: []string{"F-04=501"}}, "HARNESS-25")
	require.NoError(t, s.Say(t, `we call "Get all cards" with the method HEAD`, `the call succeeds`))
	seen := s.World.Evidence()
	for _, finding := range append(seen.Findings, seen.Passing...) {
		require.NotEqual(t, "CARD-LIST-01", finding.Requirement, "HEAD is not the operation")
	}
	s = stage.New(t, mock.Options{}, "STD-12")
	require.NoError(t, s.Say(t, list, `the call succeeds`))
	require.Contains(t, s.World.Evidence().Checks, evidence.Check{Name: "success status", Requirement: "STD-12", Outcome: evidence.Held,
		Step: s.World.Evidence().Checks[len(s.World.Evidence().Checks)-1].Step})
}

func TestWhatACallHasMadeIsTheThingOfTheScenario(t *testing.T) {
	s := stage.New(t, mock.Options{})
	require.NoError(t, s.Say(t, `we call "Create a new card"`))
	require.Equal(t, scene.ID(s.World.Decoded(s.World.Last)), s.World.Things["card"].ID)
	require.Equal(t, s.World.Last, s.World.Calls[len(s.World.Calls)-1])

	refused := stage.New(t, mock.Options{})
	refused.Alter("cards-create", 0, stage.Refused(http.StatusBadRequest, "no"))
	require.NoError(t, refused.Say(t, `we call "Create a new card"`))
	require.Nil(t, refused.World.Things["card"])
}

func TestWhatIsNotJSONHasNoValueAndAnErrorItsFirstText(t *testing.T) {
	s := stage.New(t, mock.Options{})
	s.Alter("cards-list", 0, stage.Raw("no JSON"))
	require.NoError(t, s.Say(t, list))
	require.Nil(t, s.World.Decoded(s.World.Last))
	require.Nil(t, s.World.Body(s.World.Last))
	require.Equal(t, "200 OK", s.World.Answered(s.World.Last))
	require.Equal(t, "599", steps.Status(599))
	require.Equal(t, "Get all cards", s.World.TitleOf(s.World.Last))
}

func TestASecretOfOursIsTakenOutOfAFindingBeforeItIsCut(t *testing.T) {
	s := stage.New(t, mock.Options{})
	_, secret, _ := s.World.Session.Client.Credentials("primary")
	long := make([]byte, 190)
	for i := range long {
		long[i] = 'x'
	}
	s.World.Expect(false, evidence.Assertion{Check: "a check", Fact: s.World.Own(contract.Text), Message: string(long) + secret,
		Actual: secret})
	found := s.World.Evidence().Findings[0]
	require.NotContains(t, found.Message+found.Actual, secret[:8])
}

func TestTheEndOfAScenarioCleansUpNewestFirst(t *testing.T) {
	s := stage.New(t, mock.Options{})
	var order []int
	s.World.Cleanup(func(context.Context) error { order = append(order, 1); return nil })
	s.World.Cleanup(func(context.Context) error { order = append(order, 2); return errors.New("left behind") })
	require.ErrorContains(t, s.World.Close(t.Context()), "left behind")
	require.Equal(t, []int{2, 1}, order)
	require.NoError(t, s.World.Close(t.Context()), "once")
}

func TestWhatNobodyHandsOverIsNamedByItsKey(t *testing.T) {
	s := stage.New(t, mock.Options{})
	require.NoError(t, s.World.NeedClient("second", "why"))
	var untestable *scene.NotTestable
	require.ErrorAs(t, s.World.NeedClient("third", "why"), &untestable)
	require.Equal(t, "target.clients.third", untestable.Key)
	_, err := s.World.Thing("other card")
	require.ErrorContains(t, err, "the scenario has no other card")
}
