package steps

import (
	"errors"
	"fmt"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// NotTestable ends a scenario that this target gives no means to judge.
type NotTestable struct {
	// Key is the key of the target file that would make it testable; empty where none would.
	Key string
	Why string
}

func (e *NotTestable) Error() string {
	if e.Key == "" {
		return "not testable on this target: " + e.Why
	}
	return fmt.Sprintf("not testable on this target: %s; %s in the target file would make it testable", e.Why, e.Key)
}

// Environment ends a scenario whose answer the environment kept away.
type Environment struct {
	Why string
	// Whole says that the cause would keep every other answer away too: no connection, no token.
	Whole bool
}

func (e *Environment) Error() string { return "inconclusive: " + e.Why }

// Broken is the API breaking a gated requirement; the findings are in the [World].
type Broken struct{ First evidence.Finding }

func (e *Broken) Error() string {
	text := e.First.Message
	if e.First.Expected != "" || e.First.Actual != "" {
		text += fmt.Sprintf("\n  expected: %s\n  actual:   %s", e.First.Expected, e.First.Actual)
	}
	return text
}

// Blocked ends a scenario whose needs the API does not serve: a valid request was refused, or its success names
// nothing that can be used.
type Blocked struct {
	// Operation is the id of the one that is not served, Title its name, Actual what it answered.
	Operation, Title, Actual string
}

func (e *Blocked) Error() string {
	return fmt.Sprintf("blocked: %q does not serve a valid request: %s", e.Title, e.Actual)
}

// harness is a fault of the features or of this program, never of the API.
type harness struct{ why string }

func (e *harness) Error() string { return "the harness itself is at fault: " + e.why }

func faulty(format string, args ...any) error { return &harness{fmt.Sprintf(format, args...)} }

// environmental turns an error of the client into an [Environment] where the environment explains it.
func environmental(err error) error {
	var none *client.NoAnswer
	var token *client.TokenError
	var path *client.PathUnknown
	if errors.As(err, &path) {
		return &NotTestable{Key: "target.paths." + path.Operation, Why: "no page gives the path of the operation"}
	}
	switch {
	case errors.As(err, &token):
		return &Environment{Why: err.Error(), Whole: token.Client == "primary"}
	case errors.As(err, &none):
		return &Environment{Why: err.Error(), Whole: none.Kind != client.Canceled}
	}
	return err
}
