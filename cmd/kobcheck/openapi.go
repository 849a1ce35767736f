package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/contract/openapi"
	"github.com/kobcheck/kobcheck/mock"
)

func newOpenAPI() *cobra.Command {
	var edition, server, examples string
	var placeholders bool
	of := openapi.Target{}
	command := &cobra.Command{
		Use:   "openapi",
		Short: "Prints the contract as OpenAPI 3.1 or 3.0, with marks and sources as x- extensions",
		Example: "  kobcheck openapi > kobble.json\n  kobcheck openapi --edition guide --server " +
			"https://staging.example.test\n  kobcheck openapi --openapi 3.0 --examples staging.yaml",
		Args: workbench.Takes(0, 0),
		RunE: workbench.Verb(func(ctx context.Context, b *workbench.Bench, _ []string) error {
			if err := workbench.CheckEdition(edition); err != nil {
				return err
			}
			if of.OpenAPI != "3.0" && of.OpenAPI != "3.1" {
				return fmt.Errorf("--openapi %s is no version that is written here; there are 3.0 and 3.1", of.OpenAPI)
			}
			of.Edition, of.Server, of.Version = contract.Edition(edition), server, b.Tool.Version
			if placeholders {
				of.Paths = mock.PlaceholderPaths(of.Edition)
			}
			if examples != "" {
				if err := workingExamples(ctx, b, examples, &of); err != nil {
					return err
				}
			}
			text, err := openapi.Document(b.Facts, b.Shapes, of)
			if err == nil {
				_, err = fmt.Fprintln(b.Out, string(text))
			}
			return err
		}),
	}
	flags := command.Flags()
	flags.StringVar(&edition, "edition", "v1", "path layout: v1 or guide")
	flags.StringVar(&server, "server", "https://api.example.test", "address of the server that the document names")
	flags.BoolVar(&placeholders, "placeholders", false, "give the operations whose path no page gives the paths of the mock")
	flags.StringVar(&of.OpenAPI, "openapi", "3.1", "version of the format: 3.0 or 3.1")
	flags.StringVar(&examples, "examples", "", "target file: the document is of this target, and its examples are requests that work there; "+
		"what they name is made there")
	workbench.WeakSecretsFlag(flags)
	return command
}

// workingExamples makes on a target what the examples of a document name.
func workingExamples(ctx context.Context, b *workbench.Bench, path string, of *openapi.Target) error {
	file, err := b.ReadTarget(path)
	if err != nil {
		return err
	}
	api, err := b.Client(file, b.Watched(client.Config{RunID: "openapi-" + b.RunID()}))
	if err != nil {
		return err
	}
	defer api.Close()
	drafts, err := scene.New(b.Facts, api, file.Given()).Drafts(ctx)
	if err != nil {
		return fmt.Errorf("making the things that examples name: %w", err)
	}
	of.Server, of.Edition, of.Examples = file.Target.BaseURL, file.Target.Edition, map[string]openapi.Example{}
	if len(file.Target.Paths) > 0 {
		of.Paths = file.Target.Paths
	}
	for id, draft := range drafts {
		of.Examples[id] = openapi.Example{Path: draft.Request.Path, Body: draft.Body}
	}
	return nil
}
