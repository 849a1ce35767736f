package match_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/schemas/match"
)

var noon = time.Date(2025, 1, 2, 12, 0, 0, 0, time.UTC)

// rows hold for each matcher a value as it has to be, and one that is not with what is said of it.
var rows = map[string]struct {
	matcher     match.Matcher
	good, wrong string
	says        string
}{
	"a text":                        {match.Equal("a"), `"a"`, `"b"`, `expected "a", got "b"`},
	"a decimal in another spelling": {match.Equal(json.Number("1.50")), `1.5`, `1.51`, `expected 1.50, got 1.51`},
	"a whole number of a feature":   {match.Equal(2), `2`, `"2"`, `expected 2, got "2"`},
	"null":                          {match.Equal(nil), `null`, `0`, `expected null, got 0`},
	"an object, to its end": {match.Equal(map[string]any{"a": []any{true}}), `{"a":[true]}`, `{"a":[true],"b":1}`,
		`expected {"a":[true]}, got {"a":[true],"b":1}`},
	"a list, in its order":   {match.Equal([]any{"a", "b"}), `["a","b"]`, `["b","a"]`, `expected ["a","b"], got ["b","a"]`},
	"a list, to its end":     {match.Equal([]any{"a"}), `["a"]`, `["a","b"]`, `expected ["a"], got ["a","b"]`},
	"one of a few":           {match.OneOf("a", "b"), `"b"`, `"c"`, `expected one of a, b, got "c"`},
	"an id in small letters": {match.ID("AB"), `"ab"`, `"cd"`, `expected "AB", got "cd"`},
	"a member": {match.Field(match.There(), "a"), `{"a":null}`, `{}`,
		`expected the member, if only as null at /a, got absent`},
	"a member within": {match.Field(match.Equal("x"), "a", "b"), `{"a":{"b":"x"}}`, `{"a":null}`,
		`expected "x" at /a/b, got absent`},
	"a member that is something": {match.Field(match.Something(), "a"), `{"a":0}`, `{"a":null}`, `expected a value at /a, got null`},
	"no member":                  {match.Field(match.Missing(), "a"), `{}`, `{"a":1}`, `expected absent at /a, got 1`},
	"an object":                  {match.Object(), `{}`, `[]`, `expected an object, got []`},
	"one or another":             {match.Or(match.Object(), match.Equal(nil)), `null`, `1`, `expected an object or null, got 1`},
	"all of them":                {match.All(match.Something(), match.Equal(1)), `1`, `2`, `expected 1, got 2`},
	"each of a list": {match.Each(match.Field(match.There(), "id")), `[{"id":1}]`, `[{"id":1},{}]`,
		`expected the member, if only as null at /1/id, got absent`},
	"each of no list":       {match.Each(match.There()), `[]`, `{}`, `expected a list, got {}`},
	"in words of one's own": {match.Named("our id", match.Equal("a")), `"a"`, `"b"`, `expected our id, got "b"`},
	"a form": {match.Form("a text of one letter", func(s string) bool { return len(s) == 1 }), `"a"`, `7`,
		`expected a text of one letter, got 7`},
	"a message in other letters": {match.Says("Card exists."), `{"error":{"detail":"Failed: card EXISTS"}}`, `{"message":"no"}`,
		`expected "Card exists.", got {"message":"no"}`},
	"a message in a list": {match.Says("b"), `["a","b"]`, `[]`, `expected "b", got []`},
	"a total": {match.Sum("t", "a", "b"), `{"t":0.30,"a":0.1,"b":0.2}`, `{"t":1,"a":1,"b":2.5}`,
		`expected 3.5, a plus b at /t, got 1`},
	"a total without one of its parts": {match.Sum("t", "a", "b"), `{"t":1,"a":3}`, `{"t":"1","a":1,"b":1}`,
		`expected 2, a plus b at /t, got "1"`},
	"an amount that is not negative": {match.NotNegative(), `0`, `-0.01`, `expected zero or more, got -0.01`},
	"an amount that is a text":       {match.NotNegative(), `"no number"`, `"-1"`, `expected zero or more, got "-1"`},
	"an amount with two decimals":    {match.Cents(), `12.30`, `12.305`, `expected at most two decimals and no exponent, got 12.305`},
	"an amount without an exponent":  {match.Cents(), `12`, `1e2`, `expected at most two decimals and no exponent, got 1e2`},
	"a date-time":                    {match.Instant(), `"2025-01-02T03:04:05Z"`, `"2025-01-02"`, `expected a date-time, got "2025-01-02"`},
	"a later time": {match.After(noon), `"2025-01-02T12:00:00.001Z"`, `"2025-01-02T12:00:00Z"`,
		`expected later than 2025-01-02T12:00:00Z, got "2025-01-02T12:00:00Z"`},
	"a time that is not later": {match.NotAfter(noon), `"2025-01-02T12:00:00Z"`, `"2025-01-02T12:00:01Z"`,
		`expected not after 2025-01-02T12:00:00Z, got "2025-01-02T12:00:01Z"`},
	"two times in order": {match.InOrder("a", "b"), `{"a":"2025-01-02T03:04:05Z","b":"2025-01-02T03:04:05Z"}`,
		`{"a":"2025-01-02T03:04:05Z","b":"2025-01-01T00:00:00Z"}`, `expected not before a, "2025-01-02T03:04:05Z" at /b, got "2025-01-01T00:00:00Z"`},
	"two times of which one can't be": {match.InOrder("a", "b"), `{"a":"2025-01-02T03:04:05Z"}`,
		`{"a":"2025-01-02T00:00:00Z","b":"2025-01-01T00:00:00Z"}`, `expected not before a, "2025-01-02T00:00:00Z" at /b, got "2025-01-01T00:00:00Z"`},
	"a line of a head": {match.Given("the header Allow"), `"GET"`, `""`, `expected the header Allow, got absent`},
	"a date of a head": {match.Date(), `"Thu, 02 Jan 2025 03:04:05 GMT"`, `"2025-01-02"`,
		`expected an HTTP date, got 2025-01-02`},
	"seconds to wait": {match.RetryAfter(), `"120"`, `"-1"`, `expected whole seconds or an HTTP date, got -1`},
	"a date to wait for": {match.RetryAfter(), `"Thu, 02 Jan 2025 03:04:05 GMT"`, `"soon"`,
		`expected whole seconds or an HTTP date, got soon`},
	"a media type with a parameter": {match.MediaType("application/json"), `"Application/JSON; charset=utf-8"`, `"text/html"`,
		`expected application/json, got text/html`},
	"one of two media types": {match.MediaType("application/json", "application/problem+json"), `"application/problem+json"`,
		`""`, `expected application/json, got absent`},
}

func TestADirectiveIsAnElementOfItsOwn(t *testing.T) {
	matcher := match.Directive("Cache-Control", "no-store")
	require.NoError(t, matcher([]string{"private", "NO-STORE"}))
	require.EqualError(t, matcher([]string{"private", "x-no-store-please"}),
		"expected Cache-Control: no-store, got private, x-no-store-please")
	require.EqualError(t, matcher([]string(nil)), "expected Cache-Control: no-store, got absent")
}

func TestAMatcherTakesWhatIsRightAndSaysWhatWasThereInstead(t *testing.T) {
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, row.matcher(decoded(t, row.good)))
			require.True(t, row.matcher.Holds(decoded(t, row.good)))
			require.EqualError(t, row.matcher(decoded(t, row.wrong)), row.says)
			holds, why := row.matcher.Look(decoded(t, row.wrong))
			require.False(t, holds)
			require.Equal(t, row.says, why.Error())
		})
	}
}

func TestAMismatchRepeatsNeitherASecretNorACardNumber(t *testing.T) {
	const number = "4111111111111111"
	for name, c := range map[string]struct {
		matcher match.Matcher
		body    string
	}{
		"a member that is a secret":         {match.Field(match.Equal("SEKRET-1"), "secret"), `{"secret":"SEKRET-2"}`},
		"a token":                           {match.Field(match.Equal("SEKRET-1"), "access_token"), `{"access_token":"SEKRET-2"}`},
		"a secret within an object":         {match.Equal(nil), `{"a":[{"client_secret":"SEKRET"}]}`},
		"a secret in what was looked for":   {match.Equal(map[string]any{"pin": "SEKRET"}), `1`},
		"a card number":                     {match.Equal("a"), `"` + number + `"`},
		"a card number that is a number":    {match.Equal("a"), number},
		"a card number in an object":        {match.Object(), `["` + number + `"]`},
		"a card number that was looked for": {match.Equal(number), `1`},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.matcher(decoded(t, c.body))
			require.Error(t, err)
			require.NotContains(t, err.Error(), "SEKRET")
			require.NotContains(t, err.Error(), number)
		})
	}
}

func TestASecretThatIsNotThereIsSaidToBeAbsent(t *testing.T) {
	require.EqualError(t, match.Field(match.Something(), "secret")(map[string]any{}), "expected a value at /secret, got absent")
}

func TestTheTextForPeopleComesFirst(t *testing.T) {
	body := decoded(t, `{"code":"E1","message":"why","details":[{"b":"third","a":"second"}]}`)
	require.Equal(t, []string{"why", "E1", "second", "third"}, match.Texts(body))
	require.Empty(t, match.Texts(json.Number("1")))
}

func decoded(t *testing.T, text string) any {
	t.Helper()
	value, err := schemas.Decode([]byte(strings.TrimSpace(text)))
	require.NoError(t, err)
	return value
}
