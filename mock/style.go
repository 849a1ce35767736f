package mock

import (
	"fmt"
	"net/http"
)

// The names of the two styles.
const (
	Plain      = "plain"
	StrictHTTP = "strict-http"
)

// Style is one consistent set of answers to the questions that the documentation leaves open. The
// comments name the conflict (C-…) or gap (N-…) that each choice settles. Whatever differs between the
// two styles below is a thing that no client may rely on.
type Style struct {
	Name string

	// ErrorMember is the member of an error body that holds the text (N-08): message or error.
	ErrorMember string
	// MalformedID is the status for an id in a path that is no UUID (N-20), Foreign for one of another
	// client's thing (C-24, OWN-07), WrongMedia for a body that is not labelled as JSON (N-08).
	MalformedID, Foreign, WrongMedia int
	// Invalid is the status for data that is missing or wrong, outside the Cards section, whose overview
	// says 400 (ERR-02). Conflict is that for what the state of a thing forbids (N-24, N-27).
	Invalid, Conflict int
	// CheckStatus is the status of a failure of each of the eight checks (N-09), by number.
	CheckStatus [9]int
	// BadCredentials is the status for a wrong client id or secret (C-51), BadKey for an idempotency key
	// that is missing or malformed (N-13).
	BadCredentials, BadKey int
	// Created is the status of a creation and Deleted that of a deletion where no page gives one (N-22).
	Created, Deleted int

	// MoreFields answers with the fields that only samples and an integrator show (C-16, C-21, N-23).
	MoreFields bool
	// UnitsPerAmount is how many units of a transaction make 1 in the amounts of a wallet (C-29, N-25).
	UnitsPerAmount int64

	// HolderChecked refuses a wallet whose holder does not exist or is another client's; no page says when
	// the holder is looked at.
	HolderChecked bool
	// StolenIsFinal keeps a STOLEN card as it is (N-27). DormantHoldsMoney refuses movements on a wallet
	// that is not ACTIVE (N-28).
	StolenIsFinal, DormantHoldsMoney bool

	// KeyForm refuses a key that is no UUID v4 (C-10). OtherData is the status for a key that comes again
	// with other data; 0 repeats the first answer (C-13, N-13). ErrorsKept keeps client errors under a key
	// too (N-15).
	KeyForm    bool
	OtherData  int
	ErrorsKept bool

	// NewestFirst is the default order, DefaultLimit the default page; ToExclusive leaves the bound of to
	// out (N-19).
	NewestFirst  bool
	DefaultLimit int
	ToExclusive  bool
	// HeadersEverywhere sends the paging headers on every list (C-41).
	HeadersEverywhere bool
	// AdministratorOnly keeps the Clients section and the creation of programs to administrators (N-48).
	AdministratorOnly bool
}

var plain = Style{
	Name:        Plain,
	ErrorMember: "message",
	MalformedID: http.StatusNotFound, Foreign: http.StatusNotFound, WrongMedia: http.StatusBadRequest,
	Invalid: http.StatusBadRequest, Conflict: http.StatusBadRequest,
	CheckStatus:    [9]int{0, 400, 400, 400, 400, 400, 400, 400, 500},
	BadCredentials: http.StatusUnauthorized, BadKey: http.StatusBadRequest,
	Created: http.StatusOK, Deleted: http.StatusOK,
	MoreFields:     false,
	UnitsPerAmount: 100,
	HolderChecked:  false,
	StolenIsFinal:  false, DormantHoldsMoney: false,
	KeyForm: false, OtherData: 0, ErrorsKept: false,
	NewestFirst: false, DefaultLimit: 100, ToExclusive: false,
	HeadersEverywhere: false,
	AdministratorOnly: false,
}

var strictHTTP = Style{
	Name:        StrictHTTP,
	ErrorMember: "error",
	MalformedID: http.StatusBadRequest, Foreign: http.StatusForbidden, WrongMedia: http.StatusUnsupportedMediaType,
	Invalid: http.StatusUnprocessableEntity, Conflict: http.StatusConflict,
	CheckStatus:    [9]int{0, 404, 422, 404, 409, 422, 403, 422, 500},
	BadCredentials: http.StatusBadRequest, BadKey: http.StatusBadRequest,
	Created: http.StatusCreated, Deleted: http.StatusNoContent,
	MoreFields:     true,
	UnitsPerAmount: 1,
	HolderChecked:  true,
	StolenIsFinal:  true, DormantHoldsMoney: true,
	KeyForm: true, OtherData: http.StatusUnprocessableEntity, ErrorsKept: true,
	NewestFirst: true, DefaultLimit: 50, ToExclusive: true,
	HeadersEverywhere: true,
	AdministratorOnly: true,
}

// Styles lists the names of the styles.
func Styles() []string { return []string{Plain, StrictHTTP} }

// StyleNamed returns a style by its name; an empty name means plain.
func StyleNamed(name string) (Style, error) {
	switch name {
	case "", Plain:
		return plain, nil
	case StrictHTTP:
		return strictHTTP, nil
	}
	return Style{}, fmt.Errorf("the mock has no style %q; choose one of %v", name, Styles())
}
