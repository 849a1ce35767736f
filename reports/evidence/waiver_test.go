package evidence

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
)

var today = time.Date(2026, 5, 10, 23, 59, 0, 0, time.UTC)

// waiversOf reads a list as it would stand in a file.
func waiversOf(t *testing.T, text string) (Waivers, error) {
	t.Helper()
	facts, err := contract.Load()
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "waivers.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return ReadWaivers(path, facts, today)
}

func waiverOf(requirement, until string) string {
	return "- {requirement: " + requirement + ", reason: the gateway, owner: edge, until: " + until + "}\n"
}

func TestAWaiverHoldsUntilTheEndOfItsLastDay(t *testing.T) {
	list, err := waiversOf(t, waiverOf("STD-02", "2026-05-10")+waiverOf("STD-07", "2026-05-09"))
	require.NoError(t, err)
	require.Equal(t, map[string]bool{"STD-02": true}, list.InForce(), "one ends today, the other ended yesterday")
	require.False(t, list[0].Ended)
	require.True(t, list[1].Ended)
}

func TestAListOfWaiversSaysWhatIsWrongWithItself(t *testing.T) {
	for name, c := range map[string]struct{ text, says string }{
		"no such requirement": {waiverOf("STD-999", "2026-12-31"), `there is no requirement "STD-999"`},
		"no standard":         {waiverOf("CARD-CREATE-08", "2026-12-31"), "only standards can be waived"},
		"twice":               {waiverOf("STD-02", "2026-12-31") + waiverOf("STD-02", "2026-12-30"), "waivers.yaml:2:17: [2].requirement: STD-02 is waived twice"},
		"no day":              {waiverOf("STD-02", "soon"), "until"},
		"no owner":            {"- {requirement: STD-02, reason: x, until: 2026-12-31}\n", "owner"},
		"an unknown key":      {"- {requirement: STD-02, reason: x, owner: x, until: 2026-12-31, untill: 2027-01-01}\n", "untill"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := waiversOf(t, c.text)
			require.ErrorContains(t, err, c.says)
		})
	}
	_, err := ReadWaivers(filepath.Join(t.TempDir(), "none.yaml"), nil, today)
	require.ErrorContains(t, err, "leave --waivers out if there are none")
}

func TestAWaiverSaysWhatItDidAndWhatToDo(t *testing.T) {
	list, err := waiversOf(t, waiverOf("STD-07", "2026-12-31")+waiverOf("STD-02", "2026-05-09")+waiverOf("STD-03", "2026-05-09")+
		waiverOf("STD-15", "2026-12-31"))
	require.NoError(t, err)
	var said []string
	for _, one := range list.Counted(map[string]int{"STD-02": 2, "STD-15": 1}) {
		said = append(said, one.Requirement+" "+one.Sentence())
	}
	require.Equal(t, []string{"STD-02 ended on 2026-05-09 and gates again: the gateway (edge)",
		"STD-03 ended on 2026-05-09 and is not needed: remove it (edge)", "STD-07 nothing was found that needs it; remove it (edge)",
		"STD-15 1 finding put up with until 2026-12-31: the gateway (edge)"}, said)
}
