package contract

import "slices"

// Facet is what an assertion looks at. A page that states one facet of an operation need not state another.
type Facet string

// The facets.
const (
	// Status is the very code of a success; MediaType its label; Shape whether its body is an object or a
	// list and what wraps it; Content whatever else of the body has no facet of its own.
	Status    Facet = "status"
	MediaType Facet = "media type"
	Shape     Facet = "shape"
	Content   Facet = "body"
	// FieldThere, FieldType and Values are of one member of a body.
	FieldThere Facet = "field"
	FieldType  Facet = "field type"
	Values     Facet = "values"
	// Path is where an edition has the operation.
	Path Facet = "path"
	// Effect is what a call does, or must not do; Link that ids in answers are those that were sent.
	Effect Facet = "effect"
	Link   Facet = "link"
	// Refusal is that a call is not served; RefusalStatus with which code; Text in which words.
	Refusal       Facet = "refusal"
	RefusalStatus Facet = "refusal status"
	Text          Facet = "text"
	// Exposure is that an answer shows what it must not.
	Exposure Facet = "exposure"
	// Head is a header of an answer; Form what HTTP and JSON themselves ask of any message.
	Head Facet = "header"
	Form Facet = "form"
	// Delivery is of webhooks; Order of the sequence of checks or of entries; Pace of limits and times.
	Delivery Facet = "delivery"
	Order    Facet = "order"
	Pace     Facet = "pace"
)

// Fact is what an assertion rests on: the requirement, and the very facet of the operation that is looked at.
type Fact struct {
	Requirement string
	// Operation is the id of the operation whose answer is looked at; empty where it is none's.
	Operation string
	Facet     Facet
	// Field is the member of a body or the parameter; empty for none.
	Field string
	// Edition is the one under test; it matters for the facet Path alone.
	Edition Edition
	// Mark is that of the very field or keyword in a schema, where one was consulted; else empty.
	Mark Mark
	// Given says that the owner of the target states what is asserted, where the pages leave it to configuration.
	Given bool
	// Also are further requirements that the same look proves where it holds; what breaks is the first alone.
	Also []string
}

// Weight is how much an assertion carries.
type Weight struct {
	// Mark is the weakest of the marks of requirement and facet and of what conflicts leave of them.
	Mark Mark
	// Hazard names what is at risk where the assertion is about that; empty for none.
	Hazard string
	// Conflict is the conflict or gap that weakened it; empty for none.
	Conflict string
}

// hazardous are the facets by which a hazard of a requirement shows: an effect that must not be, a call
// served that must not be, data shown that must not be. Words and codes are none.
var hazardous = []Facet{Effect, Refusal, Exposure}

// Weigh gives the weight of an assertion on the fact. It is the one place where marks meet.
func (c *Contract) Weigh(f Fact) Weight {
	w := Weight{Mark: c.MarkOf(f.Requirement)}
	if requirement := c.Requirement(f.Requirement); requirement != nil && requirement.Own {
		return w
	}
	w.Mark = weaker(w.Mark, f.Mark)
	operation := c.Operation(f.Operation)
	if operation != nil && (!slices.Contains(operation.Success.Says, f.Requirement) || f.Facet != FieldThere && f.Facet != Values) {
		w.Mark = weaker(w.Mark, operation.facetMark(f.Facet, f.Edition))
	}
	touch, id := c.touching(f)
	if touch != nil && weaker(w.Mark, Inferred) != w.Mark {
		w.Mark, w.Conflict = Inferred, id
	}
	// A conflict that speaks of the very requirement leaves open whether anything is at risk.
	open := touch != nil && slices.Contains(touch.Requirements, f.Requirement)
	if requirement := c.Requirement(f.Requirement); requirement != nil && slices.Contains(hazardous, f.Facet) && !open {
		w.Hazard = requirement.Hazard
	}
	return w
}

// facetMark is the mark of a facet of the operation itself; empty where it has none.
func (o *Operation) facetMark(facet Facet, edition Edition) Mark {
	switch facet {
	case Status:
		return o.Success.Of("status")
	case MediaType:
		return o.Success.Of("media_type")
	case Shape:
		return o.Success.Of("shape")
	case Content, FieldThere, FieldType, Values:
		if o.Success.Schema != "" {
			return o.Success.Of("schema")
		}
	case Path:
		return o.Marks["paths."+string(edition)]
	}
	return ""
}

// weaker returns the weaker of two marks; an empty one says nothing.
func weaker(a, b Mark) Mark {
	if b == "" || a != "" && slices.Index(Marks(), a) >= slices.Index(Marks(), b) {
		return a
	}
	return b
}

// touching returns the conflict or gap that keeps an assertion on the fact from weighing more than our own
// reading, and its id; nil for none.
func (c *Contract) touching(f Fact) (*Touch, string) {
	for _, conflict := range c.Conflicts {
		if touch := f.within(conflict.Touches); touch != nil {
			return touch, conflict.ID
		}
	}
	for _, gap := range c.Gaps {
		if touch := f.within(gap.Touches); touch != nil {
			return touch, gap.ID
		}
	}
	return nil, ""
}

// within returns the first of the touches that speaks of the fact and lets nothing gate on it.
func (f Fact) within(touches []Touch) *Touch {
	speaks := func(list []string, of string) bool { return len(list) == 0 || slices.Contains(list, of) }
	for i, touch := range touches {
		gates := touch.Gate == GateYes || touch.Gate == GateConfig && f.Given
		if !gates && speaks(touch.Requirements, f.Requirement) && speaks(touch.Operations, f.Operation) &&
			speaks(touch.Facets, string(f.Facet)) && speaks(touch.Fields, f.Field) {
			return &touches[i]
		}
	}
	return nil
}
