package load_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/load"
)

func TestLoadElsewhereTakesLeaveAndANotice(t *testing.T) {
	plan := parse(t, reads+"stages: [{rate: 5, for: 10s}]\n")
	fast := parse(t, reads+"stages: [{rate: 500, for: 10s}]\n")
	at := time.Date(2026, 1, 30, 1, 30, 0, 0, time.UTC)
	file := func(host string, allow *target.Load) *target.File {
		return &target.File{Target: target.Target{Name: "x", BaseURL: host}, Load: allow}
	}
	notice := &target.BurstNotice{Reference: "OPS-1", From: "2026-01-30T01:00:00Z", To: "2026-01-30T02:00:00Z"}
	for name, c := range map[string]struct {
		file   *target.File
		plan   *load.Plan
		reason string
		says   string
	}{
		"loopback is free":    {file("http://127.0.0.1:1", nil), fast, "", ""},
		"elsewhere is not":    {file("https://api.example.test", nil), plan, "", "load.allow"},
		"a name is elsewhere": {file("https://127.0.0.1.example.test", nil), plan, "", "load.allow"},
		"a notice is missing": {file("https://api.example.test", &target.Load{Allow: true}), plan, "", "burst notice"},
		"one is not needed":   {file("https://api.example.test", &target.Load{Allow: true}), plan, "it is our sandbox", ""},
		"one covers it":       {file("https://api.example.test", &target.Load{Allow: true, BurstNotice: notice}), plan, "", ""},
		"too much that stays": {file("https://api.example.test", &target.Load{Allow: true, BurstNotice: notice}),
			parse(t, "id: i\nkind: idempotency\nsentence: i\nkeys: 180\ncopies: 2\n"), "", "stay on the target"},
		"too fast all the same": {file("https://api.example.test", &target.Load{Allow: true, BurstNotice: notice}), fast, "", "at most 25"},
	} {
		_, err := load.Allowed(c.file, c.plan, at, c.reason)
		if c.says == "" {
			require.NoError(t, err, name)
			continue
		}
		var refused *load.Refused
		require.True(t, errors.As(err, &refused), name)
		require.ErrorContains(t, err, c.says, name)
	}
	_, err := load.Allowed(file("https://api.example.test", &target.Load{Allow: true, BurstNotice: notice}), plan, at.Add(time.Hour), "")
	require.ErrorContains(t, err, "covers")
	text, err := load.Notice(file("https://api.example.test", nil), []*load.Plan{plan}, at)
	require.NoError(t, err)
	for _, part := range []string{"at up to 5 a second", "2026-01-30T01:30:00Z", "card-programs-list", "reads"} {
		require.Contains(t, text, part)
	}
	_, err = load.Notice(file("https://api.example.test", nil), []*load.Plan{fast}, at)
	require.ErrorContains(t, err, "at most 25", "what will be refused is not announced")
}

func TestAnOwnerRaisesTheCeilingsAndARefusalNamesTheKey(t *testing.T) {
	at := time.Date(2026, 1, 30, 1, 30, 0, 0, time.UTC)
	plan := func(rate int, length string) *load.Plan {
		return parse(t, reads+fmt.Sprintf("arrivals: even\nstages: [{rate: %d, for: %s}]\n", rate, length))
	}
	storm := parse(t, "id: i\nkind: idempotency\nsentence: i\nkeys: 180\ncopies: 2\n")
	for name, c := range map[string]struct {
		ceilings *target.Ceilings
		plan     *load.Plan
		key      string
	}{
		"too fast":                       {nil, plan(26, "10s"), "load.ceilings.rate"},
		"too many":                       {nil, plan(20, "10m"), "load.ceilings.requests"},
		"too long":                       {nil, plan(1, "31m"), "load.ceilings.time"},
		"too much that stays":            {nil, storm, "load.ceilings.entities"},
		"faster than the owner allows":   {&target.Ceilings{Rate: 50}, plan(51, "10s"), "load.ceilings.rate"},
		"as fast as the owner allows":    {&target.Ceilings{Rate: 50}, plan(50, "10s"), ""},
		"as many":                        {&target.Ceilings{Requests: 12_000}, plan(20, "10m"), ""},
		"as long":                        {&target.Ceilings{Time: "1h"}, plan(1, "31m"), ""},
		"as much":                        {&target.Ceilings{Entities: 5_000}, storm, ""},
		"what is raised raises no other": {&target.Ceilings{Time: "1h"}, plan(26, "10s"), "load.ceilings.rate"},
	} {
		file := &target.File{Target: target.Target{Name: "x", BaseURL: "https://api.example.test"},
			Load: &target.Load{Allow: true, Ceilings: c.ceilings}}
		_, err := load.Allowed(file, c.plan, at, "it is our sandbox")
		if c.key == "" {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorContains(t, err, "unless "+c.key+" in the target file", name)
	}
	here := &target.File{Target: target.Target{Name: "x", BaseURL: "http://127.0.0.1:1"}}
	_, err := load.Allowed(here, plan(30_000, "1s"), at, "")
	require.ErrorContains(t, err, "at most 20000")
	require.NotContains(t, err.Error(), "load.ceilings", "no file raises those of this machine")
}
