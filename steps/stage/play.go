package stage

import (
	"cmp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/mock"
)

// Case is a check on both of its sides.
type Case struct {
	// Requirement is what the scenario is about.
	Requirement string
	// Style of the mock, empty means plain; Freedoms are put on top of it.
	Style    string
	Freedoms []string
	// Sentences are performed in their order; what is no text is the table or the text below the one before.
	Sentences []any
	// Faults are those of the mock that break it, where no answer is altered.
	Faults []string
	// Call is the operation whose answers Change alters, from the From-th on.
	Call   string
	From   int
	Change Change
	// Breaks is the name of the check that holds on the answers as they are, and breaks on the altered ones; Holds
	// is that of the one that holds where it has another name.
	Breaks, Holds string
}

// Says are sentences of a [Case].
func Says(sentences ...any) []any { return sentences }

// Play sees each check hold, and break.
func Play(t *testing.T, cases map[string]Case) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			good := New(t, mock.Options{Style: c.Style, Freedoms: c.Freedoms}, requirements(c)...)
			require.NoError(t, good.Say(t, c.Sentences...))
			broke, held := good.Found()
			require.Empty(t, broke, "on the answers as they are")
			require.Contains(t, held, cmp.Or(c.Holds, c.Breaks))

			altered := New(t, mock.Options{Style: c.Style, Freedoms: c.Freedoms, Faults: c.Faults}, requirements(c)...)
			if c.Change != nil {
				altered.Alter(c.Call, c.From, c.Change)
			}
			require.NoError(t, altered.Say(t, c.Sentences...))
			broke, _ = altered.Found()
			require.Contains(t, broke, c.Breaks)
		})
	}
}

func requirements(c Case) []string {
	if c.Requirement == "" {
		return nil
	}
	return []string{c.Requirement}
}
