package derived

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/steps"
)

// place is where in a request a derived input stands.
type place int

// The places.
const (
	inBody place = iota
	inPath
	inQuery
	inHeader
)

// String names the place before the name of a field; a field of the body needs no word.
func (p place) String() string {
	return [...]string{"", "the parameter of the path ", "the parameter ", "the header "}[p]
}

// longestInHead is how many bytes of a value an address or a header carries: servers and gateways have bounds
// of their own from a few thousand bytes on, which say nothing of the API.
const longestInHead = 1500

// carries reports whether a value can stand at the place: an address and a header hold texts of a bounded
// length, a part of a path is there, and a header has no control characters (RFC 9110 §5.5).
func (p place) carries(value any) bool {
	if p == inBody {
		return true
	}
	switch value := value.(type) {
	case absent, twice:
		return p != inPath
	case further:
		return p == inQuery
	case string:
		hidden := strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
		edges := strings.TrimSpace(value) != value // what is around a header's value is not part of it
		return len(value) <= longestInHead && (p != inPath || value != "" && value != "." && value != "..") &&
			(p != inHeader || !hidden && !edges)
	case json.Number:
		return true
	}
	return false
}

// opening is a place of an operation's request, described as a field.
type opening struct {
	place place
	field contract.Field
}

// places lists where inputs can be derived for an operation: the fields of its body, the parameters of its
// path and query, or its headers. The token has features of its own.
//
// What the body leaves open of a field is taken from the member of its name in the answer: the values and the form that an
// API shows are those that it has to be asked for.
func places(operation *contract.Operation, where string, shown []schemas.FieldInfo) []opening {
	var all []opening
	switch where {
	case "fields":
		for _, field := range operation.Fields() {
			for _, member := range shown {
				if member.Name == field.Name && len(field.Enum) == 0 && field.Format == "" {
					field.Enum, field.Format = member.Enum, member.Format
				}
			}
			all = append(all, opening{inBody, field})
		}
	case "parameters":
		for _, one := range operation.PathParams {
			all = append(all, opening{inPath, asField(one)})
		}
		for _, one := range operation.Query {
			all = append(all, opening{inQuery, asField(one)})
		}
	case "headers":
		for _, one := range operation.Headers {
			if one.Name != "Authorization" {
				all = append(all, opening{inHeader,
					contract.Field{Name: one.Name, Type: "string", Format: headerFormats[one.Format], Sample: one.Example}})
			}
		}
	}
	return all
}

// headerFormats gives the forms of the contract's headers the names that fields have for them.
var headerFormats = map[string]string{"UUID v4": "uuid"}

// asField describes a parameter as a field. One without a type is a text.
func asField(p contract.Parameter) contract.Field {
	field := contract.Field{Name: p.Name, Type: cmp.Or(p.Type, "string"), Format: p.Format, Enum: p.Enum, Sample: p.Sample}
	switch {
	case field.Sample != nil:
	case len(p.Enum) > 0:
		field.Sample = p.Enum[0]
	case p.Example != nil:
		field.Sample = p.Example
	default:
		field.Sample = "1"
	}
	return field
}

// put writes the case into a request that is valid otherwise.
func (c derivedCase) put(draft *scene.Draft) error {
	switch c.place {
	case inPath:
		draft.Request.Path[c.field.Name] = fmt.Sprint(c.value)
	case inQuery:
		c.putQuery(draft.Request.Query)
	case inHeader:
		c.putHeader(draft)
	default:
		return c.putBody(draft)
	}
	return nil
}

func (c derivedCase) putQuery(query url.Values) {
	sample := fmt.Sprint(c.field.Sample)
	switch v := c.value.(type) {
	case absent:
		query.Del(c.field.Name)
	case twice:
		query[c.field.Name] = []string{sample, sample}
	case further:
		query.Set(v.name, fmt.Sprint(v.value))
	default:
		query.Set(c.field.Name, fmt.Sprint(c.value))
	}
}

func (c derivedCase) putHeader(draft *scene.Draft) {
	switch c.value.(type) {
	case absent:
		draft.Request.Without = append(draft.Request.Without, c.field.Name)
	case twice:
		sample := fmt.Sprint(c.field.Sample)
		draft.Request.Header = http.Header{c.field.Name: {sample, sample}}
	default:
		draft.Request.Header = http.Header{c.field.Name: {fmt.Sprint(c.value)}}
	}
}

func (c derivedCase) putBody(draft *scene.Draft) error {
	var again []byte
	switch v := c.value.(type) {
	case absent:
		scene.RemoveMember(draft.Body, c.field.Name)
	case further:
		draft.Body[v.name] = v.value
	case twice:
		top, _, _ := strings.Cut(c.field.Name, ".")
		value, err := json.Marshal(draft.Body[top])
		if err != nil {
			return steps.Faulty("writing a body: %v", err)
		}
		again = fmt.Appendf(nil, ",%q:%s}", top, value)
	default:
		scene.SetMember(draft.Body, c.field.Name, c.value)
	}
	// Numbers such as 1e400 are JSON, and no value of Go's: the body is written here.
	written, err := json.Marshal(draft.Body)
	if err != nil {
		return steps.Faulty("writing a body: %v", err)
	}
	if again != nil {
		written = append(written[:len(written)-1], again...)
	}
	draft.Request.RawBody = written
	return nil
}
