package yamlfile

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

type Head struct {
	Name string `yaml:"name" need:"it is known by it" doc:"what it is called"`
}

type sample struct {
	Head   `yaml:",inline"`
	Count  int               `yaml:"count"`
	Share  float64           `yaml:"share"`
	On     bool              `yaml:"on"`
	Tags   []string          `yaml:"tags" form:"path"`
	Things map[string]string `yaml:"things" keys:"colour" form:"uuid"`
	Parts  []Head            `yaml:"parts"`
	Any    map[string]any    `yaml:"any"`
}

var samples = Definition{Name: "a sample", Forms: map[string]Form{"colour": {OneOf: []string{"red", "blue"}, Words: "is no colour"}}}

const uuid = "1b8ecc17-4edd-4b74-ae4f-208aeb78f105"

func TestAFileIsReadAsItStands(t *testing.T) {
	var read sample
	_, err := samples.Read("x.yaml", []byte("name: &n a\ncount: 7\nshare: 1\non: true\ntags: [/a, /b]\nthings: {red: "+
		""+uuid+"}\nparts: [{name: *n}]\nany: {x: 010}\n"), &read)
	require.NoError(t, err)
	require.Equal(t, sample{Head{"a"}, 7, 1, true, []string{"/a", "/b"}, map[string]string{"red": uuid}, []Head{{"a"}},
		map[string]any{"x": uint64(8)}}, read)
}

func TestEachFaultHasItsPlace(t *testing.T) {
	for text, says := range map[string]string{
		"count: 7\n":                    "x.yaml:1:1: name is missing; it is known by it",
		"name: ~\n":                     "x.yaml:1:1: name is missing",
		"name: a\nname: b\n":            "x.yaml:2:",
		"name: 010\n":                   `x.yaml:1:7: name: YAML reads 010 as the number 8; write it in quotes: "010"`,
		"name: a\nnmae: b\n":            `x.yaml:2:1: there is no key "nmae"; did you mean "name"?`,
		"name: a\ncount: few\n":         "x.yaml:2:8: count: this is a text; a whole number belongs here",
		"name: [a]\n":                   "x.yaml:1:7: name: this is a list; a text belongs here",
		"name: a\ntags: [/a, b]\n":      `x.yaml:2:12: tags[2]: "b" must begin with /`,
		"name: a\nthings: {green: x}\n": `x.yaml:2:10: things: "green" is no colour`,
		"name: a\nthings: {red: x}\n":   `x.yaml:2:15: things.red: "x" is no UUID`,
		"name: a\nparts:\n  - nam: b\n": `x.yaml:3:5: parts[1]: there is no key "nam"`,
		"name: a\npassword: hunter2\n":  "name an environment variable",
		"name: a\n---\nname: b\n":       "a second YAML document begins; a sample is one",
		"name: [\n":                     "x.yaml:1:",
		"\xfe\xff\x00n":                 "save it as UTF-8",
		"- a\n":                         "x.yaml:1:1: this is a list; a mapping of keys belongs here",
		"name: a\ncount: 7.5\n":         "x.yaml:2:8: count: this is a number; a whole number belongs here",
	} {
		_, err := samples.Read("x.yaml", []byte(text), new(sample))
		require.ErrorContains(t, err, says, text)
		require.NotContains(t, err.Error(), "hunter2")
	}
	_, err := samples.Read("x.yaml", []byte("count: few\nnmae: b\n"), new(sample))
	require.Len(t, strings.Split(err.Error(), "\n"), 3, "all faults at once")
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("name: &n a\nparts: [*n, {name: *n}]\n<<: *n\n"))
	f.Add([]byte("name: !!str 7\nthings: {? red : x}\n"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		_, _ = samples.Read("x.yaml", data, new(sample)) // it must not break down
	})
}

// aliases are ten times as many values as the line before has, for each line.
func aliases(deep int) string {
	text := "a0: &a0 x\n"
	for i := range deep {
		before := fmt.Sprintf("*a%d", i)
		text += fmt.Sprintf("a%d: &a%d {l: [%s]}\n", i+1, i+1, strings.Join(slices.Repeat([]string{before}, 10), ", "))
	}
	return text
}

func TestAFileThatNobodyWritesIsRefusedBeforeItIsRead(t *testing.T) {
	for name, text := range map[string]string{
		"brackets":  "target: " + strings.Repeat("[", 100_000),
		"maps":      "target: " + strings.Repeat("{a: ", 100_000),
		"sequences": strings.Repeat("- ", 100_000) + "a",
		"indents":   strings.Repeat(" ", 2000) + "a: b",
		"a text":    "target: " + strings.Repeat("x", 50<<20),
		"aliases":   aliases(6),
		"in lists":  "list:\n  - &a [x,x,x,x,x,x,x,x,x,x]\n" + strings.Repeat("  - &a [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n", 5),
	} {
		var into map[string]any
		_, err := Definition{Name: "a file"}.Read("f.yaml", []byte(text), &into)
		require.ErrorContains(t, err, "f.yaml: the file ", name)
	}
	var into map[string]any
	_, err := Definition{Name: "a file"}.Read("f.yaml", []byte(aliases(3)), &into)
	require.NoError(t, err)
	require.Empty(t, tooMuch([]byte("a: [{b: [1]}]\nc: \"[[[\"\n")))
}
