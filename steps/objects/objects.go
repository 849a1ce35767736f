// Package objects holds the sentences about free JSON objects: what a caller may put in them, and that it stays as it
// was sent.
package objects

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas/match"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/things"
)

// Sentences returns the definitions of the area.
func Sentences() []steps.Definition {
	const area = "object"
	return []steps.Definition{
		steps.Define(area, `the request is sent with objects of every kind as its "([^"]+)"`,
			"Sends the request once for each of some generated JSON objects that hold every kind of name, number, text "+
				"and nesting between them.", sendObjects),
		steps.Define(area, `each object {}`, "What came of the objects; the smallest that fares otherwise gets printed.", steps.Choice{
			{Word: "is taken", Doc: "none of them is refused.", Handler: eachIsTaken},
			{Word: "is taken or refused", Doc: "none of them is answered by a server error.", Handler: noneFails},
			{Word: "comes back as it was sent", Doc: "the answer, and a read by the id, have the same object, value for value.", Handler: eachComesBack},
			{Word: "is listed as it was sent", Doc: "the list of their kind has the same object.", Handler: eachIsListed},
		}),
	}
}

// sent is what a scenario has sent of one field, and how each object fared.
type sent struct {
	field    string
	draft    *scene.Draft
	outcomes []*outcome
}

// outcome is what came of one object.
type outcome struct {
	object   map[string]any
	exchange *client.Exchange
	id       string
	// answered and read are the objects of the answer and of a read by the id, [match.Absent] where there is none.
	answered, read any
}

func (o *outcome) taken() bool { return o.exchange.Status/100 == 2 }

// fewer is what part of its depth a run sends: all edges are in what is sent, however few objects hold them, and each
// of them may stay on the target.
const fewer = 3

func sendObjects(ctx context.Context, w *steps.World, draft *scene.Draft, field string) error {
	if draft.Operation.Field(field) == nil {
		return steps.Faulty("%q has no field %q", draft.Operation.Title, field)
	}
	s := steps.State[sent](w)
	s.field, s.draft = field, draft
	for _, object := range deal(w.Random(), (w.Depth()+fewer-1)/fewer) {
		one, err := s.send(ctx, w, object)
		if err != nil {
			return err
		}
		s.outcomes = append(s.outcomes, one)
	}
	return nil
}

// promised is the requirement that any object is taken, for the operations of which a page says so.
func promised(operation *contract.Operation) string {
	if operation.Creates == "enduser" {
		return "META-01"
	}
	return ""
}

// send sends one object beside what the request needs in the same place, and reads what came of it.
func (s *sent) send(ctx context.Context, w *steps.World, object map[string]any) (*outcome, error) {
	draft := *s.draft
	draft.Body = scene.Copy(s.draft.Body).(map[string]any)
	whole, _ := draft.Body[s.field].(map[string]any)
	if whole == nil {
		whole = map[string]any{}
	}
	maps.Copy(whole, object)
	draft.Body[s.field] = whole
	exchange, err := w.Send(ctx, &draft)
	if err != nil {
		return nil, err
	}
	o := &outcome{object: whole, exchange: exchange, answered: any(match.Absent{}), read: any(match.Absent{})}
	if !o.taken() {
		return o, nil
	}
	body := w.Body(exchange)
	o.answered = match.Member(body, s.field)
	kind := draft.Operation.Creates
	if o.id = scene.ID(body); kind == "" && len(draft.Operation.PathParams) > 0 {
		first := draft.Operation.PathParams[0]
		kind, o.id = first.Fixture, draft.Request.Path[first.Name]
	}
	if o.id == "" || steps.Reader(w, kind) == nil {
		return o, nil
	}
	now, err := things.Read(ctx, w, &scene.Thing{Kind: kind, ID: o.id, As: exchange.As})
	o.read = match.Member(now, s.field)
	w.Last = exchange
	return o, err
}

// Supply finds what was sent.
func (s *sent) Supply(w *steps.World) error {
	if *s = *steps.State[sent](w); len(s.outcomes) == 0 {
		return steps.Faulty("no objects were sent before this step")
	}
	return nil
}

func noneFails(ctx context.Context, w *steps.World, s *sent) error {
	return s.each(ctx, w, look{check: "an object is not answered by a server error", requirement: "HARNESS-01",
		message: "a JSON object is answered by a server error",
		got:     func(o *outcome) (any, bool) { return w.Answered(o.exchange), o.exchange.Status < 500 }})
}

func eachIsTaken(ctx context.Context, w *steps.World, s *sent) error {
	requirement := promised(s.draft.Operation)
	if requirement == "" {
		return steps.Faulty("no page says that %q takes any object", s.draft.Operation.Title)
	}
	return s.each(ctx, w, look{check: "any object is taken", message: "a JSON object is refused", requirement: requirement,
		got: func(o *outcome) (any, bool) { return w.Answered(o.exchange), o.taken() }})
}

func eachComesBack(ctx context.Context, w *steps.World, s *sent) error {
	// What no page promises may be left out of an answer.
	fits := func(o *outcome, value any) bool {
		return match.Equal(o.object).Holds(value) || value == any(match.Absent{}) && promised(s.draft.Operation) == ""
	}
	shown := func(value any) bool { return promised(s.draft.Operation) != "" || value != any(match.Absent{}) }
	err := s.each(ctx, w, look{check: "an object is answered as it was sent", requirement: w.Leading(),
		message: "the answer has another object than was sent",
		shows:   func(o *outcome) bool { return o.taken() && shown(o.answered) },
		got:     func(o *outcome) (any, bool) { return o.answered, !o.taken() || fits(o, o.answered) }})
	if err != nil {
		return err
	}
	return s.each(ctx, w, look{check: "an object reads back as it was sent", requirement: w.Leading(),
		message: "another object is read than was sent",
		shows:   func(o *outcome) bool { return o.id != "" && o.taken() && fits(o, o.answered) && shown(o.read) },
		got: func(o *outcome) (any, bool) {
			// What was answered wrongly already, or without an id, is one deviation.
			return o.read, o.id == "" || !o.taken() || !fits(o, o.answered) || fits(o, o.read)
		}})
}

func eachIsListed(ctx context.Context, w *steps.World, s *sent) error {
	lister := steps.Lister(w, s.draft.Operation.Creates)
	if lister == nil {
		return steps.Faulty("nothing lists what %q makes", s.draft.Operation.Title)
	}
	var entries []map[string]any
	fill := func() (err error) {
		entries, err = w.Scene.List(ctx, lister.ID, s.draft.Request.As, nil)
		return err
	}
	if err := fill(); err != nil {
		return err
	}
	listed := func(o *outcome) bool {
		return slices.ContainsFunc(entries, func(entry map[string]any) bool { return scene.ID(entry) == o.id })
	}
	return s.each(ctx, w, look{check: "an object is listed as it was sent", requirement: "META-10", again: fill,
		message: "the list has another object than was sent",
		shows:   func(o *outcome) bool { return o.taken() && listed(o) && match.Equal(o.object).Holds(o.read) },
		got: func(o *outcome) (any, bool) {
			for _, entry := range entries {
				if o.taken() && scene.ID(entry) == o.id && match.Equal(o.object).Holds(o.read) {
					value := match.Member(entry, s.field)
					return value, match.Equal(o.object).Holds(value)
				}
			}
			return nil, true // whether it is listed at all is asked elsewhere
		}})
}

// look is one way to look at what came of an object.
type look struct {
	check, message string
	// requirement is what a difference breaks.
	requirement string
	// shows says whether an outcome has anything to look at: what shows nothing holds nothing. nil is for all.
	shows func(*outcome) bool
	// got is what came, and whether it is as it should be.
	got func(*outcome) (any, bool)
	// again is called before got looks at an object that was sent anew; nil for nothing to do.
	again func() error
}

// shrinkTries is how many smaller objects are sent to find the smallest; shrinkReserve is the time of the scenario
// that is left to it after that.
const (
	shrinkTries   = 150
	shrinkReserve = 10 * time.Second
)

// each looks at every outcome. All that differs in one way is one finding, with the smallest object that shows it.
func (s *sent) each(ctx context.Context, w *steps.World, l look) error {
	fact := w.FieldFact(l.requirement, s.field, true)
	for _, o := range s.outcomes {
		if l.shows != nil && !l.shows(o) {
			continue
		}
		if _, holds := l.got(o); holds {
			w.Expect(true, evidence.Assertion{Check: l.check, Fact: fact})
			continue
		}
		smallest := o
		_, err := shrink(o.object, shrinkTries, func(object map[string]any) (bool, error) {
			if limit, bounded := ctx.Deadline(); bounded && time.Until(limit) < shrinkReserve {
				return false, nil
			}
			var tried *outcome
			err := w.Preparing(func() (err error) {
				if tried, err = s.send(ctx, w, object); err == nil && l.again != nil {
					err = l.again()
				}
				return err
			})
			if err != nil {
				return false, err
			}
			if _, holds := l.got(tried); holds {
				return false, nil
			}
			smallest = tried
			return true, nil
		})
		got, _ := l.got(smallest)
		actual, isText := got.(string)
		if !isText || smallest.taken() {
			actual = match.Text(got)
		}
		w.Expect(false, evidence.Assertion{Check: l.check, Fact: fact, Exchange: smallest.exchange.N,
			Message:  fmt.Sprintf("%s; the smallest that shows it: %s", l.message, match.Text(smallest.object)),
			Expected: match.Text(smallest.object), Actual: actual})
		return err
	}
	return nil
}
