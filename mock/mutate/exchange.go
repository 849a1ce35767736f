package mutate

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"github.com/kobcheck/kobcheck/contract"
)

// call is a request of an operation on its way to the upstream.
type call struct {
	request   *http.Request
	body      []byte
	operation *contract.Operation
	memory    *memory
	proxy     *Proxy
	// earlier is what came under the call's idempotency key before; nil for nothing.
	earlier *keyed
}

// with returns a copy of the call whose request is changed.
func (c *call) with(change func(r *http.Request)) *call {
	again := *c
	again.request = c.request.Clone(c.request.Context())
	if change != nil {
		change(again.request)
	}
	return &again
}

// holding returns a copy of the call with another body.
func (c *call) holding(body []byte) *call {
	again := c.with(func(r *http.Request) { r.ContentLength = int64(len(body)) })
	again.body = body
	return again
}

func (c *call) header(name string) string { return c.request.Header.Get(name) }

// caller tells callers apart: their credentials.
func (c *call) caller() string { return c.header("Authorization") }

// address is what a GET asks for, by whom.
func (c *call) address() string { return c.request.URL.RequestURI() + "\x00" + c.caller() }

// member is a member of the request's body, by its name with dots.
func (c *call) member(name string) gjson.Result { return gjson.GetBytes(c.body, name) }

// answer is what the upstream answered, or what the proxy makes of it.
type answer struct {
	response *http.Response
	body     []byte
}

func (a *answer) succeeded() bool { return a.response.StatusCode/100 == 2 }

func (a *answer) refused() bool { return a.response.StatusCode/100 == 4 }

// become gives the answer another status and says whether that is a change.
func (a *answer) become(status int) bool {
	if a.response.StatusCode == status {
		return false
	}
	a.response.StatusCode, a.response.Status = status, fmt.Sprintf("%d %s", status, http.StatusText(status))
	if status == http.StatusNoContent {
		a.hold(nil)
		a.response.Header.Del("Content-Type")
		a.response.Header.Del("Content-Length")
	}
	return true
}

// hold gives the answer another body, and says whether that is a change. Its length is told truly.
func (a *answer) hold(body []byte) bool {
	if bytes.Equal(a.body, body) {
		return false
	}
	a.body = body
	a.response.ContentLength = int64(len(body))
	a.response.TransferEncoding = nil
	a.response.Header.Set("Content-Length", strconv.Itoa(len(body)))
	return true
}

// say gives the answer a header line in place of all of that name; an empty value takes it out.
func (a *answer) say(name, value string) bool {
	if a.response.Header.Get(name) == value {
		return false
	}
	if value == "" {
		a.response.Header.Del(name)
	} else {
		a.response.Header.Set(name, value)
	}
	return true
}

// copy returns an answer of its own with the same content.
func (a *answer) copy() *answer {
	response := *a.response
	response.Header = a.response.Header.Clone()
	return &answer{response: &response, body: a.body}
}

// in returns the answer as one to another request.
func (a *answer) in(c *call) *answer {
	again := a.copy()
	again.response.Request = c.request
	return again
}

// places are the paths of the things in the body of a success: the body itself, the entries of a list, or what an
// envelope holds of the kind that is documented.
func (a *answer) places(o *contract.Operation) []string {
	root := gjson.ParseBytes(a.body)
	if !isList(o) {
		if root.IsObject() && !root.Get("id").Exists() {
			for name, inner := range root.Map() {
				if inner.IsObject() && inner.Get("id").Exists() {
					return []string{name}
				}
			}
		}
		return []string{""}
	}
	at, list := a.list()
	var places []string
	for i := range list {
		places = append(places, joined(at, strconv.Itoa(i)))
	}
	return places
}

// list returns the entries of a list in the body, and the path of the list: "" for a bare one.
func (a *answer) list() (string, []gjson.Result) {
	root := gjson.ParseBytes(a.body)
	if root.IsArray() {
		return "", root.Array()
	}
	at, found := "", []gjson.Result(nil)
	root.ForEach(func(name, inner gjson.Result) bool {
		if inner.IsArray() {
			at, found = name.String(), inner.Array()
		}
		return found == nil
	})
	return at, found
}

// relist writes the entries of a list anew, in its envelope if it has one.
func (a *answer) relist(entries []gjson.Result) bool {
	at, _ := a.list()
	raw := make([]string, len(entries))
	for i, entry := range entries {
		raw[i] = entry.Raw
	}
	list := []byte("[" + strings.Join(raw, ",") + "]")
	if at == "" {
		return a.hold(list)
	}
	body, err := sjson.SetRawBytes(bytes.Clone(a.body), at, list)
	return err == nil && a.hold(body)
}

// edit changes a member of each thing in the body, by its path with dots; change returns the member's new JSON,
// and false where it leaves it alone. Empty JSON takes the member out.
func (a *answer) edit(o *contract.Operation, member string, change func(was gjson.Result) (string, bool)) bool {
	if !gjson.ValidBytes(a.body) {
		return false
	}
	body := a.body
	for _, place := range a.places(o) {
		path := joined(place, member)
		was := gjson.GetBytes(body, path)
		if !was.Exists() {
			continue
		}
		is, changes := change(was)
		if !changes {
			continue
		}
		var err error
		if body, err = rewritten(body, path, is); err != nil {
			return false
		}
	}
	return a.hold(body)
}

// put sets a member of each thing in the body, whether it was there or not.
func (a *answer) put(o *contract.Operation, member, value string) bool {
	if !gjson.ValidBytes(a.body) {
		return false
	}
	body := bytes.Clone(a.body)
	for _, place := range a.places(o) {
		if place != "" && !gjson.GetBytes(body, place).IsObject() || place == "" && !gjson.ParseBytes(body).IsObject() {
			continue
		}
		changed, err := sjson.SetRawBytes(body, joined(place, member), []byte(value))
		if err != nil {
			return false
		}
		body = changed
	}
	return a.hold(body)
}

func joined(place, member string) string {
	if place == "" {
		return member
	}
	return place + "." + member
}

// mostBody is how much of a body the proxy looks at, in bytes; longer ones pass as they are.
const mostBody = 16 << 20

// swallow reads a body whole. What is longer than mostBody is given back unread.
func swallow(body io.ReadCloser) (read []byte, rest io.ReadCloser, err error) {
	if body == nil || body == http.NoBody {
		return nil, nil, nil
	}
	read, err = io.ReadAll(io.LimitReader(body, mostBody+1))
	if err != nil {
		return nil, nil, err
	}
	if len(read) > mostBody {
		return nil, struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(read), body), body}, nil
	}
	return read, nil, body.Close()
}
