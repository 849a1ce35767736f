package explore

import (
	"fmt"
	"io"
)

// Print prints what a walk came to: how far it went, or a difference as a scenario and as curl lines.
func (r *Result) Print(w io.Writer) error {
	if r.Chance != nil {
		_, err := fmt.Fprintf(w, "by chance, since the same walk did not meet it again: %v\n  %s\n", r.Chance, r.Met.Curl)
		if err != nil {
			return err
		}
	}
	if r.Difference == nil {
		_, err := fmt.Fprintf(w, "no difference in %d steps and %d requests (seed %d)\n", r.Steps, r.Requests, r.Seed)
		return err
	}
	text, whole := r.Gherkin()
	_, err := fmt.Fprintf(w, "a difference after %d steps (seed %d), shrunk in %d walks to %d steps\n"+
		"  requirement  %s\n  finding      %s\n  expected     %s\n  actual       %s\n\n%s\n", r.Steps, r.Seed, r.Shrinking, len(r.Walk),
		r.Difference.Requirement, r.Difference.Message, r.Difference.Expected, r.Difference.Actual, text)
	if err == nil && !whole {
		_, err = fmt.Fprintln(w, "Not all of it can be said in the sentences there are (kobcheck list steps); the requests tell the rest.")
	}
	for _, exchange := range r.Exchanges {
		if err == nil {
			_, err = fmt.Fprintf(w, "  %s\n", exchange.Curl)
		}
	}
	return err
}

// PrintStopped says how far a walk came that was stopped, and what it had found by then. There may be no result yet.
func (r *Result) PrintStopped(w io.Writer) error {
	switch {
	case r == nil:
		_, err := fmt.Fprintln(w, "stopped before the first step")
		return err
	case r.Difference != nil:
		if _, err := fmt.Fprintln(w, "stopped while a difference was being shrunk; what there is of it:"); err != nil {
			return err
		}
		return r.Print(w)
	}
	_, err := fmt.Fprintf(w, "stopped after %d steps and %d requests without a difference (seed %d); --seed %d walks the same way again\n",
		r.Steps, r.Requests, r.Seed, r.Seed)
	return err
}
