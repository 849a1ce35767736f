package client

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
)

// Request is what one call sends beyond what the contract settles. The zero value is a call without
// parameters, as the client that the contract names for the operation.
type Request struct {
	// As names the credentials; empty means the operation's own caller, mostly primary.
	As string
	// Authorization is the exact header to send in place of a fetched token; pointing to "" sends none.
	Authorization *string
	// Path fills the parameters of the path, Query the query.
	Path  map[string]string
	Query url.Values
	// Header sets headers in place of those of the contract, without regard to letter case; Without
	// leaves some out.
	Header  http.Header
	Without []string
	// Body is sent as JSON; Form is sent as a form; RawBody is sent as it is and wins.
	Body    any
	RawBody []byte
	Form    url.Values
	// MediaType replaces the Content-Type.
	MediaType string
	// Key is the idempotency key to use again; empty means a fresh one where the operation lists one.
	// KeyHeader spells the name of its header differently.
	Key, KeyHeader string
	// Method and RawPath replace those of the operation.
	Method, RawPath string
}

// built is a request ready to go, with what the evidence needs of it.
type built struct {
	request *http.Request
	body    []byte
	key     string
	number  int
}

func (c *Client) build(ctx context.Context, operation *contract.Operation, request Request, authorization string) (built, error) {
	address, err := c.address(operation, request)
	if err != nil {
		return built{}, err
	}
	body, media, err := payload(operation, request)
	if err != nil {
		return built{}, fmt.Errorf("building the body of %q: %w", operation.Title, err)
	}
	r, err := http.NewRequestWithContext(ctx, cmp.Or(request.Method, operation.Method), address, nil)
	if err != nil {
		return built{}, fmt.Errorf("building the request of %q: %w", operation.Title, err)
	}
	if len(body) > 0 {
		r.Body, r.GetBody, r.ContentLength = io.NopCloser(bytes.NewReader(body)), nil, int64(len(body))
	}
	b := built{request: r, body: body, number: nextNumber(ctx)}
	c.mark(ctx, r.Header, b.number)
	r.Header["Accept"] = []string{"application/json"}
	r.Header["Accept-Encoding"] = []string{"identity"}
	if media != "" {
		r.Header["Content-Type"] = []string{media}
	}
	if authorization != "" {
		r.Header["Authorization"] = []string{authorization}
	}
	b.key = c.setKey(ctx, operation, request, r.Header)
	if header := operation.Header("x-client-id"); header != nil && (header.Edition == "" || header.Edition == c.config.Edition) {
		r.Header[header.Name] = []string{c.config.Clients[request.As].ID}
	}
	if err := change(r, request); err != nil {
		return built{}, fmt.Errorf("building the request of %q: %w", operation.Title, err)
	}
	return b, nil
}

// change applies what the caller wants otherwise. Names are compared without regard to letter case,
// since the contract spells some headers in lower case and sends them so.
func change(r *http.Request, request Request) error {
	for name, values := range request.Header {
		if strings.EqualFold(name, "Host") && len(values) > 0 {
			r.Host = values[0]
			continue
		}
		drop(r.Header, name)
		r.Header[name] = values
	}
	for _, name := range request.Without {
		drop(r.Header, name)
		if strings.EqualFold(name, "User-Agent") {
			r.Header["User-Agent"] = []string{""} // else net/http sends its own
		}
	}
	for name, values := range r.Header {
		for _, value := range values {
			if strings.ContainsAny(value, "\r\n\x00") {
				return fmt.Errorf("a value of the header %s holds a line break or a zero byte, which HTTP can't carry", name)
			}
		}
	}
	return nil
}

func drop(header http.Header, name string) {
	for other := range header {
		if strings.EqualFold(other, name) {
			delete(header, other)
		}
	}
}

// setKey sends the idempotency key under the operation's own spelling of the header.
func (c *Client) setKey(ctx context.Context, operation *contract.Operation, request Request, header http.Header) string {
	documented := operation.Header("Idempotency-Key")
	if documented == nil && request.Key == "" {
		return ""
	}
	key := request.Key
	if key == "" {
		key = c.keys.next(ctx)
	}
	name := "Idempotency-Key"
	if documented != nil {
		name = documented.Name
	}
	header[cmp.Or(request.KeyHeader, name)] = []string{key} // not Set: the spelling is the point
	return key
}

func payload(operation *contract.Operation, request Request) ([]byte, string, error) {
	media := ""
	if header := operation.Header("Content-Type"); header != nil {
		media = header.Example
	}
	var body []byte
	switch {
	case request.RawBody != nil:
		body = request.RawBody
	case request.Form != nil:
		body, media = []byte(request.Form.Encode()), "application/x-www-form-urlencoded"
	case request.Body != nil:
		var text bytes.Buffer
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false) // a name with & goes out as it was written
		if err := encoder.Encode(request.Body); err != nil {
			return nil, "", err
		}
		body = bytes.TrimSuffix(text.Bytes(), []byte("\n"))
		media = cmp.Or(media, "application/json")
	}
	return body, cmp.Or(request.MediaType, media), nil
}
