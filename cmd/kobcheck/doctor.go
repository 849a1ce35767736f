package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/client/webhook"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/doctor"
	"github.com/kobcheck/kobcheck/steps/suite"
)

func newDoctor() *cobra.Command {
	var config string
	var asJSON bool
	command := &cobra.Command{
		Use:     "doctor",
		Short:   "Looks at a target before a run: reachable, tokens, fixtures, and what will not be testable",
		Example: "  kobcheck doctor --config staging.yaml",
		Args:    cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := settle(command.Flags(), nil); err != nil {
				return err
			}
			if config == "" {
				return fmt.Errorf("doctor needs a target: name its file with --config")
			}
			return examine(command, config, asJSON)
		},
	}
	command.Flags().StringVar(&config, "config", "", "target file")
	command.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return command
}

// opinion is what doctor prints as JSON.
type opinion struct {
	Target   string                 `json:"target"`
	Checks   []doctor.Check         `json:"checks"`
	Forecast reports.ScenarioCounts `json:"forecast"`
	Missing  []reports.MissingKey   `json:"missing"`
	// Makes counts, by kind, what a run leaves on the target.
	Makes map[string]int `json:"makes"`
}

func examine(command *cobra.Command, path string, asJSON bool) error {
	facts, err := contract.Load()
	if err != nil {
		return err
	}
	file, err := target.Read(path, os.Getenv)
	if err != nil {
		return err
	}
	config := file.ClientConfig(facts)
	config.RunID, config.Version = "doctor-"+newRunID(), version
	api, err := client.New(config)
	if err != nil {
		return err
	}
	defer api.Close()
	ctx, _, release := untilSignal()
	defer release()
	said := opinion{Target: file.Target.Name}
	said.Checks = (&doctor.Doctor{Contract: facts, File: file, Client: api, Now: time.Now}).Examine(ctx)
	expected, err := forecast(command, file)
	if err != nil {
		return err
	}
	said.Forecast, said.Missing, said.Makes = expected.Summary.Scenarios, expected.Missing(), map[string]int{}
	for _, one := range expected.LeftBehind {
		said.Makes[one.Kind] = one.Count
	}
	code := 0
	for _, check := range said.Checks {
		if check.State == doctor.Broken {
			code = evidence.ExitInconclusive
		}
	}
	if asJSON {
		err = json.NewEncoder(command.OutOrStdout()).Encode(said)
	} else {
		err = printOpinion(command.OutOrStdout(), said, code)
	}
	if err == nil && code != 0 {
		return exitError{code}
	}
	return err
}

func printOpinion(w io.Writer, said opinion, code int) error {
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format+"\n", args...) }
	signs := map[doctor.State]string{doctor.Fine: "fine  ", doctor.Poor: "poor  ", doctor.Broken: "BROKEN"}
	for _, check := range said.Checks {
		p("  %s  %-36s %s", signs[check.State], check.What, check.Detail)
		if check.Next != "" {
			p("          %36s → %s", "", check.Next)
		}
	}
	if code != 0 {
		_, err := fmt.Fprintf(w, "\n%s can't be tested as it is; mend what is broken first.\n", said.Target)
		return err
	}
	p("\nOn an API that conforms, this target file lets %d of %d scenarios say something; %d are not testable:", said.Forecast.Total-said.Forecast.NotTestable, said.Forecast.Total, said.Forecast.NotTestable)
	for _, one := range said.Missing {
		key := "nothing in the target file would change that"
		if one.Key != "" {
			key = "set " + one.Key
		}
		p("  %4d  %s; %s", one.Scenarios, one.Why, key)
	}
	p("\nA run makes about so many things and leaves them on the target:")
	for _, kind := range slices.Sorted(maps.Keys(said.Makes)) {
		p("  %4d  of the kind %s", said.Makes[kind], kind)
	}
	return nil
}

// forecast performs the whole suite on a conforming mock that is described by just those keys that the
// target file has: what is not testable there will not be testable on the target.
func forecast(command *cobra.Command, file *target.File) (*reports.Run, error) {
	facts, scenarios, err := documentation()
	if err != nil {
		return nil, err
	}
	shapes, err := schemas.Load()
	if err != nil {
		return nil, err
	}
	server, err := mock.New(mock.Options{RetryWait: retryWait})
	if err != nil {
		return nil, err
	}
	listening, err := server.Listen(command.Context(), "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer func() { _ = listening.Close() }() // what it served is in the run
	like := targetOf(server, listening.URL, file.Target.Edition).WithSecrets(secretsOf(server), server.Inventory().ExpiredToken).Like(file)
	config := like.ClientConfig(facts)
	config.RunID, config.Version, config.Connections = "forecast", version, 4*suite.DefaultConcurrency
	api, err := client.New(config)
	if err != nil {
		return nil, err
	}
	defer api.Close()
	session := steps.NewSession(&evidence.Policy{Contract: facts, Gate: evidence.DefaultGate()}, shapes, like, api)
	if reaches(file) {
		if session.Receiver, err = webhook.Listen(command.Context(), "127.0.0.1:0", ""); err != nil {
			return nil, err
		}
		defer session.Receiver.Close()
	}
	run, err := suite.Run(command.Context(), suite.Config{Session: session, Catalog: scenarios, Seed: 1, RunID: "forecast"})
	if err != nil {
		return nil, err
	}
	run.Close(facts, time.Now())
	return run, nil
}

// reaches reports whether the API can reach a receiver of this run.
func reaches(file *target.File) bool {
	if file.Webhooks != nil && file.Webhooks.PublicURL != "" {
		return true
	}
	return file.LocalHost() != ""
}
