package fault

import (
	"bytes"
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"

	"github.com/kobcheck/kobcheck/contract"
)

var (
	//go:embed behaviours.yaml
	behaviours []byte
	//go:embed answers.yaml
	answers []byte
	//go:embed requests.yaml
	requests []byte
)

// Catalogue lists all faults by id. An error means that an embedded file is broken, which a test of
// this package rules out.
func Catalogue() ([]Fault, error) {
	all, err := catalogueOnce()
	return slices.Clone(all), err
}

var catalogueOnce = sync.OnceValues(func() ([]Fault, error) {
	facts, err := contract.Load()
	if err != nil {
		return nil, err
	}
	all, err := readBehaviours()
	if err != nil {
		return nil, err
	}
	fields, err := readAnswers()
	if err != nil {
		return nil, err
	}
	all = append(all, fields...)
	if err := readRequests(all); err != nil {
		return nil, err
	}
	for i := range all {
		all[i].Mark = facts.MarkOf(all[i].Requirement)
	}
	slices.SortFunc(all, func(a, b Fault) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return all, nil
})

// readBehaviours reads behaviours.yaml.
func readBehaviours() ([]Fault, error) {
	var file struct {
		Places map[string][]string `yaml:"places"`
		Faults []struct {
			Fault `yaml:",inline"`
			// At names the list of operations at which the fault can be switched on alone.
			At string `yaml:"at"`
			// Requirements gives the requirement of single places where it is another one.
			Requirements map[string]string `yaml:"requirements"`
		} `yaml:"faults"`
	}
	if err := decode("behaviours.yaml", behaviours, &file); err != nil {
		return nil, err
	}
	var all []Fault
	for _, entry := range file.Faults {
		if entry.At != "" && file.Places[entry.At] == nil {
			return nil, fmt.Errorf("fault %s names the unknown place %s", entry.ID, entry.At)
		}
		for _, operation := range file.Places[entry.At] {
			entry.Places = append(entry.Places,
				Place{Name: operation, Requirement: cmp.Or(entry.Requirements[operation], entry.Requirement)})
		}
		all = append(all, entry.Fault)
	}
	return all, nil
}

// wrongness lists the ways in which a field of an answer can be wrong.
var wrongness = map[string]string{
	"missing": "is missing", "null": "is null", "renamed": "has another name", "mistyped": "has another type",
	"malformed": "is malformed", "off-enum": "has a value outside its list",
}

// kinds says in which of these ways a field can be wrong, by its kind.
var kinds = map[string][]string{
	"uuid":      {"missing", "null", "renamed", "mistyped", "malformed"},
	"date-time": {"missing", "null", "renamed", "mistyped", "malformed"},
	"enum":      {"missing", "null", "renamed", "mistyped", "off-enum"},
	"value":     {"missing", "null", "renamed", "mistyped"},
	"nullable":  {"missing", "renamed", "mistyped"},
	"optional":  {"mistyped"},
}

// readAnswers reads answers.yaml: each field of each answer, wrong in every way that its kind allows. The
// ids are field.OPERATION.FIELD.HOW.
func readAnswers() ([]Fault, error) {
	var file struct {
		Objects map[string]map[string]struct {
			Requirement string `yaml:"requirement"`
			// Presence is the requirement of a field's being there, where that is another one.
			Presence string `yaml:"presence"`
			Kind     string `yaml:"kind"`
		} `yaml:"objects"`
		Answers map[string]string `yaml:"answers"`
	}
	if err := decode("answers.yaml", answers, &file); err != nil {
		return nil, err
	}
	var all []Fault
	var broken []error
	for operation, object := range file.Answers {
		if file.Objects[object] == nil {
			broken = append(broken, fmt.Errorf("answers.yaml: the answer of %s is the unknown object %s", operation, object))
		}
		for name, f := range file.Objects[object] {
			if kinds[f.Kind] == nil {
				broken = append(broken, fmt.Errorf("answers.yaml: %s of %s has the unknown kind %s", name, object, f.Kind))
			}
			for _, how := range kinds[f.Kind] {
				breaks := f.Requirement
				if f.Presence != "" && (how == "missing" || how == "renamed") {
					breaks = f.Presence
				}
				all = append(all, Fault{ID: ID("field." + operation + "." + name + "." + how), Group: "field", Requirement: breaks,
					Sentence: fmt.Sprintf("%s: %s %s.", operation, name, wrongness[how])})
			}
		}
	}
	return all, errors.Join(broken...)
}

// overlooked gives the fault of taking a field of a request that is bad in some way, and the requirement
// that it breaks where that is not the field's own.
var overlooked = map[string]struct {
	fault       ID
	requirement string
}{
	"missing":   {"input.required-not-checked", ""},
	"null":      {"input.null-accepted", "HARNESS-02"},
	"empty":     {"input.empty-accepted", "HARNESS-03"},
	"mistyped":  {"input.type-not-checked", "HARNESS-04"},
	"off-enum":  {"input.enum-not-checked", "HARNESS-05"},
	"malformed": {"input.format-not-checked", "HARNESS-04"},
}

// readRequests reads requests.yaml: the fields at which the faults of taking a bad request can be switched
// on alone. It adds them to the faults that it names.
func readRequests(all []Fault) error {
	var file struct {
		Requests map[string]map[string]struct {
			Requirement string   `yaml:"requirement"`
			Bad         []string `yaml:"bad"`
		} `yaml:"requests"`
	}
	if err := decode("requests.yaml", requests, &file); err != nil {
		return err
	}
	for _, operation := range slices.Sorted(maps.Keys(file.Requests)) {
		for _, name := range slices.Sorted(maps.Keys(file.Requests[operation])) {
			field := file.Requests[operation][name]
			for _, how := range field.Bad {
				breach := overlooked[how]
				i := slices.IndexFunc(all, func(f Fault) bool { return f.ID == breach.fault })
				if i < 0 {
					return fmt.Errorf("requests.yaml: %s of %s can't be %q", name, operation, how)
				}
				all[i].Places = append(all[i].Places,
					Place{Name: operation + "." + name, Requirement: cmp.Or(breach.requirement, field.Requirement)})
			}
		}
	}
	return nil
}

func decode(name string, data []byte, into any) error {
	if err := yaml.NewDecoder(bytes.NewReader(data), yaml.DisallowUnknownField()).Decode(into); err != nil {
		return fmt.Errorf("reading the faults of %s: %w", name, err)
	}
	return nil
}
