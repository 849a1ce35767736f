package steps

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"runtime/debug"

	"github.com/cucumber/godog"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
)

// Definition is one sentence of the vocabulary.
//
// Handler is a function that is given what it asks for by type: a [context.Context], the [*World] of the scenario,
// the latest answer as a [*client.Exchange], the prepared request as a [*scene.Draft], and what is [Supplied]. Its
// further arguments are the groups of the pattern, then a [*Table] or a doc string where Doc says so. It returns an
// error or nothing.
type Definition struct {
	Pattern *regexp.Regexp
	// Area groups sentences in the printed vocabulary, such as "given" or "money".
	Area string
	// Doc is one sentence on what the step does or checks.
	Doc     string
	Handler any
}

// Table is the table below a sentence.
type Table = godog.Table

// Define returns the definition of a sentence, which the pattern reads as a whole.
func Define(area, pattern, doc string, handler any) Definition {
	if choice, is := handler.(Choice); is {
		pattern, doc, handler = choice.pattern(pattern), choice.doc(doc), choice.handler(pattern)
	}
	return Definition{Area: area, Pattern: regexp.MustCompile("^" + pattern + "$"), Doc: doc, Handler: handler}
}

// Supplied is what an area's handlers may ask for: a pointer to a type of its own, which finds in the scenario what
// it stands for or says which step is missing.
type Supplied interface{ Supply(w *World) error }

// supplies are what every handler may ask for by type.
var supplies = map[reflect.Type]func(context.Context, *World) (any, error){
	reflect.TypeFor[context.Context]():  func(ctx context.Context, _ *World) (any, error) { return ctx, nil },
	reflect.TypeFor[*World]():           func(_ context.Context, w *World) (any, error) { return w, nil },
	reflect.TypeFor[*client.Exchange](): func(_ context.Context, w *World) (any, error) { return w.Latest() },
	reflect.TypeFor[*scene.Draft]():     func(_ context.Context, w *World) (any, error) { return w.Drafted() },
}

// Guarded wraps the handler as godog wants it, func(context.Context, …) error, so that whatever happens inside
// becomes an error of its own step: gated findings, a panic, and a goroutine that ends itself (which godog would
// report as passed).
func (d Definition) Guarded() any {
	handler := reflect.ValueOf(d.Handler)
	takes := append([]reflect.Type{reflect.TypeFor[context.Context]()}, groups(handler.Type())...)
	fails := reflect.TypeFor[error]()
	return reflect.MakeFunc(reflect.FuncOf(takes, []reflect.Type{fails}, false), func(in []reflect.Value) []reflect.Value {
		ctx := in[0].Interface().(context.Context)
		result := reflect.New(fails).Elem()
		if err := guard(ctx, func() error { return call(ctx, handler, in[1:]) }); err != nil {
			result.Set(reflect.ValueOf(err))
		}
		return []reflect.Value{result}
	}).Interface()
}

// call hands a handler what it asks for, and the arguments of the sentence in their order.
func call(ctx context.Context, handler reflect.Value, arguments []reflect.Value) error {
	in := make([]reflect.Value, 0, handler.Type().NumIn())
	for i := range handler.Type().NumIn() {
		wanted := handler.Type().In(i)
		supply := supplies[wanted]
		if wanted.Implements(reflect.TypeFor[Supplied]()) {
			supply = func(_ context.Context, w *World) (any, error) {
				one := reflect.New(wanted.Elem()).Interface().(Supplied)
				return one, one.Supply(w)
			}
		}
		if supply == nil {
			in, arguments = append(in, arguments[0]), arguments[1:]
			continue
		}
		value, err := supply(ctx, From(ctx))
		if err != nil {
			return err
		}
		in = append(in, reflect.ValueOf(value))
	}
	for _, out := range handler.Call(in) {
		err, _ := out.Interface().(error)
		return err
	}
	return nil
}

func guard(ctx context.Context, body func() error) error {
	w := From(ctx)
	if w == nil {
		return Faulty("a step ran outside of a scenario")
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
				done <- Faulty("a step panicked: %v\n%s", cause, debug.Stack())
			case !returned:
				done <- Faulty("a step ended its goroutine (runtime.Goexit)")
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

// Kinds is the group of a pattern that takes the kinds of things.
const Kinds = `(beneficiary|card|client|enduser|program|relay|transaction|wallet|webhook)`
