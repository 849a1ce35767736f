package client

import (
	"net/http"
	"regexp"
	"strings"
)

// Challenge is one way to authenticate that a 401 names (RFC 9110 §11.6.1): the scheme in small letters, and its
// parameters by their names in small letters.
type Challenge struct {
	Scheme     string
	Parameters map[string]string
}

var (
	schemeStart = regexp.MustCompile(`^\s*([!#$%&'*+.^_` + "`" + `|~0-9A-Za-z-]+)(?:\s+|$)`)
	parameter   = regexp.MustCompile(`^\s*([!#$%&'*+.^_` + "`" + `|~0-9A-Za-z-]+)\s*=\s*("(?:[^"\\\\]|\\\\.)*"|[^\s,]+)\s*`)
)

// Challenges reads WWW-Authenticate: several challenges may stand on one line or on several.
func Challenges(header http.Header) []Challenge {
	var out []Challenge
	for _, line := range header.Values("WWW-Authenticate") {
		for rest := line; strings.TrimSpace(rest) != ""; {
			rest = strings.TrimLeft(rest, " \t,")
			if found := parameter.FindStringSubmatch(rest); found != nil && len(out) > 0 {
				out[len(out)-1].Parameters[strings.ToLower(found[1])] = strings.Trim(found[2], `"`)
				rest = rest[len(found[0]):]
				continue
			}
			found := schemeStart.FindStringSubmatch(rest)
			if found == nil {
				break // a form of its own, such as token68, names nothing that is looked for
			}
			out = append(out, Challenge{Scheme: strings.ToLower(found[1]), Parameters: map[string]string{}})
			rest = rest[len(found[0]):]
		}
	}
	return out
}

// BearerChallenge returns the challenge for bearer tokens (RFC 6750 §3), and false where the answer has none.
func BearerChallenge(header http.Header) (Challenge, bool) {
	for _, one := range Challenges(header) {
		if one.Scheme == "bearer" {
			return one, true
		}
	}
	return Challenge{}, false
}
