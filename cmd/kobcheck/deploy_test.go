package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/kobcheck/kobcheck/steps/suite"
)

// TestManifestsAreThoseOfKubernetes reads every manifest strictly as the types of Kubernetes' own API, and holds
// what they call against the program.
func TestManifestsAreThoseOfKubernetes(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("../../deploy/kubernetes/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	read := 0
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, document := range bytes.Split(text, []byte("\n---\n")) {
			var kind struct{ Kind string }
			require.NoError(t, yaml.Unmarshal(document, &kind))
			var pod core.PodSpec
			switch kind.Kind {
			case "CronJob":
				var job batch.CronJob
				require.NoError(t, yaml.UnmarshalStrict(document, &job), path)
				require.Equal(t, batch.ForbidConcurrent, job.Spec.ConcurrencyPolicy)
				pod = job.Spec.JobTemplate.Spec.Template.Spec
			case "Job":
				var job batch.Job
				require.NoError(t, yaml.UnmarshalStrict(document, &job), path)
				pod = job.Spec.Template.Spec
			default:
				t.Fatalf("%s: a %q is not expected here", path, kind.Kind)
			}
			read++
			require.Equal(t, core.RestartPolicyNever, pod.RestartPolicy)
			for _, container := range pod.Containers {
				require.True(t, *container.SecurityContext.ReadOnlyRootFilesystem)
				calls(t, container.Args)
			}
		}
	}
	require.Equal(t, 3, read)
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
		name, value, _ := strings.Cut(name, "=")
		require.NotNil(t, command.Flags().Lookup(name), "%s has no flag --%s", command.Name(), name)
		if name == "shard" {
			_, err := suite.ParseShard(strings.ReplaceAll(value, "$(JOB_COMPLETION_INDEX)", "3"))
			require.NoError(t, err)
		}
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
