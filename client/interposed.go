package client

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Interposed says in one clause who answered in place of the API, "" where it may well have been the API itself:
// a gateway's own status without the JSON of this API, the HTML page of an edge that lets nobody through, a proxy that
// asks who we are, a redirect to https.
func (e *Exchange) Interposed() string {
	switch {
	case e.Status == 0 || json.Valid(e.Body) && !e.gateways:
		return ""
	case gatewayStatus(e.Status), edgeStatus(e.Status):
		return fmt.Sprintf("a gateway answered %d%s", e.Status, e.page())
	case e.Status == http.StatusProxyAuthRequired, e.Status == http.StatusNetworkAuthenticationRequired:
		return fmt.Sprintf("a proxy answered %d%s", e.Status, e.page())
	case (e.Status == http.StatusForbidden || e.Status == http.StatusRequestTimeout) && e.isPage():
		return fmt.Sprintf("an edge answered %d%s (is this address on its list?)", e.Status, e.page())
	case e.toHTTPS():
		return fmt.Sprintf("everything is redirected to https (%s): let target.base_url and target.token_url begin with https", e.LeadsTo())
	}
	return ""
}

// edgeStatus reports whether no standard knows a status but the edges of content networks, which tell by it that the
// server behind them did not answer.
func edgeStatus(status int) bool { return status >= 520 && status <= 530 }

// Foreign says in one clause what an answer is that an API of JSON has no use for, a page or a redirect; "" for all
// others. One such answer is the API's own fault; where there is none but such, no API is there at all.
func (e *Exchange) Foreign() string {
	switch {
	case e.Interposed() != "":
		return e.Interposed()
	case e.Status/100 == 3 && e.Header.Get("Location") != "":
		return fmt.Sprintf("a redirect (%d) leads to %s", e.Status, e.LeadsTo())
	case e.isPage() && !json.Valid(e.Body):
		return fmt.Sprintf("the answer is an HTML page (%d)%s", e.Status, e.page())
	}
	return ""
}

// LeadsTo is where a redirect leads, without a query, which may hold what is secret.
func (e *Exchange) LeadsTo() string {
	to, err := e.target()
	if err != nil || to == nil {
		return "nowhere"
	}
	plain := url.URL{Scheme: to.Scheme, Host: to.Host, Path: to.Path}
	return e.redactor.Text(plain.String())
}

func (e *Exchange) target() (*url.URL, error) {
	from, err := url.Parse(e.sent.URL)
	if err != nil {
		return nil, err
	}
	location := e.Header.Get("Location")
	if e.Status/100 != 3 || location == "" {
		return nil, nil
	}
	return from.Parse(location)
}

func (e *Exchange) toHTTPS() bool {
	to, err := e.target()
	return err == nil && to != nil && to.Scheme == "https" && strings.HasPrefix(e.sent.URL, "http:") && e.sameHost(to)
}

func (e *Exchange) sameHost(to *url.URL) bool {
	from, err := url.Parse(e.sent.URL)
	return err == nil && from.Hostname() == to.Hostname()
}

// isPage reports whether the body is HTML by its own first letters: a label alone is a label.
func (e *Exchange) isPage() bool {
	start := strings.ToLower(string(bytes.TrimSpace(e.Body[:min(len(e.Body), 512)])))
	return slices.ContainsFunc([]string{"<!doctype html", "<html", "<head", "<body", "<h1"},
		func(begin string) bool { return strings.HasPrefix(start, begin) })
}

var pageTitle = regexp.MustCompile(`(?is)<(?:title|h1)[^>]*>\s*([^<]{1,60})`)

// page names an HTML page by its title.
func (e *Exchange) page() string {
	if !e.isPage() {
		return ""
	}
	if title := pageTitle.FindSubmatch(e.Body); title != nil {
		return fmt.Sprintf(" with the HTML page %q", e.redactor.Text(strings.Join(strings.Fields(string(title[1])), " ")))
	}
	return " with an HTML page"
}
