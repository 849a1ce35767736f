package steps

import (
	"regexp"
	"strings"
)

// Sentence is the pattern for readers: "…" for a text, N for a number, a choice as (one|other), and what may be left out
// in brackets.
func (d Definition) Sentence() string {
	p := &pattern{rest: strings.TrimSuffix(strings.TrimPrefix(d.Pattern.String(), "^"), "$")}
	text, _ := p.choice()
	return text
}

// pattern is what is left of one.
type pattern struct{ rest string }

// choice reads up to the end of a group, and reports whether there is one to choose.
func (p *pattern) choice() (text string, chosen bool) {
	var out strings.Builder
	for p.rest != "" && p.rest[0] != ')' {
		if p.rest[0] == '|' {
			chosen = true
			p.rest = p.rest[1:]
			out.WriteByte('|')
			continue
		}
		out.WriteString(p.part())
	}
	return out.String(), chosen
}

// A piece of a pattern that is no group, and what it stands for; a letter stands for itself.
var pieces = []struct {
	form *regexp.Regexp
	as   string
}{
	{regexp.MustCompile(`^(-\?)?(\\d|\[\\d[^]]*\])([+*]|\{\d\})?(\[\\d[^]]*\][+*])?`), "N"},
	{regexp.MustCompile(`^((\[\^?[^]]*\]|\\[wS]|\.)[+*]?)+`), "…"},
	{regexp.MustCompile(`^\\?(.)`), "$1"},
}

// part reads a group or a piece, with the sign behind it.
func (p *pattern) part() string {
	if strings.HasPrefix(p.rest, "(") {
		p.rest = strings.TrimPrefix(p.rest[1:], "?:")
		text, chosen := p.choice()
		p.rest = strings.TrimPrefix(p.rest, ")")
		switch {
		case p.optional():
			return "[" + text + "]"
		case chosen:
			return "(" + text + ")"
		}
		return text
	}
	for _, one := range pieces {
		if found := one.form.FindString(p.rest); found != "" {
			p.rest = p.rest[len(found):]
			text := one.form.ReplaceAllString(found, one.as)
			if p.optional() {
				return "[" + text + "]"
			}
			return text
		}
	}
	text := p.rest
	p.rest = ""
	return text
}

// optional takes the sign that what stands before it may be left out.
func (p *pattern) optional() bool {
	if p.rest == "" || p.rest[0] != '?' && p.rest[0] != '*' {
		return false
	}
	p.rest = p.rest[1:]
	return true
}
