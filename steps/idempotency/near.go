package idempotency

import (
	"context"
	"fmt"
	"strings"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/client/sentinel"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps"
)

// nearKeys are keys that differ from one in a single digit and are UUIDs of version 4 as well, by the place of the
// digit (RFC 9562 §5.4).
func nearKeys(key string) (near []string, err error) {
	if len(key) != 36 {
		return nil, steps.Faulty("the first request had no UUID for a key")
	}
	for at := range key {
		if key[at] == '-' || at == 14 || at == 19 { // of the version and the variant
			continue
		}
		other := "0"
		if key[at] == '0' {
			other = "1"
		}
		near = append(near, key[:at]+other+key[at+1:])
	}
	return near, nil
}

func sendWithEachNearKey(ctx context.Context, w *steps.World) error {
	kept, err := firstRequest(ctx, w)
	if err != nil {
		return err
	}
	keys, err := nearKeys(strings.ToLower(kept.exchange.Key))
	if err != nil {
		return err
	}
	s := steps.State[repeats](w)
	s.answers = append(s.answers, kept.exchange)
	for _, key := range keys {
		draft := kept.again()
		draft.Request.Key = key
		exchange, err := w.SendBut(ctx, draft, sentinel.SuccessStatus)
		if err != nil {
			return err
		}
		s.answers = append(s.answers, exchange)
	}
	return nil
}

func eachIsItsOwn(w *steps.World) error {
	const check = "a key that differs in one digit is another key"
	answers := steps.State[repeats](w).answers
	if len(answers) == 0 {
		return steps.Faulty("nothing was sent under several keys before this step")
	}
	known := map[string]string{}
	for _, answer := range answers {
		if answer.Status/100 != 2 {
			w.Expect(false, evidence.Assertion{Check: check, Fact: w.Own(contract.Effect), Exchange: answer.N,
				Message:  fmt.Sprintf("a request of its own under the key %s, after one under %s, was not served", answer.Key, answers[0].Key),
				Expected: "a success", Actual: w.Answered(answer), Kind: evidence.Unserved})
			return nil
		}
		id := scene.ID(w.Decoded(answer))
		if earlier := known[id]; id == "" || earlier != "" {
			w.Expect(false, evidence.Assertion{Check: check, Fact: w.Own(contract.Effect), Exchange: answer.N,
				Message:  fmt.Sprintf("the key %s was taken for %s", answer.Key, earlier),
				Expected: "an id of its own", Actual: "the id " + id + " once more"})
			return nil
		}
		known[id] = answer.Key
	}
	w.Expect(true, evidence.Assertion{Check: check, Fact: w.Own(contract.Effect)})
	return nil
}
