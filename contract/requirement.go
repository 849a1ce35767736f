package contract

import "strings"

// Who says whose duty a requirement is.
type Who string

// The three readings of the who column.
const (
	// API: what the service must do; a harness asserts it.
	API Who = "API"
	// Caller: what a request or a receiver must do; a harness does it always, and breaks it on
	// purpose only where a refusal is expected.
	Caller Who = "caller"
	// Note: context with nothing to assert.
	Note Who = "note"
)

// Requirement is one numbered sentence about the API.
type Requirement struct {
	ID       string `yaml:"id" json:"id"`
	Sentence string `yaml:"sentence" json:"sentence"`
	Who      Who    `yaml:"who" json:"who"`
	Mark     Mark   `yaml:"mark" json:"mark"`
	// Hazard says in a few words what is at risk where the requirement is broken: money, card data, secrets
	// or another client's data. It gates whatever the mark is; empty for most.
	Hazard string `yaml:"hazard" json:"hazard,omitempty"`
	// Form says that it tells how answers are written, and nothing of which calls are served.
	Form bool `yaml:"form,omitempty" json:"form,omitempty"`
	// Source names the pages, or the standard where it begins with "standard:".
	Source string `yaml:"source" json:"source"`
	// Date is the date printed on the pages, in the order of Source.
	Date    string `yaml:"date,omitempty" json:"date,omitempty"`
	Section string `yaml:"-" json:"section"`
	// Origin is documentation, or harness for the few sentences that this project adds of its own
	// (never stated ones).
	Origin string `yaml:"-" json:"origin"`
	// Own says that a user of the suite added it. It weighs what its owner says, whatever the pages say of the facet.
	Own bool `yaml:"-" json:"own,omitempty"`
	// Operations are the ids of the operations that name it; none means that it holds for all.
	Operations []string `yaml:"-" json:"operations,omitempty"`
	// Reason says why no scenario can prove it from outside; empty where one can.
	Reason string `yaml:"-" json:"reason,omitempty"`
}

// Pages returns the addresses of the documentation pages that the source names.
func (r *Requirement) Pages() []string {
	if strings.HasPrefix(r.Source, "standard:") {
		return nil
	}
	var pages []string
	for _, word := range strings.FieldsFunc(r.Source, func(c rune) bool { return c == ',' || c == ' ' || c == ';' }) {
		if strings.HasPrefix(word, "doc-") || strings.HasPrefix(word, "api-") {
			pages = append(pages, "https://docs.apikobble.net/"+word)
		}
	}
	return pages
}

// Conflict is a place where pages contradict each other or themselves.
type Conflict struct {
	ID       string   `yaml:"id" json:"id"`
	Area     string   `yaml:"area" json:"area"`
	Subject  string   `yaml:"subject" json:"subject"`
	Readings []string `yaml:"readings" json:"readings"`
	Taken    string   `yaml:"taken" json:"taken"`
	Why      string   `yaml:"why" json:"why"`
	// Gate says whether a deviation from the reading taken may fail a run: yes, no, config, or with words.
	Gate string `yaml:"gate" json:"gate"`
	// Touches says the same of single assertions. Empty where none is touched.
	Touches []Touch `yaml:"touches" json:"touches,omitempty"`
}

// The gates of a [Touch].
const (
	GateYes    = "yes"
	GateNo     = "no"
	GateConfig = "config"
)

// Touch names the assertions that a conflict or a gap weakens: one that it speaks of weighs [Inferred] at most
// where Gate is no, or config while the operator states nothing.
type Touch struct {
	Gate string `yaml:"gate" json:"gate"`
	// Each list must fit; an empty one fits everything. Operations or Requirements are given.
	Facets       []string `yaml:"facets" json:"facets,omitempty"`
	Operations   []string `yaml:"operations" json:"operations,omitempty"`
	Requirements []string `yaml:"requirements" json:"requirements,omitempty"`
	Fields       []string `yaml:"fields" json:"fields,omitempty"`
}

// Gap is a thing that the known documentation does not say anywhere.
type Gap struct {
	ID   string `yaml:"id" json:"id"`
	What string `yaml:"what" json:"what"`
	Note string `yaml:"note,omitempty" json:"note,omitempty"`
	// Touches are the assertions that may not weigh more than this gap lets them.
	Touches []Touch `yaml:"touches" json:"touches,omitempty"`
}
