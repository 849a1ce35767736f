// Package evidence is the one model of what was seen of an API and what it means: exchanges, checks,
// findings, observations, verdicts, and the policy that says which findings fail a run or a load plan.
//
// What walks in are facts of the contract and assertions that were looked at; what walks out are findings
// with their weight. It knows neither scenarios nor reports.
package evidence

// Verdict says what came of a scenario, a plan or a run, and whose fault it is.
type Verdict string

// The verdicts. A run is passed, failed, inconclusive or interrupted; the others are of scenarios.
const (
	// Passed: at least one check was evaluated and every one held.
	Passed Verdict = "passed"
	// Failed: the API breaks a gated requirement.
	Failed Verdict = "failed"
	// Advisory: only requirements that do not gate were broken; something to read.
	Advisory Verdict = "advisory"
	// Blocked: what the scenario needs could not be made, since the API does not serve a valid request.
	Blocked Verdict = "blocked"
	// Inconclusive: the environment kept the answer away, or no check saw any data.
	Inconclusive Verdict = "inconclusive"
	// NotTestable: the target gives no means to judge; the scenario says which key would.
	NotTestable Verdict = "not_testable"
	// Known: fails in just the way that the list of known failures says.
	Known Verdict = "known"
	// UnexpectedPass: passes although the list of known failures says that it fails.
	UnexpectedPass Verdict = "unexpected_pass"
	// Flaky: failed, then passed with fresh data.
	Flaky Verdict = "flaky"
	// NotRun: selected, but the run was interrupted before its turn.
	NotRun Verdict = "not_run"
	// Interrupted is the verdict of a run that was stopped by a signal.
	Interrupted Verdict = "interrupted"
)

// The exit codes. Pipelines rely on them.
const (
	ExitPassed       = 0
	ExitFailed       = 1
	ExitUsage        = 2
	ExitNothing      = 3
	ExitInconclusive = 4
	ExitGateMissed   = 5
	ExitProvesNone   = 6
	ExitSafetyStop   = 7
	ExitSecretFound  = 8
	ExitInterrupted  = 130
	ExitTerminated   = 143
)

// ExitOrder is which of several exit codes wins, the strongest first.
func ExitOrder() []int {
	return []int{ExitSecretFound, ExitFailed, ExitGateMissed, ExitSafetyStop, ExitProvesNone, ExitInconclusive, ExitNothing}
}
