package main

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/steps/stage/sample"
)

// release is what the configuration of goreleaser says of the program and of an archive.
type release struct {
	Builds []struct {
		Main         string
		Env, Flags   []string
		Ldflags      []string
		Goos, Goarch []string
	}
	Archives []struct{ Files []any }
	Nfpms    []struct{ Contents []struct{ Src string } }
}

// TestAReleaseByItsParts builds what the configuration says, packs it as an archive has it, and uses what comes out of
// that in an empty folder: the program by itself, and the step of the action that lies beside it.
func TestAReleaseByItsParts(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../.goreleaser.yaml")
	require.NoError(t, err)
	var config release
	require.NoError(t, yaml.Unmarshal(text, &config))
	require.Len(t, config.Builds, 1)
	built := config.Builds[0]
	require.ElementsMatch(t, []string{"linux", "darwin", "windows"}, built.Goos)
	if !sample.All() { // these two build every package anew
		built.Flags, built.Env = nil, nil
	}
	binary := filepath.Join(t.TempDir(), "kobcheck")
	build := exec.Command("go", append(append([]string{"build", "-o", binary, "-ldflags",
		strings.ReplaceAll(strings.Join(built.Ldflags, " "), "{{ .Version }}", "1.2.3")}, built.Flags...), built.Main)...)
	build.Dir, build.Env = "../..", append(os.Environ(), built.Env...)
	said, err := build.CombinedOutput()
	require.NoError(t, err, string(said))

	archive := filepath.Join(t.TempDir(), "kobcheck.tar.gz")
	pack(t, archive, parts(t, config, binary))
	at := t.TempDir()
	unpack(t, archive, at)
	for _, file := range []string{"kobcheck", "LICENSE", "README.md", "CHANGELOG.md", "docs/staging.md", "action/action.yml"} {
		require.FileExists(t, filepath.Join(at, file))
	}
	empty := t.TempDir()
	call := func(program string, more ...string) string {
		command := exec.Command(program, more...)
		command.Dir = empty
		command.Env = append(os.Environ(), "ARGUMENTS=run --section clients", "OUT=reports", "RUNNER_TEMP="+empty,
			"GITHUB_OUTPUT="+filepath.Join(empty, "output"), "GITHUB_STEP_SUMMARY="+filepath.Join(empty, "summary.md"))
		said, err := command.CombinedOutput()
		require.NoError(t, err, string(said))
		return string(said)
	}
	require.Contains(t, call(filepath.Join(at, "kobcheck"), "--version"), "1.2.3")
	require.NoError(t, os.Mkdir(filepath.Join(empty, "kobcheck-bin"), 0o750))
	require.NoError(t, os.Rename(filepath.Join(at, "kobcheck"), filepath.Join(empty, "kobcheck-bin", "kobcheck")))
	require.Contains(t, call("bash", filepath.Join(at, "action", "run.sh")), "mock conforms in part")
	for _, file := range []string{"reports/index.html", "reports/junit.xml", "reports/annotations.txt", "summary.md", "output"} {
		require.FileExists(t, filepath.Join(empty, file))
	}
}

// parts are the files of an archive, by their names in it; each pattern of the configuration has to find some.
func parts(t *testing.T, config release, binary string) map[string]string {
	t.Helper()
	files := map[string]string{"kobcheck": binary}
	find := func(pattern, under string) {
		found, err := filepath.Glob("../../" + pattern)
		require.NoError(t, err)
		require.NotEmpty(t, found, pattern)
		for _, one := range found {
			name := strings.TrimPrefix(one, "../../")
			if under != "" {
				name = under + "/" + filepath.Base(one)
			}
			files[name] = one
		}
	}
	for _, file := range config.Archives[0].Files {
		switch file := file.(type) {
		case string:
			find(file, "")
		case map[string]any:
			find(file["src"].(string), file["dst"].(string))
		}
	}
	for _, content := range config.Nfpms[0].Contents {
		require.FileExists(t, "../../"+content.Src)
	}
	return files
}

func pack(t *testing.T, archive string, files map[string]string) {
	t.Helper()
	out, err := os.Create(archive)
	require.NoError(t, err)
	squeezed := gzip.NewWriter(out)
	all := tar.NewWriter(squeezed)
	for name, path := range files {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.NoError(t, all.WriteHeader(&tar.Header{Name: name, Mode: int64(info.Mode().Perm()), Size: int64(len(text))}))
		_, err = all.Write(text)
		require.NoError(t, err)
	}
	require.NoError(t, errors.Join(all.Close(), squeezed.Close(), out.Close()))
}

func unpack(t *testing.T, archive, folder string) {
	t.Helper()
	in, err := os.Open(archive)
	require.NoError(t, err)
	defer func() { _ = in.Close() }()
	squeezed, err := gzip.NewReader(in)
	require.NoError(t, err)
	for all := tar.NewReader(squeezed); ; {
		head, err := all.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(t, err)
		path := filepath.Join(folder, head.Name) //nolint:gosec // our own archive
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o750))
		text, err := io.ReadAll(all)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, text, head.FileInfo().Mode())) //nolint:gosec // a program has to be executable
	}
}
