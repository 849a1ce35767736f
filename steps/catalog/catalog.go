// Package catalog reads the features without running anything: which scenarios there are, which
// requirements each one proves, which sentences it uses, and whether all of that holds together.
//
// What walks in is the Gherkin, the contract and the vocabulary; what walks out is a list of
// scenarios, their coverage, and a list of problems.
package catalog

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"
	"unicode"

	gherkin "github.com/cucumber/gherkin/go/v26"
	messages "github.com/cucumber/messages/go/v21"

	"github.com/kobcheck/kobcheck/contract"
)

// Catalog is all scenarios of the features, in the order of their files.
type Catalog struct {
	Scenarios []*Scenario
	// Sources are the features by their path, as they were read.
	Sources map[string][]byte

	byID  map[string]*Scenario
	byKey map[string]*Scenario
}

// Scenario is one scenario, or one row of an outline.
type Scenario struct {
	// ID is stable over releases: the @id: tag, and the identifying cells of the row.
	ID      string
	Section string // the folder of the feature
	Feature string
	Rule    string
	Name    string
	URI     string
	Line    int
	// Tags are those of feature, rule, scenario and examples, and one for the requirement of the row.
	Tags []string
	// Requirements are the requirement ids among the tags, the most specific first.
	Requirements []string
	// Mark is the mark tag.
	Mark contract.Mark
	// Gap is the conflict or gap of the documentation that the scenario looks into: its @gap: tag, or that of its row.
	Gap string
	// Steps are those of the backgrounds and of the scenario itself.
	Steps []Step
	// Key finds the scenario again among godog's pickles.
	Key string
	// outline is the place of the scenario or outline in its file.
	outline string
	// ruleLine is where the rule around it begins, ruleRequirement the first that the rule itself names.
	ruleLine        int
	ruleRequirement string

	idTag string
}

// Step is one step as it stands in the feature, with the values of the row filled in.
type Step struct {
	Keyword   string
	Text      string
	Line      int
	Table     [][]string
	DocString string
}

// Read parses every feature of the file system. Errors name file and line.
func Read(fsys fs.FS) (*Catalog, error) {
	names, err := fs.Glob(fsys, "*/*.feature")
	if err != nil {
		return nil, fmt.Errorf("looking for features: %w", err)
	}
	if len(names) == 0 {
		return nil, errors.New("no features were found: expected files such as cards/create_a_card.feature")
	}
	sort.Strings(names)
	c := &Catalog{Sources: map[string][]byte{}, byID: map[string]*Scenario{}, byKey: map[string]*Scenario{}}
	var failed []error
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("reading the feature %s: %w", name, err)
		}
		c.Sources[name] = data
		failed = append(failed, c.readFeature(name, data))
	}
	return c, errors.Join(failed...)
}

// Parse reads one feature. Errors name the file.
func Parse(name string, data []byte) ([]*Scenario, error) {
	c := &Catalog{Sources: map[string][]byte{}, byID: map[string]*Scenario{}, byKey: map[string]*Scenario{}}
	err := c.readFeature(name, data)
	return c.Scenarios, err
}

func (c *Catalog) readFeature(name string, data []byte) error {
	next := 0
	newID := func() string { next++; return fmt.Sprint(next) }
	document, err := gherkin.ParseGherkinDocument(bytes.NewReader(data), newID)
	if err != nil {
		return fmt.Errorf("the feature %s does not parse: %w", name, err)
	}
	if document.Feature == nil {
		return fmt.Errorf("the feature %s is empty", name)
	}
	nodes, written := nodesOf(document.Feature)
	for _, pickle := range gherkin.Pickles(*document, name, newID) {
		scenario := newScenario(name, document.Feature, nodes[pickle.AstNodeIds[0]], pickle)
		for _, step := range pickle.Steps {
			scenario.Steps = append(scenario.Steps, newStep(step, written[step.AstNodeIds[0]]))
		}
		c.add(scenario)
	}
	return nil
}

func newStep(pickled *messages.PickleStep, written *messages.Step) Step {
	step := Step{Keyword: strings.TrimSpace(written.Keyword), Text: pickled.Text, Line: int(written.Location.Line)}
	if pickled.Argument == nil {
		return step
	}
	if table := pickled.Argument.DataTable; table != nil {
		for _, row := range table.Rows {
			var cells []string
			for _, cell := range row.Cells {
				cells = append(cells, cell.Value)
			}
			step.Table = append(step.Table, cells)
		}
	}
	if document := pickled.Argument.DocString; document != nil {
		step.DocString = document.Content
	}
	return step
}

func (c *Catalog) add(scenario *Scenario) {
	c.Scenarios = append(c.Scenarios, scenario)
	if c.byID[scenario.ID] == nil {
		c.byID[scenario.ID] = scenario
	}
	c.byKey[scenario.Key] = scenario
}

// Scenario returns the scenario of an id, or nil.
func (c *Catalog) Scenario(id string) *Scenario { return c.byID[id] }

// Key is how a scenario is found again among godog's pickles: by everything that it says. Node ids
// would not do, since godog counts them over all features together.
func Key(pickle *messages.Pickle) string {
	var key strings.Builder
	part := func(text string) { key.WriteString(text); key.WriteByte(0) }
	part(pickle.Uri)
	part(pickle.Name)
	for _, tag := range pickle.Tags {
		if strings.HasPrefix(tag.Name, "@id:") {
			part(tag.Name)
		}
	}
	for _, step := range pickle.Steps {
		part(step.Text)
		if step.Argument == nil {
			continue
		}
		if table := step.Argument.DataTable; table != nil {
			for _, row := range table.Rows {
				for _, cell := range row.Cells {
					part(cell.Value)
				}
			}
		}
		if document := step.Argument.DocString; document != nil {
			part(document.Content)
		}
	}
	return key.String()
}

// node is a scenario of the document with the rule around it.
type node struct {
	scenario *messages.Scenario
	rule     *messages.Rule
}

// nodesOf finds the scenarios and the steps of a feature by their node ids.
func nodesOf(feature *messages.Feature) (map[string]node, map[string]*messages.Step) {
	nodes, written := map[string]node{}, map[string]*messages.Step{}
	note := func(background *messages.Background, scenario *messages.Scenario, rule *messages.Rule) {
		var steps []*messages.Step
		if background != nil {
			steps = background.Steps
		}
		if scenario != nil {
			nodes[scenario.Id] = node{scenario: scenario, rule: rule}
			steps = append(steps, scenario.Steps...)
		}
		for _, step := range steps {
			written[step.Id] = step
		}
	}
	for _, child := range feature.Children {
		note(child.Background, child.Scenario, nil)
		if child.Rule == nil {
			continue
		}
		for _, inner := range child.Rule.Children {
			note(inner.Background, inner.Scenario, child.Rule)
		}
	}
	return nodes, written
}

func newScenario(uri string, feature *messages.Feature, n node, pickle *messages.Pickle) *Scenario {
	s := &Scenario{
		Section: path.Dir(uri), Feature: feature.Name, Name: pickle.Name, URI: uri,
		Line: int(n.scenario.Location.Line),
		Key:  Key(pickle), outline: fmt.Sprintf("%s:%d", uri, n.scenario.Location.Line),
	}
	levels := [][]*messages.Tag{n.scenario.Tags}
	if n.rule != nil {
		s.Rule, s.ruleLine = n.rule.Name, int(n.rule.Location.Line)
		s.ruleRequirement = firstRequirement(n.rule.Tags)
		levels = append(levels, n.rule.Tags)
	}
	levels = append(levels, feature.Tags)
	var rowID []string
	if len(pickle.AstNodeIds) > 1 {
		if examples, row := findRow(n.scenario, pickle.AstNodeIds[1]); row != nil {
			s.Line = int(row.Location.Line)
			levels = append([][]*messages.Tag{examples.Tags}, levels...)
			rowID = s.readRow(examples.TableHeader, row)
		}
	}
	for _, level := range levels {
		for _, tag := range level {
			s.addTag(tag.Name)
		}
	}
	s.ID = s.idTag
	if len(rowID) > 0 {
		s.ID += "/" + strings.Join(rowID, "/")
	}
	return s
}

func findRow(scenario *messages.Scenario, id string) (*messages.Examples, *messages.TableRow) {
	for _, examples := range scenario.Examples {
		for _, row := range examples.TableBody {
			if row.Id == id {
				return examples, row
			}
		}
	}
	return nil, nil
}

// describing names the columns of an outline that explain a row without telling it from others.
var describing = map[string]bool{"start": true, "message": true, "why": true, "requirement": true, "spelling": true, "scheme": true,
	"gap": true, "program is": true, "wallet is": true}

// readRow takes the requirement of a row and returns its identifying cells.
func (s *Scenario) readRow(header, row *messages.TableRow) []string {
	var id []string
	for i, cell := range row.Cells {
		column := header.Cells[i].Value
		switch column {
		case "requirement":
			s.addTag("@" + cell.Value)
		case "gap":
			s.addTag("@gap:" + cell.Value)
		}
		if !describing[column] {
			id = append(id, slug(cell.Value))
		}
	}
	return id
}

func (s *Scenario) addTag(tag string) {
	if slices.Contains(s.Tags, tag) {
		return
	}
	s.Tags = append(s.Tags, tag)
	name := strings.TrimPrefix(tag, "@")
	switch {
	case strings.HasPrefix(name, "id:"):
		s.idTag = strings.TrimPrefix(name, "id:")
	case strings.HasPrefix(name, "gap:"):
		s.Gap = cmp.Or(s.Gap, strings.TrimPrefix(name, "gap:"))
	case contract.Mark(name).Valid():
		s.Mark = cmp.Or(s.Mark, contract.Mark(name))
	case requirementLike(name):
		s.Requirements = append(s.Requirements, name)
	}
}

func firstRequirement(tags []*messages.Tag) string {
	for _, tag := range tags {
		if name := strings.TrimPrefix(tag.Name, "@"); requirementLike(name) {
			return name
		}
	}
	return ""
}

// requirementLike recognises ids such as CARD-CREATE-08: capitals, hyphens and a number at the end.
func requirementLike(name string) bool {
	i := strings.LastIndex(name, "-")
	if i <= 0 || i == len(name)-1 {
		return false
	}
	return !strings.ContainsFunc(name[:i], func(r rune) bool { return !unicode.IsUpper(r) && r != '-' }) &&
		strings.Trim(name[i+1:], "0123456789") == ""
}

var notInID = regexp.MustCompile(`[^a-z0-9]+`)

// slug makes the part of an id out of a cell: small letters, digits and hyphens.
func slug(text string) string {
	return cmp.Or(strings.Trim(notInID.ReplaceAllString(strings.ToLower(text), "-"), "-"), "blank")
}
