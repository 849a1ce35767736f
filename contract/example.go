package contract

import "strings"

// Shown is the value that a page shows for a field or parameter; nil where that is a placeholder.
func Shown(example any) any {
	text, isText := example.(string)
	if isText && (text == "string" || strings.Contains(text, "{")) {
		return nil
	}
	return example
}

// aThing stands for the id of something that the caller has.
const aThing = "5f0c8a52-2d1e-4c53-9c8e-0b7a6d1f3e24"

// Example is a request as the pages show it, with a value of ours where they show none. It is not meant to be sent:
// what it names need not be there.
func (b *Body) Example() map[string]any { return b.Naming(nil) }

// Naming is [Body.Example] with what a function says in place of the ids of things, by their kind.
func (b *Body) Naming(thing func(kind string) string) map[string]any {
	body := map[string]any{}
	for i := range b.Fields {
		f := &b.Fields[i]
		if f.Omit {
			continue
		}
		value := f.example()
		if thing != nil && f.Fixture != "" {
			value = thing(f.Fixture)
		}
		parent, member, nested := strings.Cut(f.Name, ".")
		if inner, there := body[parent].(map[string]any); nested && there {
			inner[member] = value
		} else if !nested {
			body[f.Name] = value
		}
	}
	return body
}

func (f *Field) example() any {
	switch value := Shown(f.Example); {
	case value != nil:
		return value
	case f.Sample != nil:
		return Filled(f.Sample, "1")
	case f.Fixture != "":
		return aThing
	case f.Type == "object":
		return map[string]any{}
	}
	return "your " + f.Name
}

// Filled is a sample with a text in place of what is new in each request.
func Filled(sample any, text string) any {
	switch sample := sample.(type) {
	case string:
		return strings.ReplaceAll(sample, "<new>", text)
	case map[string]any:
		out := make(map[string]any, len(sample))
		for name, member := range sample {
			out[name] = Filled(member, text)
		}
		return out
	}
	return sample
}
