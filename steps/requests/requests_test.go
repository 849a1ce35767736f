package requests_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/steps/stage"
)

const aWallet = `a valid request to "Create a new wallet"`

func TestAFieldIsBrokenInOnePlaceAlone(t *testing.T) {
	for sentence, want := range map[string]any{
		`the request's "asset" is null`:               nil,
		`the request's "asset" is empty`:              "",
		`the request's "asset" is blank`:              "   ",
		`the request's "asset" is of another type`:    12345,
		`the request's "asset" is outside its values`: "NEITHER_OF_THEM",
		`the request's "asset" is malformed`:          "not-of-this-form",
		`the request's "asset" is set to {"a": 1.50}`: map[string]any{"a": json.Number("1.50")},
		`the request's "asset" is set to ["b"]`:       []any{"b"},
	} {
		t.Run(sentence, func(t *testing.T) {
			s := stage.New(t, mock.Options{})
			require.NoError(t, s.Say(t, aWallet))
			before := scene.Copy(s.World.Draft.Body).(map[string]any)
			require.NoError(t, s.Say(t, sentence))
			before["asset"] = want
			require.Equal(t, before, s.World.Draft.Body)
		})
	}
	s := stage.New(t, mock.Options{})
	require.NoError(t, s.Say(t, aWallet, `the request's "asset" is left out`))
	require.NotContains(t, s.World.Draft.Body, "asset")
}

func TestABodyIsReplacedByWhatItMustNotBe(t *testing.T) {
	for how, want := range map[string]string{
		"not JSON": "this is not JSON", "an empty text": "", "a JSON text": `"a text"`, "sent as XML": "<request/>",
	} {
		s := stage.New(t, mock.Options{})
		require.NoError(t, s.Say(t, aWallet, `the request's body is `+how))
		require.Equal(t, want, string(s.World.Draft.Request.RawBody), how)
	}
	s := stage.New(t, mock.Options{})
	require.NoError(t, s.Say(t, aWallet, `the request's body is cut in half`))
	require.False(t, json.Valid(s.World.Draft.Request.RawBody))
	require.NoError(t, s.Say(t, `the request's body is a JSON list`))
	require.True(t, json.Valid(s.World.Draft.Request.RawBody))
	require.NoError(t, s.Say(t, `the request's body is sent as plain text`))
	require.Equal(t, "text/plain", s.World.Draft.Request.MediaType)
}

func TestAddressHeadAndQueryAreSet(t *testing.T) {
	s := stage.New(t, mock.Options{})
	require.NoError(t, s.Say(t, `a valid request to "Get wallet by ID"`, `the request's "id" in the address is unknown`,
		`the request's header "X-One" is "1"`,
		`the request's header "X-Two" is left out`, `the request's query "limit" is "7"`, `the request's header "X-Client" is the id of the other client`))
	request := s.World.Draft.Request
	require.Equal(t, "deadbeef-0000-4000-8000-00000000dead", request.Path["id"])
	require.Equal(t, "1", request.Header.Get("X-One"))
	require.Equal(t, s.World.Session.ClientIDs["second"], request.Header.Get("X-Client"))
	require.Equal(t, []string{"X-Two"}, request.Without)
	require.Equal(t, "7", request.Query.Get("limit"))
	require.NoError(t, s.Say(t, `the request's "id" in the address is malformed`))
	require.Equal(t, "not-a-uuid", s.World.Draft.Request.Path["id"])
	require.NoError(t, s.Say(t, `the request's "id" in the address is "word"`))
	require.Equal(t, "word", s.World.Draft.Request.Path["id"])
	require.NoError(t, s.Say(t, `the request's "id" in the address is of another client`))
	require.Equal(t, s.World.Things["foreign wallet"].ID, s.World.Draft.Request.Path["id"])
}

func TestACallReachesTheThingThatTheSentenceNames(t *testing.T) {
	s := stage.New(t, mock.Options{})
	require.NoError(t, s.Say(t, `a wallet`, `another wallet`, `we call "Get wallet by ID" for the other wallet`))
	require.Contains(t, s.World.Last.Request().URL, s.World.Things["other wallet"].ID)
	require.NoError(t, s.Say(t, `a valid request to "Get all transactions"`, `a transaction of another client`,
		`the request's query "wallet" is the wallet of the foreign transaction`))
	require.NotEmpty(t, s.World.Draft.Request.Query.Get("wallet"))
	first := s.World.Things["wallet"].ID
	require.NoError(t, s.Say(t, `we call "Create a new card" for the other wallet`))
	require.NotEqual(t, first, s.World.Things["card"].Body["wallet_id"])
}

func TestARefusalIsRefusedOrServed(t *testing.T) {
	says := stage.Says
	stage.Play(t, map[string]stage.Case{
		"no token": {Sentences: says(`a valid request to "Get all cards"`, `the request is sent with no token`,
			`the call is refused as not authenticated`),
			Call: "cards-list", Change: stage.Status(200), Breaks: "not served"},
		"another method": {Sentences: says(`we call "Get all cards" with the method DELETE`, `the call is refused as a wrong method`),
			Call: "", Change: stage.Status(200), Breaks: "not served"},
		"no such address": {Sentences: says(`we call "Get all cards" at an address that does not exist`, `the call is refused as not found`),
			Call: "", Change: stage.Status(200), Breaks: "not served"},
	})
}

func TestWhatASentenceNeedsIsSaid(t *testing.T) {
	for sentence, says := range map[string]string{
		`the request is sent`:                             "no request was prepared",
		`a valid request to "No such title"`:              "no operation is titled",
		`the answer is 200 OK`:                            "no call was made",
		`we call "Get wallet by ID" for the other wallet`: "the scenario has no other wallet",
	} {
		require.ErrorContains(t, stage.New(t, mock.Options{}).Say(t, sentence), says)
	}
	require.ErrorContains(t, stage.New(t, mock.Options{}).Say(t, aWallet, `the request's "no_such" is null`), "has no field")
	require.ErrorContains(t, stage.New(t, mock.Options{}).Say(t, aWallet, `the request's "asset" is set to {`), "is not JSON")
	var untestable *scene.NotTestable
	require.ErrorAs(t, stage.New(t, mock.Options{}).Say(t, `the edition under test is guide`), &untestable)
	require.NoError(t, stage.New(t, mock.Options{}).Say(t, `the edition under test is v1`))
}
