// Package doctor looks at a target before a night is wasted on it: can it be reached, are there tokens,
// do the fixtures exist, which edition does it serve.
//
// What walks in is a target file and a client for it; what walks out is a list of [Check], each with what
// to do where it is not in order. It sends a few dozen reads and makes nothing.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/contract"
)

// State is what came of a check.
type State string

// The states. Broken keeps a run from saying anything; Poor makes it say less.
const (
	Fine   State = "fine"
	Poor   State = "poor"
	Broken State = "broken"
)

// Check is one thing that was looked at.
type Check struct {
	What   string `json:"what"`
	State  State  `json:"state"`
	Detail string `json:"detail"`
	// Next says what to do where the state is not fine.
	Next string `json:"next,omitempty"`
}

// The bounds of what is fine.
const (
	certificateWarning = 14 * 24 * time.Hour
	skewWarning        = 5 * time.Second
	skewBroken         = 5 * time.Minute
)

// Doctor examines one target.
type Doctor struct {
	Contract *contract.Contract
	File     *target.File
	Client   *client.Client
	Now      func() time.Time

	// Via is the proxy that requests to an address go through; nil means that of the environment, as a run has it.
	Via func(address string) *url.URL

	checks []Check
}

func (d *Doctor) via(address string) *url.URL {
	if d.Via != nil {
		return d.Via(address)
	}
	return client.Via(address)
}

func (d *Doctor) note(what string, state State, next, format string, args ...any) {
	d.checks = append(d.checks, Check{What: what, State: state, Detail: fmt.Sprintf(format, args...), Next: next})
}

// Examine looks at everything that the state of the rest allows and returns the checks in order.
func (d *Doctor) Examine(ctx context.Context) []Check {
	d.checks = nil
	if !d.names(ctx) || !d.life(ctx) {
		return d.checks
	}
	if d.tokens(ctx) {
		d.edition(ctx)
		d.fixtures(ctx)
		d.holdings(ctx)
	}
	d.webhooks(ctx)
	d.load()
	return d.checks
}

// names resolves the hosts of the addresses.
func (d *Doctor) names(ctx context.Context) bool {
	hosts := map[string]string{}
	for key, address := range map[string]string{"target.base_url": d.File.Target.BaseURL, "target.token_url": d.File.Target.TokenURL} {
		u, err := url.Parse(address)
		if err != nil {
			continue
		}
		if via := d.via(address); via != nil { // which resolves the name: here it need not mean anything
			d.note("name "+u.Hostname(), Fine, "", "%s is asked for through the proxy %s", key, via.Host)
			continue
		}
		hosts[u.Hostname()] = key
	}
	fine := true
	for _, host := range slices.Sorted(maps.Keys(hosts)) {
		addresses, err := net.DefaultResolver.LookupHost(ctx, host)
		if err != nil {
			fine = false
			d.note("name "+host, Broken, "check the host in "+hosts[host], "%v", err)
			continue
		}
		d.note("name "+host, Fine, "", "%s", strings.Join(addresses, ", "))
	}
	return fine
}

// life connects, looks at the certificate and at the server's clock.
func (d *Doctor) life(ctx context.Context) bool {
	life, err := d.Client.SignOfLife(ctx)
	if err != nil {
		next := "see whether it is up and reachable from here"
		if none, is := errors.AsType[*client.NoAnswer](err); is && none.Kind == client.TLS {
			next = "name the certificate's authority in target.tls.ca_file, or have the certificate renewed"
		}
		d.note("connection", Broken, next, "%v", err)
		return false
	}
	d.note("connection", Fine, "", "answers %d in %d ms", life.Status, life.Took.Milliseconds())
	if life.TLS == nil {
		if d.File.LocalHost() == "" {
			d.note("TLS", Poor, "use https, else tokens and card numbers can be read on their way", "plain HTTP")
		}
	} else if len(life.TLS.PeerCertificates) > 0 {
		certificate := life.TLS.PeerCertificates[0]
		state, next, left := Fine, "", certificate.NotAfter.Sub(d.Now())
		if left < certificateWarning {
			state, next = Poor, "have the certificate renewed"
		}
		d.note("TLS", state, next, "certificate of %s ends on %s, in %d days", certificate.Subject.CommonName,
			certificate.NotAfter.UTC().Format(time.DateOnly), int(left.Hours()/24))
	}
	d.clock(life)
	return true
}

// skew is how far the server's clock is off ours, and how much of that is sure: Date has whole seconds, so one second is
// no skew.
func (d *Doctor) skew(life *client.Life) (skew, sure time.Duration) {
	skew = life.Date.Sub(d.Now())
	return skew, max(skew.Abs()-time.Second-life.Took, 0)
}

// clock compares the server's clock with ours.
func (d *Doctor) clock(life *client.Life) {
	if life.Date.IsZero() {
		d.note("clock", Poor, "", "the answer has no Date (RFC 9110 section 6.6.1), so its clock is unknown")
		return
	}
	skew, off := d.skew(life)
	switch {
	case off > skewBroken:
		d.note("clock", Broken, "set the clocks; tokens and times of objects can't be judged", "the server's is off by %v",
			skew.Round(time.Second))
	case off > skewWarning:
		d.note("clock", Poor, "set the clocks; times of objects are judged with this machine's", "the server's is off by %v",
			skew.Round(time.Second))
	default:
		d.note("clock", Fine, "", "agrees within %v", max(time.Second, skewWarning))
	}
}

// ClockOff is how far the server's clock is off ours, 0 where that is little or where it does not tell.
func (d *Doctor) ClockOff(ctx context.Context) (time.Duration, error) {
	life, err := d.Client.SignOfLife(ctx)
	if err != nil || life.Date.IsZero() {
		return 0, err
	}
	skew, off := d.skew(life)
	if off <= skewWarning {
		return 0, nil
	}
	return skew.Round(skewWarning), nil
}

// tokens asks for a token for each client.
func (d *Doctor) tokens(ctx context.Context) bool {
	fine := true
	for _, name := range []string{"primary", "second", "admin"} {
		one, there := d.File.Target.Clients[name]
		if !there {
			d.note("token "+name, Poor, "set target.clients."+name, "the target file has no such client")
			continue
		}
		token, err := d.Client.FreshToken(ctx, name, "")
		if err != nil {
			state := Poor
			if name == "primary" {
				state, fine = Broken, false
			}
			d.note("token "+name, state, "check id, secret and scope of target.clients."+name, "%v", err)
			continue
		}
		d.note("token "+name, Fine, "", "scope %q, used until %s", one.Scope, token.Until.UTC().Format(time.TimeOnly)+" UTC")
		d.scopes(ctx, name, one.Scope)
	}
	return fine
}

// scopes asks for each scope of a client alone, so that one that is not granted shows.
func (d *Doctor) scopes(ctx context.Context, name, scope string) {
	list := strings.Fields(scope)
	if len(list) < 2 {
		return
	}
	for _, one := range list {
		if _, err := d.Client.FreshToken(ctx, name, one); err != nil {
			d.note("scope "+one+" of "+name, Poor, "have it granted, or take it out of target.clients."+name+".scope", "%v", err)
		}
	}
}

// ask performs a read and describes what came back.
func (d *Doctor) ask(ctx context.Context, as, operation, id string) (status int, body string, err error) {
	request := client.Request{As: as}
	if id != "" {
		request.Path = map[string]string{"id": id}
	}
	exchange, err := d.Client.Do(ctx, d.Contract.Operation(operation), request)
	if err != nil {
		return 0, "", err
	}
	if foreign := exchange.Foreign(); foreign != "" { // which a run calls inconclusive, or the API's fault
		return exchange.Status, "", fmt.Errorf("%s; check target.base_url, and what lies between", foreign)
	}
	return exchange.Status, string(exchange.Body), nil
}

// edition sees whether the layout of paths that the file names is served.
func (d *Doctor) edition(ctx context.Context) {
	status, _, err := d.ask(ctx, "", "cards-list", "")
	switch {
	case err != nil:
		d.note("edition", Broken, "", "%v", err)
	case status == http.StatusNotFound:
		d.note("edition", Broken, "set target.edition to the other one (v1 or guide), or mend target.base_url",
			"%s: the list of cards is answered 404", d.File.Target.Edition)
	case status/100 == 2:
		d.note("edition", Fine, "", "%s: the list of cards is served", d.File.Target.Edition)
	default:
		d.note("edition", Poor, "check the scope of target.clients.primary", "%s: the list of cards is answered %d", d.File.Target.Edition,
			status)
	}
	if d.File.Target.Paths["healthcheck"] == "" {
		d.note("healthcheck", Poor, "set target.paths.healthcheck", "no page gives its path")
		return
	}
	if status, _, err = d.ask(ctx, "", "healthcheck", ""); err != nil || status/100 != 2 {
		d.note("healthcheck", Poor, "check target.paths.healthcheck", "answered %d %v", status, errorText(err))
		return
	}
	d.note("healthcheck", Fine, "", "answers %d", status)
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
