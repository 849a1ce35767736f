package history

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/reports"
)

// The bounds of explaining what is broken: so many things, each for so long, with so long for one search.
const (
	explainedThings = 3
	explainTime     = time.Second
	searchTime      = 50 * time.Millisecond
)

// shownCalls is how many calls of a broken history are printed.
const shownCalls = 8

// fewest looks for the calls that show a broken history and prints them: up to the first read that nothing
// explains, without the other reads and copies that it stays broken without.
func fewest(model porcupine.Model, part []porcupine.Operation, until time.Time) string {
	calls := untilBroken(model, part, until)
	for i := len(calls) - 1; i >= 0 && time.Now().Before(until); i-- {
		// What moved money explains later reads; without it they would be broken for another reason.
		if what := calls[i].Input.(Event).What; what == "read" || what == "create" {
			less := append(append([]porcupine.Operation{}, calls[:i]...), calls[i+1:]...)
			if porcupine.CheckOperationsTimeout(model, less, searchTime) == porcupine.Illegal {
				calls = less
			}
		}
	}
	first := calls[0].Call
	text := "no order of these calls explains the answers: "
	if more := len(calls) - shownCalls; more > 0 {
		text += fmt.Sprintf("%d earlier ones; ", more)
		calls = calls[more:]
	}
	var lines []string
	for _, call := range calls {
		lines = append(lines, fmt.Sprintf("%.2f–%.2f ms %s", kind.Milliseconds(time.Duration(call.Call-first)),
			kind.Milliseconds(time.Duration(call.Return-first)), described(call.Input.(Event), call.Output.(Answer))))
	}
	return text + strings.Join(lines, "; ")
}

// untilBroken returns the calls, in the order in which they were made, up to the return of the first read that
// can't be explained: all bookings that were made until then, and the reads that had returned.
func untilBroken(model porcupine.Model, part []porcupine.Operation, latest time.Time) []porcupine.Operation {
	calls := slices.Clone(part)
	slices.SortFunc(calls, func(a, b porcupine.Operation) int { return cmp.Compare(a.Call, b.Call) })
	var ends []int64
	for _, call := range calls {
		if call.Input.(Event).What == "read" {
			ends = append(ends, call.Return)
		}
	}
	slices.Sort(ends)
	for _, end := range ends {
		if time.Now().After(latest) {
			break
		}
		var until []porcupine.Operation
		for _, call := range calls {
			if call.Call <= end && (call.Input.(Event).What != "read" || call.Return <= end) {
				until = append(until, call)
			}
		}
		if porcupine.CheckOperationsTimeout(model, until, searchTime) == porcupine.Illegal {
			return until
		}
	}
	return calls
}

// picture draws a history as a page that loads nothing from anywhere. Its script shows what it is told as HTML, and ids
// are the API's own words.
func picture(model porcupine.Model, part []porcupine.Operation, name string) reports.Picture {
	tell := model.DescribeOperation
	model.DescribeOperation = func(input, output any) string { return html.EscapeString(tell(input, output)) }
	model.DescribeState = func(state any) string { return html.EscapeString(fmt.Sprint(state)) }
	_, info := porcupine.CheckOperationsVerbose(model, part, explainTime)
	var page bytes.Buffer
	if err := porcupine.Visualize(model, info, &page); err != nil {
		return reports.Picture{File: name, Data: []byte("<!doctype html><title>no picture</title>" + err.Error())}
	}
	return reports.Picture{File: name, Data: guarded(page.Bytes())}
}

// inline are the texts of a page that a browser performs or applies.
var inline = regexp.MustCompile(`(?s)<(script|style)>(.*?)</(?:script|style)>`)

// guarded gives a page the policy that allows its own script and style by their hashes, and nothing else.
func guarded(page []byte) []byte {
	allowed := map[string]string{}
	for _, one := range inline.FindAllSubmatch(page, -1) {
		sum := sha256.Sum256(one[2])
		allowed[string(one[1])] += " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	policy := fmt.Sprintf(`<head><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src%s; script-src%s">`,
		allowed["style"], allowed["script"])
	return bytes.Replace(page, []byte("<head>"), []byte(policy), 1)
}
