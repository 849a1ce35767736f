package main

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/steps/suite"
)

// manifest is what of a manifest is held here; a cluster's own server knows the rest (make cluster).
type manifest struct {
	Kind string
	Spec struct {
		ConcurrencyPolicy string             `yaml:"concurrencyPolicy"`
		JobTemplate       struct{ Spec job } `yaml:"jobTemplate"`
		Job               job                `yaml:",inline"`
	}
}

type job struct {
	Completions          int
	Parallelism          int
	CompletionMode       string `yaml:"completionMode"`
	BackoffLimitPerIndex *int   `yaml:"backoffLimitPerIndex"`
	Template             struct {
		Spec struct {
			Containers []struct {
				Image string
				Args  []string
				Env   []struct{ Name string }
			}
		}
	}
}

// manifests reads all documents of a file.
func manifests(t *testing.T, path string) (all []manifest) {
	t.Helper()
	text, err := os.ReadFile("../../deploy/kubernetes/" + path)
	require.NoError(t, err)
	for document := range strings.SplitSeq(string(text), "\n---\n") {
		var one manifest
		require.NoError(t, yaml.Unmarshal([]byte(document), &one), path)
		all = append(all, one)
	}
	return all
}

// TestManifestsCallTheProgramAsItIs holds what every manifest calls against the program.
func TestManifestsCallTheProgramAsItIs(t *testing.T) {
	t.Parallel()
	kinds := map[string]int{}
	for _, one := range append(manifests(t, "base/nightly.yaml"), manifests(t, "base/load.yaml")...) {
		kinds[one.Kind]++
		job := one.Spec.Job
		if one.Kind == "CronJob" {
			require.Equal(t, "Forbid", one.Spec.ConcurrencyPolicy)
			job = one.Spec.JobTemplate.Spec
		}
		for _, container := range job.Template.Spec.Containers {
			require.NotContains(t, container.Image, "latest", "it would be pulled again and again, and be another one day")
			require.Contains(t, container.Env, struct{ Name string }{"GOMEMLIMIT"})
			calls(t, container.Args)
		}
	}
	require.Equal(t, map[string]int{"CronJob": 1, "Job": 2}, kinds)
	text, err := os.ReadFile("../../deploy/kubernetes/claim/nightly.yaml")
	require.NoError(t, err)
	var changes []struct{ Value any }
	require.NoError(t, yaml.Unmarshal(text, &changes))
	for _, change := range changes {
		if more, is := change.Value.(string); is {
			calls(t, []string{"run", more})
		}
	}
}

// TestTheMergeWaitsForEveryShard holds the numbers that stand in several places together, and that a shard which ends
// early takes no other along.
func TestTheMergeWaitsForEveryShard(t *testing.T) {
	t.Parallel()
	jobs := manifests(t, "base/load.yaml")
	shards, merge := jobs[0].Spec.Job, jobs[1].Spec.Job
	require.Equal(t, "Indexed", shards.CompletionMode)
	require.Equal(t, shards.Completions, shards.Parallelism, "they meet, so that all have to be there at once")
	require.Zero(t, *shards.BackoffLimitPerIndex)
	var waitsFor, out []string
	for _, argument := range merge.Template.Spec.Containers[0].Args {
		if strings.HasSuffix(argument, "/load.json") {
			waitsFor = append(waitsFor, argument)
		}
	}
	for _, argument := range shards.Template.Spec.Containers[0].Args {
		for i := range shards.Completions {
			own := strings.ReplaceAll(argument, "$(JOB_COMPLETION_INDEX)", strconv.Itoa(i))
			if place, found := strings.CutPrefix(own, "--out="); found {
				out = append(out, place+"/load.json")
			}
			if text, found := strings.CutPrefix(own, "--shard="); found {
				part, err := suite.ParseShard(text)
				require.NoError(t, err)
				require.Equal(t, suite.Shard{Index: i + 1, Of: shards.Completions}, part)
			}
		}
	}
	require.NotEmpty(t, out)
	require.Equal(t, out, waitsFor)
}

// calls holds the arguments of a container against the commands and flags that there are.
func calls(t *testing.T, arguments []string) {
	t.Helper()
	command, rest, err := newRoot().Find(arguments)
	require.NoError(t, err, "%v", arguments)
	for _, argument := range rest {
		name, flag := strings.CutPrefix(argument, "--")
		if !flag {
			continue
		}
		name, _, _ = strings.Cut(name, "=")
		require.NotNil(t, command.Flags().Lookup(name), "%s has no flag --%s", command.Name(), name)
	}
}

func TestShardsCountFromOneOrFromZero(t *testing.T) {
	t.Parallel()
	one, err := suite.ParseShard("2/4")
	require.NoError(t, err)
	same, err := suite.ParseShard("1of4")
	require.NoError(t, err)
	require.Equal(t, one, same)
	for _, bad := range []string{"0/4", "4of4", "-1of4", "of", "5/4", "x"} {
		_, err := suite.ParseShard(bad)
		require.Error(t, err, bad)
	}
}
