package workbench

import (
	"bytes"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/schemas/redact"
)

func TestATargetElsewhereIsCalledGentlyAndThatIsSaid(t *testing.T) {
	var said bytes.Buffer
	b := &Bench{Secrets: redact.New()}
	b.Err = b.door(&said)
	file := func(address string, load *target.Load) *target.File {
		return &target.File{Target: target.Target{Name: "staging", BaseURL: address}, Load: load}
	}
	here := b.Gently(file("http://127.0.0.1:1", nil), client.Config{})
	require.Zero(t, here.MaxRPS)
	require.Zero(t, here.MostMade)
	require.Empty(t, said.String())

	there := b.Gently(file("https://api.example.test", nil), client.Config{})
	require.EqualValues(t, 10, there.MaxRPS)
	require.Equal(t, 2000, there.MostMade)
	require.Contains(t, said.String(), "staging is not this machine: at most 10 requests a second (--max-rps), "+
		"and 2000 that made things (load.ceilings.entities)")

	asked := b.Gently(file("https://api.example.test", &target.Load{Ceilings: &target.Ceilings{Entities: 50}}), client.Config{MaxRPS: 3})
	require.EqualValues(t, 3, asked.MaxRPS)
	require.Equal(t, 50, asked.MostMade)
}

func TestDeliveriesAreNotTestableWhereNoneCanReachUs(t *testing.T) {
	b, err := New(&cobra.Command{})
	require.NoError(t, err)
	file := &target.File{Target: target.Target{Name: "staging", BaseURL: "https://api.example.test", TokenURL: "https://api.example.test",
		Edition: contract.V1}, Load: &target.Load{Allow: true, Ceilings: &target.Ceilings{Rate: 1000, Requests: 100_000, Entities: 10_000},
		BurstNotice: &target.BurstNotice{Reference: "OPS-1", From: "2026-01-01T00:00:00Z",
			To: time.Now().AddDate(1, 0, 0).Format(time.RFC3339)}}}
	_, err = b.Loader(file, "run", 7)(t.Context(), "deliveries")
	var untestable *scene.NotTestable
	require.ErrorAs(t, err, &untestable)
	require.Equal(t, "webhooks.public_url", untestable.Key)
}
