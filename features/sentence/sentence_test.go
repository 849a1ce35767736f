package sentence_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/features/sentence"
	"github.com/kobcheck/kobcheck/load"
)

// said has every workload once, with what its plan says.
var said = map[string][]string{
	"20 keys are each used by 10 copies of one card creation at the same moment": {"kind: idempotency",
		"keys: 20", "copies: 10", "operations: [cards-create]", "parts: [at-once]"},
	"3 keys are each used by 4 copies of one manual credit at the same moment": {"operations: [transactions-manual-credit]"},
	"the answers to card creations are lost, and they are sent again under their keys": {"kind: idempotency",
		"parts: [lost-answers]"},
	"8 manual credits under different keys reach one wallet at the same moment": {"copies: 8",
		"parts: [rivals]"},
	"card creations are made at 50 a second for 2 seconds, 5 times under each key": {"copies: 5",
		"parts: [at-a-rate]", "stages: [{rate: 50, for: 2s}]"},
	"4 wallets get 9 credits each from all sides and send each other money": {"kind: ledger",
		"wallets: 4", "amounts: 9"},
	"cards are read at 200 a second for 10 seconds": {"kind: mixed",
		"mix: {cards-get: 1}", "stages: [{rate: 200, for: 10s}]"},
	"wallets are read at 40 a second for 1 second, with a peak of 200 a second for 3 seconds": {"stages: [{rate: 40, for: 1s}, {rate: " +
		"200, for: 3s}, {rate: 40, for: 1s}]"},
	"a day's mix of reads and writes is made at 40 a second for 5 seconds": {"onboarding: 1",
		"transactions-create: 4"},
	"customers are onboarded at 5 a second for 3 seconds": {"mix: {onboarding: 1}"},
	"a probe asks for a limiter with at most 400 requests at once": {"kind: rate-limit",
		"most: 400"},
	"credits are made at 100 a second for 2 seconds, while our receiver fails for 1 second": {"kind: deliveries",
		"fail_for: 1s"},
	"cards are listed at 20 a second for 2 seconds, with a peak of 30 a second for 1 second": {"mix: {cards-list: 1}"},
	"the answers to manual credits are lost, and they are sent again under their keys":       {"operations: [transactions-manual-credit]"},
	"12 card creations under different keys reach one wallet at the same moment": {"copies: 12",
		"operations: [cards-create]"},
	"manual credits are made at 10 a second for 1 second, 2 times under each " +
		"key": {"operations: [transactions-manual-credit]", "for: 1s"},
	"1 keys are each used by 2 copies of one card creation at the same moment":                                      {"keys: 1"},
	"2 wallets get 1 credits each from all sides and send each other money":                                         {"wallets: 2"},
	"credits are made at 1 a second for 1 second, while our receiver fails for 0 seconds":                           {"fail_for: 0s"},
	"a day's mix of reads and writes is made at 10 a second for 1 second, with a peak of 20 a second for 2 seconds": {"{rate: 20, for: 2s}"},
}

func TestEverySentenceOfLoadIsAPlanThatCanBePerformed(t *testing.T) {
	for text, parts := range said {
		plan, is := sentence.Plan(text)
		require.True(t, is, text)
		for _, part := range parts {
			require.Contains(t, plan, part, text)
		}
		parsed, err := load.Parse("sentence", []byte(plan))
		require.NoError(t, err, plan)
		require.Equal(t, text, parsed.Sentence)
		again, err := load.Find(text)
		require.NoError(t, err)
		require.Equal(t, parsed.ID, again.ID, "the same sentence is the same plan")
	}
}

func TestEveryWorkloadIsTriedHere(t *testing.T) {
	for _, one := range sentence.Workloads() {
		pattern := regexp.MustCompile("^" + one.Pattern + "$")
		tried := false
		for text := range said {
			tried = tried || pattern.MatchString(text)
		}
		require.True(t, tried, one.Pattern)
		require.True(t, strings.HasSuffix(one.Doc, "."), "%s is said in sentences", one.Pattern)
	}
}

func TestWhatIsNoSentenceOfLoadIsNone(t *testing.T) {
	for _, text := range []string{"", "cards are read", "cards are read at full speed", "20 keys are used", "none is refused",
		"please, cards are read at 2 a second for 1 second", "cards are read at 2 a second for 1 second or so"} {
		_, is := sentence.Plan(text)
		require.False(t, is, text)
	}
	promise, gates := sentence.PromiseOf("some are refused")
	require.Nil(t, promise)
	require.Empty(t, gates)
}

func TestAPromiseIsDecidedByAnInvariantOrByGates(t *testing.T) {
	for text, want := range map[string]string{
		"each key has made exactly one card":                      "IDEMP-29",
		"each key has made exactly one credit":                    "IDEMP-29",
		"whoever asks later is answered with what was made first": "IDEMP-01",
		"each credit is on its wallet exactly once":               "MONEY-06",
		"the limiter is the one that the operator states":         "RATE-04",
		"none is refused":                            "throttled = 0%",
		"none fails":                                 "errors = 0%",
		"99 of 100 are answered within 250 ms":       "p99 < 250ms",
		"99.9 of 100 are answered within 2000 ms":    "p99.9 < 2000ms",
		"what our receiver did not take comes again": "HOOK-18",
		"one of them has made a card":                "CARD-ORDER-04",
		"ordinary use is not refused":                "RATE-02",
	} {
		promise, gates := sentence.PromiseOf(text)
		require.NotNil(t, promise, text)
		require.Equal(t, text == "the limiter is the one that the operator states", promise.Stated, text)
		if promise.Requirement != "" {
			require.Equal(t, want, promise.Requirement, text)
			require.Empty(t, gates)
			continue
		}
		require.Equal(t, []string{want}, gates, text)
	}
}

func TestAStepIsGivenItsSentenceAsAWhole(t *testing.T) {
	for _, one := range sentence.Workloads() {
		pattern := regexp.MustCompile("^(" + sentence.Ungrouped(one.Pattern) + ")$")
		require.Equal(t, 1, pattern.NumSubexp(), one.Pattern)
	}
	for _, one := range sentence.Promises() {
		require.Equal(t, 1, regexp.MustCompile("^("+sentence.Ungrouped(one.Pattern)+")$").NumSubexp(), one.Pattern)
	}
}
