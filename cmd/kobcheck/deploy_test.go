package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/steps/suite"
)

// manifest is what of a manifest is held here; a cluster's own server knows the rest.
type manifest struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string
	Metadata   struct{ Name string }
	Spec       struct {
		Schedule          string
		ConcurrencyPolicy string             `yaml:"concurrencyPolicy"`
		JobTemplate       struct{ Spec Job } `yaml:"jobTemplate"`
		Job               `yaml:",inline"`
	}
}

type Job struct {
	Template struct {
		Spec struct {
			RestartPolicy string `yaml:"restartPolicy"`
			Containers    []struct {
				Image           string
				Args            []string
				SecurityContext struct {
					ReadOnlyRootFilesystem   bool  `yaml:"readOnlyRootFilesystem"`
					AllowPrivilegeEscalation *bool `yaml:"allowPrivilegeEscalation"`
				} `yaml:"securityContext"`
				VolumeMounts []struct{ Name string } `yaml:"volumeMounts"`
			}
			Volumes []struct{ Name string }
		}
	}
}

// TestManifestsCallTheProgramAsItIs holds the structure of every manifest, and what they call against the program.
func TestManifestsCallTheProgramAsItIs(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("../../deploy/kubernetes/*.yaml")
	require.NoError(t, err)
	kinds := map[string]int{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for documents := yaml.NewDecoder(bytes.NewReader(text)); ; {
			var one manifest
			if err := documents.Decode(&one); errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err, path)
			require.Equal(t, "batch/v1", one.APIVersion, path)
			require.NotEmpty(t, one.Metadata.Name, path)
			kinds[one.Kind]++
			job := one.Spec.Job
			if one.Kind == "CronJob" {
				require.Equal(t, "Forbid", one.Spec.ConcurrencyPolicy)
				require.Len(t, strings.Fields(one.Spec.Schedule), 5)
				job = one.Spec.JobTemplate.Spec
			}
			pod := job.Template.Spec
			require.Equal(t, "Never", pod.RestartPolicy, path)
			require.NotEmpty(t, pod.Containers, path)
			for _, container := range pod.Containers {
				require.NotEmpty(t, container.Image, path)
				require.True(t, container.SecurityContext.ReadOnlyRootFilesystem, path)
				require.False(t, *container.SecurityContext.AllowPrivilegeEscalation, path)
				for _, mount := range container.VolumeMounts {
					require.Contains(t, pod.Volumes, struct{ Name string }{mount.Name}, path)
				}
				calls(t, container.Args)
			}
		}
	}
	require.Equal(t, map[string]int{"CronJob": 1, "Job": 2}, kinds)
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
