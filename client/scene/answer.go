package scene

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/schemas"
)

// No page states the envelope of most answers, so that what is looked for is looked for inside of it. Payload
// names are what envelopes call their content; aside names what stands beside it and is never the content.
var (
	payload = names("data", "items", "results", "result", "content", "records", "entries", "elements", "list", "rows", "values",
		"response", "payload", "body", "object", "item", "page", "_embedded")
	aside = names("errors", "error", "warnings", "messages", "links", "_links", "meta", "metadata", "_metadata", "pagination", "paging",
		"included", "sort", "filters", "facets", "fields", "request", "trace")
)

func names(list ...string) map[string]bool {
	out := make(map[string]bool, len(list))
	for _, name := range list {
		out[name] = true
	}
	return out
}

// Value returns the JSON value of a body as [schemas.Decode] gives it, or nil where it is none.
func Value(body []byte) any {
	value, err := schemas.Decode(body)
	if err != nil {
		return nil
	}
	return value
}

// Items returns the entries of a list that [schemas.Decode] returned, whatever envelope it came in: a bare array,
// or the one array of objects inside of an object (data, items, results, a name of the thing), or of an object in
// that, as in {"data":{"items":[…]}}. An empty list is one too. It is false where there is none or several that may
// be meant: arrays of other things, of an object with an id of its own, and what stands beside a content, such as
// errors, links and metadata, are no lists.
func Items(value any) ([]any, bool) {
	if list, bare := value.([]any); bare {
		return list, true
	}
	outer, isObject := value.(map[string]any)
	if !isObject || identity(outer) != "" {
		return nil, false
	}
	var inPayload, elsewhere [2][][]any // by depth
	collect := func(depth int, known bool, list []any) {
		if known {
			inPayload[depth] = append(inPayload[depth], list)
			return
		}
		elsewhere[depth] = append(elsewhere[depth], list)
	}
	eachContent(outer, func(name string, member any) {
		switch member := member.(type) {
		case []any:
			if ofObjects(member) {
				collect(0, payload[name], member)
			}
		case map[string]any:
			if list, found := directly(member); found {
				collect(1, payload[name], list)
			}
		}
	})
	for _, candidates := range [][][]any{inPayload[0], inPayload[1], elsewhere[0], elsewhere[1]} {
		if len(candidates) > 0 {
			return theList(candidates)
		}
	}
	return nil, false
}

// theList is the one of several lists that has entries; where all are empty, whichever is meant is empty.
func theList(candidates [][]any) ([]any, bool) {
	full := slices.DeleteFunc(slices.Clone(candidates), func(list []any) bool { return len(list) == 0 })
	switch len(full) {
	case 0:
		return candidates[0], true
	case 1:
		return full[0], true
	}
	return nil, false
}

// directly is the one list among the members of an object.
func directly(object map[string]any) ([]any, bool) {
	var known, others [][]any
	eachContent(object, func(name string, member any) {
		if list, isList := member.([]any); isList && ofObjects(list) {
			if payload[name] {
				known = append(known, list)
				return
			}
			others = append(others, list)
		}
	})
	if len(known) == 0 {
		known = others
	}
	if len(known) == 0 || identity(object) != "" {
		return nil, false
	}
	return theList(known)
}

// eachContent visits the members of an object that may be its content.
func eachContent(object map[string]any, visit func(name string, member any)) {
	for name, member := range object {
		if !aside[name] {
			visit(name, member)
		}
	}
}

func ofObjects(list []any) bool {
	return !slices.ContainsFunc(list, func(one any) bool { _, isObject := one.(map[string]any); return !isObject })
}

// Object returns the object of an answer that [schemas.Decode] returned: the answer itself, or what is inside of
// an envelope, as in {"data":{…}}, {"card":{…}} or {"data":{"card":{…}}}, where the outer object has no id and the
// inner one has. It is false for what is no object. An envelope that may mean several objects is returned itself.
func Object(value any) (map[string]any, bool) {
	outer, isObject := value.(map[string]any)
	if !isObject {
		return nil, false
	}
	if inner := enveloped(outer, 2); inner != nil {
		return inner, true
	}
	return outer, true
}

// enveloped is the one object with an id in an object without one, at most so many envelopes down; nil for none.
func enveloped(outer map[string]any, depth int) map[string]any {
	if identity(outer) != "" {
		return outer
	}
	if depth == 0 {
		return nil
	}
	var known, others []map[string]any
	eachContent(outer, func(name string, member any) {
		object, isObject := member.(map[string]any)
		if !isObject {
			return
		}
		inner := enveloped(object, depth-1)
		switch {
		case inner == nil:
		case payload[name]:
			known = append(known, inner)
		case !refersTo(outer, name):
			others = append(others, inner)
		}
	})
	if len(known) == 0 {
		known = others
	}
	if len(known) != 1 {
		return nil
	}
	return known[0]
}

// refersTo says that an object has the id of a member beside it, as a company_id beside its company, and more: then the
// member is a thing of its own, and the object one that lacks its id.
func refersTo(object map[string]any, member string) bool {
	_, refers := object[member+"_id"]
	return refers && len(object) > 2
}

// ID returns the id of the object of an answer, a number as its text, or "" where there is none.
func ID(value any) string {
	object, _ := Object(value)
	return identity(object)
}

// IDOf is the id of the object of an answer, or "".
func IDOf(exchange *client.Exchange) string { return ID(Value(exchange.Body)) }

// IDsIn lists the UUIDs in a text, in small letters.
func IDsIn(text string) (ids []string) {
	const first, whole = 8, 36 // the digits before the first hyphen, and all of it
	for at := 0; at < len(text); at++ {
		next := strings.IndexByte(text[at:], '-')
		if next < 0 {
			break
		}
		at += next
		if from := at - first; from >= 0 && from+whole <= len(text) && uuid.Validate(text[from:from+whole]) == nil {
			ids = append(ids, strings.ToLower(text[from:from+whole]))
			at = from + whole - 1
		}
	}
	return ids
}

func identity(object map[string]any) string {
	switch id := object["id"].(type) {
	case string:
		return id
	case json.Number:
		return id.String()
	}
	return ""
}

// Lacking says what a success lacks to be one of the operation: the list, the object or the id that a page states, or
// the id of what was made. It is empty where nothing lacks that anybody could go on without; what wraps it and
// which members it has is not looked at.
func Lacking(operation *contract.Operation, value any) string {
	stated := operation.Success.Schema != "" && operation.Success.Of("schema") == contract.Stated
	_, isObject := Object(value)
	_, isList := Items(value)
	switch {
	case operation.Success.Shape == "array" && !isList:
		return "a list"
	case operation.Success.Shape == "array":
	case operation.Creates != "" && operation.Creates != "token" && operation.Creates != "secret" && ID(value) == "":
		return "an id"
	case stated && !isObject:
		return "an object"
	case stated && operation.Reads != "" && ID(value) == "":
		return "an id"
	}
	return ""
}
