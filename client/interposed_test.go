package client

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/schemas/redact"
)

func TestWhoAnsweredInPlaceOfTheAPIIsTold(t *testing.T) {
	const page = "<!DOCTYPE html><html><head><title>\n Access  denied </title></head></html>"
	for name, test := range map[string]struct {
		status               int
		location, body       string
		interposed, foreigns string
	}{
		"an API's own error": {status: 403, body: `{"message":"no"}`},
		"an API's own 503":   {status: 503, body: `{"message":"later"}`},
		"an API's own 500 as a " +
			"page": {status: 500, body: page, foreigns: `the answer is an HTML page (500) with the HTML page "Access denied"`},
		"a gateway's page":             {status: 502, body: page, interposed: `a gateway answered 502 with the HTML page "Access denied"`},
		"a gateway's empty 504":        {status: 504, interposed: "a gateway answered 504"},
		"an edge that got no answer":   {status: 522, body: page, interposed: "a gateway answered 522"},
		"an edge that lets nobody in":  {status: 403, body: page, interposed: "an edge answered 403"},
		"a plain 403":                  {status: 403, body: "no"},
		"a proxy that asks who we are": {status: 407, body: page, interposed: "a proxy answered 407"},
		"a redirect to https":          {status: 301, location: "https://api.example.test/cards", interposed: "let target.base_url"},
		"a redirect to a login": {status: 302, location: "https://login.example.test/in?ticket=secret",
			foreigns: "a redirect (302) leads to https://login.example.test/in"},
		"a redirect within the API":      {status: 308, location: "/elsewhere", foreigns: "leads to http://api.example.test/elsewhere"},
		"JSON that is labelled as HTML":  {status: 200, body: `{"id":"1"}`},
		"a page where JSON is asked for": {status: 200, body: page, foreigns: "the answer is an HTML page (200)"},
	} {
		t.Run(name, func(t *testing.T) {
			e := &Exchange{Status: test.status, Header: http.Header{"Location": {test.location}}, Body: []byte(test.body), redactor: redact.New(),
				sent: Sent{URL: "http://api.example.test/cards"}}
			require.Contains(t, e.Interposed(), test.interposed)
			require.Equal(t, test.interposed == "", e.Interposed() == "", e.Interposed())
			require.Contains(t, e.Foreign(), test.foreigns)
			require.Equal(t, test.interposed+test.foreigns == "", e.Foreign() == "", e.Foreign())
			require.NotContains(t, e.Foreign(), "ticket")
		})
	}
}
