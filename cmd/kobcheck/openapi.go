package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/contract/openapi"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/schemas"
)

func newOpenAPI() *cobra.Command {
	var edition, server string
	var placeholders bool
	command := &cobra.Command{
		Use:     "openapi",
		Short:   "Prints the contract as OpenAPI 3.1, with marks and sources as x- extensions",
		Example: "  kobcheck openapi > kobble.json\n  kobcheck openapi --edition guide --server https://staging.example.test",
		Args:    cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			facts, err := contract.Load()
			if err != nil {
				return err
			}
			shapes, err := schemas.Load()
			if err != nil {
				return err
			}
			if e := contract.Edition(edition); e != contract.V1 && e != contract.Guide {
				return fmt.Errorf("--edition: %q is no edition; it is v1 or guide", edition)
			}
			paths := map[string]string{}
			if placeholders {
				paths = mock.PlaceholderPaths(contract.Edition(edition))
			}
			text, err := openapi.Document(facts, shapes, contract.Edition(edition), server, version, paths)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(command.OutOrStdout(), string(text))
			return err
		},
	}
	command.Flags().StringVar(&edition, "edition", "v1", "path layout: v1 or guide")
	command.Flags().StringVar(&server, "server", "https://api.example.test", "address of the server that the document names")
	command.Flags().BoolVar(&placeholders, "placeholders", false, "give the operations whose path no page gives the paths of the mock")
	return command
}
