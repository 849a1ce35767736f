package client

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestChallengesStandOnOneLineOrOnSeveral(t *testing.T) {
	for name, c := range map[string]struct {
		lines   []string
		schemes []string
		error   string
	}{
		"none":           {nil, nil, ""},
		"one":            {[]string{`Bearer realm="kobble"`}, []string{"bearer"}, ""},
		"a scheme alone": {[]string{"Bearer"}, []string{"bearer"}, ""},
		"two on a line": {[]string{`DPoP algs="ES256 PS256", Bearer realm="a, b", error="invalid_token"`},
			[]string{"dpop", "bearer"}, "invalid_token"},
		"two lines": {[]string{`Basic realm="x"`, `BEARER error=invalid_token, error_description="it \\"ran\\" out"`},
			[]string{"basic", "bearer"}, "invalid_token"},
		"empty elements":         {[]string{`, Bearer realm="x", , error="e"`}, []string{"bearer"}, "e"},
		"something else":         {[]string{"=="}, nil, ""},
		"a token of its own":     {[]string{"Negotiate YII=, Bearer error=e"}, []string{"negotiate", "bearer"}, "e"},
		"capitals of parameters": {[]string{`bearer Error="e"`}, []string{"bearer"}, "e"},
	} {
		t.Run(name, func(t *testing.T) {
			var schemes []string
			for _, one := range Challenges(http.Header{"Www-Authenticate": c.lines}) {
				schemes = append(schemes, one.Scheme)
			}
			bearer, _ := BearerChallenge(http.Header{"Www-Authenticate": c.lines})
			require.Equal(t, c.error, bearer.Parameters["error"])
			require.Equal(t, c.schemes, schemes)
		})
	}
}

func TestAListStandsOnOneLineOrOnSeveral(t *testing.T) {
	for name, c := range map[string]struct{ lines, want []string }{
		"none":              {nil, nil},
		"one line":          {[]string{"no-store, max-age=0"}, []string{"no-store", "max-age=0"}},
		"two lines":         {[]string{"private", "No-Store"}, []string{"private", "No-Store"}},
		"empty elements":    {[]string{", a ,, b,"}, []string{"a", "b"}},
		"a comma in quotes": {[]string{`private="a, \"b", c`}, []string{`private="a, \"b"`, "c"}},
		"an open quote":     {[]string{`a, b="c, d`}, []string{"a", `b="c, d`}},
		"a last backslash":  {[]string{`a="b\`}, []string{`a="b\`}},
	} {
		require.Equal(t, c.want, List(http.Header{"X": c.lines}, "X"), name)
	}
}
