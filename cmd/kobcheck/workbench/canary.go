package workbench

import (
	"context"
	"fmt"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/catalog"
	"github.com/kobcheck/kobcheck/steps/suite"
	"github.com/kobcheck/kobcheck/steps/vocabulary"
)

// canaryScenarios are performed again and again beside a load plan: of each kind of promise one that takes few
// requests.
var canaryScenarios = []string{"cards-get.equal", "cards-get.card", "cards-list.bare", "wallets-get.success",
	"endusers-get.equal", "transactions-credit.success",
	"transactions.sides", "idempotency.replay/create-a-new-card", "errors.text"}

// The time between two rounds of the canary where the flag gives none.
const (
	canaryHere      = 2 * time.Second
	canaryElsewhere = 15 * time.Second
)

// Canary gives a load target the functional scenarios that go on beside its plans, every so often: a negative time
// means as is usual there, 0 never. The function that it returns ends their client.
func (b *Bench) Canary(on *kind.Target, every time.Duration, file *target.File, policy *evidence.Policy,
	seed int64) (func(), error) {
	if every < 0 {
		if every = canaryElsewhere; on.LocalHost != "" {
			every = canaryHere
		}
	}
	if every == 0 {
		return func() {}, nil
	}
	runID := on.RunID + "-canary"
	api, err := b.Client(file, client.Config{RunID: runID, Seed: seed, Unpaced: true})
	if err != nil {
		return nil, err
	}
	config := suite.Config{Session: steps.NewSession(policy, b.Shapes, file, api), Catalog: b.Scenarios, Concurrency: 1,
		Vocabulary: vocabulary.All(), Selection: catalog.Selection{IDs: canaryScenarios}}
	rounds := 0
	on.CanaryEvery = every
	on.Canary = func(ctx context.Context) (kind.CanaryRound, error) {
		rounds++
		config.Seed, config.RunID = seed+int64(rounds), fmt.Sprintf("%s-%d", runID, rounds)
		run, err := suite.Run(ctx, config)
		if err != nil {
			return kind.CanaryRound{}, err
		}
		return canaryRound(run), nil
	}
	return api.Close, nil
}

// canaryRound says what a round saw: how many scenarios came to an end, and what broke that gates.
func canaryRound(run *reports.Run) kind.CanaryRound {
	done := kind.CanaryRound{}
	for _, scenario := range run.Scenarios {
		if scenario.Verdict == evidence.Passed || scenario.Verdict == evidence.Failed || scenario.Verdict == evidence.Advisory {
			done.Scenarios++
		}
		for _, finding := range scenario.Findings {
			finding.Scenario = scenario.ID
			run.Passing = append(run.Passing, finding)
		}
	}
	for _, finding := range run.Passing {
		if finding.Gated {
			finding.Operation = finding.Scenario // load.json says which scenario of the canary broke
			done.Broken = append(done.Broken, finding)
		}
	}
	return done
}
