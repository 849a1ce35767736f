package schemas

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var (
	keywords = strings.Fields("$schema $id $ref $comment title examples " +
		"type format enum pattern required properties items if then allOf anyOf " +
		"additionalProperties x-mark x-source x-requirement x-marks x-requirements x-expected x-secret")
	facets        = strings.Fields("type null required enum format pattern")
	marks         = strings.Fields("stated standard example third-party inferred")
	requirementID = regexp.MustCompile(`^[A-Z]+(-[A-Z]+)?-[0-9]{2}$`)
)

// linter collects the faults of one schema file, each with its place.
type linter struct{ faults []string }

// lint checks what gojsonschema lets pass without a word: misspelt keywords and formats, keywords beside $ref;
// and that each field says where it is known from.
func lint(file any) []string {
	l := &linter{}
	root, _ := file.(map[string]any)
	if root["$schema"] != "http://json-schema.org/draft-07/schema#" {
		l.fault("", "lacks $schema of draft-07")
	}
	if id, _ := root["$id"].(string); !strings.HasPrefix(id, "https://kobcheck.test/schemas/") {
		l.fault("", "lacks $id")
	}
	if title, _ := root["title"].(string); title == "" {
		l.fault("", "lacks title")
	}
	l.part("", root)
	l.object("", root, true)
	if then, ok := root["then"].(map[string]any); ok {
		l.required("/then", then, root)
	}
	return l.faults
}

func (l *linter) fault(at, format string, values ...any) {
	l.faults = append(l.faults, at+": "+fmt.Sprintf(format, values...))
}

// part checks keywords, formats and references, here and below.
func (l *linter) part(at string, value any) {
	part, ok := value.(map[string]any)
	if !ok {
		return
	}
	if part["$ref"] != nil && len(part) > 1 {
		l.fault(at, "draft-07 ignores keywords beside $ref")
	}
	for keyword, value := range part {
		if !slices.Contains(keywords, keyword) {
			l.fault(at, "the keyword %s is not among those in use", keyword)
		}
		below := at + "/" + keyword
		switch keyword {
		case "format":
			if name, _ := value.(string); formats[name].has == nil {
				l.fault(at, "the format %v is not known", value)
			}
		case "properties":
			for name, property := range value.(map[string]any) {
				l.part(below+"/"+name, property)
			}
		case "items", "if", "then":
			l.part(below, value)
		case "allOf", "anyOf":
			for i, one := range value.([]any) {
				l.part(fmt.Sprintf("%s/%d", below, i), one)
			}
		}
	}
}

// object checks the fields of an object and those below them.
func (l *linter) object(at string, object map[string]any, closed bool) {
	l.required(at, object, object)
	properties, _ := object["properties"].(map[string]any)
	for name, value := range properties {
		property := value.(map[string]any)
		required, _ := object["required"].([]any)
		l.property(at+"/properties/"+name, property, slices.Contains(required, any(name)) || closed && object["then"] != nil)
		l.object(at+"/properties/"+name, property, false)
	}
}

func (l *linter) required(at string, part, object map[string]any) {
	names, _ := part["required"].([]any)
	properties, _ := object["properties"].(map[string]any)
	for _, name := range names {
		if properties[name.(string)] == nil {
			l.fault(at, "%v is required but no property", name)
		}
	}
}

func (l *linter) property(at string, property map[string]any, required bool) {
	mark, _ := property["x-mark"].(string)
	if !slices.Contains(marks, mark) {
		l.fault(at, "the mark %q is none", mark)
	}
	if source, _ := property["x-source"].(string); source == "" && mark != "inferred" {
		l.fault(at, "lacks x-source")
	}
	if id, _ := property["x-requirement"].(string); !requirementID.MatchString(id) {
		l.fault(at, "lacks x-requirement")
	}
	if property["type"] == nil {
		l.fault(at, "lacks a type")
	}
	if secret, there := property["x-secret"]; there && secret != true {
		l.fault(at, "x-secret is true or absent")
	}
	if pattern, there := property["pattern"].(string); there {
		if _, err := regexp.Compile(pattern); err != nil {
			l.fault(at, "the pattern is no regular expression: %v", err)
		}
		if property["x-expected"] == nil {
			l.fault(at, "a pattern without x-expected, its words")
		}
	}
	types, _ := property["type"].([]any)
	if values, there := property["enum"].([]any); there && slices.Contains(types, any("null")) &&
		!slices.Contains(values, nil) {
		l.fault(at, "null is in no enum though the type allows it")
	}
	for _, key := range []string{"x-marks", "x-requirements"} {
		overrides, _ := property[key].(map[string]any)
		for facet, value := range overrides {
			there := property[facet] != nil || facet == "required" && required || facet == "null"
			if !slices.Contains(facets, facet) || !there {
				l.fault(at, "%s of the facet %s, which the field does not have", key, facet)
			}
			text, _ := value.(string)
			if key == "x-marks" && !slices.Contains(marks, text) || key == "x-requirements" && !requirementID.MatchString(text) {
				l.fault(at, "%s of the facet %s is %v", key, facet, value)
			}
		}
	}
}
