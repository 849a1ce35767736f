package doctor

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client/target"
)

func TestANameThatOnlyTheProxyResolvesIsNotBroken(t *testing.T) {
	file := &target.File{Target: target.Target{BaseURL: "https://staging.invalid", TokenURL: "https://auth.invalid/token"}}
	proxy := &url.URL{Scheme: "http", Host: "proxy.example.test:3128"}
	d := &Doctor{File: file, Now: time.Now, Via: func(string) *url.URL { return proxy }}
	require.True(t, d.names(t.Context()))
	require.Len(t, d.checks, 2)
	for _, check := range d.checks {
		require.Equal(t, Fine, check.State)
		require.Contains(t, check.Detail, "through the proxy proxy.example.test:3128")
	}
	d = &Doctor{File: file, Now: time.Now, Via: func(string) *url.URL { return nil }}
	require.False(t, d.names(t.Context()), "without a proxy the name has to be known here")
}
