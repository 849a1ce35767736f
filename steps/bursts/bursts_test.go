package bursts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/steps/stage"
)

var says = stage.Says

func TestOrdinaryUseIsServedOrIsNot(t *testing.T) {
	stage.Play(t, map[string]stage.Case{
		"one after another": {Sentences: says(`we call "Get all cards" 5 times`, `each of them succeeds`),
			Call: "cards-list", From: 4, Change: stage.Refused(500, "oh"), Breaks: "ordinary use is served"},
		"at once": {Sentences: says(`we call "Get all cards" 5 times at once`, `each of them succeeds`),
			Call: "cards-list", From: 2, Change: stage.Refused(500, "oh"), Breaks: "ordinary use is served"},
	})
}

func TestAnAPIThatKeepsItsPaceIsNotTakenForASlowingOne(t *testing.T) {
	s := stage.New(t, mock.Options{})
	require.NoError(t, s.Say(t, `we call "Get all cards" 8 times`, `the answers do not take longer and longer`))
	broke, held := s.Found()
	require.Empty(t, broke)
	require.Contains(t, held, "answers do not slow down")
}

func TestTooFewCallsTellNothingOfTheirPace(t *testing.T) {
	require.ErrorContains(t, stage.New(t, mock.Options{}).Say(t, `we call "Get all cards" 3 times`,
		`the answers do not take longer and longer`), "too few calls")
	require.ErrorContains(t, stage.New(t, mock.Options{}).Say(t, `each of them succeeds`), "before this step")
}
