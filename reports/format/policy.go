package format

import (
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/reports"
)

// idempotencyPolicy is idempotency-policy.json: what a target does with idempotency keys where no page says,
// as it was seen.
type idempotencyPolicy struct {
	Target string    `json:"target"`
	RunID  string    `json:"run_id"`
	At     time.Time `json:"at"` // UTC
	// Behaviours are by the last part of their id, such as other-data.
	Behaviours map[string]policyAnswer `json:"behaviours"`
}

// policyAnswer is one behaviour with the question that no page answers.
type policyAnswer struct {
	Question string `json:"question"`
	Answer   string `json:"answer"`
	Gap      string `json:"gap,omitempty"`
}

func policyOf(r *reports.LoadRun) *idempotencyPolicy {
	policy := &idempotencyPolicy{Target: r.Target.Name, RunID: r.RunID, At: r.EndedAt, Behaviours: map[string]policyAnswer{}}
	for _, plan := range r.Plans {
		for _, one := range plan.Observed {
			if id, ours := strings.CutPrefix(one.ID, "idempotency.policy."); ours {
				policy.Behaviours[id] = policyAnswer{one.Question, one.Answer, one.Gap}
			}
		}
	}
	if len(policy.Behaviours) == 0 {
		return nil
	}
	return policy
}
