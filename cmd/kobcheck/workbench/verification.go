package workbench

import (
	"context"
	"os"
	"time"

	"github.com/spf13/pflag"

	"github.com/kobcheck/kobcheck/client/webhook"
)

// Verification says whom to trust in a webhook delivery.
type Verification struct{ topic, certificate, host, moment string }

// Flags adds the flags.
func (v *Verification) Flags(flags *pflag.FlagSet) {
	flags.StringVar(&v.topic, "topic", "", "the only TopicArn to accept; without one a good signature only proves "+
		"that somebody's topic signed")
	flags.StringVar(&v.certificate, "certificate", "", "PEM file to use in place of what SigningCertURL serves")
	flags.StringVar(&v.host, "certificate-host", "", "host and port to trust for certificates beside Amazon's, such "+
		"as that of a mock")
	flags.StringVar(&v.moment, "at", "", "moment to judge the age by, such as 2026-01-30T01:00:00Z; now without it")
}

// Verifier verifies by the flags.
func (v *Verification) Verifier() (*webhook.Verifier, error) {
	verifier := &webhook.Verifier{Topic: v.topic, CertificateHost: v.host, Seen: map[string]bool{}}
	if v.certificate != "" {
		text, err := os.ReadFile(v.certificate)
		if err != nil {
			return nil, err
		}
		verifier.Fetch = func(context.Context, string) ([]byte, error) { return text, nil }
	}
	at, err := Moment("at", v.moment)
	if err == nil && !at.IsZero() {
		verifier.Now = func() time.Time { return at }
	}
	return verifier, err
}
