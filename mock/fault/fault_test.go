package fault

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
)

func everyFault(t *testing.T) []Fault {
	t.Helper()
	catalogue, err := Catalogue()
	require.NoError(t, err)
	var all []Fault
	for _, entry := range catalogue {
		alone, err := entry.Alone()
		require.NoError(t, err)
		all = append(all, entry)
		if len(entry.Places) > 0 {
			all = append(all, alone...)
		}
	}
	return all
}

func TestEveryFaultHasAStableIdAGroupASentenceAndAKnownRequirement(t *testing.T) {
	facts, err := contract.Load()
	require.NoError(t, err)
	ids := map[ID]bool{}
	form := regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9_-]+)+$`)
	for _, one := range everyFault(t) {
		require.False(t, ids[one.ID], "%s is there twice", one.ID)
		ids[one.ID] = true
		require.Regexp(t, form, one.ID)
		require.NotEmpty(t, one.Group, one.ID)
		require.Regexp(t, `^\S.*\.$`, one.Sentence, one.ID)
		require.NotNil(t, facts.Requirement(one.Requirement), "%s breaks the unknown requirement %q", one.ID, one.Requirement)
		require.Equal(t, facts.MarkOf(one.Requirement), one.Mark)
		require.Contains(t, []string{"", "plain", "strict-http"}, one.Style)
	}
	require.Greater(t, len(ids), 1000)
}

func TestEveryPlaceIsAnOperationOrAFieldOfItsRequest(t *testing.T) {
	facts, err := contract.Load()
	require.NoError(t, err)
	catalogue, err := Catalogue()
	require.NoError(t, err)
	for _, entry := range catalogue {
		for _, place := range entry.Places {
			id, field, inRequest := strings.Cut(place.Name, ".")
			operation := facts.Operation(id)
			require.NotNil(t, operation, "%s at %s", entry.ID, place.Name)
			if inRequest {
				require.NotNil(t, operation.Field(field), "%s at %s", entry.ID, place.Name)
			}
		}
		if part := strings.Split(string(entry.ID), "."); part[0] == "field" {
			require.NotNil(t, facts.Operation(part[1]), entry.ID)
		}
	}
}

func TestASetWithoutFaultsIsSilent(t *testing.T) {
	for _, set := range []*Set{nil, {}} {
		require.False(t, set.Any())
		require.False(t, set.On("auth.expired-accepted"))
		require.False(t, set.At("auth.expired-accepted", "cards-get"))
		require.False(t, set.AtField("input.null-accepted", "cards-create", "wallet_id"))
		require.False(t, set.OneIn("rare.500", 1))
		require.Empty(t, set.Under(""))
		require.Zero(t, set.Hits("auth.expired-accepted"))
	}
}

func TestASetCountsEachTimeThatAFaultIsOn(t *testing.T) {
	set, err := New("auth.expired-accepted", "auth.no-token-accepted.cards-get",
		"input.null-accepted.cards-create.wallet_id", "rare.500")
	require.NoError(t, err)
	require.True(t, set.Any())
	require.True(t, set.On("auth.expired-accepted"))
	require.True(t, set.At("auth.expired-accepted", "cards-list"))
	require.Equal(t, int64(2), set.Hits("auth.expired-accepted"))
	require.True(t, set.At("auth.no-token-accepted", "cards-get"))
	require.False(t, set.At("auth.no-token-accepted", "cards-list"))
	require.Equal(t, int64(1), set.Hits("auth.no-token-accepted.cards-get"))
	require.True(t, set.AtField("input.null-accepted", "cards-create", "wallet_id"))
	require.False(t, set.AtField("input.null-accepted", "cards-create", "program_id"))
	for i := 1; i <= 300; i++ {
		require.Equal(t, i%100 == 0, set.OneIn("rare.500", 100))
	}
	require.Equal(t, int64(3), set.Hits("rare.500"))
	require.Equal(t, []ID{"auth.expired-accepted", "auth.no-token-accepted.cards-get"}, set.Under("auth."))
}

func TestAnUnknownIdIsAnErrorThatNamesThoseThatBeginAlike(t *testing.T) {
	for _, id := range []string{"idempotency.ignore", "auth.no-token-accepted.healthcheck", "order.check-9-missing",
		"nothing.like-it", ""} {
		_, err := New(id)
		require.Error(t, err, id)
	}
	_, err := New("idempotency.ignore")
	require.ErrorContains(t, err, "idempotency.ignored")
}

func TestAFaultAtOnePlaceSaysWhereAndWhatItBreaksThere(t *testing.T) {
	catalogue, err := Catalogue()
	require.NoError(t, err)
	for _, entry := range catalogue {
		alone, err := entry.Alone()
		require.NoError(t, err)
		if len(entry.Places) == 0 {
			require.Equal(t, []Fault{entry}, alone)
			continue
		}
		require.Len(t, alone, len(entry.Places))
		for i, one := range alone {
			place := entry.Places[i]
			require.Equal(t, entry.ID+"."+ID(place.Name), one.ID)
			require.Equal(t, place.Requirement, one.Requirement, one.ID)
			require.Contains(t, one.Sentence, "(at "+place.Name+" alone).")
			require.Empty(t, one.Places)
			require.True(t, entry.offers(one.ID))
			require.False(t, entry.offers(one.ID+"x"))
		}
	}
}

func TestTheCatalogueIsSortedAndACopy(t *testing.T) {
	first, err := Catalogue()
	require.NoError(t, err)
	require.True(t, slices.IsSortedFunc(first,
		func(a, b Fault) int { return strings.Compare(string(a.ID), string(b.ID)) }))
	known := first[0].ID
	first[0].ID = "changed"
	again, err := Catalogue()
	require.NoError(t, err)
	require.Equal(t, known, again[0].ID)
}

func TestEachWayOfBeingWrongHasWordsAndAFault(t *testing.T) {
	for kind, ways := range kinds {
		for _, how := range ways {
			require.NotEmpty(t, wrongness[how], "%s of %s", how, kind)
		}
	}
	all := everyFault(t)
	for how, breach := range overlooked {
		require.True(t, slices.ContainsFunc(all, func(f Fault) bool { return f.ID == breach.fault }), how)
	}
}

func TestAFileOfFaultsThatHasAnUnknownKeyIsAnError(t *testing.T) {
	var file struct{ Faults []Fault }
	require.NoError(t, decode("x.yaml", []byte("faults: []\n"), &file))
	require.ErrorContains(t, decode("x.yaml", []byte("fault: []\n"), &file), "reading the faults of x.yaml")
	require.ErrorContains(t, decode("x.yaml", []byte("faults: ["), &file), "reading the faults of x.yaml")
	all := []Fault{{ID: "input.null-accepted"}}
	require.ErrorContains(t, readRequests(all), "can't be", "a way to be bad needs its fault")
}

func BenchmarkAskingASetWithoutFaults(b *testing.B) {
	set := &Set{}
	for b.Loop() {
		if set.At("auth.expired-accepted", "cards-get") {
			b.Fatal("on")
		}
	}
}

func TestAnUnknownFaultListsThoseThatBeginAlike(t *testing.T) {
	_, err := New("order.swap")
	require.ErrorContains(t, err, "order.swap-1-2")
	_, err = New("no.such")
	require.EqualError(t, err, `there is no fault "no.such" (kobcheck list faults shows all)`)
}
