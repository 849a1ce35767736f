package catalog

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Expression is a tag expression in Cucumber's own grammar: @tags joined by and, or, not and brackets.
type Expression struct {
	holds func(tags map[string]bool) bool
	tags  []string
}

// Holds reports whether a scenario with these tags is meant.
func (e *Expression) Holds(tags []string) bool {
	set := make(map[string]bool, len(tags))
	for _, tag := range tags {
		set[tag] = true
	}
	return e.holds(set)
}

var token = regexp.MustCompile(`\(|\)|[^\s()]+`)

// ParseTags reads a tag expression. The empty expression means every scenario. The old grammar of
// commas, && and ~ is an error that says what to write instead.
func ParseTags(text string) (*Expression, error) {
	p := &parser{tokens: token.FindAllString(text, -1)}
	if len(p.tokens) == 0 {
		return &Expression{holds: func(map[string]bool) bool { return true }}, nil
	}
	holds, err := p.or()
	if err == nil && p.at < len(p.tokens) {
		err = fmt.Errorf("unexpected %q", p.tokens[p.at])
	}
	if err != nil {
		return nil, fmt.Errorf("the tag expression %q: %w; write it like @stated and not (@slow or @load)", text, err)
	}
	return &Expression{holds: holds, tags: p.named}, nil
}

type parser struct {
	tokens []string
	at     int
	named  []string
}

type holds = func(map[string]bool) bool

func (p *parser) next(word string) bool {
	if p.at < len(p.tokens) && p.tokens[p.at] == word {
		p.at++
		return true
	}
	return false
}

func (p *parser) or() (holds, error) {
	left, err := p.and()
	for err == nil && p.next("or") {
		var right holds
		if right, err = p.and(); err == nil {
			first := left
			left = func(t map[string]bool) bool { return first(t) || right(t) }
		}
	}
	return left, err
}

func (p *parser) and() (holds, error) {
	left, err := p.not()
	for err == nil && p.next("and") {
		var right holds
		if right, err = p.not(); err == nil {
			first := left
			left = func(t map[string]bool) bool { return first(t) && right(t) }
		}
	}
	return left, err
}

func (p *parser) not() (holds, error) {
	if p.next("not") {
		inner, err := p.not()
		if err != nil {
			return nil, err
		}
		return func(t map[string]bool) bool { return !inner(t) }, nil
	}
	if p.next("(") {
		inner, err := p.or()
		if err != nil {
			return nil, err
		}
		if !p.next(")") {
			return nil, errors.New("a bracket is not closed")
		}
		return inner, nil
	}
	if p.at >= len(p.tokens) {
		return nil, errors.New("a @tag is missing at the end")
	}
	tag := p.tokens[p.at]
	if !strings.HasPrefix(tag, "@") || len(tag) < 2 || strings.ContainsAny(tag, ",~&") {
		return nil, fmt.Errorf("expected a @tag, got %q", tag)
	}
	p.at++
	p.named = append(p.named, tag)
	return func(t map[string]bool) bool { return t[tag] }, nil
}
