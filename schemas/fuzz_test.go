package schemas

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func seeds(f *testing.F) {
	for _, body := range []string{
		card, wallet, enduser, notification, "", "null", "[]", "[" + card + "]", `{"id":1,"id":2}`, `{} {}`, `{"a":1e400}`,
		`[1e3000000,-0,0e999]`,
		strings.Repeat("[", 200), strings.Repeat(`{"a":`, 200), `"\ud83d\ude00\ud83d"`, "\xef\xbb\xbf{}", "\"\xff\"",
		`{"status":null,"m_pan":"4111111111111111","\u0000":1}`,
		`{"":{"~":1,"/":[]}}`, `[01]`, `[1.]`,
		`{"id":"1B8ECC17-4EDD-4B74-AE4F-208AEB78F105","expiry":"2016-12-31T23:59:60Z"}`,
	} {
		f.Add([]byte(body))
	}
}

// What Decode accepts, encoding/json reads as the same value; what it refuses for its grammar, encoding/json refuses
// too.
func FuzzDecode(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		value, err := Decode(body)
		if err == nil {
			reader := json.NewDecoder(bytes.NewReader(body))
			reader.UseNumber()
			var expected any
			require.NoError(t, reader.Decode(&expected))
			assert.Equal(t, expected, value)
			assert.True(t, json.Valid(body))
			return
		}
		var broken *DecodeError
		require.True(t, errors.As(err, &broken))
		assert.LessOrEqual(t, broken.Offset, int64(len(body)))
		assert.LessOrEqual(t, len(broken.Pointer), quotedPointer+len("…"))
		assert.True(t, utf8.ValidString(err.Error()))
		switch broken.Kind {
		case EmptyBody, BadSyntax, TrailingData, BadEncoding:
			assert.False(t, utf8.Valid(body) && json.Valid(body), "encoding/json reads it, and we say: %v", err)
		}
	})
}

// Whatever a Card is said to be, the check ends with sorted violations that point into the body.
func FuzzCheckCard(f *testing.F) {
	seeds(f)
	set := loaded(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, name := range []string{"Card", "Enduser", "Enduser Create Input DTO", "SnsEnvelope"} {
			violations, err := set.Check(name, body)
			require.NoError(t, err)
			again, err := set.Check(name, body)
			require.NoError(t, err)
			assert.Equal(t, violations, again)
			assert.True(t, slices.IsSortedFunc(violations,
				func(a, b Violation) int { return strings.Compare(a.Pointer, b.Pointer) }))
			value, broken := Decode(body)
			for _, v := range violations {
				assert.Equal(t, broken != nil, v.Kind == JSON)
				assert.NotEmpty(t, v.Expected)
				assert.NotEmpty(t, v.Actual)
				assert.LessOrEqual(t, utf8.RuneCountInString(v.Actual), 80)
				if v.Kind != JSON && v.Kind != Undocumented {
					assert.Equal(t, v.Kind != Missing, resolves(value, v.Pointer), v.Pointer)
				}
			}
		}
		_, err := set.CheckList("Card", body)
		require.NoError(t, err)
	})
}

// resolves follows a JSON Pointer of documented names.
func resolves(value any, pointer string) bool {
	for _, name := range strings.Split(pointer, "/")[1:] {
		object, ok := value.(map[string]any)
		if !ok {
			return false
		}
		if value, ok = object[name]; !ok {
			return false
		}
	}
	return true
}
