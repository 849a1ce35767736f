package client

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOfALongListWhatMattersIsKept(t *testing.T) {
	var known knownIDs
	known.learn([]byte(`{"id":"ours-7000"}`))
	for name, form := range map[string][2]string{"bare": {"[", "]"}, "in an object": {`{"links":[1, 2],"data":[`, `],"total":10000}`}} {
		t.Run(name, func(t *testing.T) {
			var text strings.Builder
			text.WriteString(form[0])
			for i := range 10_000 {
				if i > 0 {
					text.WriteString(", ")
				}
				id := fmt.Sprintf("other-%d", i)
				if i == 7000 {
					id = "ours-7000"
				}
				note := `a ] in \"a\" text \\`
				if i == 8000 {
					note = Mark + "1"
				}
				fmt.Fprintf(&text, `{"id":"%s","note":"%s","in":{"it":[]}}`, id, note)
			}
			text.WriteString(form[1])
			s := &sieve{concerns: known.concerns}
			for rest := text.String(); rest != ""; {
				n := min(7, len(rest))
				s.add([]byte(rest[:n]))
				rest = rest[n:]
			}
			var value any
			require.NoError(t, json.Unmarshal(s.rest(), &value))
			kept := string(s.rest())
			for _, id := range []string{"other-0", "other-199", "ours-7000", "other-8000", "other-9980", "other-9999"} {
				require.True(t, strings.Contains(kept, `"`+id+`"`), id)
			}
			require.False(t, strings.Contains(kept, `"other-200"`))
			require.False(t, strings.Contains(kept, `"other-9979"`))
			require.Equal(t, 10_000-firstEntries-lastEntries-2, s.left)
			require.Less(t, s.values.seen, 3000)
		})
	}
}

func TestTheIDsOfAnAnswerAreRead(t *testing.T) {
	for text, ids := range map[string][]string{
		`{"id":"a","wallet":{"id" :` + "\n" + `"b"}}`:       {"a", "b"},
		`{"kind":"id","id":7,"id":"","id":"x\\"","id":"c"}`: {"c"},
		`{"id":"` + strings.Repeat("x", 100) + `"}`:         {strings.Repeat("x", 100)},
		`{"id":"` + strings.Repeat("x", 101) + `"}`:         nil,
		`{"wallet_id":"a"}`:                                 nil, `{"id"`: nil, `{"id":"a`: nil, `{"id":`: nil, "": nil,
	} {
		var found []string
		require.False(t, eachID([]byte(text), func(id []byte) bool { found = append(found, string(id)); return false }))
		require.Equal(t, ids, found, text)
	}
	require.True(t, eachID([]byte(`{"id":"a","id":"b"}`), func(id []byte) bool { require.Equal(t, "a", string(id)); return true }))
}

func TestASieveChangesNothingOfWhatIsShort(t *testing.T) {
	for _, text := range []string{`[]`, `[ ]`, `{}`, `[1]`, `[1,2,[3,{"a":[4,"]"]}]]`, `{"a":[],"b":[1],"c":{"d":[2]}}`, `7`, `[1,]`, `[1`, `["a`, `[1]x`,
		`{"a":"\\"}`, `["\\","\""]`} {
		s := &sieve{concerns: func([]byte) bool { return false }}
		for i := range len(text) {
			s.add([]byte(text[i : i+1]))
		}
		require.Equal(t, strings.ReplaceAll(text, " ", ""), strings.ReplaceAll(string(s.rest()), " ", ""))
	}
}

func TestWhatAListHoldsIsCountedAndOursWithIt(t *testing.T) {
	e := &Exchange{Body: []byte(`[{"email":"jane@example.test"},{"email":"joe@example.org"},{"bank_name":"Example Bank"}]`)}
	entries, ours := e.Holds()
	require.Equal(t, []int{3, 2}, []int{entries, ours})
	entries, ours = (&Exchange{Listed: 9000, ours: 40}).Holds()
	require.Equal(t, []int{9000, 40}, []int{entries, ours})
}
