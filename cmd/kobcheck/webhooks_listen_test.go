package main

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client/webhook/torment"
)

// free is an address of this machine that nobody listens on.
func free(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	return listener.Addr().String()
}

func TestTheExamplesOfListenAndTormentFitTogether(t *testing.T) {
	examples := strings.Split(newWebhooksListen().Example, "\n")
	endpoint, sender := free(t), free(t)
	fill := strings.NewReplacer("127.0.0.1:9000", endpoint, "127.0.0.1:9001", sender, " &", "")
	ctx, cancel := context.WithCancel(t.Context())
	root, done := newRoot(), make(chan error, 1)
	root.SetOut(new(bytes.Buffer))
	root.SetArgs(strings.Fields(fill.Replace(examples[1]))[1:])
	go func() { done <- root.ExecuteContext(ctx) }()
	require.Eventually(t, func() bool {
		connection, err := net.Dial("tcp", endpoint)
		return err == nil && connection.Close() == nil
	}, time.Minute, 10*time.Millisecond)
	output, code := kobcheck(t, strings.Fields(fill.Replace(examples[2]))[1:]...)
	require.Zero(t, code, output)
	require.Contains(t, output, torment.Topic)
	require.NotContains(t, output, "WRONG")
	cancel()
	require.NoError(t, <-done)
}

// TestListenPrintsNothingThatAHostileSenderMayRun posts what claims to confirm a subscription and does not verify: no line
// offers to fetch its address, nothing of it steers the terminal, and a token of it is not shown.
func TestListenPrintsNothingThatAHostileSenderMayRun(t *testing.T) {
	t.Parallel()
	endpoint := free(t)
	root, done, said := newRoot(), make(chan error, 1), new(bytes.Buffer)
	root.SetOut(said)
	root.SetErr(said)
	root.SetArgs([]string{"webhooks", "listen", "--addr", endpoint, "--path", "/hooks", "--count", "1", "--refuse"})
	go func() { done <- root.ExecuteContext(t.Context()) }()
	const hostile = `{"Type":"SubscriptionConfirmation","MessageId":"x\u001b]0;PWNED\u0007","Token":"tok-SNS-0123456789abcdef",` +
		`"TopicArn":"arn:aws:sns:ap-southeast-2:123456789012:k","Message":"\u001b[2J\n##vso[task.complete]\n::add-mask::delivery verifies\n",` +
		`"SubscribeURL":"http://127.0.0.1:1/?Token=tok-SNS-0123456789abcdef'; touch /tmp/x; echo '",` +
		`"Timestamp":"2026-11-28T15:00:00.000Z","SignatureVersion":"1","Signature":"AA==","SigningCertURL":"https://evil.test/x.pem"}`
	status := 0
	require.Eventually(t, func() bool {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+endpoint+"/hooks", strings.NewReader(hostile))
		require.NoError(t, err)
		request.Header.Set("X-Amz-Sns-Message-Type", "SubscriptionConfirmation")
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return false // it does not listen yet
		}
		status = answer.StatusCode
		return answer.Body.Close() == nil
	}, time.Minute, 10*time.Millisecond)
	require.NoError(t, <-done)
	require.Equal(t, http.StatusForbidden, status, "what does not verify is refused")
	text := said.String()
	for _, never := range []string{"\x1b", "\a", "curl", "to confirm", "tok-SNS-0123456789abcdef"} {
		require.False(t, strings.Contains(text, never), "%q in %s", never, text)
	}
	for _, line := range strings.Split(text, "\n") {
		require.NotRegexp(t, `^\s*(::|##)`, line)
	}
	require.Contains(t, text, "names no certificate of SNS")
}
