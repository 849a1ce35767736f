package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/reports/evidence"
)

// fewestTexts is how many documented texts have to be missing, and none found, for refusals of another form.
const fewestTexts = 4

// texts puts together that refusals say nothing of what is documented. Where many texts are missing and the order of
// checks, which is read off them, shows nothing, refusals have taken another form: that is one deviation, and says
// neither which check decided nor that one did so in the wrong place.
func (l *causes) texts() {
	for _, known := range []bool{false, true} {
		missing := map[string]*Cause{}
		var list, beside []*Cause // those that gate, and remarks
		for _, one := range l.list {
			switch {
			case !missesText(one.Finding):
			case !one.Finding.Gated:
				beside = append(beside, one)
			case one.Known() == known:
				missing[one.Finding.Expected] = one
				list = append(list, one)
			}
		}
		if len(missing) < fewestTexts {
			continue
		}
		slices.SortStableFunc(list, func(a, b *Cause) int { return rank(!decides(a.Finding), !decides(b.Finding)) })
		with := l.unreadable(list[0])
		list = append(list, beside...)
		if with != nil {
			for _, other := range list {
				with.join(other)
			}
			l.list = slices.DeleteFunc(l.list, func(one *Cause) bool { return slices.Contains(list, one) })
			continue
		}
		for _, other := range list[1:] {
			list[0].join(other)
		}
		list[0].common = true
		list[0].Finding.Message = fmt.Sprintf("the documented texts were not found in refusals of this form: %d are missing, and which "+
			"check refused is not decided", len(missing))
		l.list = slices.DeleteFunc(l.list, func(one *Cause) bool { return one != list[0] && slices.Contains(list, one) })
	}
}

// unreadable returns the cause that answers of an operation are no JSON, so that no text can be found in them.
func (l *causes) unreadable(c *Cause) *Cause {
	at := slices.IndexFunc(l.list, func(one *Cause) bool {
		return check(one.Finding) == strictJSON && one.Finding.Gated && one.Known() == c.Known() &&
			one.Finding.Operation == c.Finding.Operation
	})
	if at < 0 {
		return nil
	}
	l.list[at].about = leadsWithIt + 1 // it stays what is told of them
	return l.list[at]
}

// missesText reports whether a finding is that a refusal does not say a documented text, nor another's.
func missesText(f evidence.Finding) bool {
	return (decides(f) || f.Check == evidence.RefusalMessage) && !strings.Contains(f.Actual, evidence.OtherCheck)
}

// decides reports whether a finding is of the ordered checks.
func decides(f evidence.Finding) bool { return strings.HasSuffix(f.Check, " decides") }
