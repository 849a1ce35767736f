package main

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client/webhook"
	"github.com/kobcheck/kobcheck/client/webhook/torment"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

func TestTormentPrintsWhatAnEndpointWronglyAccepts(t *testing.T) {
	t.Parallel()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	certificates := free.Addr().String()
	require.NoError(t, free.Close())
	careful := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		verifier := webhook.Verifier{Topic: torment.Topic, CertificateHost: certificates}
		body, _ := io.ReadAll(r.Body)
		if _, checks := verifier.Verify(r.Context(), webhook.Delivery{Header: r.Header, Body: body}); !webhook.Holds(checks) {
			w.WriteHeader(http.StatusForbidden)
		}
	}))
	defer careful.Close()
	output, code := kobcheck(t, "webhooks", "torment", careful.URL, "--addr", certificates)
	require.Zero(t, code, output)
	require.Contains(t, output, "certificates at "+certificates)
	require.Contains(t, output, "stood 21 of 21")

	open := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer open.Close()
	output, code = kobcheck(t, "webhooks", "torment", open.URL)
	require.Equal(t, evidence.ExitFailed, code, output)
	require.Contains(t, output, "WRONG   one-byte-altered")

	closed := httptest.NewServer(http.NotFoundHandler())
	defer closed.Close()
	output, code = kobcheck(t, "webhooks", "torment", closed.URL)
	require.Equal(t, evidence.ExitInconclusive, code, output)
	require.Contains(t, output, "prove nothing")

	output, code = kobcheck(t, "webhooks", "torment", "https://hooks.example.test/x")
	require.Equal(t, evidence.ExitUsage, code, output)
	require.Contains(t, output, "name its host a second time")
}
