package torment

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/webhook"
)

// Topic is the TopicArn of the good deliveries unless another is given.
const Topic = "arn:aws:sns:ap-southeast-2:123456789012:kobcheck-torment"

// Options say whom to torment.
type Options struct {
	// URL is the endpoint. It has to be on this machine unless its host is named in Host too.
	URL, Host string
	// Address is where the certificates are served, which the endpoint has to trust; empty takes a free port
	// of loopback.
	Address string
	// Topic is what the good deliveries name; empty means [Topic].
	Topic string
	// Patience is how long the endpoint has to answer; 0 means 15 s (SNS-15).
	Patience time.Duration
	// Linger is how long after its answer the endpoint may still fetch what it was given; 0 means 1 s.
	Linger time.Duration
	// Ready hears host and port of the certificates before anything is sent; nil for nobody.
	Ready func(host, topic string)
}

// Verdict says what came of an attack.
type Verdict string

// The verdicts of an attack.
const (
	Right   Verdict = "right"
	Wrong   Verdict = "WRONG"
	Unknown Verdict = "unknown" // the good deliveries were not taken, so a refusal proves nothing
)

// Result is what the endpoint did with one delivery.
type Result struct {
	Name        string  `json:"name"`
	Sentence    string  `json:"sentence"`
	Requirement string  `json:"requirement"`
	Expected    string  `json:"expected"`
	Answered    string  `json:"answered"`
	Verdict     Verdict `json:"verdict"`
}

// Report is what an endpoint did with all of them.
type Report struct {
	URL string `json:"url"`
	// Trusted says that a good delivery was accepted before and after the attacks.
	Trusted bool `json:"trusted"`
	// Confirms says that the endpoint fetched the SubscribeURL of a good confirmation by itself.
	Confirms bool     `json:"confirms"`
	Results  []Result `json:"results"`
}

// Count counts the results of a verdict.
func (r *Report) Count(verdict Verdict) int {
	n := 0
	for _, one := range r.Results {
		if one.Verdict == verdict {
			n++
		}
	}
	return n
}

// session is one endpoint under torment.
type session struct {
	sender *sender
	topic  string
	url    string
	client *http.Client
	linger time.Duration
	first  []byte // the first good notification
}

// Run sends everything and tells what the endpoint did. Errors are those of the call: an address that may
// not be tormented, a port that is taken, an endpoint that can't be reached.
func Run(ctx context.Context, options Options) (*Report, error) {
	if err := allowed(options.URL, options.Host); err != nil {
		return nil, err
	}
	options.Address = cmp.Or(options.Address, "127.0.0.1:0")
	options.Topic = cmp.Or(options.Topic, Topic)
	if options.Patience <= 0 {
		options.Patience = 15 * time.Second
	}
	if options.Linger <= 0 {
		options.Linger = time.Second
	}
	sender, err := newSender(ctx, options.Address)
	if err != nil {
		return nil, err
	}
	defer sender.close()
	s := &session{sender: sender, topic: options.Topic, url: options.URL, linger: options.Linger,
		client: &http.Client{Timeout: options.Patience, CheckRedirect: func(*http.Request,
			[]*http.Request) error {
			return http.ErrUseLastResponse
		}}}
	defer s.client.CloseIdleConnections()
	if options.Ready != nil {
		options.Ready(sender.host, options.Topic)
	}
	return s.run(ctx)
}

func (s *session) run(ctx context.Context) (*Report, error) {
	report := &Report{URL: s.url}
	handshake := s.confirmation()
	if err := sign(handshake, s.sender.key, "1"); err != nil {
		return nil, err
	}
	if _, err := s.post(ctx, handshake, nil); err != nil {
		return nil, fmt.Errorf("sending a confirmation to %s: %w; is the endpoint running?", s.url, err)
	}
	report.Confirms = s.sender.wait(ctx, s.linger, func() bool { return s.sender.confirmed[handshake.Token] })
	before, err := s.good(ctx)
	if err != nil {
		return nil, err
	}
	for _, one := range attacks {
		result, err := s.try(ctx, one)
		if err != nil {
			return nil, err
		}
		report.Results = append(report.Results, result)
	}
	after, err := s.good(ctx)
	if err != nil {
		return nil, err
	}
	report.Trusted = before && after
	if !report.Trusted {
		for i := range report.Results {
			if report.Results[i].Verdict == Right || attacks[i].right == accept {
				report.Results[i].Verdict = Unknown
			}
		}
	}
	return report, nil
}

// good sends a good notification and reports whether it was accepted.
func (s *session) good(ctx context.Context) (bool, error) {
	m := s.notification()
	if err := sign(m, s.sender.key, "1"); err != nil {
		return false, err
	}
	body, err := write(m)
	if err != nil {
		return false, err
	}
	if s.first == nil {
		s.first = body
	}
	status, err := s.post(ctx, m, body)
	if err != nil && ctx.Err() != nil {
		return false, ctx.Err()
	}
	return err == nil && status/100 == 2, nil
}

func (s *session) try(ctx context.Context, one attack) (Result, error) {
	result := Result{Name: one.name, Sentence: one.sentence, Requirement: one.requirement, Verdict: Right}
	body, err := one.body(s)
	if err != nil {
		return result, err
	}
	s.sender.mu.Lock()
	fooledBefore := s.sender.fooled
	s.sender.mu.Unlock()
	var m *webhook.Message // the headers say what the body says, where that can be read in any way
	if json.Unmarshal(body, &m) != nil {
		m = nil
	}
	status, failure := s.post(ctx, m, body)
	if ctx.Err() != nil {
		return result, ctx.Err()
	}
	result.Answered = fmt.Sprintf("%d %s", status, http.StatusText(status))
	if failure != nil {
		result.Answered = "no answer: " + withoutAddress(failure)
	}
	fooled := s.sender.fooledSince(fooledBefore)
	switch one.right {
	case refuse:
		result.Expected = "a refusal (4xx)"
		if failure == nil && status/100 < 4 {
			result.Verdict = Wrong
		}
		if failure == nil && status >= 500 {
			result.Answered += ", which SNS would try again"
		}
	case accept:
		result.Expected = "a success (2xx)"
		if failure != nil || status/100 != 2 {
			result.Verdict = Wrong
		}
	case ignore:
		result.Expected = "nobody is asked for anything"
		fooled = s.sender.wait(ctx, s.linger, func() bool { return s.sender.fooled > fooledBefore })
	}
	if fooled {
		result.Verdict = Wrong
		result.Answered += ", after asking the stranger's host"
	}
	return result, nil
}

func (s *sender) fooledSince(before int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fooled > before
}

// post sends a delivery as SNS does (SNS-01, SNS-02). Body is what is sent; nil means the message itself.
func (s *session) post(ctx context.Context, m *webhook.Message, body []byte) (int, error) {
	if body == nil {
		written, err := write(m)
		if err != nil {
			return 0, err
		}
		body = written
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "text/plain; charset=UTF-8")
	request.Header.Set("User-Agent", "Amazon Simple Notification Service Agent")
	if m != nil {
		request.Header.Set("x-amz-sns-message-type", m.Type)
		request.Header.Set("x-amz-sns-message-id", m.MessageId)
		request.Header.Set("x-amz-sns-topic-arn", m.TopicArn)
		if m.Type == webhook.Notification {
			request.Header.Set("x-amz-sns-subscription-arn", m.TopicArn+":6b0e71bd-7e97-4d97-80ce-4a0994e55286")
		}
	}
	response, err := s.client.Do(request)
	if err != nil {
		return 0, err
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 64<<10))
	return response.StatusCode, response.Body.Close()
}

func withoutAddress(err error) string {
	if inner, is := errors.AsType[*url.Error](err); is {
		return inner.Err.Error()
	}
	return err.Error()
}

// allowed keeps the torment on this machine, unless the host is named a second time.
func allowed(address, host string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("%q is no address of an endpoint; write it like http://127.0.0.1:9000/webhooks", address)
	}
	switch {
	case client.OnThisMachine(u.Hostname()):
		return nil
	case strings.EqualFold(u.Hostname(), host):
		return nil
	case host != "":
		return fmt.Errorf("--host says %q and the endpoint is on %q; both have to name the host that may be tormented", host, u.Hostname())
	}
	return fmt.Errorf("%q is not on this machine; if it is yours to torment, name its host a second time with --host %s", address,
		u.Hostname())
}

// Print prints a line for each attack and what the endpoint is worth.
func (r *Report) Print(w io.Writer) error {
	for _, one := range r.Results {
		if _, err := fmt.Fprintf(w, "  %-7s %-29s %s\n          expected %s, answered %s (%s)\n",
			one.Verdict, one.Name, one.Sentence, one.Expected, one.Answered, one.Requirement); err != nil {
			return err
		}
	}
	confirms := "it does not fetch the SubscribeURL of a confirmation by itself"
	if r.Confirms {
		confirms = "it fetches the SubscribeURL of a good confirmation by itself"
	}
	verdict := fmt.Sprintf("%s stood %d of %d; %s", r.URL, r.Count(Right), len(r.Results), confirms)
	if !r.Trusted {
		verdict = r.URL + " did not accept a good delivery, so its refusals prove nothing: make it trust the host of the certificates and " +
			"the topic above"
	}
	_, err := fmt.Fprintln(w, verdict)
	return err
}
