package scene

import (
	"context"
	"fmt"
	"math/big"
	"net/url"
	"strings"

	"github.com/kobcheck/kobcheck/client"
)

// Thing is something on the target that was made or handed over.
type Thing struct {
	Kind, ID string
	// Body is the object of the answer that made it, as [schemas.Decode] gives it; nil for one that was handed over.
	Body map[string]any
	// Sent is the request body that made it; nil for one that was handed over.
	Sent map[string]any
	// As names the client that it belongs to; empty for one that every client may use.
	As string
	// Maker names the client that made it and reads it; empty for one that was handed over.
	Maker string

	// Parts are the things that it was made with, by kind.
	Parts Things
	// Shared says that others have it too, so that it is not to be changed.
	Shared bool
	// Raw says that a call of the caller's own made it, so that nobody has seen to it yet that it can be used.
	Raw bool

	// guessed says that another client made it, so that nothing states that this one may use it.
	guessed bool
	// particular says that none of its kind that somebody else has stands for it.
	particular bool
	// given says that it is a part of something that went to others, and is with that.
	given bool
	// moved is how often money was booked on it since it was made.
	moved int
	// poked says that writing calls were refused for it, so that it is looked at before it is used again.
	poked bool
}

// Things are those that a caller has, by kind.
type Things map[string]*Thing

// The situations that take more than one call, beside the kinds that the contract's creates key names.
const (
	Company       = "company enduser" // an enduser that is a company and has no person
	CompanyWallet = "company wallet"
	FundedWallet  = "funded wallet" // a wallet with [Funding] on it
)

// Funding is the amount that a funded wallet is credited with, in units of a transaction.
const Funding = 100_000

// Need returns the caller's thing of that kind. Where it has none that the named client may use, it is given one: a
// shared one of those that nobody can change (enduser, company enduser, program), one that is as good as new, else a
// new one. It is put among the caller's where there was none; a nil map keeps nothing. Errors are [*Blocked],
// [*NotTestable] and those of the client.
func (s *Scene) Need(ctx context.Context, as, kind string, have Things) (*Thing, error) {
	if thing := have[kind]; thing != nil && (thing.As == as || thing.As == "") {
		if thing.Raw && kind == "wallet" {
			thing.Raw = false
			return thing, s.Activate(ctx, thing)
		}
		return thing, nil
	}
	thing, err := s.some(ctx, as, kind, have)
	if err == nil && have != nil && have[kind] == nil {
		have[kind] = thing
	}
	return thing, err
}

func (s *Scene) some(ctx context.Context, as, kind string, have Things) (*Thing, error) {
	fresh := func() (*Thing, error) { return s.Fresh(ctx, as, kind, have) }
	switch kind {
	case "enduser":
		return s.shared.pool(as, kind, 2).take(ctx, fresh)
	case Company:
		return s.shared.pool(as, kind, 1).take(ctx, fresh)
	case "program":
		return s.program(ctx, as)
	case "client":
		if s.loans != nil {
			return s.lent(ctx)
		}
	}
	return s.Own(ctx, as, kind, have)
}

// Own returns a thing that nobody else has: one that is as good as new, else a new one. Errors are those of
// [Scene.Need].
func (s *Scene) Own(ctx context.Context, as, kind string, have Things) (*Thing, error) {
	if spare, err := s.spare(ctx, as, kind, have); err != nil || spare != nil {
		return spare, err
	}
	special := s.leans(kind, have)
	thing, err := s.Fresh(ctx, as, kind, have)
	if err == nil && !special {
		s.lend(as, kind, thing)
	}
	return thing, err
}

// Fresh makes a new thing of a kind as the named client, which nobody shares. What it needs itself is that of the
// caller or is found as [Scene.Need] finds it. Errors are those of [Scene.Need].
func (s *Scene) Fresh(ctx context.Context, as, kind string, have Things) (*Thing, error) {
	switch kind {
	case Company:
		return s.company(ctx, as)
	case CompanyWallet:
		holder, err := s.Need(ctx, as, Company, have)
		if err != nil {
			return nil, err
		}
		return s.Fresh(ctx, as, "wallet", Things{"enduser": holder})
	case FundedWallet:
		return s.funded(ctx, as, have)
	}
	operation := s.Contract.Creator(kind)
	if operation == nil {
		return nil, fmt.Errorf("nothing in the contract creates a %s", kind)
	}
	if operation.Caller != "" {
		as = s.Client.Caller(operation)
	}
	if have == nil {
		have = Things{}
	}
	draft, err := s.Draft(ctx, operation, as, have)
	if err != nil {
		return nil, err
	}
	thing, err := s.Create(ctx, draft)
	if err != nil {
		return nil, err
	}
	thing.Parts = Things{}
	for _, needed := range operation.Fixtures() {
		thing.Parts[needed] = have[needed]
	}
	if kind == "wallet" {
		err = s.Activate(ctx, thing)
	}
	return thing, err
}

// Create sends a draft that makes a thing, and returns it. It asks for a 2xx and an id. Errors are those of
// [Scene.Need].
func (s *Scene) Create(ctx context.Context, draft *Draft) (*Thing, error) {
	exchange, value, err := s.Serve(ctx, draft)
	if err != nil {
		return nil, err
	}
	id := ID(value)
	if id == "" {
		return nil, s.blocked(draft.Operation, exchange, fmt.Sprintf("answered %d without an id", exchange.Status))
	}
	body, _ := Object(value)
	return &Thing{Kind: draft.Operation.Creates, ID: id, Body: body, Sent: draft.Body, As: exchange.As, Maker: exchange.As}, nil
}

// Foreign returns a thing of the second client as [Scene.Need] finds one, else that of the target file. Errors are those of
// [Scene.Need].
func (s *Scene) Foreign(ctx context.Context, kind string) (*Thing, error) {
	if s.Client.Has("second") {
		return s.Need(ctx, "second", kind, Things{})
	}
	if id := s.Given.SecondClient[kind]; id != "" {
		return &Thing{Kind: kind, ID: id, As: "second"}, nil
	}
	return nil, &NotTestable{Key: "target.clients.second", Why: "it takes a second client to see whether clients are kept apart"}
}

// Get reads a thing by an operation, whose path has its id, and returns the object. It asks for a 2xx and an object.
func (s *Scene) Get(ctx context.Context, operation, as, id string) (map[string]any, error) {
	object, _, err := s.read(ctx, operation, as, id)
	return object, err
}

func (s *Scene) read(ctx context.Context, operation, as, id string) (map[string]any, *client.Exchange, error) {
	draft := &Draft{Operation: s.Contract.Operation(operation), Request: client.Request{As: as, Path: map[string]string{"id": id}}}
	exchange, value, err := s.Serve(ctx, draft)
	if err != nil {
		return nil, exchange, err
	}
	object, isObject := Object(value)
	if !isObject {
		return nil, exchange, s.blocked(draft.Operation, exchange, fmt.Sprintf("answered %d without an object", exchange.Status))
	}
	if other := ID(object); draft.Operation.ReadsOne() && other != "" && !strings.EqualFold(other, id) {
		blocked := s.blocked(draft.Operation, exchange, "answered with another thing")
		blocked.Another, blocked.Requirement = true, draft.Operation.AboutOne()
		return nil, exchange, blocked
	}
	if s.loans != nil {
		s.loans.note(operation, as, id, exchange, object)
	}
	return object, exchange, nil
}

// List reads a list by an operation and returns its entries, in whatever envelope they come. It asks for a 2xx and a
// list; entries that are no objects are left out.
func (s *Scene) List(ctx context.Context, operation, as string, query url.Values) ([]map[string]any, error) {
	draft := &Draft{Operation: s.Contract.Operation(operation), Request: client.Request{As: as, Query: query}}
	exchange, value, err := s.Serve(ctx, draft)
	if err != nil {
		return nil, err
	}
	items, found := Items(value)
	if !found {
		return nil, s.blocked(draft.Operation, exchange, fmt.Sprintf("answered %d without a list", exchange.Status))
	}
	var entries []map[string]any
	for _, item := range items {
		if entry, isObject := item.(map[string]any); isObject {
			entries = append(entries, entry)
		}
	}
	return entries, nil
}

// company makes an enduser that is a company.
func (s *Scene) company(ctx context.Context, as string) (*Thing, error) {
	operation := s.Contract.Creator("enduser")
	draft, err := s.Draft(ctx, operation, as, nil)
	if err != nil {
		return nil, err
	}
	RemoveMember(draft.Body, "person")
	for _, field := range operation.Body.Fields {
		if strings.HasPrefix(field.Name, "company.") {
			SetMember(draft.Body, field.Name, field.Example)
		}
	}
	thing, err := s.Create(ctx, draft)
	if err == nil {
		thing.particular = true
	}
	return thing, err
}

// Activate sees to it that a new wallet can be used: no page says that it is born ACTIVE, and the vendor's own sample
// is INACTIVE (C-15). Errors are those of [Scene.Need].
func (s *Scene) Activate(ctx context.Context, wallet *Thing) error {
	status, told := wallet.Body["status"].(string)
	if !told {
		body, err := s.Get(ctx, "wallets-get", wallet.As, wallet.ID)
		if err != nil {
			return err
		}
		if status, told = body["status"].(string); !told {
			return nil // whoever needs it active will see
		}
	}
	if strings.EqualFold(status, "ACTIVE") {
		return nil
	}
	draft, err := s.Draft(ctx, s.Contract.Operation("wallets-update"), wallet.As, Things{"wallet": wallet})
	if err != nil {
		return err
	}
	if _, _, err = s.Serve(ctx, draft.Set("status", "ACTIVE")); err == nil {
		err = s.see(ctx, wallet)
	}
	return err
}

// mostHeld is up to how many times [Funding] a wallet that others have left may hold, so that it is no special one.
const mostHeld = 10

// funded puts money on a wallet by a manual credit, where others have not left one that holds as much.
func (s *Scene) funded(ctx context.Context, as string, have Things) (*Thing, error) {
	for {
		wallet, err := s.spare(ctx, as, movedWallet, have)
		if err != nil {
			return nil, err
		}
		if wallet == nil {
			break
		}
		switch holds, err := s.fundings(ctx, wallet); {
		case err != nil:
			return nil, err
		case holds >= 1 && holds <= mostHeld:
			return wallet, nil
		case holds >= 0 && holds < 1:
			return wallet, s.fund(ctx, as, wallet)
		}
	}
	wallet, err := s.some(ctx, as, "wallet", have)
	if err != nil {
		return nil, err
	}
	return wallet, s.fund(ctx, as, wallet)
}

func (s *Scene) fund(ctx context.Context, as string, wallet *Thing) error {
	if _, err := s.Book(ctx, "transactions-manual-credit", as, Funding, "", wallet.ID); err != nil {
		return err
	}
	return s.see(ctx, wallet)
}

// fundings is how many times [Funding] a wallet holds; below zero where that can't be told.
func (s *Scene) fundings(ctx context.Context, wallet *Thing) (float64, error) {
	balance, told := BalanceOf(wallet.Body)
	unit, err := s.Unit(ctx)
	if err != nil || !told || unit.One.Sign() <= 0 {
		return -1, err
	}
	times, _ := new(big.Rat).Quo(balance.Available, unit.Of(Funding)).Float64()
	return times, nil
}

// see reads a wallet, so that its body is that of now.
func (s *Scene) see(ctx context.Context, wallet *Thing) error {
	body, err := s.Get(ctx, "wallets-get", wallet.As, wallet.ID)
	if err == nil {
		wallet.Body = body
	}
	return err
}
