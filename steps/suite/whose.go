package suite

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps"
)

// tokenCall is the operation that has an address of its own.
const tokenCall = "token"

// voices tells whose answers a run heard: of the token endpoint and of the API's own address, each by itself.
type voices map[bool]*voice

// voice is what one address said. Own are answers that an API may have given; foreign those of a page or a redirect, and what is of no use.
type voice struct {
	own, foreign int
	operations   map[string]bool
	latest       string
}

func (v voices) hear(exchanges []*client.Exchange) {
	for _, e := range exchanges {
		side := e.Operation == tokenCall
		if v[side] == nil {
			v[side] = &voice{operations: map[string]bool{}}
		}
		one := v[side]
		one.operations[e.Operation] = true
		switch why := e.Foreign(); {
		case e.Status == 0, len(e.Body) == 0 && why == "" && (e.Status/100 != 2 || e.Request().Method == http.MethodHead):
			// Nothing tells whose it is.
		case why != "" || unusable(e) != "":
			one.foreign++
			one.latest = cmp.Or(why, unusable(e))
		default:
			one.own++
		}
	}
}

// unusable says why an answer is of no use to anybody, so that an API whose answers are all so was not heard: it was cut on
// its way, or it should hold a token and is no JSON; "" where it is of use.
func unusable(e *client.Exchange) string {
	var none *client.NoAnswer
	switch {
	case errors.As(e.Err, &none) && (none.Kind == client.Cut || none.Kind == client.Reset):
		return string(none.Kind)
	case e.Operation == tokenCall && e.Status/100 == 2 && !json.Valid(e.Body):
		return fmt.Sprintf("the answer (%d) is no JSON and holds no access token", e.Status)
	}
	return ""
}

// controlTime bounds what is asked at the end of a run to learn whose fault it was.
const controlTime = 5 * time.Second

// enoughOperations are so many that answer alike, that it can't be a fault of one of them.
const enoughOperations = 3

// whoseFault takes back what the run blames the API for where no API answered or our own credentials are refused: one
// operation that answers a page is the API's own, and all of them are not.
func (r *runner) whoseFault(ctx context.Context, run *reports.Run) {
	control, cancel := context.WithTimeout(client.WithScenario(context.WithoutCancel(ctx), client.Scenario{Record: func(e *client.Exchange) {
		r.voices.hear([]*client.Exchange{e})
	}}), controlTime)
	defer cancel()
	for _, side := range []bool{true, false} {
		one := r.voices[side]
		if one == nil || one.own > 0 || one.foreign == 0 {
			continue
		}
		if !side && len(one.operations) < enoughOperations {
			r.askOthers(control)
		}
		if one.own > 0 {
			continue
		}
		where, key := "the API", "target.base_url"
		if side {
			where, key = "the token endpoint", "target.token_url"
		}
		why := fmt.Sprintf("%s never answered: whatever is asked, %s; check %s, and what lies between", where, one.latest, key)
		run.Reason = why
		excuse(run, side, false, why)
	}
	if why := r.credentialsRefused(control, run); why != "" {
		run.Reason = why
		excuse(run, true, true, why)
	}
	r.untaken(control, run)
	r.shortLives(run)
}

// askOthers asks other operations than those of a small selection, and only hears who answers.
func (r *runner) askOthers(ctx context.Context) {
	for _, id := range []string{"cards-list", "wallets-list", "endusers-list"} {
		if operation := r.config.Session.Contract.Operation(id); operation != nil {
			_, _ = r.config.Session.Client.Do(ctx, operation, client.Request{}) // what came of it was heard
		}
	}
}

// credentialsRefused says that the token endpoint refuses the primary client in general, where the run blames the
// token endpoint for a refusal; "" where it serves the client.
func (r *runner) credentialsRefused(ctx context.Context, run *reports.Run) string {
	blamed := false
	for f := range run.Findings() {
		blamed = blamed || f.Operation == tokenCall
	}
	if !blamed {
		return ""
	}
	var refused *client.TokenError
	_, err := r.config.Session.Client.FreshToken(ctx, "primary", "")
	if !errors.As(err, &refused) || !slices.Contains([]int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden},
		refused.Status) {
		return ""
	}
	return refused.Error()
}

// excuse makes inconclusive what scenarios found at one of the addresses. Hazards are kept where they may be true.
func excuse(run *reports.Run, token, keepHazards bool, why string) {
	there := func(f evidence.Finding) bool {
		return (f.Operation == tokenCall) == token && (!keepHazards || f.Hazard == "")
	}
	run.Passing = slices.DeleteFunc(run.Passing, there)
	for i := range run.Scenarios {
		s := &run.Scenarios[i]
		before := len(s.Findings)
		s.Findings = slices.DeleteFunc(s.Findings, there)
		asked := slices.ContainsFunc(s.Exchanges, func(e evidence.Exchange) bool {
			return (e.Operation == tokenCall) == token &&
				e.Response != nil
		})
		lost := len(s.Findings) < before || s.Verdict == evidence.Blocked && (s.BlockedBy == tokenCall) == token
		if (lost || asked && !keepHazards) && !slices.ContainsFunc(s.Findings, func(f evidence.Finding) bool { return f.Gated }) {
			s.Verdict, s.Reason, s.Missing, s.BlockedBy, s.Proves = evidence.Inconclusive, why, "", "", nil
		}
	}
}

const revokedReason = "the access token was refused before its time and a new one is served: somebody revoked it in the middle of the run"

// tokenRevoked takes back what a scenario blames the API for where its access token was refused before its time, and a
// new one is served: somebody revoked it. The scenario is tried again.
func (r *runner) tokenRevoked(ctx context.Context, result *reports.Scenario, seen *steps.Evidence, exchanges []*client.Exchange) bool {
	refused := slices.IndexFunc(exchanges, func(e *client.Exchange) bool { return e.Status == http.StatusUnauthorized && e.Kept })
	if refused < 0 {
		return false
	}
	control, cancel := context.WithTimeout(client.WithScenario(context.WithoutCancel(ctx), client.Scenario{}), controlTime)
	defer cancel()
	if !r.config.Session.Client.Revoked(control, exchanges[refused]) {
		return false
	}
	unauthorized := func(f evidence.Finding) bool {
		at := slices.IndexFunc(exchanges, func(e *client.Exchange) bool { return e.N == f.Exchange })
		return f.Hazard == "" && at >= 0 && exchanges[at].Status == http.StatusUnauthorized && exchanges[at].Kept
	}
	result.Findings, seen.Passing = []evidence.Finding{}, slices.DeleteFunc(seen.Passing, unauthorized)
	result.Verdict, result.BlockedBy, result.Missing = evidence.Inconclusive, "", ""
	result.Reason = revokedReason
	return true
}
