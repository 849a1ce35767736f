package target

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// Write prints a target file that [Read] accepts. Secrets of a mock, which are worth nothing elsewhere, stand in a comment
// as the variables to export; without any the comment names the variables that have to be set.
func Write(w io.Writer, f *File, secrets map[string]string, expiredToken string) error {
	text, err := yaml.Marshal(f)
	if err != nil {
		return fmt.Errorf("printing a target file: %w", err)
	}
	lines := []string{"yaml-language-server: $schema=target.schema.json", "(kobcheck schema target > target.schema.json)",
		"docs/target-file.md explains each key of a target file. Secrets never stand in one."}
	if len(secrets) > 0 {
		lines = append(lines, "Export these before kobcheck run --config:")
	} else {
		lines = append(lines, "kobcheck run --config takes them from these variables, which have to be set:")
	}
	for _, name := range slices.Sorted(maps.Keys(f.Target.Clients)) {
		if secret, given := secrets[name]; given {
			lines = append(lines, fmt.Sprintf("  export %s=%s", f.Target.Clients[name].SecretEnv, secret))
		} else if len(secrets) == 0 {
			lines = append(lines, "  "+f.Target.Clients[name].SecretEnv)
		}
	}
	if expiredToken != "" {
		lines = append(lines, fmt.Sprintf("  export %s=%s", f.Fixtures.ExpiredEnv, expiredToken))
	} else if len(secrets) == 0 && f.Fixtures.ExpiredEnv != "" {
		lines = append(lines, "  "+f.Fixtures.ExpiredEnv)
	}
	_, err = fmt.Fprintf(w, "# %s\n%s", strings.Join(lines, "\n# "), text)
	return err
}
