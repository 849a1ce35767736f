package stage

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/schemas"
)

// Answer is an answer on its way. Value is its decoded body, written anew unless there is a Raw one.
type Answer struct {
	Status int
	Header http.Header
	Value  any
	Raw    []byte
	cut    bool
}

// Change alters an answer.
type Change func(*Answer)

type alteration struct {
	skip   int
	change Change
}

// front hands requests to the mock and alters what it answers.
type front struct {
	contract *contract.Contract
	mock     http.Handler
	mu       sync.Mutex
	altered  map[string][]*alteration
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	recorded := httptest.NewRecorder()
	f.mock.ServeHTTP(recorded, r)
	answer := &Answer{Status: recorded.Code, Header: recorded.Header(), Raw: recorded.Body.Bytes()}
	if f.alter(f.operation(r), answer); answer.Raw == nil && answer.Value != nil {
		answer.Raw, _ = json.Marshal(answer.Value) // what a test puts there is JSON
	}
	answer.Header.Del("Content-Length")
	for name, lines := range answer.Header {
		w.Header()[name] = lines
	}
	if answer.cut {
		w.Header().Set("Content-Length", strconv.Itoa(len(answer.Raw)+1))
	}
	w.WriteHeader(answer.Status)
	_, _ = w.Write(answer.Raw) // a client that has gone away hears nothing
}

func (f *front) alter(operation string, answer *Answer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, one := range f.altered[operation] {
		if one.skip--; one.skip >= 0 {
			continue
		}
		if value, err := schemas.Decode(answer.Raw); err == nil {
			answer.Value, answer.Raw = value, nil
		}
		one.change(answer)
	}
}

// operation is the id of the operation that a request calls, by the path that leaves least open; empty for none.
func (f *front) operation(r *http.Request) string {
	found, open := "", len(r.URL.Path)
	for _, one := range f.contract.Operations {
		path, _ := one.PathIn(contract.V1)
		if one.ID == "token" && strings.HasSuffix(r.URL.Path, "/token") {
			return one.ID
		}
		if n := strings.Count(path, "{"); r.Method == one.Method && fits(path, r.URL.Path) && n < open {
			found, open = one.ID, n
		}
	}
	return found
}

func fits(template, path string) bool {
	wanted, got := strings.Split(template, "/"), strings.Split(path, "/")
	for i := range wanted {
		if len(wanted) != len(got) || wanted[i] != got[i] && !strings.HasPrefix(wanted[i], "{") {
			return false
		}
	}
	return true
}

// Status gives the answer another status.
func Status(code int) Change { return func(a *Answer) { a.Status = code } }

// Raw gives the answer another body.
func Raw(body string) Change { return func(a *Answer) { a.Raw = []byte(body) } }

// Body gives the answer another JSON body.
func Body(value any) Change { return func(a *Answer) { a.Value, a.Raw = value, nil } }

// Header sets a header, or takes it away where there is no value.
func Header(name string, values ...string) Change {
	return func(a *Answer) {
		a.Header.Del(name)
		for _, value := range values {
			a.Header.Add(name, value)
		}
	}
}

// Refused is an error in place of the answer.
func Refused(code int, message string) Change {
	return func(a *Answer) { a.Status, a.Value, a.Raw = code, map[string]any{"message": message}, nil }
}

// Member sets a member of the object, or of every object of the list.
func Member(path string, value any) Change {
	return objects(func(object map[string]any) { scene.SetMember(object, path, value) })
}

// Without takes a member away.
func Without(path string) Change {
	return objects(func(object map[string]any) { scene.RemoveMember(object, path) })
}

// List alters the entries of a list.
func List(change func(entries []any) []any) Change {
	return func(a *Answer) {
		if list, isList := a.Value.([]any); isList {
			a.Value = change(list)
		}
	}
}

func objects(change func(map[string]any)) Change {
	return func(a *Answer) {
		all, isList := a.Value.([]any)
		if !isList {
			all = []any{a.Value}
		}
		for _, one := range all {
			if object, isObject := one.(map[string]any); isObject {
				change(object)
			}
		}
	}
}

// Cut ends the answer before the length that it announces.
func Cut(a *Answer) { a.cut = true }

// Made turns a refusal into a success with an id that nothing has.
func Made(a *Answer) {
	a.Status, a.Value, a.Raw = http.StatusCreated, map[string]any{"id": "feedbeef-0000-4000-8000-00000000feed"}, nil
}
