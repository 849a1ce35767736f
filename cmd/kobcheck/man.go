package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
)

func newMan() *cobra.Command {
	var folder string
	command := &cobra.Command{
		Use:     "man [VERB...]",
		Short:   "Prints the manual page of kobcheck or of a verb, or writes them all into a folder",
		Example: "  kobcheck man run | man -l -\n  kobcheck man --out /usr/local/share/man/man1",
		Args:    workbench.Takes(0, 2),
		RunE: workbench.Verb(func(_ context.Context, b *workbench.Bench, verbs []string) error {
			root := newRoot()
			page := &doc.GenManHeader{Title: "KOBCHECK", Section: "1", Source: "kobcheck " + root.Version,
				Manual: "kobcheck"}
			if folder != "" {
				if err := os.MkdirAll(folder, 0o755); err != nil {
					return fmt.Errorf("--out: %w", err)
				}
				return doc.GenManTree(root, page, folder)
			}
			verb, rest, err := root.Find(verbs)
			if err != nil || len(rest) > 0 {
				return fmt.Errorf("there is no verb %q; kobcheck --help lists them", strings.Join(verbs, " "))
			}
			return doc.GenMan(verb, page, b.Out)
		}),
	}
	command.Flags().StringVar(&folder, "out", "", "folder for a page of each verb")
	return command
}
