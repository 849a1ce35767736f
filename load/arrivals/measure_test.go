package arrivals

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// answered is an outcome that took so long from its due time, of which it waited half.
func answered(operation, class string, second int, took time.Duration) Outcome {
	due := time.Duration(second) * time.Second
	return Outcome{Operation: operation, Class: class, Due: due, Began: due, Sent: due + took/2, Ended: due + took}
}

// measured is what outcomes come to.
func measured(outcomes ...Outcome) *Measure {
	m := NewMeasure()
	m.Due, m.Asked = len(outcomes), time.Second
	for _, one := range outcomes {
		m.Add(one)
	}
	return m
}

func TestAnswersAreCountedByOperationAndClass(t *testing.T) {
	m := measured(answered("a", Good, 0, 10*time.Millisecond), answered("a", Throttled, 0, time.Millisecond),
		answered("b", Failed, 1, time.Millisecond), answered("b", Good, 1, 30*time.Millisecond))
	for _, c := range []struct {
		operation, class string
		hits, all        int
	}{{"", Good, 2, 4}, {"a", Throttled, 1, 2}, {"b", Failed, 1, 2}, {"c", Good, 0, 0}} {
		hits, all := m.Count(c.operation, c.class)
		require.Equal(t, []int{c.hits, c.all}, []int{hits, all}, "%s %s", c.operation, c.class)
	}
	require.InDelta(t, 30, Percentiles(m.FromDue("")).Max, 0.1, "only good answers have a latency")
	require.InDelta(t, 10, Percentiles(m.FromDue("a")).Max, 0.1)
	m.Deliver("webhook", time.Second, 2*time.Second)
	_, all := m.Count("", Good)
	require.Equal(t, 4, all, "a delivery is no answer")
	require.InDelta(t, 2000, Percentiles(m.FromDue("webhook")).Max, 2)
}

func TestAReportHasWhatWasMeasuredAndAShardsReportAddsUpToIt(t *testing.T) {
	var outcomes []Outcome
	for n := range 200 {
		outcomes = append(outcomes, answered([]string{"a", "b"}[n%2], []string{Good, Good, Throttled}[n%3], n%4,
			time.Duration(n)*time.Millisecond))
	}
	whole, first, second := measured(outcomes...), measured(outcomes[:90]...), measured(outcomes[90:]...)
	report := func(m *Measure) *reports.LoadPlan {
		var plan reports.LoadPlan
		require.NoError(t, m.Report(&plan))
		return &plan
	}
	together := NewMeasure()
	for _, part := range []*Measure{first, second} {
		require.NoError(t, together.Absorb(report(part)))
	}
	want, got := report(whole), report(together)
	require.Equal(t, want.Sent, got.Sent)
	require.Equal(t, len(want.Series), len(got.Series))
	for i := range want.Series {
		require.Equal(t, want.Series[i].Count, got.Series[i].Count)
		require.Equal(t, want.Series[i].FromDue, got.Series[i].FromDue, "histograms add up exactly")
	}
	for i := range want.Slices {
		require.Equal(t, want.Slices[i].Good, got.Slices[i].Good)
		require.Equal(t, want.Slices[i].Throttled, got.Slices[i].Throttled)
	}
	require.InDelta(t, 200/3.0995, want.Reached, 1e-9, "the last of 200 left at 3.0995 s, though one second was asked for")
	require.InDelta(t, want.Reached, got.Reached, 1e-6)
	require.InDelta(t, 1/2.0995, whole.InTime(), 1e-9, "a second later is no matter")
	require.InDelta(t, 1, measured(answered("a", Good, 1, 2*time.Second)).InTime(), 1e-9)
	broken := report(whole)
	broken.Series[0].DueHDR = []byte("no histogram")
	require.ErrorContains(t, NewMeasure().Absorb(broken), "unpacking the latencies of a")
}

func TestErrorsAreToldApartWithoutTheirIDsAndUpToABound(t *testing.T) {
	m := NewMeasure()
	for n := range 3 * errorBound {
		m.Add(Outcome{Operation: "a", Class: Failed, Failure: fmt.Sprintf("dial 127.0.0.1:%d: key 6f1c1f8e-0000-4000-8000-%012d", 10_000+n, n)})
	}
	require.Equal(t, map[string]int{"a: dial 127.0.0.1…: key …": 3 * errorBound}, m.errors)
	for n := range 3 * errorBound {
		m.Add(Outcome{Operation: "a", Class: Failed, Failure: fmt.Sprint("kind ", n)})
	}
	require.Len(t, m.errors, errorBound+1)
	require.Positive(t, m.errors["further errors"])
}

func TestFindingsOfOneCauseAreOneFinding(t *testing.T) {
	m := NewMeasure()
	for range 3 {
		m.Add(Outcome{Operation: "a", Class: Good, Checked: true, Findings: []evidence.Finding{{Requirement: "R", Message: "a field is gone"}}})
	}
	var plan reports.LoadPlan
	require.NoError(t, m.Report(&plan))
	require.Len(t, plan.Findings, 1)
	require.Equal(t, 3, plan.Findings[0].Count)
	require.Equal(t, 3, plan.Checked)
}

func TestWhatIsLookedAtInRowsIsAllFoundWhenAPlanIsOver(t *testing.T) {
	m, looks := NewMeasure(), 0
	for range 2*lookAtOnce + 3 {
		m.Add(Outcome{Operation: "a", Class: Good, Checked: true, Later: []func() []evidence.Finding{func() []evidence.Finding {
			looks++
			return []evidence.Finding{{Requirement: "R", Message: "a field is gone"}}
		}}})
	}
	require.Equal(t, 2*lookAtOnce, looks)
	var plan reports.LoadPlan
	require.NoError(t, m.Report(&plan))
	require.Equal(t, 2*lookAtOnce+3, plan.Findings[0].Count)
	require.Equal(t, 2*lookAtOnce+3, plan.Checked)
}

func TestAnAnswerIsJudgedByWhatTheOperationDocuments(t *testing.T) {
	facts, err := contract.Load()
	require.NoError(t, err)
	operation := facts.Operation("card-programs-list")
	json := http.Header{"Content-Type": {"application/json"}}
	for name, c := range map[string]struct {
		exchange *client.Exchange
		err      error
		class    string
		failure  string
		found    int
	}{
		"a success": {&client.Exchange{Status: 200, Header: json, Body: []byte("[]")}, nil, Good, "", 0},
		"a success as HTML": {&client.Exchange{Status: 200, Header: http.Header{"Content-Type": {"text/html"}}, Body: []byte("[]")}, nil,
			Good, "", 1},
		"a refusal to hurry":   {&client.Exchange{Status: 429}, nil, Throttled, "", 0},
		"a failure":            {&client.Exchange{Status: 500}, nil, Failed, "answered 500", 0},
		"no answer":            {nil, &client.NoAnswer{Kind: client.Reset}, Failed, "connection reset", 0},
		"something else again": {nil, errors.New("no token"), Failed, "no token", 0},
	} {
		o := Judge(&kind.Target{}, operation, c.exchange, c.err, false)
		require.Equal(t, c.class, o.Class, name)
		require.Equal(t, c.failure, o.Failure, name)
		require.Len(t, o.Findings, c.found, name)
	}
}

func TestAPlanHasItsReasonsToStop(t *testing.T) {
	seconds := func(count, each int, class string, took time.Duration) *watch {
		w := &watch{plan: &Traffic{}, target: &kind.Target{}, m: NewMeasure()}
		w.began.Store(new(time.Now().Add(-time.Duration(count) * time.Second)))
		for second := range count {
			for range each {
				w.m.Add(answered("a", class, second, took))
				w.due = append(w.due, time.Duration(second)*time.Second)
			}
		}
		return w
	}
	for name, c := range map[string]struct {
		watch *watch
		stop  Stop
		says  string
	}{
		"nothing is the matter":      {seconds(4, 30, Good, time.Millisecond), Stop{Failed: 50, P99: kind.Duration(time.Second)}, ""},
		"most answers fail":          {seconds(4, 30, Failed, time.Millisecond), Stop{Failed: 50}, "more than 50 %"},
		"failing may go on for ever": {seconds(4, 30, Failed, time.Millisecond), Stop{}, ""},
		"too few to stop for":        {seconds(4, 3, Failed, time.Millisecond), Stop{Failed: 50}, ""},
		"answers are slow": {seconds(4, 30, Good, 400*time.Millisecond), Stop{P99: kind.Duration(100 * time.Millisecond)},
			"p99 of the last second"},
	} {
		c.watch.plan.Stop = c.stop
		if c.says == "" {
			require.Empty(t, c.watch.reason(), name)
			continue
		}
		require.Contains(t, c.watch.reason(), c.says, name)
	}
	silent := seconds(4, 30, Good, time.Millisecond)
	silent.m, silent.plan.Stop = NewMeasure(), Stop{Failed: 50}
	require.Empty(t, silent.reason(), "nobody owes an answer to what was never sent")
	silent.send()
	require.Contains(t, silent.reason(), "nothing was answered in the last 3 s")
	require.Contains(t, silent.line(), "120 of 120 arrivals due, 0 answered")
	late := &watch{plan: silent.plan, target: silent.target, m: NewMeasure(), due: silent.due}
	require.Zero(t, late.passed(), "the time of a plan begins with its first arrival, however long it is prepared")
	require.Contains(t, late.line(), "0 of 120 arrivals due")
}
