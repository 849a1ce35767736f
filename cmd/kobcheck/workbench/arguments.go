package workbench

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/contract"
)

// Many is a number of arguments without a bound.
const Many = 1 << 30

// Takes holds the number of arguments, and says what a verb takes by the line of its use.
func Takes(least, most int) cobra.PositionalArgs {
	return func(command *cobra.Command, arguments []string) error {
		if got := len(arguments); got < least || got > most {
			return fmt.Errorf("%s: it takes %s and got %d; %s --help has an example", command.CommandPath(),
				taken(command, least, most), got, command.CommandPath())
		}
		return nil
	}
}

func taken(command *cobra.Command, least, most int) string {
	_, form, _ := strings.Cut(command.Use, " ")
	switch {
	case most == 0:
		return "no arguments"
	case least == 1 && most == 1:
		return "one argument (" + form + ")"
	case least == most:
		return fmt.Sprintf("%d arguments (%s)", least, form)
	case most == Many:
		return fmt.Sprintf("at least %d (%s)", least, form)
	}
	return fmt.Sprintf("%d to %d (%s)", least, most, form)
}

// AFile takes one file; a word that is none and like the name of a verb below was meant as that.
func AFile(command *cobra.Command, arguments []string) error {
	if err := Takes(1, 1)(command, arguments); err != nil {
		return err
	}
	if _, err := os.Stat(arguments[0]); err == nil {
		return nil
	}
	var verbs []string
	for _, one := range command.Commands() {
		verbs = append(verbs, one.Name())
	}
	if near := contract.Nearest(arguments[0], verbs); near != "" {
		return fmt.Errorf("there is no file %q; did you mean %s %s?", arguments[0], command.CommandPath(), near)
	}
	return nil
}

// OneOf takes one of the words that a verb completes.
func OneOf(command *cobra.Command, arguments []string) error {
	if err := Takes(1, 1)(command, arguments); err != nil {
		return err
	}
	if slices.Contains(command.ValidArgs, arguments[0]) {
		return nil
	}
	return fmt.Errorf("%s: there is no %q%s", command.CommandPath(), arguments[0],
		contract.Meant(arguments[0], command.ValidArgs))
}

// AVerb takes no arguments: whatever stands there was meant as a verb. It looks for the nearest of the whole tree.
func AVerb(command *cobra.Command, arguments []string) error {
	if len(arguments) == 0 {
		return nil
	}
	paths := map[string]string{}
	var names []string
	var walk func(*cobra.Command)
	walk = func(parent *cobra.Command) {
		for _, one := range parent.Commands() {
			if paths[one.Name()] == "" && !one.Hidden {
				paths[one.Name()], names = one.CommandPath(), append(names, one.Name())
			}
			walk(one)
		}
	}
	walk(command)
	if near := contract.Nearest(arguments[0], names); near != "" {
		return fmt.Errorf("there is no verb %q; did you mean %s?", arguments[0], paths[near])
	}
	return fmt.Errorf("there is no verb %q; %s --help lists them", arguments[0], command.CommandPath())
}
