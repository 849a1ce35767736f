package suite

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas/redact"
)

// untaken lets all that can't be judged stand under one cause where no operation takes the tokens that the token
// endpoint gives a client, whatever the reason: each refusal would else be told as a deviation of the operation that
// refused.
func (r *runner) untaken(ctx context.Context, run *reports.Run) {
	for _, as := range []string{"", "primary", "second"} { // all clients alike, or one of them
		refused := refusedTokens{as: as, of: map[string][]int{}}
		if refused.look(run) && r.refusesNew(ctx, cmp.Or(as, "primary")) {
			refused.gather(run, r.config.Session.Policy)
			return
		}
	}
}

// shortLives says once that tokens end before their time, where scenarios were lost to it again and again.
func (r *runner) shortLives(run *reports.Run) {
	end, told, there := r.config.Session.Client.ShortLives()
	if !there {
		return
	}
	found := r.config.Session.Policy.Finding(evidence.Assertion{Check: evidence.NotServed, Kind: evidence.Unserved,
		Fact:     contract.Fact{Requirement: "AUTH-15", Operation: tokenCall, Facet: contract.Effect},
		Message:  "access tokens are refused before the time that \"expires_in\" says, one after another",
		Expected: fmt.Sprintf("to be served for %v", told),
		Actual:   fmt.Sprintf("refused at the age of %v at the latest", end.Round(time.Second/10))})
	found.Step = -1
	for i := range run.Scenarios {
		s := &run.Scenarios[i]
		if s.Reason != revokedReason && s.Earlier != revokedReason {
			continue
		}
		if found.Count++; found.Scenario == "" {
			found.Scenario = s.ID
		}
		if s.Verdict == evidence.Inconclusive {
			s.Verdict, s.Reason, s.BlockedBy = evidence.Blocked, found.Message, tokenCall
		}
	}
	run.Passing = append(run.Passing, found)
}

// refusesNew reports whether lists refuse a client that comes with a token that was given just now.
func (r *runner) refusesNew(ctx context.Context, as string) bool {
	token, err := r.config.Session.Client.FreshToken(ctx, as, "")
	if err != nil {
		return false
	}
	header := "Bearer " + token.Value
	for _, id := range []string{"cards-list", "wallets-list", "endusers-list"} {
		exchange, err := r.config.Session.Client.Do(ctx, r.config.Session.Contract.Operation(id), client.Request{As: as, Authorization: &header})
		if err != nil || !unauthorized(exchange.Status) || exchange.Foreign() != "" { // an edge's page is no word of the API's
			return false
		}
	}
	return true
}

func unauthorized(status int) bool {
	return status == http.StatusUnauthorized || status == http.StatusForbidden
}

// refusedTokens are the exchanges in which a token as it was given to a client was refused.
type refusedTokens struct {
	as    string           // empty for all clients
	of    map[string][]int // by scenario
	first *evidence.Exchange
	in    string // the scenario of the first one
}

// look finds the exchanges; it reports whether there are some and nothing was served to the client with any.
func (t *refusedTokens) look(run *reports.Run) bool {
	for _, s := range run.Scenarios {
		for i := range s.Exchanges {
			e := &s.Exchanges[i]
			switch {
			case t.as != "" && e.As != t.as || e.Operation == tokenCall || e.Response == nil || !carriesToken(e):
			case e.Response.Status/100 == 2:
				return false
			case unauthorized(e.Response.Status):
				if t.first == nil {
					t.first, t.in = e, s.ID
				}
				t.of[s.ID] = append(t.of[s.ID], e.N)
			}
		}
	}
	return t.first != nil
}

// carriesToken reports whether a request carries a token as it was given, and nothing made of it.
func carriesToken(e *evidence.Exchange) bool {
	sent := e.Request.Headers["Authorization"]
	if len(sent) != 1 {
		return false
	}
	scheme, token, _ := strings.Cut(sent[0], " ")
	return strings.EqualFold(scheme, "Bearer") && strings.HasPrefix(token, redact.Token) && !strings.ContainsAny(token[1:], " .$")
}

// gather takes back what was found in those exchanges, and says once what it all comes from.
func (t *refusedTokens) gather(run *reports.Run, policy *evidence.Policy) {
	found := policy.Finding(evidence.Assertion{Check: evidence.NotServed, Kind: evidence.Unserved, Exchange: t.first.N,
		Fact:    contract.Fact{Requirement: "AUTH-28", Operation: tokenCall, Facet: contract.Effect},
		Message: strings.TrimSpace("no operation takes a token that the token endpoint gives " + t.as), Expected: "a success",
		Actual: fmt.Sprintf("%d %s, whatever is asked", t.first.Response.Status, http.StatusText(t.first.Response.Status))})
	found.Step, found.Scenario, found.Count = -1, t.in, 0
	for i := range run.Scenarios {
		s := &run.Scenarios[i]
		found.Count += len(t.of[s.ID])
		lacks := s.Verdict == evidence.Blocked && t.as == "" // what another scenario could not make either
		if (len(t.of[s.ID]) > 0 || lacks) && s.Verdict != evidence.Passed {
			t.block(s, found.Message)
		}
	}
	run.Passing = slices.DeleteFunc(run.Passing, t.explains)
	run.Passing = append(run.Passing, found)
}

// explains reports whether a finding is but that a token was not taken.
func (t *refusedTokens) explains(f evidence.Finding) bool {
	return slices.Contains(t.of[f.Scenario], f.Exchange) && !strings.HasPrefix(f.Check, evidence.EveryAnswer)
}

// block puts a scenario under the one cause, but for what it found beside.
func (t *refusedTokens) block(s *reports.Scenario, why string) {
	s.Findings = slices.DeleteFunc(s.Findings, func(f evidence.Finding) bool {
		f.Scenario = s.ID
		return t.explains(f)
	})
	if !slices.ContainsFunc(s.Findings, func(f evidence.Finding) bool { return f.Gated }) {
		s.Verdict, s.Reason, s.Missing, s.BlockedBy, s.Proves = evidence.Blocked, why, "", tokenCall, nil
	}
}
