package site

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// gateView is the first page: verdict, what broke, whose fault, what could not be tested.
type gateView struct {
	base
	// Mood is good, bad, or empty for no verdict.
	Mood string
	// Broken are the new causes that gate. Follow are those met in answers that a cause of all answers spoils, so
	// that they are not judged; Hazards and Read are those that do not gate.
	Broken, Follow, Hazards, Read []reports.Cause
	Blocked                       []reports.NotServed
	Passing                       []reports.Cause
	Known                         []reports.Cause
	Lacking                       []reports.MissingKey
	Environment                   []reports.Reason
	Listed                        []listed
	// Load is the load run beside this one; nil for none.
	Load *reports.LoadRun
}

type listed struct {
	Title   string
	Reasons []reports.Reason
}

func (s *site) gate() gateView {
	gated, others := s.run.Causes(true), s.run.Causes(false)
	v := gateView{base: s.base(gateFile, reports.Headline(s.run)), Broken: reports.New(gated),
		Blocked: s.run.Blocking(), Passing: s.run.InPassing(),
		Known: append(reports.Listed(gated), reports.Listed(others)...), Lacking: s.run.Missing(), Load: s.load,
		Environment: s.run.Reasons(evidence.Inconclusive)}
	if len(v.Broken) > 0 && v.Broken[0].Hides() {
		all := 1
		for all < len(v.Broken) && v.Broken[all].Hides() {
			all++
		}
		v.Broken, v.Follow = v.Broken[:all], v.Broken[all:]
	}
	for _, one := range reports.New(others) {
		if one.Finding.Hazard != "" {
			v.Hazards = append(v.Hazards, one)
		} else if one.Finding.Check != evidence.NotServed {
			v.Read = append(v.Read, one)
		}
	}
	switch {
	case s.run.ExitCode == evidence.ExitPassed:
		v.Mood = "good"
	case s.run.Verdict == evidence.Failed:
		v.Mood = "bad"
	}
	v.Listed = []listed{{"No longer fails: the entry has to go", s.run.Reasons(evidence.UnexpectedPass)},
		{"Flaky: failed, then passed with fresh data", s.run.Reasons(evidence.Flaky)}}
	return v
}

// line is one of a body; Marked says that the finding is about it.
type line struct {
	Text   string
	Marked bool
}

// bodyBound is how many lines of a body the first page shows.
const bodyBound = 40

// body returns the answer that shows a finding, with the place that it is about marked; nothing where the
// finding is about no place of a body.
func (s *site) body(g reports.Cause) []line {
	exchange := g.Exchange()
	if g.Finding.Pointer == "" || exchange == nil || exchange.Response == nil {
		return nil
	}
	return marked(exchange.Response.Body, g.Finding.Pointer)
}

// marked indents a JSON body and marks the lines that belong to a JSON Pointer (RFC 6901). A place that is
// not there marks its nearest parent's first line. A body that is no JSON has no lines.
func marked(body, pointer string) []line {
	w := &marker{target: strings.Split(strings.TrimPrefix(pointer, "/"), "/")}
	decoder := json.NewDecoder(strings.NewReader(body))
	decoder.UseNumber()
	if !w.value(decoder, nil, "", 0) {
		return nil
	}
	if len(w.lines) > bodyBound {
		from := 0
		for i, one := range w.lines {
			if one.Marked {
				from = max(0, min(i-bodyBound/2, len(w.lines)-bodyBound))
				break
			}
		}
		w.lines = w.lines[from : from+bodyBound]
	}
	return w.lines
}

// marker writes JSON line by line and knows at which pointer it is.
type marker struct {
	target []string
	lines  []line
}

// at reports whether a path is the one that is looked for.
func (m *marker) at(path []string) bool {
	if len(path) != len(m.target) {
		return false
	}
	for i, part := range path {
		if strings.NewReplacer("~", "~0", "/", "~1").Replace(part) != m.target[i] {
			return false
		}
	}
	return true
}

func (m *marker) add(indent int, text string, marked bool) {
	m.lines = append(m.lines, line{strings.Repeat("  ", indent) + text, marked})
}

func (m *marker) value(d *json.Decoder, path []string, name string, indent int) bool {
	token, err := d.Token()
	if err != nil {
		return false
	}
	label := ""
	if name != "" {
		label = quoted(name) + ": "
	}
	open, isDelimiter := token.(json.Delim)
	if !isDelimiter {
		m.add(indent, label+quoted(token), m.at(path))
		return true
	}
	first := len(m.lines)
	m.add(indent, label+open.String(), m.at(path))
	for i := 0; d.More(); i++ {
		part, member := strconv.Itoa(i), ""
		if open == '{' {
			key, err := d.Token()
			if err != nil {
				return false
			}
			member, _ = key.(string)
			part = member
		}
		if !m.value(d, append(append([]string{}, path...), part), member, indent+1) {
			return false
		}
	}
	end, err := d.Token()
	if err != nil {
		return false
	}
	closing, _ := end.(json.Delim)
	m.add(indent, closing.String(), m.lines[first].Marked)
	return true
}

// quoted writes a value as JSON.
func quoted(value any) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(value) != nil {
		return ""
	}
	return strings.TrimSpace(out.String())
}
