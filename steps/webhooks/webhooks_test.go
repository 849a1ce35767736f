package webhooks_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/steps/stage"
	"github.com/kobcheck/kobcheck/steps/webhooks"
)

var says = stage.Says

func broken(fault, breaks string, sentences ...any) stage.Case {
	return stage.Case{Faults: []string{fault}, Sentences: sentences, Breaks: breaks}
}

func TestWhoIsToldOfWhatHoldsAndBreaks(t *testing.T) {
	told := says(`a confirmed webhook`, `something happens to tell of`, `the webhook is told of it`)
	stage.Play(t, map[string]stage.Case{
		"no confirmation request": broken("webhook.confirmation-missing", "a confirmation request", `a webhook that reaches us`,
			`a request to confirm the webhook arrives`),
		"an address that none may fetch": broken("webhook.subscribe-url-missing", "SubscribeURL", `a webhook that reaches us`,
			`a request to confirm the webhook arrives`,
			`we confirm the webhook`),
		"a handshake without a name": broken("webhook.confirmed-without-arn", "the handshake names the subscription", `a confirmed webhook`),
		"no notification":            broken("webhook.notification-missing", "a notification arrives", told...),
		"no notification of a transfer": broken("webhook.transfer-not-told", "a notification arrives", `a confirmed webhook`,
			`"Create a transaction" makes a transaction to tell of`, `the webhook is told of it`),
		"a notification to another": broken("webhook.delivered-to-others", "nobody else is told", `a foreign confirmed webhook`,
			`a confirmed webhook`,
			`three more things happen, of which the webhook is told`, `the foreign webhook is told nothing of all this`),
		"a notification too early": broken("webhook.delivered-before-confirmation", "nothing before the handshake",
			`another confirmed webhook`, `a webhook that reaches us`, `three more things happen, of which the other webhook is told`,
			`a request to confirm the webhook arrives`, `we confirm the webhook`, `the webhook is told nothing before it is confirmed`),
		"an event that names no entity": broken("webhook.event-without-entity", "member of an event",
			append(told, `the event names its entity`)...),
		"an entity that can't be read": {Sentences: append(told, `the event names an entity that can be read`),
			Call: "transactions-get", Change: stage.Refused(404, "no such transaction"), Breaks: "the entity of an event"},
	})
}

func TestTheFormOfAMessageHoldsAndBreaks(t *testing.T) {
	told := func(sentence string) []any {
		return says(`a confirmed webhook`, `something happens to tell of`, `the webhook is told of it`, sentence)
	}
	headers, fields, types, verifies := told(`each message has the documented headers`), told(`each message has the documented fields`),
		told(`each message has the documented types`), told(`each message verifies`)
	stage.Play(t, map[string]stage.Case{
		"no headers":               broken("webhook.headers-missing", "header of a delivery", headers...),
		"another type in the head": broken("webhook.type-header-wrong", "header of a delivery", headers...),
		"another label":            broken("webhook.labelled-html", "header of a delivery", headers...),
		"no token":                 broken("webhook.token-missing", "member of a message", fields...),
		"a null subject":           broken("webhook.subject-null", "no null subject", fields...),
		"no time":                  broken("webhook.time-malformed", "type of a member", types...),
		"an unknown version":       broken("webhook.version-unknown", "type of a member", types...),
		"a signature of nothing":   broken("webhook.signature-wrong", "verification: signature", verifies...),
		"another certificate":      broken("webhook.certificate-swapped", "verification: signature", verifies...),
	})
}

func TestAFurtherTryHoldsAndBreaks(t *testing.T) {
	again := says(`a confirmed webhook`, `our receiver fails once`, `something happens to tell of`, `the notification comes again`)
	stage.Play(t, map[string]stage.Case{
		"no further try":     broken("webhook.not-retried", "a failed delivery is tried again", again...),
		"another message id": broken("webhook.new-id-on-retry", "the same message", append(again, `what was delivered is the same message`)...),
		"no first try":       {Faults: []string{"webhook.notification-missing"}, Sentences: again, Breaks: "a notification arrives"},
	})
}

func TestWhetherARefusedNotificationIsSentAgainIsOnlyNoted(t *testing.T) {
	s := stage.New(t, mock.Options{})
	require.NoError(t, s.Say(t, `a confirmed webhook`, `our receiver refuses once`, `something happens to tell of`,
		`whether the notification comes again is recorded`))
	observed := s.World.Evidence().Observations
	require.Len(t, observed, 1)
	require.Equal(t, "webhooks.retried-after-4xx", observed[0].ID)
}

func TestWithoutAnAddressOfOursNothingCanBeReceived(t *testing.T) {
	var untestable *scene.NotTestable
	deaf := stage.New(t, mock.Options{})
	deaf.World.Session.Receiver = nil
	require.ErrorAs(t, deaf.Say(t, `a webhook that reaches us`), &untestable)
	require.Equal(t, "webhooks.public_url", untestable.Key)

	plain := stage.New(t, mock.Options{})
	plain.Alter("webhooks-create", 0, stage.Refused(400, "https only"))
	require.ErrorAs(t, plain.Say(t, `a webhook that reaches us`), &untestable)
	require.Equal(t, "webhooks.public_url", untestable.Key)
}

func TestWhatWasDeliveredGoesTogetherOrNot(t *testing.T) {
	two := says(`a confirmed webhook`, `another confirmed webhook`, `three more things happen, of which the other webhook is told`,
		`the webhook is told of it`, `what was delivered goes together`)
	again := says(`a confirmed webhook`, `our receiver fails once`, `something happens to tell of`, `the notification comes again`,
		`what was delivered goes together`)
	cases := map[string]stage.Case{}
	for fault, check := range map[string]string{"webhook.one-id-for-all": "an id for each message",
		"webhook.topic-of-events": "what a subscription has for itself", "webhook.one-token-for-all": "what a subscription has for itself",
		"webhook.one-event-id": "an id for each event", "webhook.older-than-its-event": "a message is made after its event",
		"webhook.event-of-another-client": "the client of an event"} {
		cases[fault] = broken(fault, check, two...)
	}
	cases["a retry of its own"] = broken("webhook.retry-of-its-own-time", "a retry is the same message", again...)
	stage.Play(t, cases)
}

func TestEverythingThatARunIsDeliveredIsLookedAt(t *testing.T) {
	for fault, check := range map[string]string{"": "", "webhook.signature-wrong-at-times": "verification: signature",
		"webhook.card-number-shown": "no full card number",
		"webhook.goes-on":           "what was taken comes no more"} {
		options := mock.Options{}
		if fault != "" {
			options.Faults = []string{fault}
		}
		s := stage.New(t, options)
		require.NoError(t, s.Say(t, `a confirmed webhook`, `another confirmed webhook`, `three more things happen, of which the other webhook is told`,
			`three more things happen, of which the webhook is told`))
		stopped, stop := context.WithCancel(t.Context())
		stop() // the run was: that we then fetch no certificate is not the API's fault
		var found []string
		for _, seen := range webhooks.Watch(stopped, s.World.Session) {
			for _, f := range seen.Passing {
				found = append(found, f.Check)
			}
		}
		if check == "" {
			require.Empty(t, found)
			continue
		}
		require.Contains(t, found, check)
	}
}

func TestAnEventThatIsAnsweredAgainLaterIsNotOfATimeBefore(t *testing.T) {
	s := stage.New(t, mock.Options{Latency: 30 * time.Millisecond})
	require.NoError(t, s.Say(t, `a wallet`, `a confirmed webhook`, `we credit the wallet with 500`, `something happens to tell of`,
		`the webhook is told of it`, `we credit the wallet with 500`, `the request is sent again with the same key`,
		`what was delivered goes together`))
	require.Empty(t, s.World.Evidence().Findings)
}
