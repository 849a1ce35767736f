package torment

import (
	"fmt"
	"io"
)

// Print prints a line for each attack and what the endpoint is worth.
func (r *Report) Print(w io.Writer) error {
	for _, one := range r.Results {
		if _, err := fmt.Fprintf(w, "  %-7s %-29s %s\n          expected %s, answered %s (%s)\n",
			one.Verdict, one.Name, one.Sentence, one.Expected, one.Answered, one.Requirement); err != nil {
			return err
		}
	}
	confirms := "it does not fetch the SubscribeURL of a confirmation by itself"
	if r.Confirms {
		confirms = "it fetches the SubscribeURL of a good confirmation by itself"
	}
	verdict := fmt.Sprintf("%s stood %d of %d; %s", r.URL, r.Count(Right), len(r.Results), confirms)
	if !r.Trusted {
		verdict = r.URL + " did not accept a good delivery, so its refusals prove nothing: make it trust the host of the certificates and " +
			"the topic above"
	}
	_, err := fmt.Fprintln(w, verdict)
	return err
}
