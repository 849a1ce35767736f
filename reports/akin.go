package reports

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/wording"
)

// fewestAkin is from how many operations on what gates is one cause where each says the same of itself by a requirement
// of its own; by one requirement it is from two on. What is only to be read is one remark wherever it is said in the same
// words.
const fewestAkin = 3

// akin puts together what one choice, or one fault, of an API shows in several places.
func (l *causes) akin() {
	l.besideStanding()
	l.nowAndThen()
	l.misshapen()
	always := func([]*Cause) bool { return true }
	l.notUsable()
	l.askedWith()
	for _, key := range []func(*Cause) string{verbatim, serverError, unserved, text, place, atRisk, queried} {
		l.fold(byRisk(key), always)
	}
	l.fold(ofRequirement, func(group []*Cause) bool {
		return slices.ContainsFunc(group, func(one *Cause) bool { return one.Finding.Pointer == "" })
	})
	l.fold(codes, always)
	l.fold(wherever, many(fewestAkin))
	l.fold(serverErrors, many(fewestAkin))
	l.fold(partOfList, apart)
	l.fold(metByWalks, always)
	l.fold(notListed, many(fewestAkin))
	l.fold(byRisk(inPlaces), func(group []*Cause) bool { return len(group) >= fewestAkin || mistyped(group[0].Finding) })
	l.ofUnserved()
	l.besideGated()
	l.beyond()
	l.fold(byRisk(riskOfAll), many(fewestAkin))
	l.fold(byRisk(riskOfOperation), always)
	l.fold(ofList, func(group []*Cause) bool { return len(group) >= fewestAkin })
	l.walks()
	l.fold(func(c *Cause) string { return c.Finding.Through }, ofRequirements)
	l.through()
	l.fold(byRisk(func(c *Cause) string { return saying(c, c.Finding.Requirement) }), many(2))
	l.fold(byRisk(func(c *Cause) string { return saying(c, c.Finding.Check) }), func(group []*Cause) bool {
		return many(fewestAkin)(group) && apart(group)
	})
}

// many reports whether what is said is said of enough operations to be one cause.
func many(fewest int) func([]*Cause) bool {
	return func(group []*Cause) bool {
		var operations []string
		for _, one := range group {
			operations = union(operations, one.Operations)
		}
		return !group[0].Finding.Gated || len(operations) >= fewest
	}
}

// apart reports whether no operation breaks two requirements: then each has one of its own for the same.
func apart(group []*Cause) bool {
	of := map[string]string{}
	for _, one := range group {
		for _, operation := range one.Operations {
			if of[operation] != "" && of[operation] != one.Finding.Requirement {
				return false
			}
			of[operation] = one.Finding.Requirement
		}
	}
	return true
}

// fold makes causes with one key one, led by the one that tells most; an empty key is left alone, and so is a group
// that is not one.
func (l *causes) fold(key func(*Cause) string, isOne func([]*Cause) bool) {
	groups := map[string][]*Cause{}
	for _, one := range l.list {
		if id := key(one); id != "" && !one.Everywhere {
			f := one.Finding
			id = strings.Join([]string{id, string(f.Verdict), fmt.Sprint(f.Gated)}, "\x00")
			groups[id] = append(groups[id], one)
		}
	}
	gone := map[*Cause]bool{}
	for _, group := range groups {
		if len(group) < 2 || !isOne(group) {
			continue
		}
		slices.SortStableFunc(group, func(a, b *Cause) int {
			return cmp.Or(rank(a.Finding.Hazard == "", b.Finding.Hazard == ""), rank(ours(a), ours(b)), cmp.Compare(b.about, a.about),
				cmp.Compare(len(b.Scenarios), len(a.Scenarios)))
		})
		for _, other := range group[1:] {
			group[0].join(other)
			gone[other] = true
		}
	}
	l.list = slices.DeleteFunc(l.list, func(one *Cause) bool { return gone[one] })
}

// ours reports whether a cause breaks a rule of our own, where a page's says more.
func ours(c *Cause) bool { return strings.HasPrefix(c.Finding.Requirement, "HARNESS-") }

// beyond says of all fields that no page shows that they are there, and lets remarks on what they hold go with it.
func (l *causes) beyond() {
	at := slices.IndexFunc(l.list, func(one *Cause) bool { return one.Finding.Beyond() })
	if at < 0 || len(l.list[at].Places) == 0 {
		return
	}
	all, names := l.list[at], []string{}
	for _, place := range all.Places {
		names = union(names, []string{place[strings.LastIndex(place, "/")+1:]})
	}
	l.list = slices.DeleteFunc(l.list, func(one *Cause) bool {
		f := one.Finding
		with := one != all && !f.Gated && f.Pointer != "" && slices.Contains(names, field(f))
		if with {
			one.Finding.Requirement, one.about = all.Finding.Requirement, besideIt
			all.join(one)
		}
		return with
	})
	slices.Sort(names)
	f := &all.Finding
	f.Message, f.Pointer, f.Expected, f.Actual = "answers have fields that no page shows", "", "documented fields only", listed(names)
	all.Places, all.common = nil, true
}

// fewNamed is how many names a list in a sentence has.
const fewNamed = 8

func listed(names []string) string { return wording.Some(names, fewNamed) }

var (
	quoted   = regexp.MustCompile(`"[^"]*"`)
	codeLike = regexp.MustCompile(`^[1-5]\d\d\b`)
	aKind    = regexp.MustCompile(`^(absent|null|an? [a-z]+|no [a-z]+)\b`)
)

// verbatim is what is said of one operation in the same words and figures, whichever requirements it breaks.
func verbatim(c *Cause) string {
	f := c.Finding
	if f.Check == evidence.NotServed || f.Beyond() {
		return ""
	}
	return strings.Join([]string{f.Operation, f.Message, f.Pointer, evidence.Normalised(f.Expected), evidence.Normalised(f.Actual)}, "\x00")
}

// serverError is one failure of an operation to refuse: whatever is wrong in a request, a server error comes of it.
func serverError(c *Cause) string {
	f := c.Finding
	if codeLike.FindString(f.Actual) < "500" || f.Check == evidence.NotServed || f.Pointer != "" {
		return ""
	}
	return f.Operation
}

// serverErrors is one failure of all operations to refuse, by the text that they answer.
func serverErrors(c *Cause) string {
	if serverError(c) == "" || c.Finding.Kind == evidence.Unserved {
		return "" // what is right in each of those requests has nothing in common
	}
	return evidence.Normalised(c.Finding.Actual)
}

// partOfList is one way in which the parts of a list are not those of the whole: each list has its own requirements for it.
func partOfList(c *Cause) string {
	f := c.Finding
	if f.Kind == evidence.Queried && f.Gated && f.Hazard == "" && c.about > besideIt && strings.HasSuffix(f.Operation, "-list") {
		return f.Check
	}
	return ""
}

// notListed is that lists lack what was made, of whichever kind.
func notListed(c *Cause) string {
	if f := c.Finding; f.Gated && f.Check == "is in the list" {
		return f.Check
	}
	return ""
}

// unserved is an operation that does not serve valid requests, whoever sends them.
func unserved(c *Cause) string {
	if f := c.Finding; f.Check == evidence.NotServed || f.Check == successStatus || f.Check == usableSuccess || f.Check == canBeRead {
		return f.Operation + " " + codeLike.FindString(f.Actual)
	}
	return ""
}

// The checks of a scenario that an operation serves what it was asked.
const (
	successStatus = "success status"
	usableSuccess = "a usable success"
	canBeRead     = "can be read"
)

// text is a documented text by which an operation should have refused, whether it served, or said nothing or another.
func text(c *Cause) string {
	f := c.Finding
	asked := strings.HasPrefix(f.Expected, "a refusal that says ") || f.Check == evidence.RefusalMessage
	if says := quoted.FindString(f.Expected); asked && says != "" {
		return f.Operation + says
	}
	return ""
}

// place is a field of a kind of things that is not there, of another type or of one wrong value, whatever looks for it
// in whichever operation.
func place(c *Cause) string {
	f := c.Finding
	kind, _, _ := strings.Cut(f.Operation, "-")
	how := aKind.FindString(f.Actual)
	if how == "" {
		expected, _, several := strings.Cut(f.Expected, ", ")
		if aKind.MatchString(expected) || several && strings.HasPrefix(f.Actual, `"`) {
			expected = "" // one form is asked for in several words, and one of a list by several lists
		}
		how = evidence.Normalised(expected + "\x00" + f.Actual)
	}
	if f.Pointer == "" || f.Beyond() {
		return ""
	}
	return strings.Join([]string{kind, field(f), how}, "\x00")
}

// queried is a parameter of a list that does not do what it is for, in whichever lists that shows.
func queried(c *Cause) string {
	if f := c.Finding; f.Kind == evidence.Queried && f.Operation != "" {
		return strings.Join([]string{string(f.Kind), f.Operation, f.Requirement}, "\x00")
	}
	return ""
}

// byRisk tells causes apart by what they put at risk.
func byRisk(key func(*Cause) string) func(*Cause) string {
	return func(c *Cause) string {
		if id := key(c); id != "" {
			return id + "\x00" + c.Finding.Hazard
		}
		return ""
	}
}

// ofRequirement is one requirement that the operations on a kind of things break, whichever scenarios see it: as a whole
// at least once, since two fields may deviate for two reasons. What is asked of all odd inputs is no one thing, and
// neither is the shape of all answers.
func ofRequirement(c *Cause) string {
	f := c.Finding
	if c.about == besideIt || !f.Gated || f.Check == evidence.NotServed || ours(c) {
		return ""
	}
	kind, _, _ := strings.Cut(cmp.Or(f.Operation, "webhooks"), "-") // a delivery is no answer of an operation
	return strings.Join([]string{f.Requirement, kind}, "\x00")
}

// codes is that an operation answers with one status code in place of another.
func codes(c *Cause) string {
	f := c.Finding
	expected, actual := codeLike.FindString(f.Expected), codeLike.FindString(f.Actual)
	if expected == "" || actual == "" || !f.Gated || f.Check == evidence.NotServed {
		return ""
	}
	return strings.Join([]string{f.Operation, expected, actual}, "\x00")
}

// wherever is one way in which fields are wrong, whichever things they are of: of another form, or one field that is
// absent or of another type.
func wherever(c *Cause) string {
	f := c.Finding
	if f.Pointer == "" || f.Beyond() || !f.Gated {
		return ""
	}
	is := evidence.Normalised(f.Actual)
	if aKind.MatchString(f.Actual) {
		is = field(f) + " " + is
	}
	return strings.Join([]string{f.Expected, is}, "\x00")
}

// ofRequirements reports whether a group breaks as many requirements as one deviation of the operation that shows them
// all, or of something that goes on beside them, does.
func ofRequirements(group []*Cause) bool {
	var broken []string
	for _, one := range group {
		broken = union(broken, []string{one.Finding.Requirement})
	}
	return len(broken) >= fewestAkin
}

// atRisk is what a deviation of one requirement puts at risk at the operations on a kind of things, whichever check saw
// it: what is done twice shows in an amount, a count or a list.
func atRisk(c *Cause) string {
	f := c.Finding
	kind, _, _ := strings.Cut(f.Operation, "-")
	if f.Hazard == "" {
		return ""
	}
	return strings.Join([]string{f.Requirement, kind}, "\x00")
}

// riskOfAll is what a deviation of one requirement puts at risk, at whichever kinds of things.
func riskOfAll(c *Cause) string {
	switch f := c.Finding; {
	case f.Hazard == "":
		return ""
	case strings.HasPrefix(f.Requirement, "AUTH-"): // who calls is one promise in several sentences
		return "AUTH"
	default:
		return f.Requirement
	}
}

// riskOfOperation is what one operation puts at risk, by whichever requirement.
func riskOfOperation(c *Cause) string {
	if c.Finding.Hazard == "" {
		return ""
	}
	return c.Finding.Operation
}

// ofList is what is wrong with a list as a whole: where it breaks several requirements, it is not several parameters
// that it takes wrongly.
func ofList(c *Cause) string {
	f := c.Finding
	if !strings.HasSuffix(f.Operation, "-list") || f.Pointer != "" || f.Hazard != "" || !f.Gated ||
		c.about == besideIt && f.Kind != evidence.Queried || codeLike.MatchString(f.Actual) {
		return ""
	}
	return f.Operation
}

// mistyped reports whether a value is of another type than it should be: the same one in two places is no chance.
func mistyped(f evidence.Finding) bool {
	return aKind.MatchString(f.Expected) && !aKind.MatchString(f.Actual)
}

// inPlaces is one way in which answers of an operation are wrong, by one check, in whichever places.
func inPlaces(c *Cause) string {
	f := c.Finding
	if f.Pointer == "" || f.Beyond() {
		return ""
	}
	return strings.Join([]string{f.Operation, check(f), f.Expected, f.Actual}, "\x00")
}

// field is the last name of a pointer.
func field(f evidence.Finding) string { return f.Pointer[strings.LastIndex(f.Pointer, "/")+1:] }

// saying is what a finding says by a requirement or check, whatever operation, field and thing it says it of.
func saying(c *Cause, by string) string {
	f := c.Finding
	if f.Check == evidence.NotServed || f.Beyond() || len(c.Operations) == 0 {
		return ""
	}
	was := answered(f.Actual)
	if f.Hazard != "" {
		was = "" // what was changed or shown is of the thing
	}
	return strings.Join([]string{by, quoted.ReplaceAllString(f.Message, ""), codeLike.FindString(f.Expected), was}, "\x00")
}

// answered is what was answered without what each answer has of its own: of a status its code, where it is none of a
// success.
func answered(actual string) string {
	switch code := codeLike.FindString(actual); {
	case strings.HasPrefix(code, "2"):
		return "a success"
	case code != "":
		return code
	}
	return evidence.Normalised(actual)
}

// AlsoBreaks names the further requirements, as far as a line has room for them.
func (c Cause) AlsoBreaks() string { return listed(c.Further) }

// Requirement is the one that the cause breaks, and how many further ones it breaks alike.
func (c Cause) Requirement() string {
	if n := len(c.Further); n > 0 {
		return fmt.Sprintf("%s and %d more", c.Finding.Requirement, n)
	}
	return c.Finding.Requirement
}
