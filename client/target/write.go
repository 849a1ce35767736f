package target

import (
	"fmt"
	"io"
	"sort"

	"github.com/goccy/go-yaml"
)

// Write prints a target file that [Read] accepts. Secrets of a mock, which are worth nothing elsewhere,
// stand in a comment as the variables to export.
func Write(w io.Writer, f *File, secrets map[string]string, expiredToken string) error {
	text, err := yaml.Marshal(f)
	if err != nil {
		return fmt.Errorf("printing a target file: %w", err)
	}
	if _, err := fmt.Fprint(w, "# yaml-language-server: $schema=target.schema.json\n# (kobcheck schema target > "+
		"target.schema.json)\n# A target file for this mock. docs/target-file.md explains each key.\n# Secrets "+
		"never stand in a target file. Export these before kobcheck run --config:\n"); err != nil {
		return err
	}
	names := make([]string, 0, len(secrets))
	for name := range secrets {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if _, err := fmt.Fprintf(w, "#   export %s=%s\n", f.Target.Clients[name].SecretEnv, secrets[name]); err != nil {
			return err
		}
	}
	if expiredToken != "" {
		if _, err := fmt.Fprintf(w, "#   export %s=%s\n", f.Fixtures.ExpiredEnv, expiredToken); err != nil {
			return err
		}
	}
	_, err = w.Write(text)
	return err
}
