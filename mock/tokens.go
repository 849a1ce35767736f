package mock

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// issuerName is who signs the tokens; the name leads nowhere.
const issuerName = "https://tokens.kobble.test/pool"

// mostKnown bounds the tokens that are remembered as verified.
const mostKnown = 10_000

// issuer makes and checks access tokens.
type issuer struct {
	server *Server
	key    *ecdsa.PrivateKey
	parser *jwt.Parser
	// known keeps verified tokens, since checking a signature costs more than all the rest of a request.
	mu    sync.RWMutex
	known map[string]grant
}

// grant is what a token gives: access for a client, so far, until then.
type grant struct {
	clientID string
	scope    string
	from     time.Time
	until    time.Time
}

func newIssuer(s *Server) (*issuer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making the key that signs tokens: %w", err)
	}
	return &issuer{server: s, key: key, known: map[string]grant{},
		parser: jwt.NewParser(jwt.WithValidMethods([]string{"ES256"}), jwt.WithIssuer(issuerName),
			jwt.WithExpirationRequired(),
			jwt.WithStrictDecoding(), jwt.WithTimeFunc(s.clock.Now))}, nil
}

// sign makes a token for a client that lives from a time on.
func (i *issuer) sign(clientID, scope string, from time.Time, life time.Duration, serial int64) (string, error) {
	token := jwt.NewWithClaims(jwt.SigningMethodES256, i.server.brokenClaims(jwt.MapClaims{
		"iss": issuerName, "sub": clientID, "client_id": clientID, "scope": scope, "token_use": "access",
		"iat": from.Unix(), "exp": from.Add(life).Unix(), "jti": fmt.Sprintf("%s-%d", clientID, serial),
	}))
	token.Header["kid"] = "mock-1"
	return token.SignedString(i.key)
}

const (
	tokenExpired = "The access token has expired"
	tokenInvalid = "The access token is not valid"
)

// verify checks signature, issuer and time of a token. What is wrong with it is told in a sentence, which
// is empty where nothing is.
func (i *issuer) verify(c *call, token string) (found grant, wrong string) {
	i.mu.RLock()
	known, ok := i.known[token]
	i.mu.RUnlock()
	if ok {
		if i.server.clock.Now().Before(known.until) || i.server.faulty(c, "auth.expired-accepted") {
			return known, ""
		}
		return grant{}, tokenExpired
	}
	var claims jwt.MapClaims
	_, err := i.parser.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) { return &i.key.PublicKey, nil })
	if err == nil {
		found := grantOf(claims)
		i.remember(token, found)
		return found, ""
	}
	if found, ok := i.forgiven(c, token, err); ok {
		return found, ""
	}
	if errors.Is(err, jwt.ErrTokenExpired) {
		return grant{}, tokenExpired
	}
	return grant{}, tokenInvalid
}

func grantOf(claims jwt.MapClaims) grant {
	var found grant
	found.clientID, _ = claims["client_id"].(string)
	found.scope, _ = claims["scope"].(string)
	if expires, err := claims.GetExpirationTime(); err == nil && expires != nil {
		found.until = expires.Time
	}
	if given, err := claims.GetIssuedAt(); err == nil && given != nil {
		found.from = given.Time
	}
	return found
}

func (i *issuer) remember(token string, found grant) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(i.known) >= mostKnown {
		clear(i.known)
	}
	i.known[token] = found
}
