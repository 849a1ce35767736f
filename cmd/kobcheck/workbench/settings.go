package workbench

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kobcheck/kobcheck/contract"
)

// origin marks a flag that was not given on the command line with the place where its value came from.
const origin = "kobcheck_origin"

// variable is the environment variable of a flag.
func variable(flag string) string {
	return "KOBCHECK_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// notOurs are variables that begin like ours and are none: the secrets that curl lines name, and what Kubernetes sets
// for a service of that name.
var notOurs = regexp.MustCompile(`_SECRET$|^KOBCHECK_(SERVICE_(HOST|PORT)|PORT(_|$))`)

// fromEnvironment fills in the flags that the caller did not give, and refuses a variable that is like that of a flag
// of some verb and is none.
func fromEnvironment(command *cobra.Command, environment []string) error {
	known := variables(command.Root())
	var faults []error
	for _, entry := range environment {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, "KOBCHECK_") || value == "" || notOurs.MatchString(name) {
			continue
		}
		flag := command.Flags().Lookup(strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(name, "KOBCHECK_")), "_",
			"-"))
		switch near := contract.Nearest(name[len("KOBCHECK_"):], known); {
		case flag != nil && slices.Contains(known, name[len("KOBCHECK_"):]):
			faults = append(faults, take(command.Flags(), flag, value, name))
		case near != "" && near != name[len("KOBCHECK_"):]:
			faults = append(faults, fmt.Errorf("the environment variable %s is no setting; did you mean KOBCHECK_%s?",
				name, near))
		}
	}
	return errors.Join(append(faults, checkFlags(command))...)
}

// variables are those of the flags of all verbs, without what all begin with.
func variables(root *cobra.Command) []string {
	var all []string
	for _, command := range append(root.Commands(), root) {
		if command != root {
			all = append(all, variables(command)...)
		}
		command.Flags().VisitAll(func(flag *pflag.Flag) {
			if flag.Name != "help" && flag.Name != "version" {
				all = append(all, strings.TrimPrefix(variable(flag.Name), "KOBCHECK_"))
			}
		})
	}
	return all
}

// fromFile fills in the flags that neither the caller nor the environment gave from the target file, whose settings
// go by the flags of run. Those that a verb does not have are not for it.
func fromFile(command *cobra.Command, settings map[string]any) error {
	run, _, err := command.Root().Find([]string{"run"})
	if err != nil {
		return fmt.Errorf("looking for the settings of run: %w", err)
	}
	var known []string
	run.Flags().VisitAll(func(flag *pflag.Flag) { known = append(known, flag.Name) })
	var faults []error
	for key, value := range settings {
		if !slices.Contains(known, key) {
			faults = append(faults, fmt.Errorf("run.%s in the target file: there is no such setting%s", key,
				contract.Meant(key, known)))
			continue
		}
		text := fmt.Sprint(value)
		if list, several := value.([]any); several {
			text = strings.Trim(strings.ReplaceAll(fmt.Sprintf("%q", list), `" "`, `","`), "[]")
		}
		if flag := command.Flags().Lookup(key); flag != nil {
			faults = append(faults, take(command.Flags(), flag, text, "run."+key+" in the target file"))
		}
	}
	return errors.Join(append(faults, checkFlags(command))...)
}

func take(flags *pflag.FlagSet, flag *pflag.Flag, value, from string) error {
	if flag.Changed {
		return nil
	}
	var wrong *pflag.InvalidValueError
	switch err := flags.Set(flag.Name, value); {
	case errors.As(err, &wrong):
		return fmt.Errorf("%s: %s", from, notTaken(flag, value, wrong.Unwrap()))
	case err != nil:
		return fmt.Errorf("%s: %w", from, err)
	}
	if flag.Annotations == nil {
		flag.Annotations = map[string][]string{}
	}
	flag.Annotations[origin] = []string{from}
	return nil
}

// named is how a flag is spoken of: by where its value came from.
func named(flag *pflag.Flag) string {
	if from := flag.Annotations[origin]; from != nil {
		return from[0]
	}
	return "--" + flag.Name
}

// aboveZero are the numbers of which 0 means nothing: no scenario side by side, no time, no step.
var aboveZero = []string{"concurrency", "timeout", "times", "steps", "chance-runs", "every", "rate", "time",
	"token-life"}

// goesWith are flags that say nothing without another.
var goesWith = map[string]string{"limiter": "limit", "limit-scope": "limit"}

// checkFlags refuses values that can't be meant, and flags that mean nothing together.
func checkFlags(command *cobra.Command) error {
	var faults []error
	target := command.Flags().Lookup("config")
	command.Flags().Visit(func(flag *pflag.Flag) {
		value, err := number(flag)
		switch {
		case err != nil: // it is no number
		case math.IsNaN(value) || math.IsInf(value, 0):
			faults = append(faults, fmt.Errorf("%s: %s is no number that can be counted with", named(flag), flag.Value))
		case value < 0:
			faults = append(faults, fmt.Errorf("%s: %s is below 0", named(flag), flag.Value))
		case value == 0 && slices.Contains(aboveZero, flag.Name):
			faults = append(faults, fmt.Errorf("%s: it takes more than %s", named(flag), flag.Value))
		}
		if other := goesWith[flag.Name]; other != "" && !command.Flags().Changed(other) {
			faults = append(faults, fmt.Errorf("%s says nothing without --%s", named(flag), other))
		}
		if _, mock := flag.Annotations[inside]; mock && target != nil && target.Value.Type() == "string" && target.Value.String() != "" {
			faults = append(faults, fmt.Errorf("%s is for the mock inside and means nothing on the target that %s "+
				"names; leave one of them out", named(flag), named(target)))
		}
	})
	return errors.Join(faults...)
}

// number is the value of a flag that counts or measures. A seed does neither.
func number(flag *pflag.Flag) (float64, error) {
	if flag.Value.Type() == "duration" {
		span, err := time.ParseDuration(flag.Value.String())
		return span.Seconds(), err
	}
	if flag.Value.Type() != "int" && flag.Value.Type() != "float64" {
		return 0, strconv.ErrSyntax
	}
	return strconv.ParseFloat(flag.Value.String(), 64)
}

// forms says what the values of a type of flags look like.
var forms = map[string]string{"int": "a whole number", "int64": "a whole number", "float64": "a number",
	"bool":     "true or false",
	"duration": "a span of time, such as 30s or 5m"}

func notTaken(flag *pflag.Flag, value string, cause error) string {
	if form := forms[flag.Value.Type()]; form != "" {
		return fmt.Sprintf("%q is not %s", value, form)
	}
	return cause.Error()
}

// WrongFlag says in our words what is wrong with a flag.
func WrongFlag(command *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var value *pflag.InvalidValueError
	var missing *pflag.ValueRequiredError
	see := "; " + command.CommandPath() + " --help lists the flags"
	switch {
	case errors.As(err, &unknown):
		var known []string
		command.Flags().VisitAll(func(flag *pflag.Flag) { known = append(known, flag.Name) })
		if name := unknown.GetSpecifiedName(); len(name) > 1 {
			if near := contract.Nearest(name, known); near != "" {
				return fmt.Errorf("unknown flag: --%s; did you mean --%s?", name, near)
			}
			return fmt.Errorf("unknown flag: --%s%s", name, see)
		}
		return fmt.Errorf("unknown flag: -%s%s", unknown.GetSpecifiedName(), see)
	case errors.As(err, &value):
		return fmt.Errorf("--%s: %s", value.GetFlag().Name, notTaken(value.GetFlag(), value.GetValue(), value.Unwrap()))
	case errors.As(err, &missing):
		return fmt.Errorf("--%s needs a value%s", missing.GetSpecifiedName(), see)
	}
	return fmt.Errorf("%w%s", err, see)
}
