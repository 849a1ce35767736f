package openapi

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/schemas"
)

// Example is a request of an operation that works on a target.
type Example struct {
	Path map[string]string
	Body map[string]any
}

// sections are the tags, with their introductions.
func sections(facts *contract.Contract) []object {
	var tags []object
	for _, name := range facts.Sections() {
		tags = append(tags, object{"name": name, "description": facts.Prose.Sections[name]})
	}
	return tags
}

// purpose is an operation in words: what it is for, what it takes, what comes back.
func purpose(d *contract.Description) string {
	text := d.Purpose
	if d.Before != "" {
		text += "\n\nBefore: " + d.Before
	}
	return text + "\n\nResult: " + d.Result
}

// describe writes into a schema what it and its fields mean.
func describe(schema object, d *contract.Description, within string) {
	if d == nil {
		return
	}
	if within == "" {
		schema["description"] = d.Purpose
	}
	properties, _ := schema["properties"].(object)
	for name, value := range properties {
		if property, ok := value.(object); ok {
			meant(property, d, within+name)
			describe(property, d, within+name+".")
		}
	}
}

// meant writes what a field means, and how well that is founded where no page says it.
func meant(entry object, d *contract.Description, field string) {
	text, mark := d.Meaning(field)
	if text == "" {
		return
	}
	entry["description"] = text
	if mark != contract.Stated {
		entry["x-meaning"] = string(mark)
	}
}

// printed is an answer as a page prints it; nil where none does, or where the sample breaks the table beside it (C-19).
func printed(prose contract.Prose, shapes *schemas.Set, success contract.Success) object {
	d := prose.Schemas[success.Schema]
	if d == nil || d.Sample == nil {
		return nil
	}
	text, err := json.Marshal(d.Sample)
	if err != nil {
		return nil
	}
	if violations, err := shapes.Check(success.Schema, text); err != nil || len(violations) > 0 {
		return nil
	}
	value := any(d.Sample)
	if success.Shape == "array" {
		value = []any{value}
	}
	return object{"printed": object{"summary": "as " + d.Printed + " prints it", "value": value}}
}

// failures adds the answers of an operation that are no success: those of the documentation, and default for any other.
// All have the shape of the schema Error, which no page shows (N-08).
func failures(out object, o *contract.Operation, codes []string) {
	answer := func(text string, mark contract.Mark) object {
		return object{"description": text, "x-mark": string(mark), "content": object{"application/json": object{"schema": reference("Error")}}}
	}
	var open []string
	for _, one := range o.Errors {
		status := fmt.Sprint(one.Status)
		entry, there := out[status].(object)
		switch {
		case one.Status == 0:
			open = append(open, "`"+errorText(one)+"`")
		case slices.Contains(codes, status):
		case there:
			entry["description"] = fmt.Sprint(entry["description"], "; ", errorText(one))
		default:
			out[status] = answer(errorText(one), one.Mark)
		}
	}
	text := "any other refusal; no page shows its body"
	if len(open) > 0 {
		text += ". Messages whose status no page gives: " + strings.Join(open, ", ")
	}
	out["default"] = answer(text, contract.NotFound)
}

func errorText(one contract.ErrorCase) string {
	return cmp.Or(one.Message, one.Meaning, one.Class, "error")
}

// deliveries describes what the API sends to a subscriber: messages in Amazon SNS's form.
func deliveries(prose contract.Prose) object {
	schema := object{"schema": reference("SnsEnvelope")}
	return object{"delivery": object{"post": object{
		"operationId": "webhook-delivery", "tags": []string{"Webhooks"}, "summary": "A message to a subscribed URL",
		"description": prose.Schemas["SnsEnvelope"].Purpose + " In a notification, Message holds a WebhookEvent as text.",
		"security":    []object{}, "x-source": "https://docs.apikobble.net/doc-1798440",
		"requestBody": object{"required": true, "content": object{"text/plain": schema, "application/json": schema}},
		"responses":   object{"200": object{"description": "taken; anything else is tried again"}},
	}}}
}
