package client

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
)

// The placeholders that stand in evidence for what was taken out; a curl line reads them as variables.
const (
	tokenPlaceholder  = "$TOKEN"
	secretPlaceholder = "$CLIENT_SECRET"
	redacted          = "[redacted]"
)

// Redactor takes secrets and card numbers out of text: by value, since the run knows its own secrets,
// and by name. It is safe for concurrent use.
type Redactor struct {
	mu       sync.Mutex
	tokens   map[string]bool
	secrets  map[string]bool
	replacer atomic.Pointer[strings.Replacer]
	// credentials are the access tokens and client secrets alone, for the look at every answer.
	credentials atomic.Pointer[[]string]
}

// NewRedactor returns a redactor that knows no values yet.
func NewRedactor() *Redactor {
	r := &Redactor{tokens: map[string]bool{}, secrets: map[string]bool{}}
	r.replacer.Store(strings.NewReplacer())
	r.credentials.Store(new([]string))
	return r
}

// shortest is the length below which a value is not looked for: it would turn up by chance.
const shortest = 6

// AddToken makes the redactor look for an access token.
func (r *Redactor) AddToken(value string) {
	r.add(r.tokens, value)
	r.mark(value)
}

// AddSecret makes the redactor look for a secret.
func (r *Redactor) AddSecret(value string) { r.add(r.secrets, value) }

// AddCredential makes the redactor look for a client secret, which no answer may repeat.
func (r *Redactor) AddCredential(value string) {
	r.add(r.secrets, value)
	r.mark(value)
}

func (r *Redactor) mark(value string) {
	if len(value) < shortest {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	known := append([]string{value}, *r.credentials.Load()...)
	r.credentials.Store(&known)
}

// repeats says in words which credential a text repeats, or "". It is cheap: it runs on every answer.
func (r *Redactor) repeats(text string) string {
	for _, credential := range *r.credentials.Load() {
		if strings.Contains(text, credential) {
			return "an access token or client secret of the caller"
		}
	}
	return ""
}

func (r *Redactor) add(set map[string]bool, value string) {
	if len(value) < shortest {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if set[value] {
		return
	}
	set[value] = true
	var pairs []string
	for token := range r.tokens {
		for _, spelling := range spellings(token) {
			pairs = append(pairs, spelling, tokenPlaceholder)
		}
	}
	for secret := range r.secrets {
		for _, spelling := range spellings(secret) {
			pairs = append(pairs, spelling, secretPlaceholder)
		}
	}
	r.replacer.Store(strings.NewReplacer(pairs...))
}

// spellings are the forms in which a value may turn up: as it is, in a URL, in Base64, in JSON.
func spellings(value string) []string {
	all := []string{value}
	for _, other := range []string{url.QueryEscape(value), url.PathEscape(value), base64.StdEncoding.EncodeToString([]byte(value)),
		base64.RawURLEncoding.EncodeToString([]byte(value)), jsonEscaped(value)} {
		if other != value {
			all = append(all, other)
		}
	}
	return all
}

func jsonEscaped(value string) string {
	escaped, err := json.Marshal(value)
	if err != nil {
		return value
	}
	return string(escaped[1 : len(escaped)-1])
}

// Find returns in words which secrets of the run a text still holds; the last look at a written file.
func (r *Redactor) Find(data []byte) []string {
	var found []string
	text := string(data)
	if what := r.shown(text); what != "" {
		found = append(found, what)
	}
	if number := firstCardNumber(data); number != "" {
		found = append(found, "a full card number ("+number+")")
	}
	return found
}

func (r *Redactor) shown(text string) string {
	if text == "" || r.replacer.Load().Replace(text) == text {
		return ""
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for token := range r.tokens {
		for _, spelling := range spellings(token) {
			if strings.Contains(text, spelling) {
				return "an access token"
			}
		}
	}
	return "a secret"
}

// Text returns the text without secrets and full card numbers.
func (r *Redactor) Text(text string) string {
	if r == nil || text == "" {
		return text
	}
	text = r.replacer.Load().Replace(text)
	text = redactNames(text)
	if strings.Contains(text, "eyJ") {
		text = tokenForm.ReplaceAllString(text, tokenPlaceholder)
	}
	return maskCardNumbers(text)
}

// bytes is [Redactor.Text] for a whole body, before any cut: half a secret would not be recognised.
func (r *Redactor) bytes(body []byte) []byte { return []byte(r.Text(string(body))) }

// sensitive are the beginnings of names whose values never stay; a quick look before the expressions.
var sensitive = []string{"secret", "_token", "password", "cvv", "cvc", "\"pin", "\"pan\"", "track"}

var (
	jsonMember = regexp.MustCompile(`(?i)("(?:access_token|refresh_token|id_token|client_secret|secret|password|cvv2?|cvc2?|pin|pin_block|pan|track_?[12]?(?:_data)?)"\s*:\s*)("(?:[^"\\]|\\.)*"|\d+)`)
	formMember = regexp.MustCompile(`(?i)((?:^|[?&])(?:access_token|refresh_token|client_secret|password)=)[^&\s]*`)
)

// tokenForm is what a JWT looks like, for those that the run has not seen whole: forged ones, and pieces.
var tokenForm = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{12,}(\.[A-Za-z0-9_-]*)*`)

func redactNames(text string) string {
	lower := strings.ToLower(text)
	for _, name := range sensitive {
		if !strings.Contains(lower, name) {
			continue
		}
		text = jsonMember.ReplaceAllStringFunc(text, func(member string) string {
			colon := strings.Index(member, ":")
			value := strings.TrimSpace(member[colon+1:])
			if strings.Contains(value, tokenPlaceholder) || strings.Contains(value, secretPlaceholder) {
				return member
			}
			return member[:colon+1] + `"` + redacted + `"`
		})
		return formMember.ReplaceAllStringFunc(text, func(member string) string {
			if strings.Contains(member, "$") {
				return member
			}
			return member[:strings.Index(member, "=")+1] + redacted
		})
	}
	return text
}

// private are the headers whose values never stay.
var private = map[string]bool{"Authorization": true, "Proxy-Authorization": true, "Cookie": true, "Set-Cookie": true, "X-Api-Key": true}

func (r *Redactor) headers(header http.Header) map[string][]string {
	out := make(map[string][]string, len(header))
	for name, values := range header {
		if values == nil {
			continue
		}
		kept := make([]string, len(values))
		for i, value := range values {
			kept[i] = r.header(name, value)
		}
		out[name] = kept
	}
	return out
}

func (r *Redactor) header(name, value string) string {
	if !private[http.CanonicalHeaderKey(name)] {
		return r.Text(value)
	}
	if scheme, rest, ok := strings.Cut(value, " "); ok && rest != "" && len(scheme) < 12 {
		if replaced := r.replacer.Load().Replace(rest); replaced == tokenPlaceholder {
			return scheme + " " + tokenPlaceholder
		}
		return scheme + " " + redacted
	}
	if value == "" {
		return ""
	}
	return redacted
}
