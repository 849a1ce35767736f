package contract

import (
	"fmt"
	"io/fs"
	"slices"
)

// Prose is the readable side of the contract: what there is to read before any table.
type Prose struct {
	Overview string `yaml:"overview" json:"overview"`
	// Topics are what holds across operations.
	Topics []Topic `yaml:"topics" json:"topics"`
	// Sections has an introduction for each section, Glossary a sentence for each word.
	Sections map[string]string       `yaml:"sections" json:"sections"`
	Schemas  map[string]*Description `yaml:"schemas" json:"schemas"`
	Guide    Walkthrough             `yaml:"guide" json:"guide"`
	Glossary map[string]string       `yaml:"glossary" json:"glossary"`
}

// Topic is something that holds across operations. Code can be pasted; Rules are the requirements that say it.
type Topic struct {
	Title string   `yaml:"title" json:"title"`
	Text  string   `yaml:"text" json:"text"`
	Code  string   `yaml:"code,omitempty" json:"code,omitempty"`
	Rules []string `yaml:"rules" json:"rules"`
}

// Description says in words what an operation or a schema is for. A text in backticks is literal.
type Description struct {
	Purpose string `yaml:"purpose" json:"purpose"`
	// Before is what must exist or hold, Result what comes back and what to do with it; both are of operations.
	Before string `yaml:"before,omitempty" json:"before,omitempty"`
	Result string `yaml:"result,omitempty" json:"result,omitempty"`
	// Mark is [Stated] where a page says what the operation does, [Inferred] where its title alone does.
	Mark   Mark     `yaml:"mark,omitempty" json:"mark,omitempty"`
	Source []string `yaml:"source,omitempty" json:"source,omitempty"`
	// Fields has a line for each parameter, header and field; a dot steps into an object.
	Fields map[string]string `yaml:"fields" json:"fields,omitempty"`
	// Reading names the fields whose meaning is our reading, Open those of which only name and type are known.
	Reading []string `yaml:"reading,omitempty" json:"reading,omitempty"`
	Open    []string `yaml:"open,omitempty" json:"open,omitempty"`
	// Unknown says that no page shows a field of the schema.
	Unknown bool `yaml:"unknown,omitempty" json:"unknown,omitempty"`
	// Sample is the object of the schema as the page Printed has it; nil where none does.
	Sample  map[string]any `yaml:"sample,omitempty" json:"sample,omitempty"`
	Printed string         `yaml:"printed,omitempty" json:"printed,omitempty"`
}

// Walkthrough is a guide: the way from nothing to an active card.
type Walkthrough struct {
	Title  string      `yaml:"title" json:"title"`
	Source []string    `yaml:"source" json:"source"`
	Intro  string      `yaml:"intro" json:"intro"`
	Steps  []GuideStep `yaml:"steps" json:"steps"`
}

// GuideStep is one step of a [Walkthrough]. Call is the operation; empty where the caller does something of its own.
type GuideStep struct {
	Title string `yaml:"title" json:"title"`
	Call  string `yaml:"call,omitempty" json:"call,omitempty"`
	Text  string `yaml:"text" json:"text"`
	Keep  string `yaml:"keep,omitempty" json:"keep,omitempty"`
	Wrong string `yaml:"wrong,omitempty" json:"wrong,omitempty"`
	// With is what the call sends in place of the example of its page; Anew says that it has an idempotency key of its own.
	// Code is what is done where nothing is called.
	With map[string]any `yaml:"with,omitempty" json:"with,omitempty"`
	Anew bool           `yaml:"anew,omitempty" json:"anew,omitempty"`
	Code string         `yaml:"code,omitempty" json:"code,omitempty"`
}

// Meaning returns the line of a field and how well it is founded: stated by a page, our reading ([Inferred]), or open
// ([NotFound]). The text is empty for a field that has none.
func (d *Description) Meaning(field string) (string, Mark) {
	switch {
	case d == nil:
		return "", NotFound
	case slices.Contains(d.Open, field):
		return d.Fields[field], NotFound
	case slices.Contains(d.Reading, field):
		return d.Fields[field], Inferred
	}
	return d.Fields[field], Stated
}

func (c *Contract) readDescriptions(fsys fs.FS) error {
	file := struct {
		Prose      `yaml:",inline"`
		Operations map[string]*Description `yaml:"operations"`
	}{}
	if err := decode(fsys, "descriptions.yaml", &file); err != nil {
		return err
	}
	c.Prose = file.Prose
	for id, one := range file.Operations {
		if c.operations[id] == nil {
			return fmt.Errorf("descriptions.yaml describes %s, which is no operation", id)
		}
		c.operations[id].Description = one
	}
	for _, topic := range c.Prose.Topics {
		for _, id := range topic.Rules {
			if c.requirements[id] == nil {
				return fmt.Errorf("descriptions.yaml: the topic %q names %s, which is no requirement", topic.Title, id)
			}
		}
	}
	for _, step := range c.Prose.Guide.Steps {
		if step.Call != "" && c.operations[step.Call] == nil {
			return fmt.Errorf("descriptions.yaml: the step %q of the guide calls %s, which is no operation", step.Title, step.Call)
		}
	}
	return nil
}
