package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// rooms are the packages from top to bottom, each with the rooms that it may import.
var rooms = []struct {
	name string
	may  []string
}{
	{"contract", nil},
	{"schemas", []string{"client/redact"}},
	{"yamlfile", []string{"contract"}},
	{"schemas/match", []string{"client/redact", "schemas"}},
	{"reports/evidence", []string{"contract", "yamlfile"}},
	{"contract/openapi", []string{"contract", "schemas"}},
	{"client/redact", nil},
	{"client", []string{"client/redact", "contract", "reports/evidence"}},
	{"client/webhook", []string{"client", "reports/wording", "schemas"}},
	{"client/webhook/torment", []string{"client", "client/webhook"}},
	{"client/scene", []string{"client", "contract", "schemas"}},
	{"client/target", []string{"client", "client/scene", "contract", "schemas", "yamlfile"}},
	{"mock/fault", []string{"contract"}},
	{"mock/limit", nil},
	{"mock", []string{"contract", "mock/fault", "mock/limit"}},
	{"mock/mutate", []string{"contract", "schemas"}},
	{"reports/wording", nil},
	{"reports", []string{"contract", "reports/evidence", "reports/wording"}},
	{"reports/specimen", []string{"contract", "reports", "reports/evidence"}},
	{"reports/bucket", nil},
	{"reports/nights", []string{"reports", "reports/evidence", "reports/wording"}},
	{"reports/site", []string{"contract", "reports", "reports/evidence", "reports/nights", "schemas"}},
	{"reports/format", []string{"contract", "reports", "reports/evidence", "reports/nights", "reports/site", "reports/wording", "schemas"}},
	{"features", nil},
	{"load/kind", []string{"client", "client/scene", "client/webhook", "reports/evidence", "schemas"}},
	{"load/history", []string{"client/scene", "load/kind", "reports", "reports/evidence"}},
	{"load/arrivals", []string{"client", "client/scene", "contract", "load/kind", "reports", "reports/evidence", "schemas/match", "steps/sentinel"}},
	{"load/storm", []string{"client", "client/scene", "contract", "load/arrivals", "load/history", "load/kind", "reports", "reports/evidence"}},
	{"load/ledger", []string{"client/scene", "load/arrivals", "load/history", "load/kind", "reports", "reports/evidence", "schemas/match"}},
	{"load/deliveries", []string{"client/scene", "client/webhook", "load/arrivals", "load/kind", "reports", "reports/evidence"}},
	{"load/limiter", []string{"client", "load/arrivals", "load/kind", "reports", "reports/evidence"}},
	{"load/sentence", nil},
	{"load", []string{"load/sentence", "client/target", "contract", "load/arrivals", "load/deliveries", "load/kind", "load/ledger", "load/limiter", "load/storm", "reports", "reports/evidence", "yamlfile"}},
	{"steps/sentinel", []string{"client", "client/scene", "contract", "reports/evidence", "schemas", "schemas/match"}},
	{"steps", []string{"client", "client/redact", "client/scene", "client/target", "client/webhook", "contract", "reports/evidence", "schemas", "schemas/match", "steps/sentinel"}},
	{"steps/answers", area("steps/sentinel")},
	{"steps/things", area()},
	{"steps/requests", area()},
	{"steps/tokens", area()},
	{"steps/bursts", area()},
	{"steps/lists", area("steps/things")},
	{"steps/idempotency", area("steps/sentinel", "steps/things")},
	{"steps/cardorder", area("steps/things")},
	{"steps/money", area("steps/bursts", "steps/things")},
	{"steps/standards", area("steps/things")},
	{"steps/derived", area()},
	{"steps/plans", area("load/sentence")},
	{"steps/webhooks", area("client/webhook")},
	{"steps/vocabulary", []string{"steps", "steps/answers", "steps/bursts", "steps/cardorder", "steps/derived", "steps/idempotency", "steps/lists", "steps/money",
		"steps/plans", "steps/requests", "steps/standards", "steps/things", "steps/tokens", "steps/webhooks"}},
	{"steps/stage", area("client/webhook", "mock", "steps/vocabulary")}, // for tests alone
	{"steps/doctor", []string{"client", "client/target", "contract", "reports", "reports/evidence"}},
	{"steps/explore", []string{"client", "client/scene", "contract", "reports/evidence", "schemas/match"}},
	{"steps/catalog", []string{"contract"}},
	{"steps/suite", []string{"client", "client/scene", "contract", "reports", "reports/evidence", "steps", "steps/cardorder", "steps/catalog", "steps/vocabulary"}},
	{"steps/selftest", []string{"client", "client/target", "client/webhook", "contract", "reports", "reports/evidence", "schemas", "steps", "steps/catalog", "steps/suite"}},
}

// area are the rooms that an area of the vocabulary may import, and more for some.
func area(more ...string) []string {
	return append(more, "client", "client/scene", "contract", "reports/evidence", "schemas", "schemas/match", "steps")
}

// libraries are those that belong to some rooms alone.
var libraries = map[string][]string{
	"github.com/cucumber/godog":          {"steps", "steps/suite"},
	"github.com/xeipuuv/gojsonschema":    {"schemas"},
	"github.com/tsenart/vegeta/v12/lib":  {"load/arrivals"},
	"github.com/cucumber/gherkin/go/v26": {"steps/catalog", "reports/format"},
}

func TestArrowsPointDownOnly(t *testing.T) {
	t.Parallel()
	const module = "github.com/kobcheck/kobcheck/"
	for _, room := range rooms {
		output, err := exec.Command("go", "list", "-f", `{{join .Imports "\n"}}`, module+room.name).Output()
		require.NoError(t, err)
		for _, imported := range strings.Fields(string(output)) {
			if inner, ours := strings.CutPrefix(imported, module); ours {
				require.Contains(t, room.may, inner, "%s imports %s", room.name, inner)
			}
			if owners, kept := libraries[imported]; kept {
				require.True(t, slices.Contains(owners, room.name), "%s imports %s", room.name, imported)
			}
		}
	}
}
