package mutate

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
)

const oracleHead = "headers of the answer"

// heads breaks the headers of answers: those that the documentation has and those that HTTP asks for.
func (b *builder) heads(o *contract.Operation) {
	media := contract.Fact{Requirement: "GEN-11", Facet: contract.Head}
	if id := o.Success.Requirements["media_type"]; id != "" {
		media = contract.Fact{Requirement: id, Facet: contract.MediaType}
	}
	if o.Success.MediaType != "" {
		for how, value := range map[string]string{"missing": "", "html": "text/html; charset=utf-8", "text": "text/plain",
			"binary": "application/octet-stream"} {
			b.add(draft{operation: o, group: "header", place: "Content-Type", how: how, oracle: oracleHead, breaks: []contract.Fact{media},
				sentence: "a success is labelled as " + cmp.Or(value, "nothing"),
				perform:  onSuccess(func(_ *call, a *answer) bool { return len(a.body) > 0 && a.say("Content-Type", value) })})
		}
	}
	b.add(draft{operation: o, group: "header", place: "Content-Type", how: "refusal-html", oracle: oracleHead,
		sentence: "a refusal is labelled as text/html", breaks: []contract.Fact{{Requirement: "GEN-11", Facet: contract.Head}},
		perform: onRefusal(func(_ *call, a *answer) bool { return len(a.body) > 0 && a.say("Content-Type", "text/html") })})
	for _, header := range o.ResponseHeaders {
		b.documented(o, header)
	}
	b.standard(o)
	if o.ID != "token" {
		return
	}
	for _, name := range []string{"Cache-Control", "Pragma"} {
		b.add(draft{operation: o, group: "header", place: name, how: "missing", sentence: "a success comes without " + name,
			oracle: oracleHead, breaks: []contract.Fact{{Requirement: "STD-15", Facet: contract.Head}},
			perform: onSuccess(func(_ *call, a *answer) bool { return a.say(name, "") })})
	}
}

// documented breaks a header that the page of an operation has.
func (b *builder) documented(o *contract.Operation, header contract.Parameter) {
	fact := contract.Fact{Requirement: header.Requirement, Facet: contract.Values, Mark: header.Mark}
	change := func(rewrite func(was string) string) performance {
		return onSuccess(func(_ *call, a *answer) bool {
			was := a.response.Header.Get(header.Name)
			return was != "" && a.say(header.Name, rewrite(was))
		})
	}
	add := func(how, words string, breaks []contract.Fact, perform performance) {
		b.add(draft{operation: o, group: "header", place: header.Name, how: how, oracle: oracleHead, breaks: breaks, perform: perform,
			sentence: "the header " + header.Name + " " + words})
	}
	var there []contract.Fact
	if header.Required == contract.Yes {
		there = []contract.Fact{fact}
	}
	add("missing", "is missing", there, change(func(string) string { return "" }))
	add("mistyped", "is no number", []contract.Fact{fact}, change(func(string) string { return "many" }))
	wrong := []contract.Fact{{Requirement: b.naming(o, "`"+header.Name+"`, where"), Facet: contract.Values},
		{Requirement: b.naming(o, "add up to `"+header.Name+"`"), Facet: contract.Values}}
	add("wrong", "is one too many", wrong, change(func(was string) string {
		n, err := strconv.Atoi(was)
		if err != nil {
			return was
		}
		return strconv.Itoa(n + 1)
	}))
}

// standard breaks what HTTP itself asks of the head of an answer.
func (b *builder) standard(o *contract.Operation) {
	head := func(id string) []contract.Fact { return []contract.Fact{{Requirement: id, Facet: contract.Head}} }
	add := func(name, how, words, requirement string, perform performance) {
		b.add(draft{operation: o, group: "header", place: name, how: how, sentence: words, oracle: oracleHead,
			breaks: head(requirement), perform: perform})
	}
	add("Date", "missing", "answers come without Date", "STD-07", always(func(_ *call, a *answer) bool { return a.say("Date", "") }))
	add("Date", "malformed", "Date is no HTTP date", "STD-07",
		always(func(_ *call, a *answer) bool { return a.say("Date", "2026-01-14T16:56:58Z") }))
	if !guarded(o) {
		return
	}
	challenge := func(rewrite func(was string) string) performance {
		return always(func(_ *call, a *answer) bool {
			return a.response.StatusCode == http.StatusUnauthorized &&
				a.say("WWW-Authenticate", rewrite(a.response.Header.Get("WWW-Authenticate")))
		})
	}
	add("WWW-Authenticate", "missing", "a 401 comes without a challenge", "STD-02", challenge(func(string) string { return "" }))
	add("WWW-Authenticate", "basic", "the challenge of a 401 is another than Bearer", "STD-03",
		challenge(func(was string) string { return strings.Replace(was, "Bearer", "Basic", 1) }))
	add("WWW-Authenticate", "bare", "the challenge of a 401 has no parameter", "STD-03", challenge(func(string) string { return "Bearer" }))
	b.add(draft{operation: o, group: "wire", place: "Content-Encoding", how: "untrue", oracle: "the coding that is named is the body's",
		sentence: "a success is labelled as compressed and is not", breaks: []contract.Fact{{Requirement: "HARNESS-26", Facet: contract.Form}},
		perform: onSuccess(func(_ *call, a *answer) bool { return len(a.body) > 0 && a.say("Content-Encoding", "gzip") })})
	b.add(draft{operation: o, group: "wire", place: "Content-Length", how: "untrue", oracle: "the length that is told is the body's",
		sentence: "a success tells a greater length than it has", breaks: []contract.Fact{{Requirement: "STD-06", Facet: contract.Form}},
		perform: onSuccess(func(_ *call, a *answer) bool {
			if len(a.body) == 0 {
				return false
			}
			a.response.ContentLength = int64(len(a.body) + 10)
			a.response.TransferEncoding = nil
			return a.say("Content-Length", strconv.Itoa(len(a.body)+10))
		})})
}
