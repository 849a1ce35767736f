package mutate

import (
	"bytes"
	"net/http"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/schemas"
)

// fieldsOf are the members of the request of an operation that calls the API in JSON.
func fieldsOf(o *contract.Operation) []contract.Field {
	if o.Body == nil || !strings.Contains(o.Body.MediaType, "json") {
		return nil
	}
	return o.Body.Fields
}

// inputs lets wrong requests through: each is put right on its way to the upstream.
func (b *builder) inputs(o *contract.Operation) {
	for _, field := range fieldsOf(o) {
		for _, way := range wrongInputs(field) {
			b.add(draft{operation: o, group: "input", place: field.Name, how: way.how, oracle: oracleRefusal,
				sentence: "a request is served whose member " + field.Name + " " + way.words, breaks: []contract.Fact{way.fact},
				perform: rightened(func(c *call) bool { return way.wrong(c.member(field.Name)) }, field.Name)})
		}
	}
	if len(fieldsOf(o)) == 0 {
		return
	}
	b.add(draft{operation: o, group: "input", how: "not-json",
		sentence: "a request is served whose body is no JSON object", oracle: oracleRefusal,
		breaks:  []contract.Fact{{Requirement: "HARNESS-06", Facet: contract.Refusal}},
		perform: rightened(func(c *call) bool { return !gjson.ValidBytes(c.body) || !gjson.ParseBytes(c.body).IsObject() }, "")})
	b.add(draft{operation: o, group: "input", how: "other-media",
		sentence: "a request is served whose body is labelled as something else",
		oracle:   oracleRefusal, breaks: []contract.Fact{{Requirement: "HARNESS-07", Facet: contract.Refusal}},
		perform: func(c *call, next sender) (*answer, bool, error) {
			a, err := next(c)
			if err != nil || !a.refused() || strings.HasPrefix(c.header("Content-Type"), o.Body.MediaType) {
				return a, false, err
			}
			again := c.holding(c.body)
			if !gjson.ValidBytes(c.body) {
				again = c.holding(c.memory.askedBefore(c))
			}
			again = again.with(func(r *http.Request) { r.Header.Set("Content-Type", o.Body.MediaType); freshKey(r) })
			return c.insteadOf(a, again, next)
		}})
}

// wrongInput is one way in which a member of a request is wrong.
type wrongInput struct {
	how, words string
	fact       contract.Fact
	wrong      func(is gjson.Result) bool
}

func wrongInputs(field contract.Field) []wrongInput {
	refused := func(id string, mark contract.Mark) contract.Fact {
		return contract.Fact{Requirement: id, Facet: contract.Refusal, Field: field.Name, Mark: mark}
	}
	kind := map[string]func(gjson.Result) bool{
		"string":  func(is gjson.Result) bool { return is.Type == gjson.String },
		"integer": func(is gjson.Result) bool { return is.Type == gjson.Number },
		"number":  func(is gjson.Result) bool { return is.Type == gjson.Number },
		"object":  gjson.Result.IsObject, "array": gjson.Result.IsArray,
		"boolean": gjson.Result.IsBool,
	}[field.Type]
	var out []wrongInput
	if field.Required == contract.Yes {
		out = append(out, wrongInput{"missing", "is missing", refused(field.Requirement, field.Of("required")),
			func(is gjson.Result) bool { return !is.Exists() }},
			wrongInput{"null", "is null", refused("HARNESS-02", ""), func(is gjson.Result) bool { return is.Raw == "null" }},
			wrongInput{"empty", "is empty", refused("HARNESS-03", ""), func(is gjson.Result) bool { return is.Raw == `""` }})
	}
	if kind != nil {
		out = append(out, wrongInput{"mistyped", "has another type", refused("HARNESS-04", ""),
			func(is gjson.Result) bool { return is.Exists() && is.Type != gjson.Null && !kind(is) }})
	}
	if len(field.Enum) > 0 {
		out = append(out, wrongInput{"off-list", "has a value outside its list", refused("HARNESS-05", ""),
			func(is gjson.Result) bool {
				return is.Type == gjson.String && !slices.Contains(field.Enum, is.Str)
			}})
	}
	if field.Format == "uuid" {
		out = append(out, wrongInput{"malformed", "is no id", refused("HARNESS-09", ""),
			func(is gjson.Result) bool { return is.Type == gjson.String && len(is.Str) != 36 && is.Str != "" }})
	}
	return out
}

// rightened sends a refused request again with what is wrong put right from an earlier request that was served: one
// member, or the whole body. What can't be served even so is answered with an earlier success.
func rightened(wrong func(c *call) bool, member string) performance {
	return func(c *call, next sender) (*answer, bool, error) {
		a, err := next(c)
		if err != nil || !a.refused() || !wrong(c) {
			return a, false, err
		}
		before := c.memory.askedBefore(c)
		if before == nil {
			return a, false, nil
		}
		body := before
		if good := gjson.GetBytes(before, member); member != "" && gjson.ParseBytes(c.body).IsObject() && good.Exists() {
			if mended, err := sjson.SetRawBytes(bytes.Clone(c.body), member, []byte(good.Raw)); err == nil {
				body = mended
			}
		}
		return c.insteadOf(a, c.holding(body).with(freshKey), next)
	}
}

// insteadOf sends another call in place of one that was refused, and answers with an earlier success where that is
// refused as well.
func (c *call) insteadOf(refused *answer, other *call, next sender) (*answer, bool, error) {
	again, err := next(other)
	if err != nil {
		return nil, false, err
	}
	if again.succeeded() {
		return again, true, nil
	}
	return c.memory.success(c, refused), true, nil
}

// sentOtherwise sends a member of a request on in another form; where the upstream refuses that, as it came.
func sentOtherwise(member string, change func(was gjson.Result) (string, bool)) performance {
	return func(c *call, next sender) (*answer, bool, error) {
		was := c.member(member)
		is, changes := "", false
		if was.Exists() && gjson.ParseBytes(c.body).IsObject() {
			is, changes = change(was)
		}
		if !changes {
			return passed(c, next)
		}
		body, err := rewritten(c.body, member, is)
		if err != nil {
			return passed(c, next)
		}
		a, err := next(c.holding(body))
		if err != nil || a.succeeded() {
			return a, err == nil, err
		}
		return passed(c, next)
	}
}

// rewritten is a body in which a member has other JSON; empty JSON takes the member out.
func rewritten(body []byte, path, is string) ([]byte, error) {
	if is == "" {
		return sjson.DeleteBytes(bytes.Clone(body), path)
	}
	return sjson.SetRawBytes(bytes.Clone(body), path, []byte(is))
}

// otherwise is how a member of a request is altered so that it stays valid; false where nobody could tell.
func otherwise(field contract.Field) (func(gjson.Result) (string, bool), bool) {
	if field.Fixture != "" || field.Format != "" || field.Type == "boolean" {
		return nil, false
	}
	// Any object of a request is a free one, as metadata is.
	way, can := another(schemas.FieldInfo{Name: "metadata", Type: field.Type, Enum: field.Enum})
	return way.change, can
}
