package schemas

import (
	"encoding/json"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestABodyThatIsNotOneStrictJSONValueIsRefused(t *testing.T) {
	for _, c := range []struct {
		name, body, kind, pointer string
		offset                    int64
	}{
		{"nothing", "", EmptyBody, "", 0},
		{"only space", " \t\r\n", EmptyBody, "", 4},
		{"a byte order mark", "\xef\xbb\xbf{}", BadEncoding, "", 0},
		{"Latin-1", "{\"name\":\"Andr\xe9\"}", BadEncoding, "", 13},
		{"half a character", "\"\xe2\x82\"", BadEncoding, "", 1},
		{"a surrogate in UTF-8", "\"\xed\xa0\x80\"", BadEncoding, "", 1},
		{"UTF-16", "{\x00}\x00", BadSyntax, "", 1},
		{"a second value", `{} {}`, TrailingData, "", 3},
		{"garbage behind", `{} garbage`, TrailingData, "", 3},
		{"a closing brace too many", `{}}`, TrailingData, "", 2},
		{"a NUL behind", "{}\x00", TrailingData, "", 2},
		{"an object cut short", `{"a":1`, BadSyntax, "", 6},
		{"a member cut short", `{"a":`, BadSyntax, "/a", 5},
		{"a list cut short", `[1,`, BadSyntax, "", 3},
		{"a string cut short", `["abc`, BadSyntax, "/0", 5},
		{"an escape cut short", `["abc\`, BadSyntax, "/0", 5},
		{"a hexadecimal escape cut short", `["\u00`, BadSyntax, "/0", 2},
		{"a comma at the end of an object", `{"a":1,}`, BadSyntax, "", 6},
		{"a comma at the end of a list", `[1,]`, BadSyntax, "", 2},
		{"no comma", `[1 2]`, BadSyntax, "", 3},
		{"no colon", `{"a" 1}`, BadSyntax, "/a", 5},
		{"a name without quotes", `{a:1}`, BadSyntax, "", 1},
		{"single quotes", `{'a':1}`, BadSyntax, "", 1},
		{"a comment", `{} // x`, TrailingData, "", 3},
		{"NaN", `{"amount":NaN}`, BadSyntax, "/amount", 10},
		{"Infinity", `[-Infinity]`, BadSyntax, "/0", 2},
		{"a word in capitals", `[TRUE]`, BadSyntax, "/0", 1},
		{"half a word", `[tru]`, BadSyntax, "/0", 4},
		{"a leading zero", `[01]`, BadSyntax, "", 2},
		{"a plus sign", `[+1]`, BadSyntax, "/0", 1},
		{"no digit behind the point", `[1.]`, BadSyntax, "/0", 3},
		{"no digit before the point", `[.1]`, BadSyntax, "/0", 1},
		{"no exponent", `[1e]`, BadSyntax, "/0", 3},
		{"hexadecimal", `[0x10]`, BadSyntax, "", 2},
		{"a raw line feed in a string", "[\"a\nb\"]", BadSyntax, "/0", 3},
		{"an escape that JSON lacks", `["\x41"]`, BadSyntax, "/0", 2},
		{"a bad hexadecimal escape", `["\u00g0"]`, BadSyntax, "/0", 2},
		{"mismatched brackets", `[}`, BadSyntax, "/0", 1},
		{"a name twice", `{"id":1,"status":2,"id":3}`, DuplicateName, "/id", 19},
		{"a name twice deep down", `[{"a/b":{"~":1,"~":2}}]`, DuplicateName, "/0/a~1b/~0", 15},
		{"a name twice in two spellings", `{"id":1,"\u0069d":2}`, DuplicateName, "/id", 8},
		{"a number beyond float64", `{"amount":1e400}`, BadNumber, "/amount", 10},
		{"a number far beyond float64", `{"amount":-1e3000000}`, BadNumber, "/amount", 10},
		{"a number too near to zero", `{"amount":1e-400}`, BadNumber, "/amount", 10},
		{"zero with a huge exponent", `[0e9999999999]`, BadNumber, "/0", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Decode([]byte(c.body))
			var broken *DecodeError
			require.ErrorAs(t, err, &broken)
			assert.Equal(t, c.kind, broken.Kind, err)
			assert.Equal(t, c.pointer, broken.Pointer, err)
			assert.Equal(t, c.offset, broken.Offset, err)
			assert.Contains(t, err.Error(), broken.Detail)
		})
	}
}

func TestAStrictJSONValueIsReadWhole(t *testing.T) {
	for body, expected := range map[string]any{
		`null`:                    nil,
		` true `:                  true,
		"\r\n\t false":            false,
		`""`:                      "",
		`"a\"\\\/\b\f\n\r\t"`:     "a\"\\/\b\f\n\r\t",
		`"\u0041\u00e9\u20AC"`:    "Aé€",
		`"\ud83d\ude00"`:          "😀",
		`"\ud83d"`:                "\ufffd",
		`"\ud83d\u0041"`:          "\ufffdA",
		`"\ude00\ud83d"`:          "\ufffd\ufffd",
		"\"caf\u00e9 \u20ac\"":    "café €",
		`0`:                       json.Number("0"),
		`-0`:                      json.Number("-0"),
		`-12.50E+02`:              json.Number("-12.50E+02"),
		`9007199254740993`:        json.Number("9007199254740993"),
		`1.7976931348623157e308`:  json.Number("1.7976931348623157e308"),
		`5e-324`:                  json.Number("5e-324"),
		`0.0e-5`:                  json.Number("0.0e-5"),
		`[]`:                      []any{},
		`[ 1 , [ ] , {} ]`:        []any{json.Number("1"), []any{}, map[string]any{}},
		`{ "" : { "a" : null } }`: map[string]any{"": map[string]any{"a": nil}},
	} {
		value, err := Decode([]byte(body))
		require.NoError(t, err, body)
		assert.Equal(t, expected, value, body)
	}
}

func TestBoundsAreToldFromFaultsOfTheSender(t *testing.T) {
	nested := func(depth int) string { return strings.Repeat("[", depth) + strings.Repeat("]", depth) }
	objects := func(depth int) string { return strings.Repeat(`{"a":`, depth) }
	items := func(n int) string { return "[" + strings.Repeat("0,", n-2) + "0]" }
	number := func(n int) string { return "0." + strings.Repeat("1", n-2) }
	for name, c := range map[string]struct {
		most, beyond string
		kind         string
	}{
		"depth":            {nested(MaxDepth), nested(MaxDepth + 1), TooDeep},
		"depth of objects": {objects(MaxDepth) + "1" + strings.Repeat("}", MaxDepth), objects(MaxDepth+1) + "1", TooDeep},
		"values":           {items(MaxValues), items(MaxValues + 1), TooLarge},
		"bytes": {`"` + strings.Repeat("x", MaxBody-2) + `"`, `"` + strings.Repeat("x", MaxBody-1) + `"`,
			TooLarge},
		"digits":             {number(MaxNumber), number(MaxNumber + 1), BadNumber},
		"a million brackets": {"[]", strings.Repeat("[", 1_000_000), TooDeep},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Decode([]byte(c.most))
			require.NoError(t, err)
			_, err = Decode([]byte(c.beyond))
			var broken *DecodeError
			require.ErrorAs(t, err, &broken)
			assert.Equal(t, c.kind, broken.Kind)
			assert.True(t, broken.Bound(), "a bound of this harness is no fault of the sender")
		})
	}
	_, err := Decode([]byte(`{"a":1,"a":1}`))
	var broken *DecodeError
	require.ErrorAs(t, err, &broken)
	assert.False(t, broken.Bound())
}

func TestADecodeErrorQuotesAtMostFortyBytes(t *testing.T) {
	for name, body := range map[string]string{
		"a long name":          `{"` + strings.Repeat("Q", 5000) + `":x}`,
		"a long name twice":    `{"` + strings.Repeat("Q", 500) + `":1,"` + strings.Repeat("Q", 500) + `":2}`,
		"many names":           strings.Repeat(`{"QQQQQQQQ":`, 50) + "x",
		"a long number":        `[` + strings.Repeat("7", 900) + `]`,
		"both":                 `{"` + strings.Repeat("Q", 500) + `":` + strings.Repeat("7", 900) + `}`,
		"a long string":        `["` + strings.Repeat("Q", 5000),
		"a long word":          strings.Repeat("Q", 5000),
		"characters of 4 byte": `{"` + strings.Repeat("😀", 500) + `":x}`,
	} {
		_, err := Decode([]byte(body))
		require.Error(t, err, name)
		quoted := 0
		for _, char := range err.Error() {
			if strings.ContainsRune("Q7😀", char) {
				quoted += len(string(char))
			}
		}
		assert.LessOrEqual(t, quoted, 40, "%s: %v", name, err)
		assert.NotContains(t, err.Error(), "\ufffd", "%s: a character was cut in two", name)
	}
}

func TestACardNumberInABrokenBodyIsNotRepeated(t *testing.T) {
	for _, body := range []string{
		`{"4111111111111111":x}`, `{"4111 1111 1111 1111":1,"4111 1111 1111 1111":2}`, `[4111111111111111e999]`,
		`{"pan":"4111111111111111"`, `{"pan":4111111111111111x}`,
	} {
		_, err := Decode([]byte(body))
		require.Error(t, err, body)
		assert.NotRegexp(t, `4111[ -]?1111`, err.Error())
	}
}

// A pointer that is made for every value would copy the name a hundred thousand times: a terabyte.
func TestALongNameAboveManyValuesCostsNoMoreThanTheBody(t *testing.T) {
	body := []byte(`{"` + strings.Repeat("a", 4<<20) + `":[` + strings.Repeat("0,", 100_000) + `0]}`)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Decode(body)
	runtime.ReadMemStats(&after)
	require.NoError(t, err)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(64<<20), "bytes allocated")
}

func TestWhatGoWritesIsReadBackEqual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := anyValue(3).Draw(t, "value")
		body, err := json.Marshal(value)
		require.NoError(t, err)
		decoded, err := Decode(body)
		require.NoError(t, err)
		again, err := json.Marshal(decoded)
		require.NoError(t, err)
		assert.JSONEq(t, string(body), string(again))
	})
}

// anyValue generates JSON values as encoding/json writes them.
func anyValue(depth int) *rapid.Generator[any] {
	leaves := []*rapid.Generator[any]{
		rapid.Just(any(nil)), rapid.Bool().AsAny(), rapid.String().AsAny(), rapid.Int64().AsAny(),
		rapid.Float64Range(-1e300, 1e300).AsAny(),
	}
	if depth == 0 {
		return rapid.OneOf(leaves...)
	}
	below := anyValue(depth - 1)
	return rapid.OneOf(append(leaves, rapid.SliceOfN(below, 0, 4).AsAny(), rapid.MapOfN(rapid.String(), below, 0,
		4).AsAny())...)
}
