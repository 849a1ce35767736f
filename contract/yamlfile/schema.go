package yamlfile

import (
	"reflect"
	"slices"
	"strings"
)

// Schema is the JSON Schema of a file that is read into a value of the type, by the same tags as [Definition.Read].
func (of Definition) Schema(into any) map[string]any {
	schema := of.schemaOf(reflect.TypeOf(into).Elem(), "")
	schema["$schema"], schema["title"] = "http://json-schema.org/draft-07/schema#", "kobcheck: "+of.Name
	return schema
}

// SchemaOfOne is that of a part of a file, without a head.
func (of Definition) SchemaOfOne(into any) map[string]any {
	return of.schemaOf(reflect.TypeOf(into).Elem(), "")
}

func (of Definition) schemaOf(t reflect.Type, form string) map[string]any {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t.Kind() == reflect.Interface:
		return map[string]any{}
	case isText(t):
		return of.text(form)
	case t.Kind() == reflect.Struct:
		return of.object(t)
	case t.Kind() == reflect.Map:
		keys, values, _ := strings.Cut(form, ":")
		schema := map[string]any{"type": "object", "additionalProperties": of.schemaOf(t.Elem(), values)}
		if keys != "" {
			schema["propertyNames"] = of.text(keys)
		}
		return schema
	case t.Kind() == reflect.Slice:
		return map[string]any{"type": "array", "items": of.schemaOf(t.Elem(), form)}
	case t.Kind() == reflect.Bool:
		return map[string]any{"type": "boolean"}
	case t.Kind() == reflect.Float64:
		return map[string]any{"type": "number"}
	}
	return map[string]any{"type": "integer"}
}

func (of Definition) object(t reflect.Type) map[string]any {
	properties, required := map[string]any{}, []string{}
	for _, field := range fieldsOf(t) {
		one := of.schemaOf(field.of, field.form)
		if field.doc != "" {
			one["description"] = field.doc
		}
		properties[field.key] = one
		if field.need != "" {
			required = append(required, field.key)
		}
	}
	schema := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if slices.Sort(required); len(required) > 0 {
		schema["required"] = required
	}
	return schema
}

func (of Definition) text(name string) map[string]any {
	form := (&walk{Definition: of}).form(name)
	schema := map[string]any{"type": "string"}
	switch {
	case form.OneOf != nil:
		schema["enum"] = form.OneOf
	case form.Pattern != "":
		schema["pattern"] = form.Pattern
	}
	return schema
}
