package main

import (
	"bytes"
	"context"
	"net"
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
