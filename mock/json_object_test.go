package mock

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOnlyStrictJSONObjectsAreRead(t *testing.T) {
	for text, want := range map[string]error{
		`{}`: nil, ` { "a" : [ 1 , -0.5e+7 , true , null , "x\u0041\n" ] } `: nil, `{"a":{"b":{"a":1}},"b":{}}`: nil,
		`{"a":1e400}`: nil, "{\"a\":\"\u2028\"}": nil,
		``: errNotJSON, `{`: errNotJSON, `{"a"`: errNotJSON, `{"a":`: errNotJSON, `{"a":1`: errNotJSON,
		`{"a":1,}`: errNotJSON, `{,}`: errNotJSON, `{a:1}`: errNotJSON,
		`{'a':1}`: errNotJSON, `{"a":01}`: errNotJSON, `{"a":.5}`: errNotJSON, `{"a":5.}`: errNotJSON, `{"a":1e}`: errNotJSON,
		`{"a":+1}`: errNotJSON, `{"a":-}`: errNotJSON,
		`{"a":NaN}`: errNotJSON, `{"a":Infinity}`: errNotJSON, `{"a":tru}`: errNotJSON, `{"a":"x}`: errNotJSON,
		"{\"a\":\"\n\"}": errNotJSON, `{"a":"\x"}`: errNotJSON,
		`{"a":"\u12"}`: errNotJSON, `{} {}`: errNotJSON, `{}x`: errNotJSON, "\ufeff{}": errNotJSON,
		`{"a":1 "b":2}`: errNotJSON, `{"a":[1 2]}`: errNotJSON, `{"a":"\`: errNotJSON,
		`[]`: errNotObject, `null`: errNotObject, `"x"`: errNotObject, `7`: errNotObject,
		`{"a":1,"a":2}`: errRepeated, `{"a":1,"\u0061":2}`: errRepeated, `{"x":{"a":1,"a":1}}`: errRepeated,
		`{"x":[{"a":1,"a":1}]}`: errRepeated,
		"{\"a\":\"\xff\"}":      errNotUTF8,
		strings.Repeat(`{"a":`, 9) + "1" + strings.Repeat("}", 9): errTooDeep, strings.Repeat("[", 100_000): errTooDeep,
		`{"a":` + strings.Repeat("[", 100_000): errTooDeep,
	} {
		_, err := readObject([]byte(text), 8)
		require.Equal(t, want, err, "%.80s", text)
	}
}

func TestValuesAreKeptAsTheyWereWritten(t *testing.T) {
	members, err := readObject([]byte(`{"a": {"b" : 1.50 ,"c":"\u0041"} , "b":1e3}`), 8)
	require.NoError(t, err)
	require.Equal(t, map[string]json.RawMessage{"a": json.RawMessage(`{"b" : 1.50 ,"c":"\u0041"}`),
		"b": json.RawMessage("1e3")}, members)
}

// FuzzReadObject holds that whatever is read is what the standard library reads, and that nothing panics.
func FuzzReadObject(f *testing.F) {
	for _, text := range []string{`{}`, `{"a":[1,{"b":null}],"c":"\ud83d\ude00"}`, `{"a":1,"a":2}`, `{"a":"\`, `[[[[`,
		`{"a":-0.0e-1}`, "{\"\xff\":1}"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		members, err := readObject(text, 16)
		var known map[string]json.RawMessage
		standard := json.Unmarshal(text, &known)
		if err == nil {
			require.NoError(t, standard)
			require.Len(t, members, len(known))
			for name, value := range members {
				require.True(t, json.Valid(value), "%s of %s", name, text)
			}
		}
		if standard == nil && known != nil && err != nil {
			require.Contains(t, []error{errRepeated, errTooDeep, errNotUTF8}, err, "%s", text)
		}
		require.Equal(t, bytes.Clone(text), text)
	})
}
