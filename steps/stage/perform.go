package stage

import (
	"context"
	"errors"
	"reflect"
	"strconv"

	"github.com/kobcheck/kobcheck/steps"
)

// perform calls the handler of a definition with the groups of its pattern, as godog does.
func perform(ctx context.Context, definition steps.Definition, text string, below []any) error {
	handler := reflect.ValueOf(definition.Guarded())
	in := []reflect.Value{reflect.ValueOf(ctx)}
	for _, group := range definition.Pattern.FindStringSubmatch(text)[1:] {
		switch kind := handler.Type().In(len(in)); kind.Kind() {
		case reflect.Int, reflect.Int64:
			number, err := strconv.ParseInt(group, 10, 64)
			if err != nil {
				return err
			}
			in = append(in, reflect.ValueOf(number).Convert(kind))
		default:
			in = append(in, reflect.ValueOf(group))
		}
	}
	for _, one := range below {
		if text, isText := one.(Text); isText {
			one = string(text)
		}
		in = append(in, reflect.ValueOf(one))
	}
	err, _ := handler.Call(in)[0].Interface().(error)
	return err
}

func isBroken(err error, broken **steps.Broken) bool { return errors.As(err, broken) }
