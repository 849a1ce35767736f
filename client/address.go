package client

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
)

// PathUnknown says that no page gives the path of an operation and the target file does not either.
type PathUnknown struct{ Operation string }

func (e *PathUnknown) Error() string {
	return fmt.Sprintf("no page gives the path of %s; set target.paths.%s", e.Operation, e.Operation)
}

// address is where a call goes.
func (c *Client) address(operation *contract.Operation, request Request) (string, error) {
	address := c.config.TokenURL
	switch {
	case operation.ID == "token" && request.RawPath == "":
	case request.RawPath != "":
		address = c.config.BaseURL + "/" + strings.TrimLeft(request.RawPath, "/")
	default:
		path, err := c.path(operation, request.Path)
		if err != nil {
			return "", err
		}
		address = c.config.BaseURL + path
	}
	if len(request.Query) == 0 {
		return address, nil
	}
	separator := "?"
	if strings.Contains(address, "?") {
		separator = "&"
	}
	return address + separator + request.Query.Encode(), nil
}

// path fills the parameters of an operation's path. Each is one segment, whatever it holds.
func (c *Client) path(operation *contract.Operation, parameters map[string]string) (string, error) {
	path, known := operation.PathIn(c.config.Edition)
	if !known {
		if path = c.config.Paths[operation.ID]; path == "" {
			return "", &PathUnknown{Operation: operation.ID}
		}
	}
	var filled strings.Builder
	for rest := path; ; {
		before, after, more := strings.Cut(rest, "{")
		filled.WriteString(before)
		if !more {
			break
		}
		name, tail, closed := strings.Cut(after, "}")
		value, given := parameters[name]
		if !closed || !given {
			return "", fmt.Errorf("%q can't be called: its path %s needs the parameter %q", operation.Title, path, name)
		}
		filled.WriteString(url.PathEscape(value))
		rest = tail
	}
	if text := filled.String(); !strings.HasPrefix(text, "/") {
		return "/" + text, nil
	}
	return filled.String(), nil
}

// OwnTokens reports whether tokens come from the host of the API itself.
func (c *Client) OwnTokens() bool {
	tokens, err := url.Parse(c.config.TokenURL)
	return err == nil && tokens.Host == c.base.Host
}

// Relative turns an absolute or relative address of an answer into a path of the target. It fails
// where the address leads elsewhere.
func (c *Client) Relative(address string) (string, error) {
	there, err := c.base.Parse(address)
	if err != nil {
		return "", fmt.Errorf("%q is no address: %w", address, err)
	}
	prefix := strings.TrimRight(c.base.EscapedPath(), "/")
	path := there.RequestURI()
	if there.Host != c.base.Host || !strings.HasPrefix(path, prefix+"/") {
		return "", fmt.Errorf("%q leads out of the target", address)
	}
	return strings.TrimPrefix(path, prefix), nil
}

// Paths are those that the owner of the target gave, by operation id. They are not to be changed.
func (c *Client) Paths() map[string]string { return c.config.Paths }

// PathGiven reports whether the owner of the target gave the path of an operation, which no page need give then.
func (c *Client) PathGiven(operation string) bool { return c.config.Paths[operation] != "" }
