package steps

import (
	"errors"
	"fmt"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// Environment ends a scenario whose answer the environment kept away.
type Environment struct {
	Why string
	// Whole says that the cause would keep every other answer away too: no connection, no token.
	Whole bool
	// Final says that a further try would prove nothing: what was to be served every time was not.
	Final bool
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

// harness is a fault of the features or of this program, never of the API.
type harness struct{ why string }

func (e *harness) Error() string { return "the harness itself is at fault: " + e.why }

// Faulty is an error of the features or of this program.
func Faulty(format string, args ...any) error { return &harness{fmt.Sprintf(format, args...)} }

// environmental turns an error of the client into an [Environment] where the environment explains it.
func environmental(err error) error {
	var none *client.NoAnswer
	var token *client.TokenError
	if path, is := errors.AsType[*client.PathUnknown](err); is {
		return &scene.NotTestable{Key: "target.paths." + path.Operation, Why: "no page gives the path of the operation"}
	}
	switch {
	case errors.As(err, &token):
		return &Environment{Why: err.Error(), Whole: token.Client == "primary"}
	case errors.As(err, &none):
		return &Environment{Why: err.Error(), Whole: none.Kind != client.Canceled}
	}
	return err
}
