package contract

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Edition is one of the two path layouts that the documentation uses (conflict C-01).
type Edition string

// The editions. V1 is the default: the reference pages use it. Guide is that of the two guides.
const (
	V1    Edition = "v1"
	Guide Edition = "guide"
)

// Operation is one entry of the documentation's reference: what to send, what comes back, and how
// well each fact is founded. Where no page gives a value it is empty and its mark is [NotFound].
type Operation struct {
	ID      string `yaml:"id" json:"id"`
	Section string `yaml:"section" json:"section"`
	// Title is the vendor's own name of the operation; features use it.
	Title   string `yaml:"title" json:"title"`
	Listing string `yaml:"listing" json:"listing"` // documented, or nav-only
	Method  string `yaml:"method" json:"method"`
	// Path is the template with {prefix}; empty where no page gives one. Use [Operation.PathIn].
	Path       string             `yaml:"path" json:"path,omitempty"`
	Paths      map[Edition]string `yaml:"paths" json:"paths,omitempty"`
	PathParams []Parameter        `yaml:"path_params" json:"path_params,omitempty"`
	Query      []Parameter        `yaml:"query" json:"query,omitempty"`
	Headers    []Header           `yaml:"headers" json:"headers,omitempty"`
	Body       *Body              `yaml:"body" json:"body,omitempty"`
	Success    Success            `yaml:"success" json:"success"`
	// ResponseHeaders are the documented headers of a successful answer.
	ResponseHeaders []Parameter `yaml:"response_headers" json:"response_headers,omitempty"`
	Errors          []ErrorCase `yaml:"errors" json:"errors,omitempty"`
	// Idempotent says whether the page lists the idempotency key: required, not-listed or unknown.
	Idempotent string   `yaml:"idempotent" json:"idempotent"`
	Scopes     []string `yaml:"scopes" json:"scopes,omitempty"`
	Source     Source   `yaml:"source" json:"source"`
	Unknown    []string `yaml:"unknown" json:"unknown,omitempty"`
	Notes      []string `yaml:"notes,omitempty" json:"notes,omitempty"`
	// Rules names the requirements that touch the operation.
	Rules []string        `yaml:"rules" json:"rules"`
	Marks map[string]Mark `yaml:"marks" json:"marks"`
	// Description says what it is for, in words.
	Description *Description `yaml:"-" json:"description"`

	// The rest is ours: what a harness needs to call the operation. It says nothing about the API.

	// Requirement is the id of the requirement that gives method and path.
	Requirement string `yaml:"requirement,omitempty" json:"requirement,omitempty"`
	// Creates names the kind of object that a success makes, such as card; empty for none.
	Creates string `yaml:"creates,omitempty" json:"creates,omitempty"`
	// UsesUp names the kind of thing that a success leaves unfit for another such call, such as the wallet of a card;
	// empty for none.
	UsesUp string `yaml:"uses_up,omitempty" json:"uses_up,omitempty"`
	// Reads names the kind of object that a read returns or lists; empty for none.
	Reads string `yaml:"reads,omitempty" json:"reads,omitempty"`
	// Caller names the client of the target file that calls it by default: primary or admin (N-48).
	Caller string `yaml:"caller,omitempty" json:"caller,omitempty"`
}

// Parameter is a path or query parameter, or a response header.
type Parameter struct {
	Name     string   `yaml:"name" json:"name"`
	Type     string   `yaml:"type" json:"type,omitempty"`
	Required Tristate `yaml:"required" json:"required"`
	Format   string   `yaml:"format,omitempty" json:"format,omitempty"`
	Enum     []string `yaml:"enum,omitempty" json:"enum,omitempty"`
	Example  any      `yaml:"example,omitempty" json:"example,omitempty"`
	Note     string   `yaml:"note,omitempty" json:"note,omitempty"`
	Marked   `yaml:",inline"`

	Requirement string `yaml:"requirement,omitempty" json:"requirement,omitempty"`
	// Fixture names the kind of object whose id fills the parameter.
	Fixture string `yaml:"fixture,omitempty" json:"fixture,omitempty"`
	// Sample is the value that a valid request sends where there is no fixture.
	Sample any `yaml:"sample,omitempty" json:"sample,omitempty"`
}

// Header is a request header.
type Header struct {
	Name     string   `yaml:"name" json:"name"`
	Required Tristate `yaml:"required" json:"required"`
	Example  string   `yaml:"example,omitempty" json:"example,omitempty"`
	Format   string   `yaml:"format,omitempty" json:"format,omitempty"`
	Note     string   `yaml:"note,omitempty" json:"note,omitempty"`
	// Edition limits the header to one edition; empty for both.
	Edition Edition `yaml:"edition,omitempty" json:"edition,omitempty"`
	Marked  `yaml:",inline"`

	Requirement string `yaml:"requirement,omitempty" json:"requirement,omitempty"`
}

// Body is a request body.
type Body struct {
	MediaType string   `yaml:"media_type" json:"media_type,omitempty"`
	Required  Tristate `yaml:"required" json:"required"`
	Fields    []Field  `yaml:"fields" json:"fields"`
	OneOf     []string `yaml:"one_of,omitempty" json:"one_of,omitempty"`
	Note      string   `yaml:"note,omitempty" json:"note,omitempty"`
	Marked    `yaml:",inline"`

	// Schema names the schema of the request in the documentation's list, if it has one.
	Schema string `yaml:"schema,omitempty" json:"schema,omitempty"`
}

// Founded reports whether a page states all that a valid request sends.
func (b *Body) Founded() bool {
	for i := range b.Fields {
		if one := &b.Fields[i]; !one.Omit && one.Mark != Stated {
			return false
		}
	}
	return b.Mark == Stated
}

// Field is one member of a request body; a dot in Name steps into an object, as in person.email.
type Field struct {
	Name      string   `yaml:"field" json:"field"`
	Type      string   `yaml:"type" json:"type"`
	Required  Tristate `yaml:"required" json:"required"`
	Nullable  Tristate `yaml:"nullable" json:"nullable"`
	Format    string   `yaml:"format,omitempty" json:"format,omitempty"`
	Pattern   string   `yaml:"pattern,omitempty" json:"pattern,omitempty"`
	MinLength int      `yaml:"min_length,omitempty" json:"min_length,omitempty"`
	MaxLength int      `yaml:"max_length,omitempty" json:"max_length,omitempty"`
	Enum      []string `yaml:"enum,omitempty" json:"enum,omitempty"`
	Example   any      `yaml:"example,omitempty" json:"example,omitempty"`
	Note      string   `yaml:"note,omitempty" json:"note,omitempty"`
	Marked    `yaml:",inline"`

	Requirement string `yaml:"requirement,omitempty" json:"requirement,omitempty"`
	// Fixture names the kind of object whose id fills the field.
	Fixture string `yaml:"fixture,omitempty" json:"fixture,omitempty"`
	// Sample is the value that a valid request sends where there is no fixture.
	Sample any `yaml:"sample,omitempty" json:"sample,omitempty"`
	// Omit leaves the field out of the valid request that the harness builds by default.
	Omit bool `yaml:"omit,omitempty" json:"omit,omitempty"`
}

// Success is the documented successful answer. Status 0 means that no page gives one: any 2xx will do.
type Success struct {
	Status    int    `yaml:"status" json:"status,omitempty"`
	MediaType string `yaml:"media_type" json:"media_type,omitempty"`
	Shape     string `yaml:"shape" json:"shape,omitempty"`   // object, array, or empty
	Schema    string `yaml:"schema" json:"schema,omitempty"` // of the object, or of each item
	Marked    `yaml:",inline"`

	// Requirements gives the id that each part proves: status, media_type, body, id.
	Requirements map[string]string `yaml:"requirements,omitempty" json:"requirements,omitempty"`
	// Says names requirements whose own sentence says what this answer has: they need no table to say whose it is.
	Says []string `yaml:"says,omitempty" json:"says,omitempty"`
}

// Accepts reports whether status is what a success of the operation answers: the documented code,
// or any 2xx where none is documented.
func (s Success) Accepts(status int) bool {
	if s.Status != 0 {
		return status == s.Status
	}
	return status >= 200 && status < 300
}

// ErrorCase is a documented failure. Check is its place in the order of card creation, 0 elsewhere.
type ErrorCase struct {
	Status  int    `yaml:"status" json:"status,omitempty"`
	Meaning string `yaml:"meaning,omitempty" json:"meaning,omitempty"`
	Message string `yaml:"message,omitempty" json:"message,omitempty"`
	Class   string `yaml:"class,omitempty" json:"class,omitempty"`
	Check   int    `yaml:"check,omitempty" json:"check,omitempty"`
	Level   string `yaml:"level,omitempty" json:"level,omitempty"`
	Page    string `yaml:"source,omitempty" json:"source,omitempty"`
	Marked  `yaml:",inline"`
}

// Source is where the documentation describes an operation.
type Source struct {
	Page        string             `yaml:"page" json:"page,omitempty"`
	Address     string             `yaml:"address" json:"address,omitempty"`
	Generations []string           `yaml:"generations" json:"generations,omitempty"`
	Modified    map[string]*string `yaml:"modified" json:"modified,omitempty"`
	Also        []string           `yaml:"also,omitempty" json:"also,omitempty"`
	Seed        string             `yaml:"seed,omitempty" json:"-"`
	Mark        Mark               `yaml:"mark" json:"mark"`
}

// Tristate is yes, no or unknown: the documentation often leaves open whether a thing is required.
type Tristate string

// The three answers.
const (
	Yes     Tristate = "yes"
	No      Tristate = "no"
	Unknown Tristate = "unknown"
)

// UnmarshalYAML reads true, false and the word unknown.
func (t *Tristate) UnmarshalYAML(read func(any) error) error {
	var value any
	if err := read(&value); err != nil {
		return err
	}
	switch value {
	case true:
		*t = Yes
	case false:
		*t = No
	case "unknown", nil:
		*t = Unknown
	default:
		return fmt.Errorf("expected true, false or unknown, got %v", value)
	}
	return nil
}

// PathIn returns the path template of an edition, such as /customers/v1/cards/{id}, and false where
// no page gives one; then it has to come from whoever operates the target.
func (o *Operation) PathIn(edition Edition) (string, bool) {
	path := o.Paths[edition]
	return path, path != ""
}

// Writes reports whether the operation changes something: every method but GET and HEAD.
func (o *Operation) Writes() bool { return o.Method != http.MethodGet && o.Method != http.MethodHead }

// Restricted reports whether no page says which of the callers may call the operation, so that a refusal for
// want of rights breaks nothing (N-48): administrators' matters, and money out of nothing.
func (o *Operation) Restricted() bool {
	return o.Caller == "admin" || o.Section == "Clients" || o.Section == "Card Programs" ||
		strings.Contains(o.ID, "-manual-")
}

// NeedsKey reports whether the page of the operation requires an idempotency key.
func (o *Operation) NeedsKey() bool { return o.Idempotent == "required" }

// Fixtures are the kinds of the things that a request names, in its path first, then in its body.
func (o *Operation) Fixtures() []string {
	var kinds []string
	for _, parameter := range o.PathParams {
		kinds = append(kinds, parameter.Fixture)
	}
	for _, field := range o.Fields() {
		kinds = append(kinds, field.Fixture)
	}
	return slices.DeleteFunc(kinds, func(kind string) bool { return kind == "" })
}

// Served is the requirement which a valid request breaks that is not answered with success.
func (o *Operation) Served() string { return cmp.Or(o.Success.Requirements["status"], o.Requirement) }

// AboutOne is the requirement which a success breaks that is of another thing than was asked for.
func (o *Operation) AboutOne() string { return cmp.Or(o.Success.Requirements["id"], o.Served()) }

// ReadsOne reports whether the operation reads one thing by its id.
func (o *Operation) ReadsOne() bool {
	return o.Method == http.MethodGet && len(o.PathParams) == 1 && o.PathParams[0].Fixture != "" && o.Success.Shape == "object"
}

// Shaped is the requirement which a success breaks whose body is not as documented.
func (o *Operation) Shaped() string { return cmp.Or(o.Success.Requirements["body"], o.Requirement) }

// Takes reports whether the operation has a query parameter of that name.
func (o *Operation) Takes(query string) bool {
	return slices.ContainsFunc(o.Query, func(p Parameter) bool { return p.Name == query })
}

// Fields are those of the body; none where there is no body.
func (o *Operation) Fields() []Field {
	if o.Body == nil {
		return nil
	}
	return o.Body.Fields
}

// Field returns the body field of that name, or nil.
func (o *Operation) Field(name string) *Field {
	for i, one := range o.Fields() {
		if one.Name == name {
			return &o.Body.Fields[i]
		}
	}
	return nil
}

// Header returns the request header of that name without regard to letter case, or nil.
func (o *Operation) Header(name string) *Header {
	for i := range o.Headers {
		if strings.EqualFold(o.Headers[i].Name, name) {
			return &o.Headers[i]
		}
	}
	return nil
}
