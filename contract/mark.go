package contract

import "slices"

// Mark says how well a fact is founded. A run gates on the marks that its owner allows
// (stated and standard by default) and reports deviations from all the others as findings to read.
type Mark string

// The marks, strongest first.
const (
	// Stated: a table or a sentence of the documentation says it.
	Stated Mark = "stated"
	// Standard: an RFC or the Amazon SNS guide says it, not Kobble.
	Standard Mark = "standard"
	// Example: seen only in a sample request or answer of the documentation.
	Example Mark = "example"
	// ThirdParty: seen only in a public integrator's client.
	ThirdParty Mark = "third-party"
	// Inferred: our own reading; no page says it.
	Inferred Mark = "inferred"
	// NotFound: the known documentation does not have it; the value is null or a placeholder.
	NotFound Mark = "not-found"

	// Hazard is no mark of a fact: in a gate it stands for deviations that put money, card data, secrets or
	// another client's data at risk, whoever documents what.
	Hazard Mark = "hazard"
)

// Marks lists every mark, strongest first.
func Marks() []Mark {
	return []Mark{Stated, Standard, Example, ThirdParty, Inferred, NotFound}
}

// Valid reports whether m is one of [Marks].
func (m Mark) Valid() bool {
	return slices.Contains(Marks(), m)
}

// Gates reports whether what breaks a fact of this mark fails a run, unless its owner says otherwise.
func (m Mark) Gates() bool { return m == Stated || m == Standard }

// Marked is the pair of keys that every entry of the operation table carries: Mark covers all facts
// of the entry, Marks overrides it for single keys.
type Marked struct {
	Mark  Mark            `yaml:"mark" json:"mark"`
	Marks map[string]Mark `yaml:"marks,omitempty" json:"marks,omitempty"`
}

// Of returns the mark of one key of the entry.
func (m Marked) Of(key string) Mark {
	if own, ok := m.Marks[key]; ok {
		return own
	}
	return m.Mark
}
