package workbench

import (
	"context"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/client/webhook"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/suite"
)

// Forecast performs the whole suite on a conforming mock that is described by just those keys that the target file
// has: what is not testable there will not be testable on the target.
func (b *Bench) Forecast(ctx context.Context, file *target.File) (*reports.Run, error) {
	subject, err := b.mockInside(ctx, &Where{Edition: string(file.Target.Edition)}, 1)
	if err != nil {
		return nil, err
	}
	defer subject.Close()
	like := subject.File.Like(file)
	api, err := b.Client(like, client.Config{RunID: "forecast", Connections: 4 * suite.DefaultConcurrency})
	if err != nil {
		return nil, err
	}
	defer api.Close()
	session := steps.NewSession(b.Plain(), b.Shapes, like, api)
	if file.LocalHost() != "" || file.Webhooks != nil && file.Webhooks.PublicURL != "" { // the API reaches a receiver
		if session.Receiver, err = webhook.Listen(ctx, "127.0.0.1:0", ""); err != nil {
			return nil, err
		}
		defer session.Receiver.Close()
	}
	run, err := suite.Run(ctx, suite.Config{Session: session, Catalog: b.Scenarios, Seed: 1, RunID: "forecast"})
	if err != nil {
		return nil, err
	}
	run.Judge(b.Facts, b.Now())
	return run, nil
}
