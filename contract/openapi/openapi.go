// Package openapi writes the contract as an OpenAPI document.
//
// What walks in is the contract and the schemas; what walks out is one JSON document for an edition. Marks,
// sources and requirements are kept as x- extensions, so that what no page states stays marked as such.
package openapi

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/schemas"
)

type object = map[string]any

// Target is where and of what the document is written.
type Target struct {
	Edition contract.Edition
	// Server is the base address, Version that of the document.
	Server, Version string
	// Paths are the paths that no page gives, by operation id. Operations without a path are listed under
	// x-without-path.
	Paths map[string]string
	// Examples are requests that work there, by operation id; where there is none the pages' own are shown.
	Examples map[string]Example
	// OpenAPI is the version of the format: 3.1, or 3.0 for tools that read no later one.
	OpenAPI string
}

// about is what the document says of itself.
const about = "Written from the documentation by kobcheck. x-mark says how well a fact is founded: stated, " +
	"standard, example, third-party, inferred or not-found; x-source names the page, x-requirement the numbered " +
	"requirement, and x-meaning stands where no page says what a field means."

// Document returns the OpenAPI document of an edition.
func Document(facts *contract.Contract, shapes *schemas.Set, target Target) ([]byte, error) {
	defined, err := components(shapes, facts.Prose)
	if err != nil {
		return nil, err
	}
	w := &writer{shapes: shapes, prose: facts.Prose, target: target, paths: map[string]object{}}
	for _, operation := range facts.Operations {
		w.operation(operation)
	}
	document := object{
		"openapi": "3.1.0",
		"info": object{"title": "Kobble card-issuing API, as documented", "version": target.Version,
			"description": facts.Prose.Overview + "\n\n" + about},
		"servers":  []object{{"url": target.Server}},
		"tags":     sections(facts),
		"security": []object{{"oauth2": []string{}}},
		"paths":    w.paths,
		"webhooks": deliveries(facts.Prose),
		"components": object{
			"schemas": defined,
			"securitySchemes": object{"oauth2": object{"type": "oauth2", "flows": object{"clientCredentials": object{
				"tokenUrl": target.Server + "/oauth2/token", "scopes": scopes}}}},
		},
		"x-edition": string(target.Edition),
	}
	if len(w.without) > 0 {
		document["x-without-path"] = w.without
	}
	if target.OpenAPI == "3.0" {
		older(document)
	}
	return json.MarshalIndent(document, "", "  ")
}

var scopes = object{"client/read": "reads of a client", "client/write": "changes by a client",
	"administrator/read": "reads of an administrator", "administrator/write": "changes by an administrator"}

type writer struct {
	shapes  *schemas.Set
	prose   contract.Prose
	target  Target
	paths   map[string]object
	without []string
}

func (w *writer) operation(o *contract.Operation) {
	path, known := o.PathIn(w.target.Edition)
	if !known {
		path, known = w.target.Paths[o.ID], w.target.Paths[o.ID] != ""
	}
	if !known {
		w.without = append(w.without, o.ID)
		return
	}
	entry := object{"operationId": o.ID, "summary": o.Title, "description": purpose(o.Description), "tags": []string{o.Section},
		"responses": w.responses(o), "x-source": o.Source.Address, "x-mark": marks(o.Marks)}
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
		entry["requestBody"] = w.body(o)
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
		meant(p, o.Description, p["name"].(string))
		if value := contract.Shown(p["example"]); value != nil {
			p["example"] = value
		} else {
			delete(p, "example")
		}
		if requirement != "" {
			p["x-requirement"] = requirement
		}
		out = append(out, p)
	}
	for _, p := range o.PathParams {
		if strings.Contains(path, "{"+p.Name+"}") {
			example := p.Example
			if works, there := w.target.Examples[o.ID]; there {
				example = works.Path[p.Name]
			}
			add(object{"name": p.Name, "in": "path", "required": true, "schema": parameterSchema(p), "example": example}, p.Mark, p.Requirement)
		}
	}
	for _, p := range o.Query {
		add(object{"name": p.Name, "in": "query", "required": p.Required == contract.Yes, "schema": parameterSchema(p),
			"example": p.Example}, p.Mark, p.Requirement)
	}
	for _, h := range o.Headers {
		if headersOfHTTP[strings.ToLower(h.Name)] || h.Edition != "" && h.Edition != w.target.Edition {
			continue
		}
		add(object{"name": h.Name, "in": "header", "required": h.Required == contract.Yes, "schema": headerSchema(h),
			"example": h.Example}, h.Mark, h.Requirement)
	}
	return out
}

func headerSchema(h contract.Header) object {
	schema := object{"type": "string"}
	if h.Format == "UUID v4" {
		schema["format"] = "uuid"
	}
	return schema
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
func (w *writer) body(o *contract.Operation) object {
	b, media, content := o.Body, o.Body.MediaType, object{}
	media = cmp.Or(media, "application/json")
	content["schema"] = fieldsSchema(b.Fields, o.Description)
	if b.Schema != "" && w.shapes.Has(b.Schema) {
		content["schema"] = reference(b.Schema)
	}
	if works, there := w.target.Examples[o.ID]; there && works.Body != nil {
		content["example"] = works.Body
	} else if example := b.Example(); len(example) > 0 {
		content["example"] = example
	}
	return object{"required": b.Required != contract.No, "content": object{media: content}, "x-mark": string(b.Mark)}
}

func fieldsSchema(fields []contract.Field, d *contract.Description) object {
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
		meant(one, d, field.Name)
		properties[field.Name] = one
		if field.Required == contract.Yes {
			required = append(required, field.Name)
		}
	}
	schema := object{"type": "object", "properties": properties, "additionalProperties": true}
	if len(required) > 0 {
		schema["required"] = required
	}
	return schema
}

// likelyStatus is what generators are told beside 2XX, of which they make nothing, where no page states the status
// of a success: the first reading of each such operation (N-22).
const likelyStatus = "200"

func (w *writer) responses(o *contract.Operation) object {
	codes := []string{likelyStatus, "2XX"}
	if o.Success.Status != 0 {
		codes = []string{strconv.Itoa(o.Success.Status)}
	}
	success := object{"description": "success", "x-mark": string(o.Success.Mark)}
	if o.Success.Schema != "" && w.shapes.Has(o.Success.Schema) {
		schema := reference(o.Success.Schema)
		if o.Success.Shape == "array" {
			schema = object{"type": "array", "items": schema}
		}
		media := cmp.Or(o.Success.MediaType, "application/json")
		content := object{"schema": schema}
		if sample := printed(w.prose, w.shapes, o.Success); sample != nil {
			content["examples"] = sample
		}
		success["content"] = object{media: content}
	}
	if len(o.ResponseHeaders) > 0 {
		headers := object{}
		for _, h := range o.ResponseHeaders {
			header := object{"schema": parameterSchema(h), "x-mark": string(h.Mark)}
			meant(header, o.Description, h.Name)
			headers[h.Name] = header
		}
		success["headers"] = headers
	}
	out := object{}
	for _, code := range codes {
		out[code] = success
	}
	failures(out, o, codes)
	return out
}
