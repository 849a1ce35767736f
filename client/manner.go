package client

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
)

// gatewaySays are the messages that common gateways put in JSON of their own where what is behind them gave no answer:
// those of Amazon API Gateway and of Kong. What an API might say too, such as "Service Unavailable", is none of them.
var gatewaySays = map[string]bool{
	"endpoint request timed out":                                true,
	"network error communicating with endpoint":                 true,
	"the upstream server is timing out":                         true,
	"an invalid response was received from the upstream server": true,
	"failure to get a peer from the ring-balancer":              true,
}

// mostNames bounds what is remembered of an API that answers with new members every time.
const mostNames = 256

// manner is how an API words its errors: the members that those have which no gateway makes.
type manner struct {
	mu    sync.Mutex
	known map[string]bool
}

// hear learns from a refusal, or tells of a 502, 503 or 504 whether its body is a gateway's: it says what gateways say,
// or has no member that any other error of this API has.
func (m *manner) hear(operation string, status int, body []byte) (gateways bool) {
	if operation == "token" || status < 400 {
		return false // another address, and OAuth's own form of errors
	}
	var object map[string]json.RawMessage
	isObject := json.Unmarshal(body, &object) == nil
	m.mu.Lock()
	defer m.mu.Unlock()
	if !gatewayStatus(status) {
		for name := range object {
			if m.known == nil {
				m.known = map[string]bool{}
			}
			if len(m.known) < mostNames {
				m.known[name] = true
			}
		}
		return false
	}
	message := strings.ToLower(strings.TrimRight(member(body, "message"), ". \n"))
	if gatewaySays[message] {
		return true
	}
	for name := range object {
		if m.known[name] {
			return false
		}
	}
	return len(m.known) > 0 && (len(object) > 0 || !isObject)
}

func gatewayStatus(status int) bool {
	return status == http.StatusBadGateway || status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout
}
