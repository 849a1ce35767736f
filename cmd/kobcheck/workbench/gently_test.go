package workbench

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/target"
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
