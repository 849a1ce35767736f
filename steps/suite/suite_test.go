package suite_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"runtime"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/catalog"
	"github.com/kobcheck/kobcheck/steps/suite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// vocabulary has one sentence for each way in which a step can go.
func vocabulary(t *testing.T) []steps.Definition {
	t.Helper()
	define := func(pattern string, handler any) steps.Definition {
		return steps.Definition{Pattern: regexp.MustCompile("^" + pattern + "$"), Area: "test", Doc: "test", Handler: handler}
	}
	expect := func(ctx context.Context, holds bool) {
		steps.From(ctx).Expect(holds, evidence.Assertion{Check: "a check",
			Fact: contract.Fact{Requirement: "CARD-01", Facet: contract.Effect}, Message: "100 % of %d%s broke", Expected: "yes", Actual: "no"})
	}
	return []steps.Definition{
		define("a check holds", func(ctx context.Context) error { expect(ctx, true); return nil }),
		define("a check fails", func(ctx context.Context) error { expect(ctx, false); return nil }),
		define("a check sees nothing", func(ctx context.Context) error {
			steps.From(ctx).NoData("a check", contract.Fact{Requirement: "CARD-01", Facet: contract.Effect}, "there is nothing")
			return nil
		}),
		define("nothing is checked", func(context.Context) error { return nil }),
		define("a key is missing", func(context.Context) error {
			return &scene.NotTestable{Key: "fixtures.programs.ok", Why: "no program is known"}
		}),
		define("the environment fails", func(context.Context) error { return &client.NoAnswer{Kind: client.Refused, Operation: "cards-get"} }),
		define("the step panics", func(context.Context) error { panic("100%d") }),
		define("the step ends its goroutine", func(context.Context) error { runtime.Goexit(); return nil }),
		define("the clean-up panics", func(ctx context.Context) error {
			steps.From(ctx).Cleanup(func(context.Context) error { panic("in the clean-up") })
			expect(ctx, true)
			return nil
		}),
		define("the clean-up fails", func(ctx context.Context) error {
			steps.From(ctx).Cleanup(func(context.Context) error { return errors.New("left behind") })
			expect(ctx, true)
			return nil
		}),
		define("it takes for ever", func(ctx context.Context) error { <-ctx.Done(); return context.Cause(ctx) }),
	}
}

const head = "Feature: F\n  @CARD-GET-01 @stated\n  Rule: R\n"

func feature(scenarios ...string) string {
	text := head
	for i, steps := range scenarios {
		text += "    @id:s." + string(rune('a'+i)) + "\n    Scenario: number " + string(rune('a'+i)) + "\n" + steps
	}
	return text
}

func run(t *testing.T, ctx context.Context, text string, change func(*suite.Config)) (*reports.Run, error) {
	t.Helper()
	facts, err := contract.Load()
	require.NoError(t, err)
	shapes, err := schemas.Load()
	require.NoError(t, err)
	features, err := catalog.Read(fstest.MapFS{"cards/f.feature": {Data: []byte(text)}})
	require.NoError(t, err)
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	file := &target.File{Target: target.Target{BaseURL: server.URL, TokenURL: server.URL, Edition: contract.V1}}
	api, err := client.New(file.ClientConfig(facts))
	require.NoError(t, err)
	t.Cleanup(api.Close)
	config := suite.Config{Session: steps.NewSession(&evidence.Policy{Contract: facts, Gate: evidence.DefaultGate()}, shapes, file, api),
		Catalog: features, Vocabulary: vocabulary(t), Concurrency: 4, Seed: 7, RunID: t.Name(), Timeout: 5 * time.Second}
	if change != nil {
		change(&config)
	}
	result, err := suite.Run(ctx, config)
	if result != nil {
		result.Judge(facts, time.Now())
	}
	return result, err
}

func TestEachWayOfEndingHasItsVerdict(t *testing.T) {
	for _, c := range []struct {
		steps   string
		verdict evidence.Verdict
		reason  string
	}{
		{"      Then a check holds\n", evidence.Passed, ""},
		{"      Then a check fails\n      And a check holds\n", evidence.Failed, ""},
		{"      Then nothing is checked\n", evidence.Inconclusive, "evaluated no check"},
		{"      Then a check sees nothing\n", evidence.Inconclusive, "nothing to look at"},
		{"      Given a key is missing\n      Then a check holds\n", evidence.NotTestable, "no program is known"},
		{"      Given the environment fails\n      Then a check holds\n", evidence.Inconclusive, "connection refused"},
		{"      Given the step panics\n      Then a check holds\n", evidence.Inconclusive, "100%d"},
		{"      Given the step ends its goroutine\n      Then a check holds\n", evidence.Inconclusive, "Goexit"},
		{"      Given the clean-up panics\n", evidence.Inconclusive, "in the clean-up"},
		{"      Given the clean-up fails\n", evidence.Inconclusive, "left behind"},
	} {
		t.Run(c.steps, func(t *testing.T) {
			result, err := run(t, context.Background(), feature(c.steps), nil)
			require.NoError(t, err)
			require.Len(t, result.Scenarios, 1)
			require.Equal(t, c.verdict, result.Scenarios[0].Verdict)
			require.Contains(t, result.Scenarios[0].Reason, c.reason)
			if c.verdict != evidence.Passed {
				require.NotZero(t, result.ExitCode, "nothing but a pass may end with 0")
			}
		})
	}
}

func TestAnOddMessageIsKeptAsItIs(t *testing.T) {
	result, err := run(t, context.Background(), feature("      Then a check fails\n"), nil)
	require.NoError(t, err)
	require.Equal(t, "100 % of %d%s broke", result.Scenarios[0].Findings[0].Message)
	require.Contains(t, result.Scenarios[0].Steps[0].Error, "100 % of %d%s broke")
}

func TestOneDeadScenarioDoesNotTakeTheOthersAlong(t *testing.T) {
	result, err := run(t, context.Background(), feature("      Given the step ends its goroutine\n", "      Given the clean-up panics\n",
		"      Then a check holds\n"), nil)
	require.NoError(t, err)
	require.Equal(t, 3, result.Summary.Scenarios.Total)
	require.Equal(t, 1, result.Summary.Scenarios.Passed)
	require.Equal(t, evidence.ExitInconclusive, result.ExitCode)
}

func TestASelectionOfNothingIsAnErrorOfItsOwn(t *testing.T) {
	var empty *suite.EmptyError
	_, err := run(t, context.Background(), feature("      Then a check holds\n"),
		func(c *suite.Config) { c.Selection.Requirement = "CARD-GET-02" })
	require.ErrorAs(t, err, &empty)
	_, err = run(t, context.Background(), feature("      Then a check holds\n"),
		func(c *suite.Config) { c.Selection.Tags = "@stated and not @stated" })
	require.ErrorAs(t, err, &empty)
}

func TestAnUnknownTagIsAnErrorAndNamesTheNearest(t *testing.T) {
	_, err := run(t, context.Background(), feature("      Then a check holds\n"), func(c *suite.Config) { c.Selection.Tags = "@statd" })
	var unknown *catalog.UnknownError
	require.ErrorAs(t, err, &unknown)
	require.Equal(t, "@stated", unknown.Nearest)
}

func TestAStepThatNoSentenceReadsIsAnErrorBeforeAnythingRuns(t *testing.T) {
	_, err := run(t, context.Background(), feature("      Then nobody knows this\n"), nil)
	require.ErrorContains(t, err, "0 sentences")
}

func TestLoadComesLastAndOnlyWhereItIsAskedFor(t *testing.T) {
	text := head + "    @id:s.load @load\n    Scenario: load\n      Then a check holds\n"
	for i := range 4 {
		text += fmt.Sprintf("    @id:s.%d\n    Scenario: number %d\n      Then a check holds\n", i, i)
	}
	for load, want := range map[bool]int{false: 4, true: 5} {
		var order []string
		_, err := run(t, t.Context(), text, func(config *suite.Config) {
			config.Selection.Load = load
			config.Progress = func(p suite.Progress) { order = append(order, p.Latest.ID) }
		})
		require.NoError(t, err)
		require.Len(t, order, want)
		require.Equal(t, load, order[len(order)-1] == "s.load")
		require.NotContains(t, order[:len(order)-1], "s.load")
	}
}

func TestAScenarioThatHangsEndsAtItsTimeout(t *testing.T) {
	result, err := run(t, context.Background(), feature("      When it takes for ever\n", "      Then a check holds\n"),
		func(c *suite.Config) { c.Timeout = 50 * time.Millisecond })
	require.NoError(t, err)
	require.Equal(t, evidence.Inconclusive, result.Scenarios[0].Verdict)
	require.Contains(t, result.Scenarios[0].Reason, "took longer than 50ms")
	require.Equal(t, evidence.Passed, result.Scenarios[1].Verdict)
}

func TestAStoppedRunKeepsWhatRanAndSaysWhatDidNot(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	result, err := run(t, ctx, feature("      Then a check holds\n", "      When the run is stopped meanwhile\n",
		"      Then a check holds\n", "      Then a check holds\n"), func(c *suite.Config) {
		c.Concurrency = 1
		c.Vocabulary = append(c.Vocabulary, steps.Definition{Pattern: regexp.MustCompile("^the run is stopped meanwhile$"),
			Handler: func(ctx context.Context) error {
				cancel()
				<-ctx.Done()
				return context.Cause(ctx)
			}})
	})
	require.NoError(t, err)
	counts := result.Summary.Scenarios
	require.Equal(t, 4, counts.Total)
	require.Equal(t, 1, counts.Inconclusive)
	require.Equal(t, 3, counts.Passed+counts.NotRun)
	require.NotZero(t, result.ExitCode)
}

func TestASkippedScenarioNeverReadsAsPassed(t *testing.T) {
	result, err := run(t, context.Background(), feature("      Given a key is missing\n", "      Given a key is missing\n"), nil)
	require.NoError(t, err)
	require.Zero(t, result.Summary.Scenarios.Passed)
	require.Equal(t, evidence.ExitNothing, result.ExitCode)
}

func TestTheSameSeedGivesTheSameOrder(t *testing.T) {
	order := func() (ids []string) {
		_, err := run(t, context.Background(), feature("      Then a check holds\n", "      Then a check holds\n",
			"      Then a check holds\n", "      Then a check holds\n", "      Then a check holds\n"), func(c *suite.Config) {
			c.Concurrency = 1
			c.Progress = func(p suite.Progress) { ids = append(ids, p.Latest.ID) }
		})
		require.NoError(t, err)
		return ids
	}
	first := order()
	require.Len(t, first, 5)
	require.Equal(t, first, order())
}
