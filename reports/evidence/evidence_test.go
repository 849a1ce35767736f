package evidence

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
)

// small is the contract with conflicts, and marks of one operation, that this test knows; they are put back after it.
func small(t *testing.T) *contract.Contract {
	t.Helper()
	loaded, err := contract.Load()
	require.NoError(t, err)
	facts, operation, danger := *loaded, loaded.Operation("cards-create"), loaded.Requirement("AUTH-29")
	success, hazard := operation.Success, danger.Hazard
	t.Cleanup(func() { operation.Success, danger.Hazard = success, hazard })
	operation.Success.Mark, operation.Success.Schema, danger.Hazard = contract.Stated, "Card", "card data shown"
	operation.Success.Marks = map[string]contract.Mark{"status": contract.Example, "shape": contract.Inferred}
	facts.Conflicts = []*contract.Conflict{{ID: "C-1", Touches: []contract.Touch{{Requirements: []string{"GEN-01"},
		Facets: []string{string(contract.Text)}, Gate: "no"}}},
		{ID: "C-2", Touches: []contract.Touch{{Requirements: []string{"GEN-01"}, Facets: []string{string(contract.Order)}, Gate: "yes"}}}}
	facts.Gaps = []*contract.Gap{{ID: "N-1", Touches: []contract.Touch{{Operations: []string{"cards-create"},
		Facets: []string{string(contract.Head)}, Gate: "no"}}}}
	for id, mark := range map[string]contract.Mark{"GEN-01": contract.Stated, "STD-07": contract.Standard, "GEN-12": contract.Example,
		"AUTH-29": contract.Inferred} {
		require.Equal(t, mark, facts.MarkOf(id), id)
	}
	return &facts
}

func TestAnAssertionWeighsTheWeakestOfWhatItRestsOn(t *testing.T) {
	facts := small(t)
	for name, c := range map[string]struct {
		fact contract.Fact
		want contract.Weight
	}{
		"the requirement alone": {contract.Fact{Requirement: "GEN-01", Facet: contract.Effect},
			contract.Weight{Mark: contract.Stated}},
		"a facet that is weaker": {contract.Fact{Requirement: "GEN-01", Operation: "cards-create", Facet: contract.Status},
			contract.Weight{Mark: contract.Example}},
		"another facet that is weaker": {contract.Fact{Requirement: "GEN-01", Operation: "cards-create", Facet: contract.Shape},
			contract.Weight{Mark: contract.Inferred}},
		"a facet that is stronger": {contract.Fact{Requirement: "GEN-12", Operation: "cards-create", Facet: contract.Content},
			contract.Weight{Mark: contract.Example}},
		"the mark of the very field": {contract.Fact{Requirement: "GEN-01", Facet: contract.FieldThere, Mark: contract.ThirdParty},
			contract.Weight{Mark: contract.ThirdParty}},
		"a conflict that lets nothing gate": {contract.Fact{Requirement: "GEN-01", Facet: contract.Text},
			contract.Weight{Mark: contract.Inferred, Conflict: "C-1"}},
		"a conflict that gates": {contract.Fact{Requirement: "GEN-01", Facet: contract.Order},
			contract.Weight{Mark: contract.Stated}},
		"a gap": {contract.Fact{Requirement: "STD-07", Operation: "cards-create", Facet: contract.Head},
			contract.Weight{Mark: contract.Inferred, Conflict: "N-1"}},
		"a conflict of another requirement": {contract.Fact{Requirement: "STD-07", Facet: contract.Text},
			contract.Weight{Mark: contract.Standard}},
		"a hazard by its effect": {contract.Fact{Requirement: "AUTH-29", Facet: contract.Effect},
			contract.Weight{Mark: contract.Inferred, Hazard: "card data shown"}},
		"a hazard by what an answer shows": {contract.Fact{Requirement: "AUTH-29", Facet: contract.Exposure},
			contract.Weight{Mark: contract.Inferred, Hazard: "card data shown"}},
		"no hazard: the words of the refusal": {contract.Fact{Requirement: "AUTH-29", Facet: contract.Text},
			contract.Weight{Mark: contract.Inferred}},
		"no hazard: the status of the refusal": {contract.Fact{Requirement: "AUTH-29", Facet: contract.RefusalStatus},
			contract.Weight{Mark: contract.Inferred}},
	} {
		require.Equal(t, c.want, facts.Weigh(c.fact), name)
	}
}

func TestThePolicySaysWhatFails(t *testing.T) {
	facts := small(t)
	stated := contract.Fact{Requirement: "GEN-01", Facet: contract.Effect}
	example := contract.Fact{Requirement: "GEN-12", Facet: contract.Effect}
	danger := contract.Fact{Requirement: "AUTH-29", Facet: contract.Effect}
	field := contract.Fact{Requirement: UndocumentedFields, Facet: contract.Content}
	for name, c := range map[string]struct {
		policy Policy
		fact   contract.Fact
		gated  bool
	}{
		"a gated mark":                    {Policy{Gate: DefaultGate()}, stated, true},
		"a mark that is not gated":        {Policy{Gate: DefaultGate()}, example, false},
		"a mark that the owner gates":     {Policy{Gate: []contract.Mark{contract.Example}}, example, true},
		"a hazard":                        {Policy{Gate: DefaultGate()}, danger, true},
		"a hazard that is not gated":      {Policy{Gate: []contract.Mark{contract.Stated}}, danger, false},
		"waived":                          {Policy{Gate: DefaultGate(), Waived: map[string]bool{"GEN-01": true}}, stated, false},
		"a hazard that is waived":         {Policy{Gate: DefaultGate(), Waived: map[string]bool{"AUTH-29": true}}, danger, false},
		"scored":                          {Policy{Gate: DefaultGate(), Scored: map[string]bool{"GEN-01": true}}, stated, true},
		"not scored":                      {Policy{Gate: DefaultGate(), Scored: map[string]bool{"STD-07": true}}, stated, false},
		"an undocumented field":           {Policy{Gate: DefaultGate()}, field, false},
		"an undocumented field, strictly": {Policy{Gate: DefaultGate(), Strict: true}, field, true},
	} {
		policy := c.policy
		policy.Contract = facts
		f := policy.Finding(Assertion{Check: "x", Fact: c.fact})
		require.Equal(t, c.gated, f.Gated, name)
	}
	gate, err := ParseGate([]string{"stated", " hazard"})
	require.NoError(t, err)
	require.Equal(t, []contract.Mark{contract.Stated, contract.Hazard}, gate)
	for _, bad := range []string{"certain", "not-found", ""} {
		_, err := ParseGate([]string{bad})
		require.Error(t, err, bad)
	}
}

// The fingerprints are those of earlier versions: lists of known failures rely on them.
func TestFingerprintsStay(t *testing.T) {
	for want, f := range map[string]Finding{
		"f1efbcf8703e": {Requirement: "CARD-GET-02", Check: "reads back equal", Pointer: "/status", Expected: `"ACTIVE"`, Actual: `"INACTIVE"`},
		"498e54ba70d8": {Requirement: "CARD-LIST-02", Check: "listed", Pointer: "/3/id", Expected: "1b8ecc17-4edd-4b74-ae4f-208aeb78f105",
			Actual: "at 2026-01-30T03:14:34.000Z, 12.50"},
	} {
		require.Equal(t, want, f.Fingerprint())
		other := f
		other.Operation, other.Count, other.Scenario, other.Message, other.Verdict, other.Mark = "cards-get", 3, "s", "m", Known, contract.Stated
		require.Equal(t, want, other.Fingerprint(), "what is no part of how it fails is none of the fingerprint")
		other.Actual += " otherwise"
		require.NotEqual(t, want, other.Fingerprint())
	}
}

func listOf(t *testing.T, text string) (KnownFailures, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "known.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return ReadKnownFailures(path, func(id string) bool { return id == "cards.one" })
}

const rest = "\n  reason: r\n  reference: KOB-1\n  owner: o\n  until: 2026-06-30\n"

func TestAnEntryCoversACauseAnOperationOrAScenario(t *testing.T) {
	f := Finding{Requirement: "R", Check: "c", Expected: "200", Actual: "201", Operation: "endusers-create", Gated: true}
	head := "- check: c\n  fingerprint: " + f.Fingerprint()
	begin := time.Date(2026, 6, 30, 23, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		text, scenario string
		now            time.Time
		known          bool
		reason         string
	}{
		"the cause":               {head + rest, "", begin, true, "known until 2026-06-30: r (KOB-1, o)"},
		"the cause in a scenario": {head + rest, "cards.one", begin, true, "known until"},
		"the operation":           {head + "\n  operation: endusers-create" + rest, "", begin, true, "known until"},
		"another operation":       {head + "\n  operation: cards-get" + rest, "", begin, false, ""},
		"the scenario":            {head + "\n  scenario: cards.one" + rest, "cards.one", begin, true, "known until"},
		"another scenario":        {head + "\n  scenario: cards.one" + rest, "cards.two", begin, false, ""},
		"a further way": {"- check: other\n  fingerprint: \"000\"\n  also: [" + f.Fingerprint() + "]" + rest, "", begin, true,
			"known until"},
		"another way":             {"- check: c\n  fingerprint: \"000\"" + rest, "", begin, false, ""},
		"an entry that has ended": {head + rest, "", begin.Add(2 * time.Hour), false, "KOB-1 was to be mended by 2026-06-30 (owner: o)"},
		"one has ended, one lasts": {head + rest + strings.Replace(head+"\n  operation: endusers-create"+rest, "2026-06", "2026-07", 1), "",
			begin.Add(2 * time.Hour), true, "known until 2026-07-30"},
	} {
		list, err := listOf(t, c.text)
		require.NoError(t, err, name)
		seen := f
		list.Apply(c.scenario, &seen, c.now)
		require.Equal(t, c.known, seen.Verdict == Known, name)
		require.Contains(t, seen.Reason, c.reason, name)
	}
	list, err := listOf(t, head+rest)
	require.NoError(t, err)
	read := f
	read.Gated = false
	require.Equal(t, []int{0}, list.Apply("", &read, begin), "what does not gate shows an entry all the same")
	require.Empty(t, read.Verdict)
}

func TestAListSaysWhatIsWrongWithItself(t *testing.T) {
	head := "- check: c\n  fingerprint: abc"
	for says, text := range map[string]string{
		"known.yaml:7:3: [2]: the same entry stands at line 1 already": head + rest + head + rest,
		"fingerprint is missing":  "- check: c" + rest,
		"is no date":              strings.Replace(head+rest, "2026-06-30", "soon", 1),
		`there is no key "bogus"`: head + "\n  bogus: x" + rest,
	} {
		_, err := listOf(t, text)
		require.ErrorContains(t, err, says)
	}
	list, err := listOf(t, head+"\n  scenario: none"+rest)
	require.NoError(t, err, "a list may be older than the program")
	require.Contains(t, list[0].Dropped(), `there is no scenario "none" in this version; remove the entry at `)
	list, err = listOf(t, head+rest+head+"\n  operation: cards-get"+rest)
	require.NoError(t, err, "an entry of one operation is another entry")
	var text strings.Builder
	require.NoError(t, list.Write(&text))
	again, err := listOf(t, text.String())
	require.NoError(t, err)
	require.Len(t, again, 2)
}
