package client

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAGatewaysJSONIsToldFromTheAPIsOwn(t *testing.T) {
	const own = `{"statusCode":404,"message":"no such card"}`
	for name, test := range map[string]struct {
		before, body string
		status       int
		gateways     bool
	}{
		"an API's own words":                        {own, `{"statusCode":503,"message":"the provider is away"}`, 503, false},
		"an API's own words, before any other":      {"", `{"message":"the provider is away"}`, 503, false},
		"what an API may say too":                   {own, `{"message":"Service Unavailable"}`, 503, false},
		"a gateway's words in the API's form":       {own, `{"message":"Endpoint request timed out"}`, 504, true},
		"a gateway's words, before any other":       {"", `{"message":"The upstream server is timing out","request_id":"1"}`, 504, true},
		"a form unlike any other error":             {own, `{"fault":{"faultstring":"Gateway Timeout"}}`, 504, true},
		"a text where the API's errors are objects": {own, `"upstream"`, 502, true},
		"an empty object":                           {own, `{}`, 502, false},
		"an API's own 500 in another form":          {own, `{"fault":"oops"}`, 500, false},
		"a success":                                 {own, `{"fault":"Endpoint request timed out"}`, 200, false},
	} {
		t.Run(name, func(t *testing.T) {
			var m manner
			if test.before != "" {
				require.False(t, m.hear("cards-get", http.StatusNotFound, []byte(test.before)))
			}
			require.Equal(t, test.gateways, m.hear("cards-list", test.status, []byte(test.body)))
		})
	}
}

func TestAnAPIWithNewMembersInEveryErrorIsRememberedWithinABound(t *testing.T) {
	var m manner
	for i := range 2 * mostNames {
		m.hear("cards-get", http.StatusBadRequest, fmt.Appendf(nil, `{"m%d":1}`, i))
	}
	require.Len(t, m.known, mostNames)
}
