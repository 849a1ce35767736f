package reports

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// loadFileVersion is the version of load.json that this package writes and reads.
const loadFileVersion = 1

// LoadRun is load.json: plans as they were performed, and what follows.
type LoadRun struct {
	Version   int       `json:"version"`
	Tool      Tool      `json:"tool"`
	Target    Target    `json:"target"`
	RunID     string    `json:"run_id"`
	Seed      int64     `json:"seed"`
	StartedAt time.Time `json:"started_at"` // UTC
	EndedAt   time.Time `json:"ended_at"`   // UTC
	// Verdict is passed, failed (a gate or an invariant), inconclusive (it proves nothing) or interrupted.
	Verdict  evidence.Verdict `json:"verdict"`
	ExitCode int              `json:"exit_code"`
	Reason   string           `json:"reason,omitempty"`
	Notice   string           `json:"burst_notice,omitempty"`
	Plans    []LoadPlan       `json:"plans"`
	// Gate lists the marks whose requirements may fail a plan; Waivers are standards that were put up with.
	Gate    []contract.Mark   `json:"gate,omitempty"`
	Waivers []evidence.Waiver `json:"waivers,omitempty"`
	// Unneeded says of entries of the list of known failures that nothing fails so any more.
	Unneeded []string `json:"unneeded_entries,omitempty"`

	known evidence.KnownFailures
}

// LoadPlan is one plan as it was performed.
type LoadPlan struct {
	ID       string      `json:"id"`
	Kind     string      `json:"kind"`
	Sentence string      `json:"sentence"`
	Stages   []LoadStage `json:"stages,omitempty"`
	Arrivals string      `json:"arrivals,omitempty"`
	Shard    string      `json:"shard,omitempty"`
	// Content is a digest of the plan as it was performed, rates and times scaled: shards of one plan have it in common.
	Content   string    `json:"content,omitempty"`
	StartedAt time.Time `json:"started_at,omitzero"` // UTC
	EndedAt   time.Time `json:"ended_at,omitzero"`   // UTC
	// Due and Sent count arrivals; Asked and Reached are arrivals per second over the whole plan.
	Due     int     `json:"due"`
	Sent    int     `json:"sent"`
	Asked   float64 `json:"asked_per_second"`
	Reached float64 `json:"reached_per_second"`
	// Lag is how late the generator itself began arrivals, in milliseconds.
	Lag        Percentiles          `json:"generator_lag_ms"`
	LagBound   float64              `json:"generator_lag_bound_ms"`
	Series     []LoadSeries         `json:"series"`
	Slices     []LoadSlice          `json:"slices"`
	Errors     map[string]int       `json:"errors"`
	Checked    int                  `json:"answers_checked"`
	Findings   []evidence.Finding   `json:"findings"`
	Invariants []evidence.Invariant `json:"invariants"`
	// Broken are the invariants that do not hold, as they are judged.
	Broken []evidence.Finding `json:"broken,omitempty"`
	// Observed answers questions that the documentation leaves open.
	Observed []evidence.Observation `json:"observed"`
	Steps    []LoadStep             `json:"steps,omitempty"`
	Gates    []GateResult           `json:"gates"`
	Verdict  evidence.Verdict       `json:"verdict"`
	ExitCode int                    `json:"exit_code"`
	Reason   string                 `json:"reason,omitempty"`
	// Asks are the requests of a probe of the limiter; WindowMS is the window that was found, in milliseconds.
	Asks     []LoadAsk `json:"asks,omitempty"`
	WindowMS float64   `json:"window_ms,omitempty"`
	// Bursts are some keys of a storm with their copies: the first ones, and those that made several objects.
	Bursts []LoadBurst `json:"bursts,omitempty"`
	// Wallets are what a ledger's wallets hold after the credits, beside what was answered with success.
	Wallets []LoadWallet `json:"wallets,omitempty"`
	// Pictures are pages of their own, written beside load.json.
	Pictures []Picture `json:"-"`
}

// LoadWallet is a wallet in the smallest unit: what its credits add up to, and what it holds.
type LoadWallet struct {
	Wallet   int     `json:"wallet"` // counted from 1
	Answered float64 `json:"answered"`
	Held     float64 `json:"held"`
}

// LoadAsk is one request of a probe, in milliseconds from its beginning.
type LoadAsk struct {
	AtMS   float64 `json:"at_ms"`
	Passed bool    `json:"passed"`
}

// LoadBurst is one key of a storm, by its beginning, with its copies.
type LoadBurst struct {
	Operation string     `json:"operation"`
	Key       string     `json:"key"`
	Copies    []LoadCopy `json:"copies"`
}

// LoadCopy is one copy of a request, in milliseconds from the first release. Status is 0 where no answer came.
type LoadCopy struct {
	FromMS float64 `json:"from_ms"`
	ToMS   float64 `json:"to_ms"`
	Status int     `json:"status"`
	ID     string  `json:"id,omitempty"`
}

// Picture is a page that shows one thing, such as a history that no order explains.
type Picture struct {
	File string
	Data []byte
}

// LoadStage is one part of a plan: from one rate to another, in arrivals per second, for so many seconds.
type LoadStage struct {
	From    float64 `json:"from"`
	To      float64 `json:"to"`
	Seconds float64 `json:"seconds"`
}

// Percentiles are in milliseconds.
type Percentiles struct {
	P50  float64 `json:"p50"`
	P90  float64 `json:"p90"`
	P95  float64 `json:"p95"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p99.9"`
	Max  float64 `json:"max"`
}

// LoadSeries is one operation and class of answer. Class is good, throttled or failed.
type LoadSeries struct {
	Operation string      `json:"operation"`
	Class     string      `json:"class"`
	Count     int         `json:"count"`
	FromDue   Percentiles `json:"from_due_ms"`
	FromSend  Percentiles `json:"from_send_ms"`
	// DueHDR and SendHDR are the histograms in HdrHistogram's V2 form (base64), in microseconds.
	DueHDR  []byte `json:"due_hdr"`
	SendHDR []byte `json:"send_hdr"`
}

// LoadSlice is one second of a plan.
type LoadSlice struct {
	Second    int     `json:"second"`
	Due       int     `json:"due"`
	Good      int     `json:"good"`
	Throttled int     `json:"throttled"`
	Failed    int     `json:"failed"`
	P50       float64 `json:"p50_ms"`
	P99       float64 `json:"p99_ms"`
	// SendP99 is from the moment of sending; the others are from the due time.
	SendP99 float64 `json:"send_p99_ms"`
	// HDR is the histogram from the due time in HdrHistogram's V2 form (base64), in microseconds.
	HDR []byte `json:"due_hdr"`
	// Operations are the good answers of the second by operation.
	Operations map[string]OperationSecond `json:"operations"`
}

// OperationSecond is one operation in one second: good answers, and their median from the due time.
type OperationSecond struct {
	Count int     `json:"count"`
	P50   float64 `json:"p50_ms"`
}

// LoadStep is one rate that a capacity plan tried.
type LoadStep struct {
	Rate    float64 `json:"rate"`
	Reached float64 `json:"reached"`
	P99     float64 `json:"p99_ms"`
	Errors  float64 `json:"errors"`
	Held    bool    `json:"held"`
	Broke   string  `json:"broke,omitempty"`
}

// GateResult is a gate with the figure that it was held against. State is passed, failed, inconclusive or
// no data; none but the first is a pass.
type GateResult struct {
	Gate    string  `json:"gate"`
	State   string  `json:"state"`
	Figure  float64 `json:"figure"`
	Low     float64 `json:"low"`
	High    float64 `json:"high"`
	Bound   float64 `json:"bound"`
	Unit    string  `json:"unit"`
	Samples int     `json:"samples"`
	Needed  int     `json:"needed"`
}

// ReadLoad reads a load.json.
func ReadLoad(from io.Reader) (*LoadRun, error) {
	data, err := within(from)
	if err != nil {
		return nil, fmt.Errorf("reading a load run: %w", err)
	}
	r := new(LoadRun)
	if err := json.Unmarshal(data, r); err != nil {
		return nil, fmt.Errorf("this is no load.json: %w", err)
	}
	if r.Version != loadFileVersion || r.Plans == nil {
		return nil, fmt.Errorf("this load.json is not of version %d, which this program reads", loadFileVersion)
	}
	return r, nil
}
