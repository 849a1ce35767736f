package limiter

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// tooMany is the share of answers that may contradict the best family before none is named.
const tooMany = 0.04

// conclude names the families that explain what was seen best.
func (p *probe) conclude() {
	fits := fitAll(p.trace, p.hints)
	p.found.Best, p.found.Margin, p.found.Unknown = nil, 0, nil
	if len(fits) == 0 {
		p.found.Unknown = append(p.found.Unknown, "kind and window")
		return
	}
	least := fits[0].Contradictions
	if float64(least) > math.Max(2, tooMany*float64(len(p.trace))) {
		p.found.Unknown = append(p.found.Unknown, fmt.Sprintf("kind and window: %d of %d answers contradict even the best family; "+
			"several servers count for themselves, others use the same limit, or this machine was too busy", least, len(p.trace)))
		return
	}
	p.found.Margin = len(p.trace)
	for _, one := range fits {
		if one.Contradictions == least {
			p.found.Best = append(p.found.Best, one)
		} else if one.Family.Kind() != fits[0].Family.Kind() {
			p.found.Margin = one.Contradictions - least
			break
		}
	}
	if kinds := p.found.Kinds(); len(kinds) > 1 {
		p.found.Margin = 0
		p.found.Unknown = append(p.found.Unknown, "which of these it is: "+strings.Join(kinds, "; "))
	}
}

// Kind is the family without what is only a variant of it.
func (f Family) Kind() string {
	switch f {
	case FixedFirst, FixedClock:
		return "fixed window"
	case SlidingLog, SlidingRefused:
		return "sliding log"
	}
	return string(f)
}

// Kinds lists the kinds of the best families, each once.
func (f *Found) Kinds() []string {
	var kinds []string
	for _, one := range f.Best {
		if kind := one.Family.Kind(); !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// Confidence says in a word how well founded the kind is.
func (f *Found) Confidence() string {
	switch {
	case len(f.Best) == 0:
		return "none"
	case f.Margin == 0:
		return "tied"
	case f.Margin < 3:
		return "likely"
	}
	return "sure"
}
