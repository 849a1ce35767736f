package objects

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/kobcheck/kobcheck/schemas/redact"
)

// The edges: what languages, databases and libraries treat in a way of their own. They are dealt out over the objects
// of a run, so that each run sends all of them. No number here reads like that of a card.
var (
	keys = []string{"", " ", "null", "undefined", "true", "0", "-1", "01", "1e3", "NaN", "__proto__", "constructor",
		"prototype", "toString", "hasOwnProperty", "length", "valueOf", "$ref", "$set", "$oid", "@type", "#text", "_id",
		"a.b", "a[0]", "a/b", "a b", "a:b", "a\"b", "a\\b", "snake_case", "camelCase", "PascalCase", "kebab-case",
		"UPPER", "ключ", "キー", "e\u0301", "é", "\U0001F511", "\u200b", "tab\there", "line\nhere", "a\u0000b", "%00",
		"../a", "'; --", "<b>", "status", "id", "type", "person", "metadata", "created_at",
		"email", "phone_number", "birthday", "first_name", "company", "url", "country", "currency", "amount", "date",
		"expires_at", "language", "role", "tags", "version", "owner", "client_id", "external_id", strings.Repeat("k", 300)}
	numbers = []json.Number{"0", "-0", "-1", "0.1", "-0.5", "1.0", "1.10", "1E2", "1e-7", "2147483648", "-2147483649",
		"4294967296", "9007199254740991", "9007199254740993", "-9007199254740993", "9223372036854775808",
		"123456789012345678901", "0.30000000000000004", "0.1234567890123456789", "1e21", "1e22",
		"1.7976931348623157e308", "5e-324", "100000000000000000000000000000001"}
	texts = []string{"", " ", "  two  spaces  ", "null", "undefined", "true", "false", "0", "007", "1.50", "1e3", "NaN",
		"[]", "{}", "{\"a\":1}", "[object Object]", "2024-01-31", "2024-01-31T00:00:00Z", "2024-02-30", "12:30",
		"ID-42", "a\"b", "a\\b", "a/b", "\t\r\n", "a\u0000b", "\u007f\u0085", "\u2028\u2029", "\ufeffmark",
		"\u202eright to left", "Zoë Ødegård", "日本語", "مرحبا", "e\u0301", "é", "ﬁ", "ＦＵＬＬ", "\U0001FAAA",
		"\U0001F468\u200d\U0001F469\u200d\U0001F467", "\U0010FFFD", "\uFFFD", "İıſK", "' OR '1'='1",
		"<script>alert(1)</script>", "&amp;", "%41", "${a}", "{{a}}", "=1+1", "../a", "\\u0041", "+61",
		strings.Repeat("x", 256), strings.Repeat("é", 1025), strings.Repeat("long ", 2000)}
)

// deepest is how many levels an object has at most: every parser in use goes deeper.
const deepest = 24

// leaf is a value that holds no others.
var leaf = rapid.OneOf(
	rapid.Map(rapid.SampledFrom(numbers), func(n json.Number) any { return n }),
	rapid.Map(rapid.SampledFrom(texts[:len(texts)-3]), func(text string) any { return text }),
	rapid.Map(rapid.StringN(0, 12, -1).Filter(utf8.ValidString), func(text string) any { return text }),
	rapid.Map(rapid.Int32(), func(n int32) any { return json.Number(fmt.Sprint(n)) }),
	rapid.Map(rapid.Bool(), func(yes bool) any { return yes }),
	rapid.Just[any](nil),
	rapid.Map(rapid.Bool(), func(list bool) any {
		if list {
			return []any{}
		}
		return map[string]any{}
	}),
)

// value generates any JSON value of so many levels.
func value(levels int) *rapid.Generator[any] {
	if levels == 0 {
		return leaf
	}
	inner := rapid.Deferred(func() *rapid.Generator[any] { return value(levels - 1) })
	return rapid.OneOf(leaf,
		rapid.Map(rapid.SliceOfN(inner, 1, 4), func(list []any) any { return list }),
		rapid.Map(rapid.MapOfN(key, inner, 1, 4), func(object map[string]any) any { return object }))
}

// key generates the name of a member; those of card data are none that a caller may send.
var key = rapid.OneOf(rapid.SampledFrom(keys), rapid.StringN(0, 8, -1).Filter(utf8.ValidString))

// deal returns objects that hold all edges between them, see [dealt]. What reads like the number of a card in them, by
// chance, is dealt anew: no caller may send one.
func deal(random *rand.Rand, count int) []map[string]any {
	for {
		all := dealt(random, count)
		if !slices.ContainsFunc(all, readsLikeCard) {
			return all
		}
	}
}

func readsLikeCard(object map[string]any) bool {
	written, err := json.Marshal(object)
	return err != nil || redact.CardNumbers(string(written)) != string(written)
}

// dealt returns objects that hold all edges between them, at the top, in objects and in lists, and values of any form
// beside them. The same chance deals the same objects.
func dealt(random *rand.Rand, count int) []map[string]any {
	all := make([]map[string]any, count)
	for i := range all {
		all[i] = map[string]any{"listed": []any{}, "held": map[string]any{}, "plain": "text"}
	}
	next := 0
	put := func(value any) {
		object, name := all[next%count], fmt.Sprint("no ", next)
		switch next++; random.IntN(3) {
		case 0:
			object["held"].(map[string]any)[name] = value
		case 1:
			object["listed"] = append(object["listed"].([]any), value)
		default:
			object[name] = value
		}
	}
	for _, one := range shuffled(random, numbers) {
		put(one)
	}
	for _, one := range shuffled(random, texts) {
		put(one)
	}
	for i, one := range shuffled(random, keys) {
		object := all[i%count]
		if random.IntN(2) == 0 {
			object = object["held"].(map[string]any)
		}
		object[one] = value(2).Example(int(random.Int32()))
	}
	for i, object := range all {
		object["any"] = value(4).Example(int(random.Int32()))
		switch i % 3 {
		case 0:
			object["deep"] = nested(random, deepest-2)
		case 1:
			object["many"] = slices.Repeat([]any{json.Number("1"), "x", nil}, 100)
		default:
			object["wide"] = wide(200)
		}
	}
	return all
}

func shuffled[T any](random *rand.Rand, list []T) []T {
	list = slices.Clone(list)
	random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// nested is a value so many levels down, through objects and lists.
func nested(random *rand.Rand, levels int) any {
	value := any("bottom")
	for range levels {
		if random.IntN(2) == 0 {
			value = []any{value}
			continue
		}
		value = map[string]any{"a": value}
	}
	return value
}

func wide(members int) map[string]any {
	object := map[string]any{}
	for i := range members {
		object[fmt.Sprint("member ", i)] = json.Number(fmt.Sprint(i))
	}
	return object
}
