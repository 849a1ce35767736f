package mock

import (
	"encoding/json"
	"strconv"
)

// answer is what goes back to the caller. Media is the Content-Type where it is not JSON.
type answer struct {
	status int
	header []pair
	body   []byte
	media  string
}

// pair is one header of an answer.
type pair struct{ name, value string }

// with adds a header. The answer that it is called on stays as it was.
func (a answer) with(name, value string) answer {
	a.header = append(a.header[:len(a.header):len(a.header)], pair{name, value})
	return a
}

func (a answer) succeeded() bool { return a.status >= 200 && a.status < 300 }

// requestID numbers what the style gives a request id.
func (s *Server) requestID() string { return "req-" + strconv.FormatInt(s.requests.Add(1), 36) }

// quote writes a text as JSON.
func quote(text string) []byte {
	plain := true
	for i := range len(text) {
		if c := text[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			plain = false
			break
		}
	}
	if plain {
		return append(append(append(make([]byte, 0, len(text)+2), '"'), text...), '"')
	}
	raw, err := json.Marshal(text)
	if err != nil {
		return []byte(`""`) // unreachable: every string can be written as JSON
	}
	return raw
}
