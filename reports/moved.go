package reports

import "github.com/kobcheck/kobcheck/reports/evidence"

type (
	Verdict     = evidence.Verdict
	Observation = evidence.Observation
	Invariant   = evidence.Invariant
	LoadFinding = evidence.Finding
)

const (
	Passed           = evidence.Passed
	Failed           = evidence.Failed
	Inconclusive     = evidence.Inconclusive
	ExitPassed       = evidence.ExitPassed
	ExitFailed       = evidence.ExitFailed
	ExitInconclusive = evidence.ExitInconclusive
	ExitGateMissed   = evidence.ExitGateMissed
	ExitProvesNone   = evidence.ExitProvesNone
	ExitSafetyStop   = evidence.ExitSafetyStop
	ExitInterrupted  = evidence.ExitInterrupted
	ExitTerminated   = evidence.ExitTerminated
	ExitSecretFound  = evidence.ExitSecretFound
)
