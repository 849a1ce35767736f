package format

import (
	messages "github.com/cucumber/messages/go/v21"

	"github.com/kobcheck/kobcheck/reports/evidence"
)

// outcomes are the words that formats of tests have for verdicts. Failed is the API's fault alone. What kept a scenario
// from its answer, the environment or an operation that is not served, is broken, other, pending or unknown, and never
// failed or passed; what could not be tested is skipped.
var outcomes = map[evidence.Verdict]struct {
	allure, ctrf, cucumber string
	messages               messages.TestStepResultStatus
}{
	evidence.Passed:         {"passed", "passed", "", messages.TestStepResultStatus_PASSED},
	evidence.Advisory:       {"passed", "passed", "", messages.TestStepResultStatus_PASSED},
	evidence.Flaky:          {"passed", "passed", "", messages.TestStepResultStatus_PASSED},
	evidence.Failed:         {"failed", "failed", "failed", messages.TestStepResultStatus_FAILED},
	evidence.UnexpectedPass: {"failed", "failed", "failed", messages.TestStepResultStatus_FAILED},
	evidence.Known:          {"skipped", "skipped", "skipped", messages.TestStepResultStatus_SKIPPED},
	evidence.NotTestable:    {"skipped", "skipped", "skipped", messages.TestStepResultStatus_SKIPPED},
	evidence.NotRun:         {"skipped", "pending", "skipped", messages.TestStepResultStatus_UNKNOWN},
	evidence.Inconclusive:   {"broken", "other", "pending", messages.TestStepResultStatus_UNKNOWN},
	evidence.Blocked:        {"broken", "other", "pending", messages.TestStepResultStatus_UNKNOWN},
}
