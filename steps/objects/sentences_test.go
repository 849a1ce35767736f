package objects_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/features"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/steps/catalog"
	"github.com/kobcheck/kobcheck/steps/stage"
)

var says = stage.Says

const (
	aPerson = `a valid request to "Create a new enduser"`
	sending = `the request is sent with objects of every kind as its "metadata"`
)

func TestWhatBecomesOfAnObjectIsSeen(t *testing.T) {
	other := stage.Member("metadata", map[string]any{"another": true})
	stage.Play(t, map[string]stage.Case{
		"in the answer": {Requirement: "META-02", Sentences: says(aPerson, sending, `each object comes back as it was sent`),
			Call: "endusers-create", From: 3, Change: other, Breaks: "an object is answered as it was sent"},
		"when it is read": {Requirement: "META-02", Sentences: says(aPerson, sending, `each object comes back as it was sent`),
			Call: "endusers-get", From: 3, Change: other, Breaks: "an object reads back as it was sent"},
		"in the list": {Requirement: "META-02", Sentences: says(aPerson, sending, `each object is listed as it was sent`),
			Call: "endusers-list", Change: other, Breaks: "an object is listed as it was sent"},
		"where it is refused": {Requirement: "META-01", Sentences: says(aPerson, sending, `each object is taken`),
			Call: "endusers-create", From: 3, Change: stage.Refused(400, "no"), Breaks: "any object is taken"},
		"where it is too much": {Requirement: "META-01", Sentences: says(aPerson, sending, `each object is taken or refused`),
			Call: "endusers-create", From: 3, Change: stage.Refused(500, "no"), Breaks: "an object is not answered by a server error"},
	})
}

func TestADifferenceIsOneFindingWithTheSmallestObject(t *testing.T) {
	for id, smallest := range map[string]string{
		"metadata.special-names-lost": `":`, "metadata.empty-name-lost": `{"":`, "metadata.empty-lists-become-null": `":[]}`,
	} {
		s := stage.New(t, mock.Options{Faults: []string{id}}, "META-02")
		require.NoError(t, s.Say(t, says(aPerson, sending, `each object is taken`, `each object comes back as it was sent`)...))
		findings := s.World.Evidence().Findings
		require.Len(t, findings, 1)
		require.Equal(t, "META-02", findings[0].Requirement)
		require.Contains(t, findings[0].Expected, smallest)
		require.Less(t, len(findings[0].Expected), 40, findings[0].Expected)
	}
}

func TestWhatHasNoIdIsNotReadBack(t *testing.T) {
	s := stage.New(t, mock.Options{}, "META-02")
	s.Alter("endusers-create", 3, stage.Without("id"))
	require.NoError(t, s.Say(t, says(aPerson, sending, `each object comes back as it was sent`)...))
	broke, _ := s.Found()
	require.NotContains(t, broke, "an object reads back as it was sent")
}

func TestEveryOperationThatTakesAFreeObjectHasARow(t *testing.T) {
	facts, err := contract.Load()
	require.NoError(t, err)
	all, err := catalog.Read(features.Files)
	require.NoError(t, err)
	asked := map[string]bool{}
	for _, scenario := range all.Scenarios {
		for _, operation := range facts.Operations {
			if len(scenario.Steps) > 1 && scenario.Steps[0].Text == `a valid request to "`+operation.Title+`"` && scenario.Steps[1].Text == sending {
				asked[operation.ID] = true
			}
		}
	}
	for _, operation := range facts.Operations {
		if operation.Field("metadata") != nil {
			require.True(t, asked[operation.ID], operation.ID)
		}
	}
}
