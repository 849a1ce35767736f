package format

import (
	"fmt"
	"io"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/wording"
)

// annotationBound is how many annotations GitHub shows of one kind and step.
const annotationBound = 10

// ownSection is that of features that a user adds.
const ownSection = "own"

// writeAnnotations writes GitHub's workflow commands: an error for each way of failing, at the line of the feature where
// that is the user's own, a warning where the environment was at fault and for what is not served. A workflow prints the file.
func writeAnnotations(w io.Writer, r *reports.Run, facts *contract.Contract) error {
	var b strings.Builder
	for i, group := range reports.New(r.Causes(true)) {
		if i == annotationBound {
			break
		}
		s := group.Scenario
		text := fmt.Sprintf("%s\nexpected %s\nactual %s\nshown by %s, first in %s", group.Finding.Message, group.Finding.Expected,
			group.Finding.Actual, group.Shown(), s.ID)
		if requirement := facts.Requirement(group.Finding.Requirement); requirement != nil {
			text = requirement.Sentence + "\n" + text
		}
		title := group.Finding.Requirement
		if group.Finding.Hazard != "" {
			title = "hazard " + title
		}
		place := ""
		if s.Section == ownSection { // the user's own file, in the user's own repository, where none of ours is
			place = fmt.Sprintf("file=%s,line=%d,", commandProperty(s.URI), s.Line)
		}
		fmt.Fprintf(&b, "::error %stitle=%s::%s\n", place, commandProperty(title), commandText(text))
	}
	if r.Masked() {
		fmt.Fprintf(&b, "::error title=kobcheck::%s\n", commandText(r.Reason))
	}
	if n := r.Summary.Scenarios.Inconclusive; n > 0 {
		fmt.Fprintf(&b, "::warning title=kobcheck::%s\n",
			commandText(fmt.Sprintf("the environment kept %d scenarios from an answer; that is not the API's fault", n)))
	}
	for _, one := range r.Removable {
		fmt.Fprintf(&b, "::warning title=kobcheck::%s\n", commandText(one))
	}
	for _, one := range r.Blocking() {
		fmt.Fprintf(&b, "::warning title=kobcheck::%s\n",
			commandText(fmt.Sprintf("%s is not served, which blocks %d scenarios", one.Operation, len(one.Scenarios))))
	}
	if b.Len() == 0 {
		fmt.Fprintf(&b, "::notice title=kobcheck::%s\n", commandText(reports.Headline(r)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// commandText and commandProperty escape what would end a workflow command or begin another.
func commandText(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(wording.PlainLines(text))
}

func commandProperty(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(wording.Plain(text))
}
