// Package openapi writes the contract as an OpenAPI 3.1 document.
//
// What walks in is the contract and the schemas; what walks out is one JSON document for an edition. Marks,
// sources and requirements are kept as x- extensions, so that what no page states stays marked as such.
package openapi

import (
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/schemas"
)

type object = map[string]any

// Document returns the OpenAPI 3.1 document of an edition. Paths gives the paths that no page gives, by
// operation id; operations without a path are listed under x-without-path.
func Document(facts *contract.Contract, shapes *schemas.Set, edition contract.Edition, server, version string, paths map[string]string) ([]byte, error) {
	w := &writer{shapes: shapes, edition: edition, given: paths, components: object{}, paths: map[string]object{}}
	for _, operation := range facts.Operations {
		w.operation(operation)
	}
	for _, name := range shapes.Names() {
		schema, err := w.schema(name)
		if err != nil {
			return nil, err
		}
		w.components[componentName(name)] = schema
	}
	tags := []object{}
	seen := map[string]bool{}
	for _, operation := range facts.Operations {
		if !seen[operation.Section] {
			seen[operation.Section] = true
			tags = append(tags, object{"name": operation.Section})
		}
	}
	document := object{
		"openapi": "3.1.0",
		"info": object{"title": "Kobble card-issuing API, as documented", "version": version,
			"description": "Written from the documentation by kobcheck. x-mark says how well a fact is founded: stated, standard, example, third-party, inferred or not-found; x-source names the page, x-requirement the numbered requirement."},
		"servers":  []object{{"url": server}},
		"tags":     tags,
		"security": []object{{"oauth2": []string{}}},
		"paths":    w.paths,
		"components": object{
			"schemas": w.components,
			"securitySchemes": object{"oauth2": object{"type": "oauth2", "flows": object{"clientCredentials": object{
				"tokenUrl": server + "/oauth2/token", "scopes": object{"client/read": "reads of a client", "client/write": "changes by a client", "administrator/read": "reads of an administrator", "administrator/write": "changes by an administrator"}}}}},
		},
		"x-edition": string(edition),
	}
	if len(w.without) > 0 {
		document["x-without-path"] = w.without
	}
	return json.MarshalIndent(document, "", "  ")
}

type writer struct {
	shapes     *schemas.Set
	edition    contract.Edition
	given      map[string]string
	components object
	paths      map[string]object
	without    []string
}

func componentName(name string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '/' || r == '(' || r == ')' {
			return '_'
		}
		return r
	}, name)
}

func (w *writer) operation(o *contract.Operation) {
	path, known := o.PathIn(w.edition)
	if !known {
		path, known = w.given[o.ID], w.given[o.ID] != ""
	}
	if !known {
		w.without = append(w.without, o.ID)
		return
	}
	entry := object{"operationId": o.ID, "summary": o.Title, "tags": []string{o.Section}, "responses": w.responses(o), "x-source": o.Source.Address, "x-mark": marks(o.Marks)}
	if o.Requirement != "" {
		entry["x-requirement"] = o.Requirement
	}
	if o.ID == "token" || o.ID == "healthcheck" {
		entry["security"] = []object{}
	}
	if parameters := w.parameters(o, path); len(parameters) > 0 {
		entry["parameters"] = parameters
	}
	if o.Body != nil {
		entry["requestBody"] = w.body(o.Body)
	}
	if w.paths[path] == nil {
		w.paths[path] = object{}
	}
	w.paths[path][strings.ToLower(o.Method)] = entry
}

func marks(list map[string]contract.Mark) object {
	out := object{}
	for key, mark := range list {
		out[key] = string(mark)
	}
	return out
}

// headersOfHTTP are described by OpenAPI itself, and must not be listed as parameters.
var headersOfHTTP = map[string]bool{"authorization": true, "content-type": true, "accept": true}

func (w *writer) parameters(o *contract.Operation, path string) []object {
	var out []object
	add := func(p object, mark contract.Mark, requirement string) {
		p["x-mark"] = string(mark)
		if requirement != "" {
			p["x-requirement"] = requirement
		}
		out = append(out, p)
	}
	for _, p := range o.PathParams {
		if strings.Contains(path, "{"+p.Name+"}") {
			add(object{"name": p.Name, "in": "path", "required": true, "schema": parameterSchema(p)}, p.Mark, p.Requirement)
		}
	}
	for _, p := range o.Query {
		add(object{"name": p.Name, "in": "query", "required": p.Required == contract.Yes, "schema": parameterSchema(p)}, p.Mark, p.Requirement)
	}
	for _, h := range o.Headers {
		if headersOfHTTP[strings.ToLower(h.Name)] || h.Edition != "" && h.Edition != w.edition {
			continue
		}
		add(object{"name": h.Name, "in": "header", "required": h.Required == contract.Yes, "schema": object{"type": "string"}}, h.Mark, h.Requirement)
	}
	return out
}

func parameterSchema(p contract.Parameter) object {
	schema := object{"type": jsonType(p.Type)}
	if len(p.Enum) > 0 {
		schema["enum"] = p.Enum
	}
	if p.Format == "uuid" || p.Format == "date-time" {
		schema["format"] = p.Format
	}
	return schema
}

func jsonType(text string) string {
	switch text {
	case "integer", "number", "boolean", "object", "array":
		return text
	}
	return "string"
}

// body describes a request by its schema where the documentation has one, else by its fields.
func (w *writer) body(b *contract.Body) object {
	media := b.MediaType
	if media == "" {
		media = "application/json"
	}
	schema := fieldsSchema(b.Fields)
	if b.Schema != "" && w.shapes.Has(b.Schema) {
		schema = reference(b.Schema)
	}
	return object{"required": b.Required != contract.No, "content": object{media: object{"schema": schema}}, "x-mark": string(b.Mark)}
}

func reference(name string) object {
	return object{"$ref": "#/components/schemas/" + componentName(name)}
}

func fieldsSchema(fields []contract.Field) object {
	properties, required := object{}, []string{}
	for _, field := range fields {
		if strings.Contains(field.Name, ".") {
			continue // it is a member of an object that is there itself
		}
		one := object{"type": jsonType(field.Type), "x-mark": string(field.Mark)}
		if field.Format != "" {
			one["format"] = field.Format
		}
		if len(field.Enum) > 0 {
			one["enum"] = field.Enum
		}
		properties[field.Name] = one
		if field.Required == contract.Yes {
			required = append(required, field.Name)
		}
	}
	schema := object{"type": "object", "properties": properties}
	if len(required) > 0 {
		schema["required"] = required
	}
	return schema
}

func (w *writer) responses(o *contract.Operation) object {
	code := "2XX"
	if o.Success.Status != 0 {
		code = strconv.Itoa(o.Success.Status)
	}
	success := object{"description": "success", "x-mark": string(o.Success.Mark)}
	if o.Success.Schema != "" && w.shapes.Has(o.Success.Schema) {
		schema := reference(o.Success.Schema)
		if o.Success.Shape == "array" {
			schema = object{"type": "array", "items": schema}
		}
		media := o.Success.MediaType
		if media == "" {
			media = "application/json"
		}
		success["content"] = object{media: object{"schema": schema}}
	}
	if len(o.ResponseHeaders) > 0 {
		headers := object{}
		for _, h := range o.ResponseHeaders {
			headers[h.Name] = object{"schema": parameterSchema(h), "x-mark": string(h.Mark)}
		}
		success["headers"] = headers
	}
	out := object{code: success}
	for _, one := range o.Errors {
		if one.Status == 0 {
			continue
		}
		status := strconv.Itoa(one.Status)
		if out[status] != nil && status != code {
			entry, _ := out[status].(object)
			entry["description"] = fmt.Sprint(entry["description"], "; ", errorText(one))
			continue
		}
		if status != code {
			out[status] = object{"description": errorText(one), "x-mark": string(one.Mark)}
		}
	}
	return out
}

func errorText(one contract.ErrorCase) string {
	for _, text := range []string{one.Message, one.Meaning, one.Class} {
		if text != "" {
			return text
		}
	}
	return "error"
}

// schema turns a draft-07 file into a component: references by file become references by component.
func (w *writer) schema(name string) (object, error) {
	schema := object{}
	if err := json.Unmarshal(w.shapes.Raw(name), &schema); err != nil {
		return nil, fmt.Errorf("writing the schema %s as OpenAPI: %w", name, err)
	}
	delete(schema, "$schema")
	delete(schema, "$id")
	titles := w.titles()
	rewrite(schema, titles)
	return schema, nil
}

// titles maps the file of a schema to its name.
func (w *writer) titles() map[string]string {
	out := map[string]string{}
	for _, name := range w.shapes.Names() {
		var head struct {
			ID string `json:"$id"`
		}
		if json.Unmarshal(w.shapes.Raw(name), &head) == nil {
			out[head.ID[strings.LastIndex(head.ID, "/")+1:]] = name
		}
	}
	return out
}

func rewrite(value any, titles map[string]string) {
	switch v := value.(type) {
	case map[string]any:
		if file, ok := v["$ref"].(string); ok && titles[file] != "" {
			v["$ref"] = "#/components/schemas/" + componentName(titles[file])
		}
		if pattern, ok := v["pattern"].(string); ok {
			if example := exampleIn(v["x-expected"]); example != "" {
				v["examples"] = []string{example}
			}
			v["pattern"] = ascii(pattern)
		}
		keys := make([]string, 0, len(v))
		for key := range v {
			keys = append(keys, key)
		}
		sort.Strings(keys)
		for _, key := range keys {
			rewrite(v[key], titles)
		}
	case []any:
		for _, one := range v {
			rewrite(one, titles)
		}
	}
}

// exampleIn is the value at the end of an expectation such as "four digits such as 4242"; empty for none.
// Servers that answer from the document need it: no tool makes a text that fits a pattern.
func exampleIn(expected any) string {
	text, _ := expected.(string)
	_, example, _ := strings.Cut(text, " such as ")
	return example
}

// ascii writes what is beyond ASCII in a regular expression as an escape: tools put patterns into headers.
func ascii(pattern string) string {
	var b strings.Builder
	for _, r := range pattern {
		if r < 0x80 {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}
