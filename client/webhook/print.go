package webhook

import (
	"fmt"
	"io"
)

// PrintChecks prints the steps of a verification, the text that is signed, and the verdict.
func PrintChecks(w io.Writer, message *Message, checks []Check) error {
	for _, check := range checks {
		sign := "holds"
		if !check.Holds {
			sign = "BROKEN"
		}
		if _, err := fmt.Fprintf(w, "  %-7s %-20s %s\n", sign, check.Step, check.Detail); err != nil {
			return err
		}
	}
	if message != nil {
		if _, err := fmt.Fprintf(w, "the text that is signed:\n%s", message.Text()); err != nil {
			return err
		}
	}
	verdict := "the delivery verifies"
	if !Holds(checks) {
		verdict = "the delivery does NOT verify"
	}
	_, err := fmt.Fprintln(w, verdict)
	return err
}
