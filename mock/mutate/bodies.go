package mutate

import (
	"bytes"
	"net/http"

	"github.com/kobcheck/kobcheck/contract"
)

// spoilt is a body that is no longer what is documented, or no JSON at all.
type spoilt struct {
	how, words, oracle string
	fact               contract.Fact
	change             func(a *answer) bool
}

// bodies breaks the form of answers: of successes, and of refusals.
func (b *builder) bodies(o *contract.Operation) {
	if o.Success.Schema != "" {
		shape := contract.Fact{Requirement: o.Shaped(), Facet: contract.Shape}
		for _, one := range append(notJSON(), []spoilt{
			{"none", "comes without a body", oracleSchema, shape, func(a *answer) bool { return a.hold(nil) }},
			{"wrapped", "comes in an envelope", oracleSchema, shape,
				func(a *answer) bool { return a.hold(framed(`{"data":`, a.body, `}`)) }},
			{"in-list", "comes in a list", oracleSchema, shape, func(a *answer) bool { return a.hold(framed(`[`, a.body, `]`)) }},
			{"text", "is a JSON text", oracleSchema, shape, func(a *answer) bool { return a.hold([]byte(`"ok"`)) }},
		}...) {
			b.add(draft{operation: o, group: "body", how: one.how, sentence: "a success " + one.words, oracle: one.oracle,
				breaks: []contract.Fact{one.fact}, perform: onSuccess(func(_ *call, a *answer) bool { return len(a.body) > 0 && one.change(a) })})
		}
		b.add(draft{operation: o, group: "body", how: "more-fields", sentence: "a success has a field that is not documented",
			oracle: oracleSchema, breaks: []contract.Fact{{Requirement: "HARNESS-16", Facet: contract.FieldThere}},
			perform: onSuccess(func(c *call, a *answer) bool { return a.put(c.operation, "unheard_of", "true") })})
	}
	for _, one := range append(notJSON(), spoilt{"insides", "shows the inside of the server", oracleLeak,
		contract.Fact{Requirement: "HARNESS-10", Facet: contract.Exposure},
		func(a *answer) bool {
			return a.hold([]byte(`{"message":"Error\n    at Object.<anonymous> (/usr/src/app/index.js:10:15)"}`))
		}}) {
		b.add(draft{operation: o, group: "body", place: "refusal", how: one.how, sentence: "a refusal " + one.words, oracle: one.oracle,
			breaks: []contract.Fact{one.fact}, perform: onRefusal(func(_ *call, a *answer) bool { return len(a.body) > 0 && one.change(a) })})
	}
}

// notJSON are the ways in which a body is not the JSON that it claims to be.
func notJSON() []spoilt {
	form := contract.Fact{Requirement: "STD-12", Facet: contract.Form}
	rewrite := func(how, words string, change func(body []byte) []byte) spoilt {
		return spoilt{how, words, oracleStrict, form, func(a *answer) bool { return a.hold(change(a.body)) }}
	}
	return []spoilt{
		rewrite("not-json", "has a word before its JSON", func(body []byte) []byte { return framed("ok ", body, "") }),
		rewrite("cut", "has JSON without its end", func(body []byte) []byte { return body[:len(body)-1] }),
		rewrite("mark", "begins with a byte order mark", func(body []byte) []byte { return framed("\ufeff", body, "") }),
		rewrite("trailing", "has more after its JSON", func(body []byte) []byte { return framed("", body, "{}") }),
		rewrite("comma", "has a comma before its end",
			func(body []byte) []byte { return framed("", body[:len(body)-1], ","+string(body[len(body)-1:])) }),
		rewrite("latin", "has bytes that are no UTF-8", func(body []byte) []byte {
			return bytes.Replace(body, []byte(`":"`), []byte("\":\"\xe9"), 1)
		}),
	}
}

func framed(before string, body []byte, after string) []byte {
	return append(append([]byte(before), body...), after...)
}

// leaks shows what no answer may show: in a success, in a refusal, in a header.
func (b *builder) leaks(o *contract.Operation) {
	exposed := func(id string) contract.Fact { return contract.Fact{Requirement: id, Facet: contract.Exposure} }
	secrets := []struct {
		how, words, member string
		fact               contract.Fact
		value              func(c *call) string
	}{
		{"card-number", "a full card number", "note", exposed("CARD-20"), func(*call) string { return "4111111111111111" }},
		{"verification-value", "a field for a verification value", "cvv", exposed("HARNESS-15"), func(*call) string { return "123" }},
		{"token", "the caller's access token", "note", exposed("HARNESS-14"), bearer},
	}
	for _, secret := range secrets {
		if secret.how == "token" && !guarded(o) {
			continue
		}
		show := func(c *call, a *answer) bool {
			value := secret.value(c)
			return value != "" && a.put(c.operation, secret.member, quoted(value))
		}
		add := func(place, words string, perform performance) {
			b.add(draft{operation: o, group: "leak", place: place, how: secret.how, sentence: words + " shows " + secret.words,
				oracle: oracleLeak, breaks: []contract.Fact{secret.fact}, perform: perform})
		}
		if o.Success.Schema != "" {
			add("success", "a success", onSuccess(show))
		}
		add("refusal", "a refusal", onRefusal(func(c *call, a *answer) bool {
			value := secret.value(c)
			return value != "" && a.hold([]byte(`{"message":"refused",`+quoted(secret.member)+`:`+quoted(value)+`}`))
		}))
		add("header", "a header", always(func(c *call, a *answer) bool {
			value := secret.value(c)
			return value != "" && a.say("X-"+http.CanonicalHeaderKey(secret.member), value)
		}))
	}
}
