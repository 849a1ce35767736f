package format

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"strings"
	"time"

	gherkin "github.com/cucumber/gherkin/go/v26"
	messages "github.com/cucumber/messages/go/v21"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// protocol is the version of the messages that are written.
const protocol = "21.0.1"

// messagesFile is a run as Cucumber Messages, which the reporters of the Cucumber family read: one JSON object a
// line, with the features as they were written.
func messagesFile(r *reports.Run, from Sources, _ string) []file {
	return []file{{"messages.ndjson", func(w io.Writer) error {
		sources, err := from.Features()
		if err != nil {
			return err
		}
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		m := &envelopes{encoder: encoder, sources: sources, pickles: map[string]*messages.Pickle{}}
		m.run(r)
		return m.err
	}}}
}

// envelopes writes envelope after envelope; after an error it does nothing.
type envelopes struct {
	encoder *json.Encoder
	sources map[string][]byte
	ids     int
	// pickles are the compiled scenarios by URI and line.
	pickles map[string]*messages.Pickle
	err     error
}

func (m *envelopes) put(envelope *messages.Envelope) {
	if m.err == nil {
		m.err = m.encoder.Encode(envelope)
	}
}

// fail keeps the first error.
func (m *envelopes) fail(err error) { m.err = cmp.Or(m.err, err) }

func (m *envelopes) id() string {
	m.ids++
	return strconv.Itoa(m.ids)
}

func (m *envelopes) run(r *reports.Run) {
	m.put(&messages.Envelope{Meta: &messages.Meta{ProtocolVersion: protocol,
		Implementation: &messages.Product{Name: r.Tool.Name, Version: r.Tool.Version},
		Runtime:        &messages.Product{Name: "go", Version: runtime.Version()}, Os: &messages.Product{Name: runtime.GOOS},
		Cpu: &messages.Product{Name: runtime.GOARCH}}})
	seen := map[string]bool{}
	wanted := map[string]bool{}
	for i := range r.Scenarios {
		wanted[place(r.Scenarios[i].URI, r.Scenarios[i].Line)] = true
	}
	for i := range r.Scenarios {
		if uri := r.Scenarios[i].URI; !seen[uri] {
			seen[uri] = true
			m.feature(uri, wanted)
		}
	}
	m.put(&messages.Envelope{TestRunStarted: &messages.TestRunStarted{Timestamp: stamp(r.StartedAt)}})
	for i := range r.Scenarios {
		m.scenario(&r.Scenarios[i])
	}
	m.put(&messages.Envelope{TestRunFinished: &messages.TestRunFinished{Success: r.ExitCode == evidence.ExitPassed,
		Timestamp: stamp(r.EndedAt), Message: r.Reason}})
}

func place(uri string, line int) string { return fmt.Sprintf("%s:%d", uri, line) }

// feature writes a source, its document, and those of its scenarios that are wanted.
func (m *envelopes) feature(uri string, wanted map[string]bool) {
	source := m.sources[uri]
	document, err := gherkin.ParseGherkinDocument(bytes.NewReader(source), m.id)
	if err != nil {
		m.fail(fmt.Errorf("reading %s again: %w", uri, err))
		return
	}
	document.Uri = uri
	m.put(&messages.Envelope{Source: &messages.Source{Uri: uri, Data: string(source),
		MediaType: messages.SourceMediaType_TEXT_X_CUCUMBER_GHERKIN_PLAIN}})
	m.put(&messages.Envelope{GherkinDocument: document})
	lines := map[string]int{}
	for _, child := range document.Feature.Children {
		noteLines(lines, child.Scenario)
		if child.Rule != nil {
			for _, inner := range child.Rule.Children {
				noteLines(lines, inner.Scenario)
			}
		}
	}
	for _, pickle := range gherkin.Pickles(*document, uri, m.id) {
		at := place(uri, lines[pickle.AstNodeIds[len(pickle.AstNodeIds)-1]])
		if wanted[at] {
			m.pickles[at] = pickle
			m.put(&messages.Envelope{Pickle: pickle})
		}
	}
}

// noteLines keeps on which line a scenario and each row of its examples stand.
func noteLines(lines map[string]int, scenario *messages.Scenario) {
	if scenario == nil {
		return
	}
	lines[scenario.Id] = int(scenario.Location.Line)
	for _, examples := range scenario.Examples {
		for _, row := range examples.TableBody {
			lines[row.Id] = int(row.Location.Line)
		}
	}
}

func (m *envelopes) scenario(s *reports.Scenario) {
	pickle := m.pickles[place(s.URI, s.Line)]
	if pickle == nil {
		m.fail(fmt.Errorf("%s:%d: the feature has no scenario there", s.URI, s.Line))
		return
	}
	test := &messages.TestCase{Id: m.id(), PickleId: pickle.Id}
	for _, step := range pickle.Steps {
		test.TestSteps = append(test.TestSteps, &messages.TestStep{Id: m.id(), PickleStepId: step.Id, StepDefinitionIds: []string{}})
	}
	m.put(&messages.Envelope{TestCase: test})
	started := m.id()
	at := s.StartedAt
	if at.IsZero() {
		at = time.Unix(0, 0)
	}
	m.put(&messages.Envelope{TestCaseStarted: &messages.TestCaseStarted{Id: started, TestCaseId: test.Id,
		Attempt: int64(max(s.Attempts-1, 0)), Timestamp: stamp(at)}})
	results := resultsOf(s, len(test.TestSteps))
	for i, step := range test.TestSteps {
		m.put(&messages.Envelope{TestStepStarted: &messages.TestStepStarted{TestCaseStartedId: started, TestStepId: step.Id,
			Timestamp: stamp(at)}})
		if i == len(test.TestSteps)-1 && s.Verdict != evidence.Passed {
			m.attach(started, step.Id, s)
		}
		at = at.Add(time.Duration(results[i].Duration.Nanos) + time.Duration(results[i].Duration.Seconds)*time.Second)
		m.put(&messages.Envelope{TestStepFinished: &messages.TestStepFinished{TestCaseStartedId: started, TestStepId: step.Id,
			TestStepResult: results[i], Timestamp: stamp(at)}})
	}
	m.put(&messages.Envelope{TestCaseFinished: &messages.TestCaseFinished{TestCaseStartedId: started, Timestamp: stamp(at)}})
}

// attach adds the exchanges of a scenario that did not pass, as they are in run.json.
func (m *envelopes) attach(started, step string, s *reports.Scenario) {
	for _, exchange := range s.Exchanges {
		text := exchange.Curl + "\n"
		if exchange.Response != nil {
			text += fmt.Sprintf("\n%d\n%s\n", exchange.Response.Status, exchange.Response.Body)
		}
		if exchange.Error != "" {
			text += "\n" + exchange.Error + "\n"
		}
		m.put(&messages.Envelope{Attachment: &messages.Attachment{Body: text,
			ContentEncoding: messages.AttachmentContentEncoding_IDENTITY, MediaType: "text/plain",
			FileName: fmt.Sprintf("%d-%s.txt", exchange.N, exchange.Operation), TestCaseStartedId: started, TestStepId: step}})
	}
}

// resultsOf gives each step its result. The verdict rules: where every step went well and the scenario did not, the
// last step says why.
func resultsOf(s *reports.Scenario, steps int) []*messages.TestStepResult {
	var results []*messages.TestStepResult
	told := s.Verdict == evidence.Passed || s.Verdict == evidence.Advisory || s.Verdict == evidence.Flaky
	for i := range steps {
		one := &messages.TestStepResult{Status: messages.TestStepResultStatus_SKIPPED, Duration: &messages.Duration{}}
		if i < len(s.Steps) {
			step := s.Steps[i]
			took := time.Duration(step.DurationMS * float64(time.Millisecond))
			one.Duration = &messages.Duration{Seconds: int64(took / time.Second), Nanos: int64(took % time.Second)}
			switch {
			case step.Status == "passed" || told:
				one.Status = messages.TestStepResultStatus_PASSED
			case step.Status != "skipped":
				one.Status, one.Message, told = outcomes[s.Verdict].messages, step.Error, true
			}
		}
		results = append(results, one)
	}
	if !told && steps > 0 {
		last := results[steps-1]
		last.Status, last.Message = outcomes[s.Verdict].messages, strings.Join(said(s), "\n")
	}
	return results
}

// said are the reason of a scenario and what was found in it, a line each.
func said(s *reports.Scenario) []string {
	var lines []string
	if s.Reason != "" {
		lines = append(lines, s.Reason)
	}
	for _, f := range s.Findings {
		lines = append(lines, fmt.Sprintf("%s: %s: expected %s, was %s", f.Requirement, f.Message, f.Expected, f.Actual))
	}
	return lines
}

func stamp(t time.Time) *messages.Timestamp {
	return &messages.Timestamp{Seconds: t.Unix(), Nanos: int64(t.Nanosecond())}
}
