package main

import (
	"context"
	"fmt"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/features"
	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/catalog"
	"github.com/kobcheck/kobcheck/steps/suite"
	"github.com/kobcheck/kobcheck/steps/vocabulary"
)

// canaryScenarios are performed again and again beside a load plan: of each kind of promise one that takes few
// requests.
var canaryScenarios = []string{"cards-get.equal", "cards-get.card", "cards-list.bare", "wallets-get.success", "endusers-get.equal", "transactions-credit.success",
	"transactions.sides", "idempotency.replay/create-a-new-card", "errors.text"}

// The time between two rounds of the canary where the flag gives none.
const (
	canaryHere      = 2 * time.Second
	canaryElsewhere = 15 * time.Second
)

// withCanary gives a load target the functional scenarios that go on beside its plans. The function that it
// returns ends their client.
func withCanary(on *kind.Target, every time.Duration, file *target.File, policy *evidence.Policy, shapes *schemas.Set, seed int64) (func(), error) {
	if every < 0 {
		if every = canaryElsewhere; on.LocalHost != "" {
			every = canaryHere
		}
	}
	if every == 0 {
		return func() {}, nil
	}
	scenarios, err := catalog.Read(features.Files)
	if err != nil {
		return nil, err
	}
	config := file.ClientConfig(policy.Contract)
	config.RunID, config.Seed, config.Version, config.Unpaced = on.RunID+"-canary", seed, version, true
	api, err := client.New(config)
	if err != nil {
		return nil, err
	}
	session := steps.NewSession(policy, shapes, file, api)
	rounds, vocabulary := 0, vocabulary.All() // made once: a round costs the generator as little as may be
	on.CanaryEvery = every
	on.Canary = func(ctx context.Context) (kind.CanaryRound, error) {
		rounds++
		run, err := suite.Run(ctx, suite.Config{Session: session, Catalog: scenarios, Vocabulary: vocabulary, Selection: catalog.Selection{IDs: canaryScenarios}, Concurrency: 1,
			Seed: seed + int64(rounds), RunID: fmt.Sprintf("%s-%d", config.RunID, rounds)})
		if err != nil {
			return kind.CanaryRound{}, err
		}
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
		return done, nil
	}
	return api.Close, nil
}
