package deliveries

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client/webhook"
	"github.com/kobcheck/kobcheck/load/arrivals"
	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/reports"
)

// at is a moment of a plan that began at zero.
func at(d time.Duration) time.Time { return time.Unix(0, 0).Add(d) }

// receiving is a plan whose receiver fails the first two tries of what comes in its second second.
func receiving() *performance {
	plan := New()
	plan.FailFrom, plan.FailFor, plan.FailTries = kind.Duration(time.Second), kind.Duration(time.Second), 2
	return &performance{plan: plan, began: at(0), made: map[string]time.Time{}, told: map[string]*told{}, wrong: map[string]int{},
		changed: make(chan struct{}),
		verify:  func(context.Context, webhook.Delivery) (*webhook.Message, []webhook.Check) { return nil, nil }}
}

// try is one delivery of an event.
func (d *performance) try(t *testing.T, entity, message string, moment time.Duration) int {
	t.Helper()
	text := fmt.Sprintf(`{"entity":"transaction","entity_id":%q,"event":"CREATED","timestamp":"2026-01-30T00:00:00Z"}`, entity)
	return d.take(t.Context(), webhook.Received{At: at(moment), Message: &webhook.Message{MessageId: message, Message: text}})
}

// judged is what the plan held by requirement.
func (d *performance) judged(complete bool) map[string]any {
	result := &reports.LoadPlan{}
	d.judge(arrivals.NewMeasure(), result, complete)
	all := map[string]any{}
	for _, one := range result.Invariants {
		if all[one.Requirement] = nil; one.Holds != nil {
			all[one.Requirement] = *one.Holds
		}
	}
	return all
}

func TestAReceiverFailsTheFirstTriesOfItsBadTime(t *testing.T) {
	d := receiving()
	require.Equal(t, http.StatusOK, d.try(t, "early", "m1", 500*time.Millisecond))
	require.Equal(t, http.StatusServiceUnavailable, d.try(t, "during", "m2", 1500*time.Millisecond))
	require.Equal(t, http.StatusServiceUnavailable, d.try(t, "during", "m2", 1600*time.Millisecond))
	require.Equal(t, http.StatusOK, d.try(t, "during", "m2", 1700*time.Millisecond), "the third try is taken")
	require.Equal(t, http.StatusOK, d.try(t, "late", "m3", 2500*time.Millisecond))
	require.Equal(t, 2, d.refused)
}

func TestEveryEventThatHappenedHasToBeTold(t *testing.T) {
	d := receiving()
	for _, entity := range []string{"a", "b"} {
		d.happened(entity, at(0))
	}
	require.Equal(t, 2, d.missing())
	d.try(t, "a", "m1", 100*time.Millisecond)
	require.Equal(t, 1, d.missing())
	require.Equal(t, false, d.judged(true)["HOOK-12"], "b was never told")
	d.try(t, "b", "m2", 200*time.Millisecond)
	require.True(t, d.wait(t.Context(), time.Hour), "nothing is missing any more")
	held := d.judged(true)
	require.Equal(t, true, held["HOOK-12"])
	require.Nil(t, held["HOOK-18"], "no try was refused, so that none came again")
	require.Nil(t, held["SNS-18"])
}

func TestARetryKeepsItsMessageID(t *testing.T) {
	for _, c := range []struct {
		second string
		holds  bool
	}{{"m1", true}, {"m2", false}} {
		d := receiving()
		d.happened("a", at(time.Second))
		d.try(t, "a", "m1", 1100*time.Millisecond)
		d.try(t, "a", c.second, 1200*time.Millisecond)
		d.try(t, "a", c.second, 1300*time.Millisecond)
		held := d.judged(true)
		require.Equal(t, c.holds, held["SNS-18"])
		require.Equal(t, true, held["HOOK-18"])
	}
}

func TestWhatIsNotCompleteOrHasNoNameDecidesNothing(t *testing.T) {
	d := receiving()
	require.Nil(t, d.judged(true)["HOOK-12"], "nothing happened")
	d.happened("", at(0))
	d.happened("a", at(0))
	d.try(t, "a", "m", 100*time.Millisecond)
	require.Nil(t, d.judged(true)["HOOK-12"], "an answer named no entity")
	short, cancel := context.WithCancel(t.Context())
	cancel()
	d.happened("b", at(0))
	require.False(t, d.wait(short, time.Hour))
}

func TestADeliveryThatDoesNotVerifyIsBroken(t *testing.T) {
	d := receiving()
	d.verify = func(context.Context, webhook.Delivery) (*webhook.Message, []webhook.Check) {
		return nil, []webhook.Check{{Step: "signature", Holds: false, Detail: "of another key"}, {Step: "topic", Holds: true}}
	}
	d.happened("a", at(0))
	d.try(t, "a", "m", 100*time.Millisecond)
	require.Equal(t, false, d.judged(true)["HOOK-21"])
	unreadable := receiving()
	unreadable.happened("a", at(0))
	require.Equal(t, http.StatusOK, unreadable.take(t.Context(), webhook.Received{At: at(0), Message: &webhook.Message{Message: "no JSON"}}))
	require.Equal(t, false, unreadable.judged(true)["HOOK-21"])
}

func TestAPlanOfDeliveriesSaysWhatCanNotBe(t *testing.T) {
	told := func(change func(*Plan)) (keys []string) {
		plan := New()
		plan.Stages = arrivals.Stages{{Rate: 10, For: kind.Duration(time.Second)}}
		change(plan)
		plan.Check(func(key, _ string, _ ...any) { keys = append(keys, key) })
		return keys
	}
	require.Empty(t, told(func(*Plan) {}))
	require.Equal(t, []string{"stages"}, told(func(p *Plan) { p.Stages = nil }))
	require.Equal(t, []string{"fail_tries"}, told(func(p *Plan) { p.FailTries = 4 }))
	require.Equal(t, []string{"fail_tries"}, told(func(p *Plan) { p.Wait = 0 }))
	plan := New()
	plan.Stages, plan.FailFrom, plan.FailFor = arrivals.Stages{{Rate: 10,
		For: kind.Duration(time.Second)}}, kind.Duration(time.Second), kind.Duration(time.Second)
	require.Equal(t, 10, plan.Ceiling().Entities, "each event is a transaction that stays")
	plan.Scale(2, 3)
	require.Equal(t, 60, plan.Ceiling().Requests)
	require.Equal(t, 3*time.Second, time.Duration(plan.FailFor))
}

func TestWithoutAReceiverNothingIsPerformed(t *testing.T) {
	_, err := New().Perform(t.Context(), &kind.Target{}, kind.Run{}, &reports.LoadPlan{})
	require.ErrorContains(t, err, "webhooks.public_url")
}
