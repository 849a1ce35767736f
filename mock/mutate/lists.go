package mutate

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/kobcheck/kobcheck/contract"
)

// The kinds of oracle that see a wrong list.
const (
	oracleWhole = "what was made is listed once, and nobody else's"
	oracleGrid  = "lists by every combination of parameters against the full list computed here"
)

// lists breaks what is on a list, and in which order.
func (b *builder) lists(o *contract.Operation) {
	if !isList(o) {
		return
	}
	ordered := contract.Fact{Requirement: b.naming(o, "`order` sorts"), Facet: contract.Order}
	listed := contract.Fact{Requirement: "HARNESS-13", Facet: contract.Effect}
	pages := contract.Fact{Requirement: b.naming(o, "neither gaps nor repeats"), Facet: contract.Effect}
	type entries = []gjson.Result
	for _, one := range []struct {
		how, words string
		breaks     []contract.Fact
		change     func(list entries) entries
	}{
		{"reversed", "the list is the wrong way round", []contract.Fact{ordered},
			func(list entries) entries { slices.Reverse(list); return list }},
		{"rotated", "the last entry of the list comes first", []contract.Fact{ordered},
			func(list entries) entries { return append(entries{list[len(list)-1]}, list[:len(list)-1]...) }},
		{"first-dropped", "the first entry of the list is left out", []contract.Fact{listed, pages},
			func(list entries) entries { return list[1:] }},
		{"last-dropped", "the last entry of the list is left out", []contract.Fact{listed, pages},
			func(list entries) entries { return list[:len(list)-1] }},
		{"doubled", "the first entry of the list is there twice", []contract.Fact{listed, pages},
			func(list entries) entries { return append(entries{list[0]}, list...) }},
		{"emptied", "the list is empty", []contract.Fact{listed, b.served(o)}, func(entries) entries { return nil }},
	} {
		b.add(draft{operation: o, group: "list", how: one.how, sentence: one.words, oracle: oracleWhole, breaks: one.breaks,
			perform: onSuccess(func(_ *call, a *answer) bool {
				_, list := a.list()
				return len(list) > 0 && a.relist(one.change(slices.Clone(list)))
			})})
	}
	b.add(draft{operation: o, group: "list", how: "foreign", oracle: oracleWhole,
		sentence: "an entry of another client is on the list", breaks: []contract.Fact{{Requirement: "OWN-06", Facet: contract.Exposure}},
		perform: onSuccess(func(c *call, a *answer) bool {
			theirs := c.memory.listedForAnother(c)
			if theirs == nil {
				return false
			}
			_, list := a.list()
			_, foreign := theirs.list()
			foreign = slices.DeleteFunc(foreign, func(entry gjson.Result) bool {
				return slices.ContainsFunc(list, func(own gjson.Result) bool { return own.Get("id").Raw == entry.Get("id").Raw })
			})
			return len(foreign) > 0 && a.relist(append(list, foreign[0]))
		})})
}

// queries lets the upstream see other parameters of a list than were sent.
func (b *builder) queries(o *contract.Operation) {
	for _, parameter := range o.Query {
		fact := contract.Fact{Requirement: parameter.Requirement, Facet: contract.Effect, Mark: parameter.Mark}
		add := func(how, words string, change func(values url.Values, was string)) {
			b.add(draft{operation: o, group: "query", place: parameter.Name, how: how, oracle: oracleGrid, breaks: []contract.Fact{fact},
				sentence: "the parameter " + parameter.Name + " " + words, perform: asked(parameter.Name, change)})
		}
		add("ignored", "has no effect", func(values url.Values, _ string) { values.Del(parameter.Name) })
		switch {
		case parameter.Type == "number" || parameter.Type == "integer":
			for how, by := range map[string]int{"one-more": 1, "one-less": -1} {
				add(how, "works as if it were "+map[string]string{"one-more": "one more", "one-less": "one less"}[how],
					func(values url.Values, was string) {
						if n, err := strconv.Atoi(was); err == nil && n+by >= 0 {
							values.Set(parameter.Name, strconv.Itoa(n+by))
						}
					})
			}
		case len(parameter.Enum) == 2:
			// The two are the reverse of each other all the same, so that only what is sorted by tells them apart.
			fact = contract.Fact{Requirement: b.naming(o, "`order` sorts"), Facet: contract.Order}
			add("other", "has the opposite effect", func(values url.Values, was string) {
				if i := slices.Index(parameter.Enum, was); i >= 0 {
					values.Set(parameter.Name, parameter.Enum[1-i])
				}
			})
		case parameter.Format == "date-time":
			add("swapped", "works as its counterpart", func(values url.Values, was string) {
				values.Del(parameter.Name)
				values.Set(map[string]string{"from": "to", "to": "from"}[parameter.Name], was)
			})
		}
	}
}

// asked sends a request on with other parameters, and says whether that changes the answer.
func asked(name string, change func(values url.Values, was string)) performance {
	return func(c *call, next sender) (*answer, bool, error) {
		values := c.request.URL.Query()
		if values.Has(name) {
			change(values, values.Get(name))
		}
		if values.Encode() == c.request.URL.Query().Encode() {
			return passed(c, next)
		}
		a, err := next(c.with(func(r *http.Request) { r.URL.RawQuery = values.Encode() }))
		return a, err == nil && a.succeeded(), err
	}
}
