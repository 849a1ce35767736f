package main

import (
	"context"
	"encoding/json"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/load"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// fileSchemas are those of the files that people write, by the words that the verb takes.
var fileSchemas = map[string]func() (map[string]any, error){
	"target":  target.Schema,
	"known":   func() (map[string]any, error) { return evidence.KnownSchema(), nil },
	"waivers": func() (map[string]any, error) { return evidence.WaiverSchema(), nil },
	"plan":    load.Schema,
}

func newSchema() *cobra.Command {
	return &cobra.Command{
		Use:       "schema target|known|waivers|plan",
		Short:     "Prints the JSON Schema of a file that you write, for editors",
		Example:   "  kobcheck schema target > target.schema.json",
		Args:      workbench.OneOf,
		ValidArgs: []string{"target", "known", "waivers", "plan"},
		RunE: workbench.Verb(func(_ context.Context, b *workbench.Bench, kinds []string) error {
			schema, err := fileSchemas[kinds[0]]()
			if err != nil {
				return err
			}
			encoder := json.NewEncoder(b.Out)
			encoder.SetEscapeHTML(false)
			encoder.SetIndent("", "  ")
			return encoder.Encode(schema)
		}),
	}
}
