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
	// Source names the pages, or the standard where it begins with "standard:".
	Source string `yaml:"source" json:"source"`
	// Date is the date printed on the pages, in the order of Source.
	Date    string `yaml:"date,omitempty" json:"date,omitempty"`
	Section string `yaml:"-" json:"section"`
	// Origin is documentation, or harness for the few sentences that this project adds of its own
	// (never stated ones).
	Origin string `yaml:"-" json:"origin"`
	// Operations are the ids of the operations that name it; none means that it holds for all.
	Operations []string `yaml:"-" json:"operations,omitempty"`
	// Reason says why no scenario can prove it from outside; empty where one can.
	Reason string `yaml:"-" json:"reason,omitempty"`
	// Hazard names what is at risk where the API deviates, such as card data shown; empty for none.
	Hazard string `yaml:"hazard,omitempty" json:"hazard,omitempty"`
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
	// Touches say which assertions weigh less for it.
	Touches []Touch `yaml:"touches,omitempty" json:"touches,omitempty"`
}

// Touch names the assertions that a conflict or gap speaks of. An empty list speaks of all.
type Touch struct {
	// Gate is no, config (only what the operator states may gate) or yes.
	Gate         string   `yaml:"gate" json:"gate"`
	Facets       []string `yaml:"facets,omitempty" json:"facets,omitempty"`
	Operations   []string `yaml:"operations,omitempty" json:"operations,omitempty"`
	Requirements []string `yaml:"requirements,omitempty" json:"requirements,omitempty"`
	Fields       []string `yaml:"fields,omitempty" json:"fields,omitempty"`
}

// Gap is a thing that the known documentation does not say anywhere.
type Gap struct {
	ID   string `yaml:"id" json:"id"`
	What string `yaml:"what" json:"what"`
	Note string `yaml:"note,omitempty" json:"note,omitempty"`
	// Touches say which assertions weigh less for it.
	Touches []Touch `yaml:"touches,omitempty" json:"touches,omitempty"`
}
