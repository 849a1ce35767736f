// Package load puts an API under load and says what held: arrivals that leave when they are due, whatever
// the API does (an open model), latency from the due time, gates with the samples that they need, storms of
// duplicate requests, and money that must add up afterwards.
//
// What walks in is a [Plan] and a target; what walks out is a [reports.LoadPlan]. Each kind of plan has a room of its own
// behind [Kind]; plans are read, judged and merged here.
package load

import (
	"crypto/sha256"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/contract/yamlfile"
	"github.com/kobcheck/kobcheck/features/sentence"
	"github.com/kobcheck/kobcheck/load/kind"
)

// Plan says what is asked of the API, how fast, and what has to hold.
type Plan struct {
	*kind.Head
	own   Kind
	gates []gate
	// promised is what a feature promises that an invariant decides.
	promised []*sentence.Promise
}

// Ceiling is the most that the plan asks of a target, for the safety rules and a dry run.
func (p *Plan) Ceiling() kind.Ceiling { return p.own.Ceiling() }

// content is a digest of all that the plan says, so that shards of one plan know each other.
func (p *Plan) content() (string, error) {
	text, err := json.Marshal(p.own)
	if err != nil {
		return "", fmt.Errorf("writing the plan %s down: %w", p.ID, err)
	}
	return fmt.Sprintf("%x", sha256.Sum256(text))[:16], nil
}

// Scale multiplies rates and times, so that a built-in plan fits a target.
func (p *Plan) Scale(rate, length float64) { p.own.Scale(rate, length) }

//go:embed plans/*.yaml
var plans embed.FS

// Plans returns the built-in plans by id, in the order of their names.
func Plans() ([]*Plan, error) {
	names, err := fs.Glob(plans, "plans/*.yaml")
	if err != nil {
		return nil, err
	}
	var out []*Plan
	for _, name := range names {
		data, err := plans.ReadFile(name)
		if err != nil {
			return nil, err
		}
		plan, err := Parse(path.Base(name), data)
		if err != nil {
			return nil, err
		}
		out = append(out, plan)
	}
	return out, nil
}

// Source returns the text of a built-in plan, to be copied and changed.
func Source(id string) ([]byte, error) {
	data, err := plans.ReadFile("plans/" + id + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("there is no built-in plan %q; kobcheck list plans shows them", id)
	}
	return data, nil
}

// Find returns the built-in plan of a name, the plan that a sentence of load means, or reads the file of that name.
func Find(name string) (*Plan, error) {
	if text, is := sentence.Plan(name); is {
		return Parse(name, []byte(text))
	}
	if data, err := Source(name); err == nil {
		return Parse(name+".yaml", data)
	}
	data, err := contract.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		known, _ := fs.Glob(plans, "plans/*.yaml") // the pattern is well formed
		for i, file := range known {
			known[i] = strings.TrimSuffix(path.Base(file), ".yaml")
		}
		return nil, fmt.Errorf("there is neither a built-in plan nor a file %q; there are %s (kobcheck list plans)%s", name,
			strings.Join(known, ", "), contract.Meant(name, known))
	}
	if err != nil {
		return nil, fmt.Errorf("reading the plan: %w", err)
	}
	return Parse(name, data)
}

// Parse reads a plan strictly: an unknown key, a wrong type or a value that can't be is an error that
// names file and line.
func Parse(file string, data []byte) (*Plan, error) {
	facts, err := contract.Load()
	if err != nil {
		return nil, err
	}
	var keys map[string]any
	document, err := planFile.Read(file, data, &keys)
	if err != nil {
		return nil, err
	}
	of, _ := keys["kind"].(string)
	makePlan, there := kinds(facts)[kind.Name(of)]
	if !there {
		return nil, document.Fault("kind", "%q is none; there are %v", of, names(facts))
	}
	own := makePlan()
	document, err = planFile.Read(file, data, own)
	if err != nil {
		return nil, err
	}
	plan := &Plan{Head: own.Common(), own: own}
	return plan, plan.check(document)
}

var planFile = yamlfile.Definition{Name: "a load plan"}

// Schema is the JSON Schema of a plan: of one of the kinds.
func Schema() (map[string]any, error) {
	facts, err := contract.Load()
	if err != nil {
		return nil, err
	}
	schema := planFile.Schema(&map[string]any{})
	var each []any
	for _, name := range names(facts) {
		one := planFile.SchemaOfOne(kinds(facts)[name]())
		one["properties"].(map[string]any)["kind"] = map[string]any{"const": name}
		one["title"], one["required"] = name, []string{"id", "kind"}
		each = append(each, one)
	}
	schema["oneOf"] = each
	return schema, nil
}

// check reads the gates and collects every fault with its place.
func (p *Plan) check(document *yamlfile.Document) error {
	var faults []error
	fault := func(key, format string, arguments ...any) {
		faults = append(faults, document.Fault(key, format, arguments...))
	}
	p.CheckHead(fault)
	p.own.Check(fault)
	for _, text := range p.Gates {
		one, err := parseGate(text)
		if err != nil {
			fault("gates", "%v", err)
			continue
		}
		p.gates = append(p.gates, one)
	}
	return errors.Join(faults...)
}
