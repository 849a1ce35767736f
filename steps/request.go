package steps

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/google/uuid"
	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/contract"
)

// Draft is a request that the sentences of a scenario change before it is sent.
type Draft struct {
	Operation *contract.Operation
	Request   client.Request
	// Body is the JSON object to send; nil for an operation without a body.
	Body map[string]any
	// repeat says that the request went out before under the same key: which success a repeat is answered with
	// is open (C-12).
	repeat bool
}

// valid builds a request that the documentation calls right: path ids and body fields come from the
// contract's entry, from things that the scenario has, else from new ones.
func (w *World) valid(ctx context.Context, operation *contract.Operation, as string) (*Draft, error) {
	draft := &Draft{Operation: operation, Request: client.Request{As: as, Path: map[string]string{}, Query: url.Values{}}}
	for _, parameter := range operation.PathParams {
		value, err := w.value(ctx, as, parameter.Fixture, parameter.Sample, parameter.Example)
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
	if given := w.Session.Given.Bodies[operation.ID]; given != nil {
		draft.Body = copyOf(given).(map[string]any)
		return draft, nil
	}
	for _, field := range operation.Body.Fields {
		if field.Omit {
			continue
		}
		value, err := w.value(ctx, as, field.Fixture, field.Sample, nil)
		if err != nil {
			return nil, err
		}
		if text, ok := value.(string); ok {
			value = strings.ReplaceAll(text, "<new>", uuid.NewString())
		}
		if value != nil {
			setMember(draft.Body, field.Name, copyOf(value))
		}
	}
	return draft, nil
}

func (w *World) value(ctx context.Context, as, fixture string, sample, example any) (any, error) {
	if fixture == "" {
		if sample != nil {
			return sample, nil
		}
		return example, nil
	}
	object, err := w.need(ctx, as, fixture)
	if err != nil {
		return nil, err
	}
	return object.ID, nil
}

// caller is the client of the target file that calls the operation by default (N-48).
func (w *World) caller(operation *contract.Operation) string {
	if operation.Caller != "" && w.Session.Has[operation.Caller] {
		return operation.Caller
	}
	return "primary"
}
