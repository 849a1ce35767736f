package client

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestATokenIsKnownAgainHoweverItsSchemeIsWritten(t *testing.T) {
	for header, token := range map[string]string{"Bearer abc": "abc", "bearer abc": "abc", "BEARER abc": "abc", "Basic abc": "",
		"Bearer": "", "abc": "", "": ""} {
		require.Equal(t, token, bearer(http.Header{"Authorization": {header}}), header)
	}
}
