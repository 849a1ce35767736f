package scene_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/mock"
)

func TestASecondClientIssuesCardsUnderAProgramOfItsOwnWhereProgramsBelongToClients(t *testing.T) {
	const (
		own     = "11111111-0000-4000-8000-000000000000"
		theirs  = "22222222-0000-4000-8000-000000000000"
		failing = "33333333-0000-4000-8000-000000000000"
	)
	one := func(id, status string, metadata map[string]any) map[string]any {
		return map[string]any{"id": id, "status": status, "metadata": metadata}
	}
	of := map[string]any{"a": "b"}
	for name, c := range map[string]struct {
		status int
		listed []any // nil for what the mock lists
		handed string
		want   string
	}{
		"all share them": {200, nil, "", "ok"},
		"it lists its own": {200, []any{one(failing, "ACTIVE", of), one("x", "INACTIVE", of), one("y", "ACTIVE", nil),
			one(own, "ACTIVE", of)}, "", own},
		"one of its own is handed over":    {200, []any{one(own, "ACTIVE", of), one(theirs, "ACTIVE", of)}, theirs, theirs},
		"one of its own is no more active": {200, []any{one(own, "ACTIVE", of), one(theirs, "INACTIVE", of)}, theirs, own},
		"it may list none":                 {403, []any{}, theirs, theirs},
		"it lists none":                    {200, []any{}, "", "ok"},
	} {
		t.Run(name, func(t *testing.T) {
			s := on(t, func(stock mock.Inventory) scene.Given {
				return scene.Given{Programs: map[string]string{"ok": stock.Programs["ok"], "8": failing},
					SecondClient: map[string]string{"program": c.handed}}
			}, nil, func(r *http.Request, status int, _ any) (int, any) {
				if c.listed != nil && strings.HasSuffix(r.URL.Path, "/card-programs") {
					return c.status, c.listed
				}
				return status, nil
			})
			for as, want := range map[string]string{"primary": "ok", "second": c.want} {
				if want == "ok" {
					want = s.stock.Programs["ok"]
				}
				program, err := s.Need(t.Context(), as, "program", nil)
				require.NoError(t, err)
				require.Equal(t, want, program.ID, as)
			}
		})
	}
}
