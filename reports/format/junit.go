package format

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// The JUnit structure as the schema of Jenkins' xUnit plugin has it (junit-10.xsd): a case has no properties, file
// or line there, so that the suite carries them, and it knows flakyFailure. The usual Go types have neither.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name      string `xml:"name,attr"`
		Tests     int    `xml:"tests,attr"`
		Failures  int    `xml:"failures,attr"`
		Errors    int    `xml:"errors,attr"`
		Skipped   int    `xml:"skipped,attr"`
		Time      string `xml:"time,attr"`
		Timestamp string `xml:"timestamp,attr"`
		File      string `xml:"file,attr,omitempty"`
		// Properties tell of each case, by the id of its scenario, the requirements, mark, verdict and line.
		Properties []junitProperty `xml:"properties>property,omitempty"`
		Cases      []junitCase     `xml:"testcase"`
		seconds    float64
	}
	junitCase struct {
		Name      string        `xml:"name,attr"`
		Classname string        `xml:"classname,attr"`
		Time      string        `xml:"time,attr"`
		Failure   *junitResult  `xml:"failure"`
		Error     *junitResult  `xml:"error"`
		Skipped   *junitResult  `xml:"skipped"`
		Flaky     []junitResult `xml:"flakyFailure"`
		SystemOut string        `xml:"system-out,omitempty"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitResult struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Data    string `xml:",chardata"`
	}
)

func (s *junitSuite) add(one junitCase, seconds float64) {
	s.Cases = append(s.Cases, one)
	s.seconds += seconds
	s.Tests++
	switch {
	case one.Failure != nil:
		s.Failures++
	case one.Error != nil:
		s.Errors++
	case one.Skipped != nil:
		s.Skipped++
	}
}

// writeJUnit writes a suite for each feature and a case for each scenario. A failure is the API's fault, an error
// what kept a scenario from its answer: the environment, or an operation that is not served. What could not be
// tested is skipped, with the reason. What was noticed in passing alone has a suite of its own.
func writeJUnit(w io.Writer, r *reports.Run, facts *contract.Contract) error {
	all := junitSuites{Name: "kobcheck " + clean(r.Target.Name), Time: fmt.Sprintf("%.3f", r.EndedAt.Sub(r.StartedAt).Seconds())}
	place := map[string]int{}
	for i := range r.Scenarios {
		scenario := &r.Scenarios[i]
		at, known := place[scenario.URI]
		if !known {
			at = len(all.Suites)
			place[scenario.URI] = at
			all.Suites = append(all.Suites, junitSuite{Name: clean(scenario.Feature),
				Timestamp: r.StartedAt.Format("2006-01-02T15:04:05Z"), File: scenario.URI})
		}
		all.Suites[at].add(testcase(scenario, facts), scenario.DurationMS/1000)
		all.Suites[at].Properties = append(all.Suites[at].Properties,
			junitProperty{"requirements of " + scenario.ID, strings.Join(scenario.Requirements, " ")},
			junitProperty{"mark of " + scenario.ID, string(scenario.Mark)},
			junitProperty{"verdict of " + scenario.ID, string(scenario.Verdict)},
			junitProperty{"line of " + scenario.ID, strconv.Itoa(scenario.Line)})
	}
	if how := r.HowToGoOn(); how != "" && len(all.Suites) > 0 {
		all.Suites[0].Properties = append(all.Suites[0].Properties, junitProperty{"how to go on", how})
	}
	if alone := r.PassingAlone(); len(alone) > 0 {
		suite := junitSuite{Name: passingSuite, Timestamp: r.StartedAt.Format("2006-01-02T15:04:05Z")}
		for _, cause := range alone {
			f := cause.Finding
			data := strings.Join(againText(f, cause.Exchange(), facts), "\n")
			suite.add(junitCase{Name: clean(f.Requirement + ": " + f.Message + " [" + f.Fingerprint() + "]"), Classname: passingSuite, Time: "0.000",
				Failure: &junitResult{Message: clean(cause.Sentence()), Type: "requirement", Data: clean(data)}}, 0)
		}
		all.Suites = append(all.Suites, suite)
	}
	if r.Masked() {
		suite := junitSuite{Name: exposedSuite, Timestamp: r.StartedAt.Format("2006-01-02T15:04:05Z")}
		suite.add(junitCase{Name: exposedName, Classname: exposedSuite, Time: "0.000",
			Failure: &junitResult{Message: clean(r.Reason), Type: "secret", Data: clean(r.Reason)}}, 0)
		all.Suites = append(all.Suites, suite)
	}
	return all.write(w)
}

// write adds the suites up and writes them.
func (all *junitSuites) write(w io.Writer) error {
	for i := range all.Suites {
		suite := &all.Suites[i]
		suite.Time = fmt.Sprintf("%.3f", suite.seconds)
		all.Tests, all.Failures, all.Errors = all.Tests+suite.Tests, all.Failures+suite.Failures, all.Errors+suite.Errors
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	return encoder.Encode(all)
}

func testcase(s *reports.Scenario, facts *contract.Contract) junitCase {
	one := junitCase{Name: clean(s.Name + " [" + s.ID + "]"), Classname: clean(s.Section + "." + s.Feature),
		Time: fmt.Sprintf("%.3f", s.DurationMS/1000)}
	switch s.Verdict {
	case evidence.UnexpectedPass:
		one.Failure = &junitResult{Message: clean(s.Reason), Type: "unexpected pass", Data: clean(s.Reason)}
	case evidence.Flaky:
		message, data := failureText(s, facts)
		one.Flaky = []junitResult{{Message: clean(message), Type: "requirement", Data: clean(data)}}
	case evidence.Known:
		one.Skipped = &junitResult{Message: clean(s.Reason)}
	case evidence.Failed:
		message, data := failureText(s, facts)
		one.Failure = &junitResult{Message: clean(message), Type: "requirement", Data: clean(data)}
	case evidence.Inconclusive, evidence.NotRun:
		one.Error = &junitResult{Message: clean(s.Reason), Type: "environment", Data: clean(s.Reason)}
	case evidence.Blocked:
		one.Error = &junitResult{Message: clean(s.Reason), Type: "blocked by " + clean(s.BlockedBy), Data: clean(s.Reason)}
	case evidence.NotTestable:
		one.Skipped = &junitResult{Message: clean(notTestableText(s))}
	case evidence.Advisory:
		_, data := failureText(s, facts)
		one.SystemOut = clean("advisory, does not gate:\n" + data)
	}
	return one
}

func notTestableText(s *reports.Scenario) string {
	if s.Missing == "" {
		return s.Reason
	}
	return s.Reason + " (the key " + s.Missing + " of the target file would make it testable)"
}

func failureText(s *reports.Scenario, facts *contract.Contract) (message, data string) {
	var text strings.Builder
	if first := s.Leading(); first != nil {
		message = first.Requirement + ": " + first.Message
	}
	for _, finding := range s.Findings {
		fmt.Fprintf(&text, "%s (%s)\n", finding.Message, finding.Requirement)
		if requirement := facts.Requirement(finding.Requirement); requirement != nil {
			fmt.Fprintf(&text, "  requirement: %s\n  source:      %s\n", requirement.Sentence, requirement.Source)
		}
		if finding.Pointer != "" {
			fmt.Fprintf(&text, "  at:          %s\n", finding.Pointer)
		}
		fmt.Fprintf(&text, "  expected:    %s\n  actual:      %s\n", finding.Expected, finding.Actual)
		if exchange := s.Exchange(finding.Exchange); exchange != nil {
			fmt.Fprintf(&text, "  repeat:      %s\n", exchange.Curl)
		}
	}
	return message, text.String()
}

// clean takes out what XML 1.0 can't hold.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r >= 0x20 && r <= 0xd7ff || r >= 0xe000 && r <= 0xfffd && r != utf8.RuneError || r >= 0x10000 &&
			r <= 0x10ffff {
			return r
		}
		return '?'
	}, text)
}
