package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/contract/openapi"
	"github.com/kobcheck/kobcheck/mock"
)

func newOpenAPI() *cobra.Command {
	var edition, server string
	var placeholders bool
	command := &cobra.Command{
		Use:   "openapi",
		Short: "Prints the contract as OpenAPI 3.1, with marks and sources as x- extensions",
		Example: "  kobcheck openapi > kobble.json\n  kobcheck openapi --edition guide --server " +
			"https://staging.example.test",
		Args: workbench.Takes(0, 0),
		RunE: workbench.Verb(func(_ context.Context, b *workbench.Bench, _ []string) error {
			if err := workbench.CheckEdition(edition); err != nil {
				return err
			}
			paths := map[string]string{}
			if placeholders {
				paths = mock.PlaceholderPaths(contract.Edition(edition))
			}
			text, err := openapi.Document(b.Facts, b.Shapes, openapi.Target{Edition: contract.Edition(edition),
				Server: server, Version: b.Tool.Version, Paths: paths})
			if err == nil {
				_, err = fmt.Fprintln(b.Out, string(text))
			}
			return err
		}),
	}
	command.Flags().StringVar(&edition, "edition", "v1", "path layout: v1 or guide")
	command.Flags().StringVar(&server, "server", "https://api.example.test",
		"address of the server that the document names")
	command.Flags().BoolVar(&placeholders, "placeholders", false,
		"give the operations whose path no page gives the paths of the mock")
	return command
}
