package main

import (
	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
)

const exitCodes = `
Exit codes:
  0    conforming                                      go on
  1    a gated requirement failed                      block
  2    usage or configuration                          fix the call
  3    nothing selected, or nothing of it testable     look
  4    inconclusive: the environment                   retry
  5    a load gate missed                              block
  6    a load run that proves nothing                  retry
  7    stopped by a safety rule                        look
  8    a secret or card number in an answer or report   block, look at once
  130  interrupted; reports of what ran are written
  143  terminated; the same
`

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "kobcheck",
		Short:         "Tests an implementation of the Kobble card-issuing API against its documentation",
		Version:       programVersion(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Long: `kobcheck runs the documented behaviour of the Kobble card-issuing API, written down as Gherkin, against
a live API or the mock inside it, and says requirement by requirement what holds.

Every flag has an environment variable, KOBCHECK_ and its name in capitals, and a key of the same name
under run: in the target file. A flag beats the environment, and the environment beats the file.
` + exitCodes,
		Args: workbench.AVerb,
		RunE: func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	workbench.MemoryFlag(root.PersistentFlags())
	root.SetFlagErrorFunc(workbench.WrongFlag)
	root.AddCommand(newRun(), newLoad(), newMock(), newSelftest(), newMutate(), newReplay(), newDoctor(), newTidy(), newWebhooks(),
		newDrift(),
		newOpenAPI(), newBook(), newExplore(), newList(), newExplain(), newLint(), newReport(), newSchema(), newMan())
	workbench.CompleteAll(root)
	return root
}
