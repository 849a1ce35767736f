// Package vocabulary puts the sentences of all areas together.
package vocabulary

import (
	"cmp"
	"slices"

	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/answers"
	"github.com/kobcheck/kobcheck/steps/bursts"
	"github.com/kobcheck/kobcheck/steps/cardorder"
	"github.com/kobcheck/kobcheck/steps/derived"
	"github.com/kobcheck/kobcheck/steps/idempotency"
	"github.com/kobcheck/kobcheck/steps/lists"
	"github.com/kobcheck/kobcheck/steps/money"
	"github.com/kobcheck/kobcheck/steps/objects"
	"github.com/kobcheck/kobcheck/steps/plans"
	"github.com/kobcheck/kobcheck/steps/requests"
	"github.com/kobcheck/kobcheck/steps/standards"
	"github.com/kobcheck/kobcheck/steps/things"
	"github.com/kobcheck/kobcheck/steps/tokens"
	"github.com/kobcheck/kobcheck/steps/walks"
	"github.com/kobcheck/kobcheck/steps/webhooks"
)

// All returns every sentence that the features may use, sorted by area and pattern.
func All() []steps.Definition {
	all := slices.Concat(things.Sentences(), requests.Sentences(), tokens.Sentences(),
		answers.Sentences(), lists.Sentences(), idempotency.Sentences(),
		cardorder.Sentences(), money.Sentences(), standards.Sentences(), bursts.Sentences(),
		derived.Sentences(), objects.Sentences(), plans.Sentences(), walks.Sentences(), webhooks.Sentences())
	slices.SortStableFunc(all, func(a, b steps.Definition) int {
		return cmp.Or(cmp.Compare(a.Area, b.Area), cmp.Compare(a.Pattern.String(), b.Pattern.String()))
	})
	return all
}
