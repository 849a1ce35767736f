package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps/catalog"
	"github.com/kobcheck/kobcheck/steps/stage/sample"
)

// soakRuns is how many random points a night visits, of which a test run visits one in soakSampled; make soak-suite visits
// 300. Of the freedoms, each alone, a test run tries one in freedomsSampled.
const soakRuns, soakSampled, freedomsSampled = 40, 20, 24

// tracedAlarms bounds how many different alarms of one point are traced to their axes.
const tracedAlarms = 3

// alarm is a gated finding on the conforming mock, or a scenario that blames the environment, which is sound here.
type alarm struct{ scenario, requirement, check, message string }

func (a alarm) String() string { return a.requirement + " " + a.check + ": " + a.message }

// alarmsAt performs scenarios, or all where none is named, on the mock at a point.
func alarmsAt(t *testing.T, style string, scenarios []string, more ...string) []alarm {
	t.Helper()
	folder := t.TempDir()
	arguments := append([]string{"run", "--style", style, "--format", "json", "--out", folder}, more...)
	if len(scenarios) > 0 {
		arguments = append(arguments, "--scenario", strings.Join(scenarios, ","))
	}
	output, code := kobcheck(t, arguments...)
	require.Contains(t, []int{evidence.ExitPassed, evidence.ExitFailed, evidence.ExitNothing, evidence.ExitInconclusive}, code, "%s: %s",
		style, output)
	var found []alarm
	result := readRun(t, folder)
	for finding, scenario := range result.Findings() {
		if finding.Gated {
			found = append(found, alarm{scenario, finding.Requirement, finding.Check,
				finding.Operation + finding.Pointer + " " + finding.Message + ": " + finding.Actual})
		}
	}
	for _, scenario := range result.Scenarios {
		if scenario.Verdict == evidence.Inconclusive || scenario.Verdict == evidence.Blocked {
			found = append(found, alarm{scenario.ID, "environment", string(scenario.Verdict), scenario.Reason})
		}
	}
	require.False(t, code == evidence.ExitFailed && found == nil, "%s: exit code 1 without a gated finding: %s", style, output)
	return found
}

// summary counts alarms that are alike, the most frequent first, with a scenario of each.
func summary(alarms []alarm) string {
	counts, examples := map[string]int{}, map[string]string{}
	for _, one := range alarms {
		counts[one.String()]++
		examples[one.String()] = one.scenario
	}
	texts := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return strings.Compare(a, b)
	})
	var b strings.Builder
	for _, text := range texts {
		fmt.Fprintf(&b, "  %d times %s (%s)\n", counts[text], text, examples[text])
	}
	return b.String()
}

// styleOfPoint writes a point as the text of a style.
func styleOfPoint(at contract.Point) string {
	parts := []string{mock.Plain}
	for _, id := range slices.Sorted(maps.Keys(at)) {
		parts = append(parts, id+"="+at[id])
	}
	return strings.Join(parts, "+")
}

// traced resets the readings of a point to their defaults, many at once and then one by one, and keeps those without
// which an alarm goes: what is left carries it.
func traced(t *testing.T, scenarios *catalog.Catalog, at contract.Point, one alarm, more ...string) string {
	t.Helper()
	var performed []string
	alarmed := func(at contract.Point) bool {
		return slices.ContainsFunc(alarmsAt(t, styleOfPoint(at), performed, more...), func(other alarm) bool {
			return other.requirement == one.requirement && other.check == one.check
		})
	}
	// Another scenario may have a part in it, as with an address that is subscribed already, or all of them, as with
	// a list that has grown beyond its first page.
	shown := slices.ContainsFunc([][]string{{one.scenario}, neighbours(scenarios, one.scenario), nil}, func(some []string) bool {
		performed = some
		return alarmed(at)
	})
	if !shown {
		return "nothing that a second run shows again"
	}
	carrying := maps.Clone(at)
	for size := (len(at) + 1) / 2; size > 0; size /= 2 {
		for some := range slices.Chunk(slices.Sorted(maps.Keys(carrying)), size) {
			without := maps.Clone(carrying)
			for _, id := range some {
				delete(without, id)
			}
			if alarmed(without) {
				carrying = without
			}
		}
	}
	return styleOfPoint(carrying)
}

// neighbours lists the scenarios of the section of one.
func neighbours(scenarios *catalog.Catalog, id string) []string {
	var ids []string
	at := slices.IndexFunc(scenarios.Scenarios, func(s *catalog.Scenario) bool { return s.ID == id })
	for _, scenario := range scenarios.Scenarios {
		if at >= 0 && scenario.Section == scenarios.Scenarios[at].Section {
			ids = append(ids, scenario.ID)
		}
	}
	return ids
}

// TestRandomPointsOfTheSpaceRaiseNoAlarm performs the whole suite at seeded points of what the documentation leaves
// open, in random order, in both editions, with 1 to 64 scenarios side by side and up to 50 ms of latency. A gated
// finding is a false alarm, since every point conforms; the test names the axes that carry it.
func TestRandomPointsOfTheSpaceRaiseNoAlarm(t *testing.T) {
	t.Parallel()
	runs, oneIn := soakRuns, soakSampled
	if told, err := strconv.Atoi(os.Getenv("SOAK_RUNS")); err == nil {
		runs, oneIn = told, 1
	}
	points := make([]int, runs)
	for i := range points {
		points[i] = i + 1
	}
	facts, scenarios := documentation(t)
	for _, seed := range sample.Of(t, points, oneIn) {
		t.Run(fmt.Sprintf("random:%d", seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(uint64(seed), 7))
			concurrency, latency := 1+random.IntN(64), strconv.Itoa(random.IntN(51))+"ms"
			if concurrency < 16 {
				latency = "0ms" // a slow API one by one takes minutes and shows nothing else
			}
			more := []string{"--edition", []string{"v1", "guide"}[seed/2%2], "--seed", strconv.Itoa(seed)}
			alarms := alarmsAt(t, fmt.Sprintf("random:%d", seed), nil, append([]string{"--concurrency", strconv.Itoa(concurrency), "--latency",
				latency}, more...)...)
			if len(alarms) == 0 {
				return
			}
			t.Errorf("%d false alarms, %v:\n%s", len(alarms), more, summary(alarms))
			seen := map[string]bool{}
			for _, one := range alarms {
				if kind := one.requirement + one.check; !seen[kind] && len(seen) < tracedAlarms {
					seen[kind] = true
					t.Errorf("%s is carried by %s", one, traced(t, scenarios, facts.RandomPoint(int64(seed)), one, more...))
				}
			}
		})
	}
}

// touchedBy lists the scenarios of the sections and operations that an axis touches.
func touchedBy(facts *contract.Contract, scenarios *catalog.Catalog, axis *contract.Freedom) []string {
	var ids []string
	for _, scenario := range scenarios.Scenarios {
		if slices.ContainsFunc(axis.Touches, func(touched string) bool {
			if operation := facts.Operation(touched); operation != nil {
				return scenario.Section == contract.Folder(operation.Section) || strings.Contains(scenario.ID, touched)
			}
			return scenario.Section == touched
		}) {
			ids = append(ids, scenario.ID)
		}
	}
	return ids
}

// TestEachFreedomAloneRaisesNoAlarm moves one axis at a time away from its default and performs what it touches.
func TestEachFreedomAloneRaisesNoAlarm(t *testing.T) {
	t.Parallel()
	facts, scenarios := documentation(t)
	type move struct {
		axis    *contract.Freedom
		reading string
		edition string
	}
	var moves []move
	for _, axis := range facts.Freedoms {
		for i, reading := range axis.Readings[1:] {
			edition := "v1"
			if i%2 == 1 || axis.ID == "C-04" { // C-04 is about edition guide alone
				edition = "guide"
			}
			moves = append(moves, move{axis, reading, edition})
		}
	}
	for _, one := range sample.Of(t, moves, freedomsSampled) {
		choice := one.axis.ID + "=" + one.reading
		t.Run(choice, func(t *testing.T) {
			t.Parallel()
			touched := touchedBy(facts, scenarios, one.axis)
			require.NotEmpty(t, touched, "%s touches no scenario", one.axis.ID)
			alarms := alarmsAt(t, "plain+"+choice, touched, "--edition", one.edition, "--seed", "7")
			require.Empty(t, alarms, "%s (%s) raises %d false alarms in %d scenarios:\n%s", choice, one.axis.Subject,
				len(alarms), len(touched), summary(alarms))
		})
	}
}
