package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/kobcheck/kobcheck/client/webhook"
	"github.com/kobcheck/kobcheck/reports/wording"
)

// printChecks prints the steps of a verification, the text that is signed with a bar before each line, so that none
// passes for one of ours, and the verdict.
func printChecks(w io.Writer, message *webhook.Message, checks []webhook.Check) error {
	for _, check := range checks {
		sign := "holds"
		if !check.Holds {
			sign = "BROKEN"
		}
		if _, err := fmt.Fprintf(w, "  %-7s %-20s %s\n", sign, check.Step, wording.Plain(check.Detail)); err != nil {
			return err
		}
	}
	if message != nil {
		if _, err := fmt.Fprintf(w, "the text that is signed:\n  | %s\n",
			strings.ReplaceAll(strings.TrimSuffix(message.Text(), "\n"), "\n", "\n  | ")); err != nil {
			return err
		}
	}
	verdict := "the delivery verifies"
	if !webhook.Holds(checks) {
		verdict = "the delivery does NOT verify"
	}
	_, err := fmt.Fprintln(w, verdict)
	return err
}
