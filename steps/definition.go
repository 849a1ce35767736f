package steps

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"runtime/debug"
	"sort"
)

// Definition is one sentence of the vocabulary. Handler is a func(context.Context, …) error whose
// further arguments are the groups of the pattern, then a table or a doc string where Doc says so.
type Definition struct {
	Pattern *regexp.Regexp
	// Area groups sentences in the printed vocabulary, such as "given" or "money".
	Area string
	// Doc is one sentence on what the step does or checks.
	Doc     string
	Handler any
}

// Vocabulary returns every sentence that the features may use, sorted by area and pattern.
func Vocabulary() []Definition {
	var all []Definition
	for _, area := range areas {
		all = append(all, area()...)
	}
	sort.SliceStable(all, func(i, j int) bool {
		if all[i].Area != all[j].Area {
			return all[i].Area < all[j].Area
		}
		return all[i].Pattern.String() < all[j].Pattern.String()
	})
	return all
}

func define(area, pattern, doc string, handler any) Definition {
	return Definition{Area: area, Pattern: regexp.MustCompile("^" + pattern + "$"), Doc: doc, Handler: handler}
}

// Guarded wraps the handler so that whatever happens inside becomes an error of its own step: gated
// findings, a panic, and a goroutine that ends itself (which godog would report as passed).
func (d Definition) Guarded() any {
	handler := reflect.ValueOf(d.Handler)
	return reflect.MakeFunc(handler.Type(), func(in []reflect.Value) []reflect.Value {
		ctx := in[0].Interface().(context.Context)
		err := guard(ctx, func() error {
			out := handler.Call(in)
			err, _ := out[0].Interface().(error)
			return err
		})
		result := reflect.New(handler.Type().Out(0)).Elem()
		if err != nil {
			result.Set(reflect.ValueOf(err))
		}
		return []reflect.Value{result}
	}).Interface()
}

func guard(ctx context.Context, body func() error) error {
	w := From(ctx)
	if w == nil {
		return faulty("a step ran outside of a scenario")
	}
	if ctx.Err() != nil {
		return &Environment{Why: context.Cause(ctx).Error()}
	}
	before := len(w.findings)
	done := make(chan error, 1)
	// The step runs in a goroutine of its own, which this function waits for: runtime.Goexit inside
	// it then ends that goroutine and not the one that godog reports from.
	go func() {
		returned := false
		var err error
		defer func() {
			switch cause := recover(); {
			case cause != nil:
				done <- faulty("a step panicked: %v\n%s", cause, debug.Stack())
			case !returned:
				done <- faulty("a step ended its goroutine (runtime.Goexit)")
			default:
				done <- err
			}
		}()
		err = body()
		returned = true
	}()
	err := <-done
	w.noticeBlocked(err)
	for _, finding := range w.findings[before:] {
		if finding.Gated && finding.Step >= 0 {
			return &Broken{First: finding}
		}
	}
	explained := environmental(err)
	if err != nil && ctx.Err() != nil {
		var environment *Environment
		silent := errors.As(explained, &environment) && environment.Whole
		return &Environment{Why: fmt.Sprintf("%v (%v)", context.Cause(ctx), err), Whole: silent}
	}
	return explained
}

// StartStep tells the world which step comes next; the runner calls it before each step.
func (w *World) StartStep(index int) { w.step = index }
