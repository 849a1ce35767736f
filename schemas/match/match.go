// Package match says what a value of an answer has to be, whoever looks: a scenario, a sentinel, a walk or a plan of
// load. It knows values as [schemas.Decode] gives them and texts of a head, and nothing of scenarios.
package match

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Matcher returns nil where a value is as it has to be, else a [*Mismatch].
type Matcher func(value any) error

// Mismatch says what was looked for and what was there instead. It repeats neither a secret nor a card number.
type Mismatch struct {
	// Pointer leads from the value to the place that is wrong, as RFC 6901 has it; empty for the value itself.
	Pointer, Expected, Actual string
}

func (m *Mismatch) Error() string {
	at := ""
	if m.Pointer != "" {
		at = " at " + m.Pointer
	}
	return fmt.Sprintf("expected %s%s, got %s", m.Expected, at, m.Actual)
}

// Look applies a matcher and reports whether the value is as it has to be; where it is not, also why.
func (m Matcher) Look(value any) (holds bool, why Mismatch) {
	var mismatch *Mismatch
	if err := m(value); errors.As(err, &mismatch) {
		return false, *mismatch
	}
	return true, why
}

// Holds reports whether a value is as it has to be.
func (m Matcher) Holds(value any) bool { return m(value) == nil }

// Absent is the value of a member that is not there.
type Absent struct{}

func lacks(expected string, value any) error {
	return &Mismatch{Expected: expected, Actual: Text(value)}
}

// is makes the matcher of a plain condition, in words.
func is(expected string, holds func(value any) bool) Matcher {
	return func(value any) error {
		if holds(value) {
			return nil
		}
		return lacks(expected, value)
	}
}

// All asks for all of the matchers.
func All(matchers ...Matcher) Matcher {
	return func(value any) error {
		for _, one := range matchers {
			if err := one(value); err != nil {
				return err
			}
		}
		return nil
	}
}

// Named is a matcher whose mismatch says in these words what was looked for.
func Named(expected string, matcher Matcher) Matcher {
	return func(value any) error {
		holds, why := matcher.Look(value)
		if holds {
			return nil
		}
		why.Expected = expected
		return &why
	}
}

// Field looks at a member of an object, or of an object within it. A member that is not there is [Absent] to the
// matcher.
func Field(matcher Matcher, names ...string) Matcher {
	return func(value any) error {
		for _, name := range names {
			object, _ := value.(map[string]any)
			value = Member(object, name)
		}
		return below(strings.Join(names, "/"), value, matcher)
	}
}

// Member is a member of an object, or [Absent].
func Member(object map[string]any, name string) any {
	if value, there := object[name]; there {
		return value
	}
	return Absent{}
}

// below looks at an inner value and leads a mismatch there. What a secret was or should have been is not said.
func below(at string, value any, matcher Matcher) error {
	holds, why := matcher.Look(value)
	if holds {
		return nil
	}
	if secret.MatchString(at) && why.Actual != absent {
		why.Expected, why.Actual = "the secret that it should be", "another value"
	}
	why.Pointer = "/" + at + why.Pointer
	return &why
}

// Each asks every entry of a list.
func Each(matcher Matcher) Matcher {
	return func(value any) error {
		list, isList := value.([]any)
		if !isList {
			return lacks("a list", value)
		}
		for i, entry := range list {
			if err := below(strconv.Itoa(i), entry, matcher); err != nil {
				return err
			}
		}
		return nil
	}
}

// There asks for a member, if only as null.
func There() Matcher {
	return is("the member, if only as null", func(value any) bool { return value != Absent{} })
}

// Something asks for a member that is not null.
func Something() Matcher {
	return is("a value", func(value any) bool { return value != nil && value != Absent{} })
}

// Missing asks that a member is not there.
func Missing() Matcher { return is(absent, func(value any) bool { return value == Absent{} }) }

// Object asks for an object.
func Object() Matcher {
	return is("an object", func(value any) bool { _, object := value.(map[string]any); return object })
}

// Or asks for one of two things, in the words of both.
func Or(one, other Matcher) Matcher {
	return func(value any) error {
		holds, why := one.Look(value)
		if holds {
			return nil
		}
		holds, also := other.Look(value)
		if holds {
			return nil
		}
		why.Expected += " or " + also.Expected
		return &why
	}
}
