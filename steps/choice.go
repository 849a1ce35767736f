package steps

import (
	"context"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// Choice is the handler of a sentence in which a word decides what is done, such as what an answer is held to. The
// pattern has {} where the word stands; all handlers take the other groups of the sentence.
type Choice []Word

// Word is one of those words, and what the sentence does with it.
type Word struct {
	Word, Doc string
	Handler   any
}

// pattern puts the words into the place that the pattern keeps for them.
func (c Choice) pattern(pattern string) string {
	var words []string
	for _, one := range c {
		words = append(words, regexp.QuoteMeta(one.Word))
	}
	return strings.Replace(pattern, "{}", "("+strings.Join(words, "|")+")", 1)
}

// handler takes the word among the arguments of the sentence, as the group that it is, and hands the others to the
// handler of that word.
func (c Choice) handler(pattern string) any {
	before, _, _ := strings.Cut(pattern, "{}")
	at := regexp.MustCompile(before).NumSubexp()
	takes := slices.Insert(groups(reflect.TypeOf(c[0].Handler)), at, reflect.TypeFor[string]())
	of := reflect.FuncOf(append([]reflect.Type{reflect.TypeFor[context.Context]()}, takes...), []reflect.Type{reflect.TypeFor[error]()}, false)
	return reflect.MakeFunc(of, func(in []reflect.Value) []reflect.Value {
		ctx, arguments := in[0].Interface().(context.Context), slices.Clone(in[1:])
		chosen := c[slices.IndexFunc(c, func(one Word) bool { return one.Word == arguments[at].String() })]
		result := reflect.New(reflect.TypeFor[error]()).Elem()
		if err := call(ctx, reflect.ValueOf(chosen.Handler), slices.Delete(arguments, at, at+1)); err != nil {
			result.Set(reflect.ValueOf(err))
		}
		return []reflect.Value{result}
	}).Interface()
}

// doc says what the sentence does with each of its words.
func (c Choice) doc(doc string) string {
	for _, one := range c {
		doc += " " + strings.TrimSuffix(one.Word, ",") + ": " + one.Doc
	}
	return doc
}

// groups are what a handler takes of its sentence.
func groups(handler reflect.Type) []reflect.Type {
	var takes []reflect.Type
	for i := range handler.NumIn() {
		if one := handler.In(i); supplies[one] == nil && !one.Implements(reflect.TypeFor[Supplied]()) {
			takes = append(takes, one)
		}
	}
	return takes
}
