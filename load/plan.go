// Package load puts an API under load and says what held: arrivals that leave when they are due, whatever
// the API does (an open model), latency from the due time, gates with the samples that they need, storms of
// duplicate requests, and money that must add up afterwards.
//
// What walks in is a [Plan] and a client; what walks out is a [reports.LoadPlan]. vegeta performs the
// arrivals; pacing, measuring and judging are done here.
package load

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
)

// Plan says what is asked of the API, how fast, and what has to hold.
type Plan struct {
	ID       string `yaml:"id"`
	Kind     Kind   `yaml:"kind"`
	Sentence string `yaml:"sentence"`
	// Arrivals are even or poisson.
	Arrivals string  `yaml:"arrivals"`
	Stages   []Stage `yaml:"stages"`
	// Mix gives the operations their weights.
	Mix map[string]int `yaml:"mix"`
	// Connections bounds the requests under way; further arrivals wait, and their wait counts.
	Connections int `yaml:"connections"`
	// CheckEvery is how many answers there are to one that is checked against its schema.
	CheckEvery int `yaml:"check_every"`
	// Lag bounds the generator's own lag at p99.
	Lag Duration `yaml:"lag"`
	// Keys and Copies shape a storm: so many idempotency keys, each sent so many times at once.
	Keys   int `yaml:"keys"`
	Copies int `yaml:"copies"`
	// Wallets and Amounts shape a ledger: so many wallets, each with so many credits.
	Wallets int `yaml:"wallets"`
	Amounts int `yaml:"amounts"`
	// Steps are the rates that a capacity plan tries, each for StepFor.
	Steps   []float64 `yaml:"steps"`
	StepFor Duration  `yaml:"step_for"`
	// Bound is the p99 that a step of a capacity plan must keep.
	Bound Duration `yaml:"bound"`
	// FailFor is how long, from FailFrom on, the receiver of a deliveries plan answers the first FailTries
	// tries of each event with a server error. Wait is how long after the last event all must have come.
	FailFrom  Duration `yaml:"fail_from"`
	FailFor   Duration `yaml:"fail_for"`
	FailTries int      `yaml:"fail_tries"`
	Wait      Duration `yaml:"wait"`
	// Most bounds the requests of one burst of a rate-limit plan, Longest the time that it waits for a recovery.
	Most    int      `yaml:"most"`
	Longest Duration `yaml:"longest"`
	// Stop ends arrivals early for the sake of the API.
	Stop  Stop     `yaml:"stop"`
	Gates []string `yaml:"gates"`

	gates []gate
	// weights is the sum of those of the mix, makes that of the things which its operations leave behind.
	weights, makes int
}

// Kind is what a plan is for.
type Kind string

// The kinds of plans.
const (
	Mixed       Kind = "mixed"
	Idempotency Kind = "idempotency"
	Ledger      Kind = "ledger"
	Capacity    Kind = "capacity"
	RateLimit   Kind = "rate-limit"
	Deliveries  Kind = "deliveries"
)

// Stage is one part of the arrivals: a constant Rate, or a ramp From one rate To another, per second.
type Stage struct {
	Rate float64  `yaml:"rate"`
	From float64  `yaml:"from"`
	To   float64  `yaml:"to"`
	For  Duration `yaml:"for"`
}

// Duration reads the form 250ms.
type Duration time.Duration

// UnmarshalYAML reads a duration.
func (d *Duration) UnmarshalYAML(text []byte) error {
	parsed, err := time.ParseDuration(strings.Trim(strings.TrimSpace(string(text)), `"'`))
	if err != nil {
		return fmt.Errorf("%s is no duration; write it like 250ms or 10s", text)
	}
	*d = Duration(parsed)
	return nil
}

//go:embed plans/*.yaml
var plans embed.FS

// Plans returns the built-in plans by id, in the order of their names.
func Plans() ([]*Plan, error) {
	names, err := fs.Glob(plans, "plans/*.yaml")
	if err != nil {
		return nil, err
	}
	var out []*Plan
	for _, name := range names {
		data, err := plans.ReadFile(name)
		if err != nil {
			return nil, err
		}
		plan, err := Parse(path.Base(name), data)
		if err != nil {
			return nil, err
		}
		out = append(out, plan)
	}
	return out, nil
}

// Source returns the text of a built-in plan, to be copied and changed.
func Source(id string) ([]byte, error) {
	data, err := plans.ReadFile("plans/" + id + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("there is no built-in plan %q; kobcheck list plans shows them", id)
	}
	return data, nil
}

// Find returns the built-in plan of a name, or reads the file of that name.
func Find(name string) (*Plan, error) {
	if data, err := Source(name); err == nil {
		return Parse(name+".yaml", data)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("there is no built-in plan %q (kobcheck list plans shows them), and no such file: %w", name, err)
	}
	return Parse(name, data)
}

// Parse reads a plan strictly: an unknown key, a wrong type or a value that can't be is an error that
// names file and line.
func Parse(file string, data []byte) (*Plan, error) {
	plan := &Plan{Arrivals: "poisson", Connections: 64, CheckEvery: 20, Lag: Duration(20 * time.Millisecond), StepFor: Duration(2 * time.Second), Bound: Duration(250 * time.Millisecond), Wait: Duration(time.Minute), Longest: Duration(90 * time.Second)}
	if err := yaml.UnmarshalWithOptions(data, plan, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("%s: %s", file, yaml.FormatError(err, false, true))
	}
	facts, err := contract.Load()
	if err != nil {
		return nil, err
	}
	at := func(key string) string {
		for i, line := range strings.Split(string(data), "\n") {
			if strings.HasPrefix(strings.TrimSpace(line), key) {
				return fmt.Sprintf("%s:%d", file, i+1)
			}
		}
		return file
	}
	return plan, plan.check(facts, at)
}

func (p *Plan) check(facts *contract.Contract, at func(key string) string) error {
	var faults []error
	fault := func(key, format string, args ...any) {
		faults = append(faults, fmt.Errorf("%s: %s: %s", at(key), key, fmt.Sprintf(format, args...)))
	}
	if p.ID == "" {
		fault("id", "a plan needs one")
	}
	if p.Arrivals != "even" && p.Arrivals != "poisson" {
		fault("arrivals", "%q is neither even nor poisson", p.Arrivals)
	}
	switch p.Kind {
	case Mixed, Deliveries:
		if len(p.Stages) == 0 {
			fault("stages", "a plan of this kind needs them")
		}
	case Idempotency:
		if p.Keys < 1 || p.Copies < 2 {
			fault("keys", "a storm needs at least one key and two copies")
		}
	case Ledger:
		if p.Wallets < 2 || p.Amounts < 1 || p.Amounts > maxAmounts {
			fault("wallets", "a ledger needs two wallets or more, and 1 to %d amounts", maxAmounts)
		}
	case Capacity:
		if len(p.Steps) == 0 {
			fault("steps", "a plan of this kind needs them")
		}
	case RateLimit:
		if p.Most < 10 {
			fault("most", "a probe needs at least 10 requests")
		}
	default:
		fault("kind", "%q is none; there are mixed, idempotency, ledger, capacity, rate-limit and deliveries", p.Kind)
	}
	for i, stage := range p.Stages {
		if stage.Rate < 0 || stage.From < 0 || stage.To < 0 || stage.For <= 0 || stage.Rate == 0 && stage.From == 0 && stage.To == 0 {
			fault("stages", "stage %d has no arrivals or no time", i+1)
		}
		if stage.Rate > 0 && (stage.From > 0 || stage.To > 0) {
			fault("stages", "stage %d has both a rate and a ramp; keep one", i+1)
		}
	}
	if p.Kind == Deliveries && (p.FailTries < 0 || p.FailTries > 3 || p.Wait <= 0) {
		fault("fail_tries", "a receiver may fail 0 to 3 tries, since SNS makes four, and wait must be above 0")
	}
	for id, weight := range p.Mix {
		p.makes += weight * makes(facts, id)
		p.weights += weight
		if known := performable(facts); !slices.Contains(known, id) {
			fault("mix", "%q can't be part of a mix; these can: %s", id, strings.Join(known, ", "))
		} else if weight < 1 {
			fault("mix", "the weight of %s must be at least 1", id)
		}
	}
	if (p.Kind == Mixed || p.Kind == Capacity) && len(p.Mix) == 0 {
		fault("mix", "a plan of this kind needs operations")
	}
	if p.Stop.Failed < 0 || p.Stop.Failed > 100 || p.Stop.P99 < 0 {
		fault("stop", "failed is a share from 0 to 100 per cent, and p99 a time")
	}
	if p.Connections < 1 || p.CheckEvery < 1 {
		fault("connections", "connections and check_every must be at least 1")
	}
	for _, text := range p.Gates {
		one, err := parseGate(text)
		if err != nil {
			fault("gates", "%v", err)
			continue
		}
		p.gates = append(p.gates, one)
	}
	return errors.Join(faults...)
}

// recoveryPolls is how many single requests a probe has for recoveries.
const recoveryPolls = 250

// Ceiling is the highest rate, Requests the number of requests and Time the length of a plan, for the
// safety rules and a dry run.
func (p *Plan) Ceiling() (rate float64, requests int, length time.Duration) {
	switch p.Kind {
	case Idempotency:
		return 0, 2*p.Keys*(p.Copies+4) + 2*3*lostEach*8 + 2*rivalWallets*(p.Copies+4) + 4*otherKeys*(p.Copies+8) + 40, 0
	case Ledger:
		return 0, p.Wallets*(p.Amounts*3+6) + 40, 0
	case RateLimit:
		return 0, 3*p.Most + 2*recoveryPolls, 0
	case Capacity:
		for _, step := range p.Steps {
			rate = max(rate, step)
			requests += int(step * time.Duration(p.StepFor).Seconds())
			length += time.Duration(p.StepFor)
		}
		return rate, requests, length
	}
	for _, stage := range p.stages() {
		rate = max(rate, stage.From, stage.To)
		requests += int((stage.From + stage.To) / 2 * stage.Seconds)
		length += time.Duration(stage.Seconds * float64(time.Second))
	}
	return rate, requests, length
}

// Entities is about how many things a plan makes that stay on the target: endusers, wallets, cards, transactions.
func (p *Plan) Entities() int {
	switch p.Kind {
	case Idempotency:
		return 2*3*p.Keys + 2*3*lostEach*3 + 2*rivalWallets*3 + 4*otherKeys*5 + 20
	case Ledger:
		return p.Wallets*(2+3*p.Amounts) + 60
	case RateLimit:
		return 0
	}
	_, requests, _ := p.Ceiling()
	if p.Kind == Deliveries {
		return requests
	}
	return requests*p.makes/max(p.weights, 1) + 4*stockSize
}

// stages are the stages as ramps.
func (p *Plan) stages() []reports.LoadStage {
	var out []reports.LoadStage
	for _, stage := range p.Stages {
		one := reports.LoadStage{From: stage.From, To: stage.To, Seconds: time.Duration(stage.For).Seconds()}
		if stage.Rate > 0 {
			one.From, one.To = stage.Rate, stage.Rate
		}
		out = append(out, one)
	}
	return out
}

// Scale multiplies rates and times, so that a built-in plan fits a target.
func (p *Plan) Scale(rate, length float64) {
	for i := range p.Stages {
		p.Stages[i].Rate *= rate
		p.Stages[i].From *= rate
		p.Stages[i].To *= rate
		p.Stages[i].For = Duration(float64(p.Stages[i].For) * length)
	}
	for i := range p.Steps {
		p.Steps[i] *= rate
	}
	for _, one := range []*Duration{&p.StepFor, &p.FailFrom, &p.FailFor} {
		*one = Duration(float64(*one) * length)
	}
}
