package mutate

import (
	"cmp"
	"encoding/base64"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/tidwall/gjson"

	"github.com/kobcheck/kobcheck/contract"
)

// The kinds of oracle that see a call served, or acted upon, that must not be.
const (
	oracleRights = "every way to be without a right on every operation"
	oracleActs   = "after a refusal everything is as before"
	oracleKeys   = "keys: the same or another operation, body, client, before, after and at once"
)

// bearer is the access token of a call.
func bearer(c *call) string {
	_, token, _ := strings.Cut(c.caller(), " ")
	return token
}

// rights serves who has no right: the request is sent on with credentials that were served before. Where the name
// says acts, the refusal is answered all the same.
func (b *builder) rights(o *contract.Operation) {
	if !guarded(o) {
		return
	}
	forms := []struct {
		how, words string
		fact       contract.Fact
		refused    func(c *call, a *answer) bool
	}{
		{"no-token", "without a token", contract.Fact{Requirement: "AUTH-28", Facet: contract.Refusal},
			func(c *call, a *answer) bool { return c.caller() == "" && a.refused() }},
		{"bad-token", "with a token that is none", contract.Fact{Requirement: "AUTH-28", Facet: contract.Refusal},
			func(c *call, a *answer) bool {
				return c.caller() != "" && a.response.StatusCode == http.StatusUnauthorized
			}},
		{"foreign", "for a thing of another client", contract.Fact{Requirement: "OWN-07", Facet: contract.Refusal},
			func(c *call, a *answer) bool {
				return len(o.Fixtures()) > 0 && a.refused() && a.response.StatusCode != http.StatusUnauthorized && c.caller() != ""
			}},
	}
	for _, form := range forms {
		if form.how == "foreign" && len(o.Fixtures()) == 0 {
			continue
		}
		b.add(draft{operation: o, group: "right", how: form.how, oracle: oracleRights, breaks: []contract.Fact{form.fact},
			sentence: "a call " + form.words + " is served", perform: lent(form.refused, false)})
		if o.Writes() {
			b.add(draft{operation: o, group: "acts", how: form.how, oracle: oracleActs, breaks: b.changes(o),
				sentence: "a call " + form.words + " is refused and acted upon", perform: lent(form.refused, true)})
		}
	}
}

// changes is the fact that a refused call changes nothing; none where nobody could see that it did.
func (b *builder) changes(o *contract.Operation) []contract.Fact {
	listed := slices.ContainsFunc(b.facts.Operations, func(other *contract.Operation) bool {
		return isList(other) && other.Reads != "" && other.Reads == o.Creates
	})
	if o.Creates == "secret" || o.Creates != "" && !listed {
		return nil
	}
	return []contract.Fact{{Requirement: "HARNESS-11", Facet: contract.Effect}}
}

// lent sends a refused call again with the credentials of others until one is served. Quietly means that the
// refusal is answered nevertheless.
func lent(refused func(c *call, a *answer) bool, quietly bool) performance {
	return func(c *call, next sender) (*answer, bool, error) {
		a, err := next(c)
		if err != nil || !refused(c, a) {
			return a, false, err
		}
		for _, credentials := range c.memory.otherCallers(c) {
			if c.caller() != "" && clientOf(credentials) == clientOf(c.caller()) && a.response.StatusCode != http.StatusUnauthorized {
				continue // what a client lacks is not a right to its own things
			}
			again, err := next(c.with(func(r *http.Request) { r.Header.Set("Authorization", credentials); freshKey(r) }))
			if err != nil || !again.succeeded() {
				continue
			}
			if quietly {
				return a, true, nil
			}
			return again, true, nil
		}
		return a, false, nil
	}
}

// clientOf tells whose credentials they are: by the client or subject that a JWT names (RFC 9068 §2.2), else each are
// another's.
func clientOf(credentials string) string {
	_, token, _ := strings.Cut(credentials, " ")
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return credentials
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return credentials
	}
	if name := cmp.Or(gjson.GetBytes(payload, "client_id").Str, gjson.GetBytes(payload, "sub").Str); name != "" {
		return name
	}
	return credentials
}

var keyForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

// keyless serves calls that were refused for want of a key, quietly or not.
func keyless(quietly bool) performance {
	return func(c *call, next sender) (*answer, bool, error) {
		a, err := next(c)
		if err != nil || !a.refused() || keyForm.MatchString(strings.ToLower(c.header("Idempotency-Key"))) {
			return a, false, err
		}
		again, err := next(c.with(func(r *http.Request) { r.Header.Set("Idempotency-Key", uuid.NewString()) }))
		switch {
		case err != nil || !again.succeeded():
			return a, false, nil //nolint:nilerr // the first answer stands where the second call could not be made
		case quietly:
			return a, true, nil
		}
		return again, true, nil
	}
}

// keys breaks what an idempotency key does.
func (b *builder) keys(o *contract.Operation) {
	if !o.NeedsKey() {
		return
	}
	required := []contract.Fact{{Requirement: b.keyHeader(o), Facet: contract.Refusal},
		{Requirement: "IDEMP-02", Facet: contract.Refusal}}
	add := func(how, words string, breaks []contract.Fact, perform performance) {
		b.add(draft{operation: o, group: "key", how: how, sentence: words, oracle: oracleKeys, breaks: breaks, perform: perform})
	}
	add("not-required", "a call without a key is served", required, keyless(false))
	add("refused-and-acts", "a call without a key is refused and acted upon",
		b.changes(o), keyless(true))
	effect := func(ids ...string) (facts []contract.Fact) {
		for _, id := range ids {
			facts = append(facts, contract.Fact{Requirement: id, Facet: contract.Effect})
		}
		return facts
	}
	add("repeat-acts", "a repeat under one key is acted upon again", effect("IDEMP-01"),
		again(func(c *call, before *keyed) bool { return before.body == string(c.body) && before.answer != nil }, fresh))
	add("copy-acts", "copies under one key that come at once are each acted upon", effect("IDEMP-29"),
		again(func(c *call, before *keyed) bool { return before.body == string(c.body) && before.answer == nil }, fresh))
	add("other-data-acts", "other data under a used key is acted upon", effect("IDEMP-30"),
		again(func(c *call, before *keyed) bool { return before.body != string(c.body) && before.caller == c.caller() }, fresh))
	add("other-client", "another client's call under a used key gets the answer of the first",
		[]contract.Fact{{Requirement: "OWN-07", Facet: contract.Exposure}},
		again(func(c *call, before *keyed) bool {
			return before.caller != c.caller() && before.answer != nil && c.caller() != ""
		},
			func(c *call, _ sender) (*answer, error) { return c.earlier.answer.in(c), nil }))
	add("repeat-differs", "a repeat under one key is answered with another id",
		[]contract.Fact{{Requirement: "IDEMP-28", Facet: contract.Link}},
		again(func(c *call, before *keyed) bool { return before.body == string(c.body) && before.answer != nil },
			func(c *call, next sender) (*answer, error) {
				a, err := next(c)
				if err == nil && a.succeeded() {
					a.edit(c.operation, "id", func(was gjson.Result) (string, bool) { return quoted(nextID(was.Str)), true })
				}
				return a, err
			}))
	add("repeat-refused", "a repeat under one key is refused", []contract.Fact{{Requirement: "IDEMP-05", Facet: contract.Status}},
		again(func(c *call, before *keyed) bool { return before.body == string(c.body) && before.answer != nil },
			func(c *call, next sender) (*answer, error) {
				a, err := next(c)
				if err == nil && a.succeeded() {
					a.fail(http.StatusConflict, "This key was used before")
				}
				return a, err
			}))
}

// keyHeader is the requirement of the operation's page that asks for the key.
func (b *builder) keyHeader(o *contract.Operation) string {
	if header := o.Header("Idempotency-Key"); header != nil {
		return header.Requirement
	}
	return "IDEMP-02"
}

// fresh sends a call on under a key of its own.
func fresh(c *call, next sender) (*answer, error) { return next(c.with(freshKey)) }

// again performs on calls under a key that was seen before and of which holds says so.
func again(holds func(c *call, before *keyed) bool, perform func(c *call, next sender) (*answer, error)) performance {
	return func(c *call, next sender) (*answer, bool, error) {
		if c.earlier != nil && holds(c, c.earlier) {
			a, err := perform(c, next)
			return a, err == nil, err
		}
		return passed(c, next)
	}
}
