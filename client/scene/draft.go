package scene

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/contract"
)

// Draft is a request that may be changed before it is sent.
type Draft struct {
	Operation *contract.Operation
	Request   client.Request
	// Body is the JSON object to send; nil for an operation without a body.
	Body map[string]any
	// Handed says that the owner of the target handed over the body.
	Handed bool
	// guessed says that no page gives the program that it names.
	guessed bool
}

// Ready returns the request with the body of the draft, unless it has one that wins.
func (d *Draft) Ready() client.Request {
	request := d.Request
	if d.Body != nil && request.RawBody == nil && request.Body == nil {
		request.Body = d.Body
	}
	return request
}

// Set writes a member of the body, where the operation has it; a dot steps into an object. A body that was handed
// over gets no member that it has not. It returns the draft.
func (d *Draft) Set(name string, value any) *Draft {
	if _, there := Member(d.Body, name); d.Operation.Field(name) != nil && (there || !d.Handed) {
		SetMember(d.Body, name, value)
	}
	return d
}

// Buildable reports whether the contract says enough to build a valid request of an operation. Its path may still
// have to come from the target file.
func Buildable(operation *contract.Operation) bool {
	return operation.ID != "token" && (operation.Body == nil || len(operation.Body.Fields) > 0)
}

// Draft builds a request that the documentation calls right, as the named client: path ids and body fields come from
// the contract's entry, from the things that the caller has, else from new ones, which are put there. Errors are
// those of [Scene.Need].
func (s *Scene) Draft(ctx context.Context, operation *contract.Operation, as string, have Things) (*Draft, error) {
	draft := &Draft{Operation: operation, Request: client.Request{As: as, Path: map[string]string{}, Query: url.Values{}}}
	for _, parameter := range operation.PathParams {
		value, err := s.value(ctx, draft, have, parameter.Fixture, parameter.Sample, parameter.Example)
		if err != nil {
			return nil, err
		}
		if value == nil && len(parameter.Enum) > 0 {
			value = parameter.Enum[0]
		}
		draft.Request.Path[parameter.Name] = fmt.Sprint(value)
	}
	if operation.Body == nil {
		return draft, nil
	}
	draft.Body = map[string]any{}
	if given := s.Given.Bodies[operation.ID]; given != nil {
		draft.Body, draft.Handed = Copy(given).(map[string]any), true
	}
	for _, field := range operation.Body.Fields {
		_, there := Member(draft.Body, field.Name)
		if draft.Handed && (!there || field.Fixture == "") || !draft.Handed && field.Omit {
			continue
		}
		value, err := s.value(ctx, draft, have, field.Fixture, field.Sample, nil)
		if err != nil {
			return nil, err
		}
		if value != nil {
			SetMember(draft.Body, field.Name, Copy(value))
		}
	}
	draft.change(have)
	return draft, nil
}

// change asks for another status than the thing has: whether the same one may be set again is stated nowhere (N-27).
func (d *Draft) change(have Things) {
	field := d.Operation.Field("status")
	if field == nil || len(d.Operation.PathParams) == 0 || d.Handed {
		return
	}
	thing := have[d.Operation.PathParams[0].Fixture]
	if thing == nil || thing.Body["status"] == nil || thing.Body["status"] != d.Body["status"] {
		return
	}
	for _, other := range field.Enum {
		if other != thing.Body["status"] {
			d.Body["status"] = other
			return
		}
	}
}

func (s *Scene) value(ctx context.Context, draft *Draft, have Things, kind string, sample, example any) (any, error) {
	if kind == "" && sample != nil {
		return contract.Filled(sample, uuid.NewString()), nil
	}
	if kind == "" {
		return example, nil
	}
	thing, err := s.Need(ctx, draft.Request.As, kind, have)
	if err != nil {
		return nil, err
	}
	draft.guessed = draft.guessed || thing.guessed
	return thing.ID, nil
}

// Member returns a member of a body, stepping into objects at dots; false where it is absent.
func Member(body map[string]any, path string) (any, bool) {
	inner, name := within(body, path, false)
	value, there := inner[name]
	return value, there
}

// SetMember writes a member of a body, stepping into objects at dots and making them as needed.
func SetMember(body map[string]any, path string, value any) {
	inner, name := within(body, path, true)
	inner[name] = value
}

// RemoveMember takes a member out of a body, stepping into objects at dots.
func RemoveMember(body map[string]any, path string) {
	inner, name := within(body, path, false)
	delete(inner, name)
}

// within returns the object that a path leads to and the name of its last step; a nil object where there is none.
func within(body map[string]any, path string, making bool) (map[string]any, string) {
	names := strings.Split(path, ".")
	for _, name := range names[:len(names)-1] {
		inner, isObject := body[name].(map[string]any)
		if !isObject && making {
			inner = map[string]any{}
			body[name] = inner
		}
		body = inner
	}
	return body, names[len(names)-1]
}

// Copy returns a deep copy of a JSON value.
func Copy(value any) any {
	switch value := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(value))
		for name, member := range value {
			out[name] = Copy(member)
		}
		return out
	case []any:
		out := make([]any, len(value))
		for i, member := range value {
			out[i] = Copy(member)
		}
		return out
	}
	return value
}
