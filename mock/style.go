package mock

import "fmt"

// Style is one consistent set of answers to the questions that the documentation leaves open. The
// comments name the conflict (C-…) or gap (N-…) that each choice settles.
type Style struct {
	Name string
	// Envelope writes an error body (N-08): plain has statusCode and message, strict-http has error and code.
	ErrorInMessage bool
	// Malformed, Invalid, Foreign and Conflict are statuses outside the Cards section (N-09, N-20, C-24).
	MalformedID, Invalid, Foreign, WrongMedia int
	// CheckStatus gives the status of a failure of each of the eight checks (N-09), by number.
	CheckStatus [9]int
	// Created is the status of a creation where no page gives one (N-22); Deleted that of a deletion.
	Created, Deleted int
	// MoreFields answers with the fields that only samples and integrators show (C-16, C-21).
	MoreFields bool
	// UnitsPerAmount is how many units of a transaction make 1 in the amounts of a wallet (C-29, N-25).
	UnitsPerAmount int64
	// HolderChecked refuses a wallet whose holder does not exist or is another client's (N-47).
	HolderChecked bool
	// OtherData answers a key that comes again with other data: 0 repeats the first answer (C-13, N-13).
	OtherData int
	// KeyForm refuses a key that is no UUID v4 (C-10).
	KeyForm bool
	// ErrorsKept keeps error answers under a key too (N-15).
	ErrorsKept bool
	// NewestFirst is the default order, DefaultLimit the default page (N-19); ToExclusive leaves the bound
	// of to out.
	NewestFirst  bool
	DefaultLimit int
	ToExclusive  bool
	// AdministratorOnly keeps the Clients section and the creation of programs to administrators (N-48).
	AdministratorOnly bool
	// HeadersEverywhere sends the paging headers on every list (C-41).
	HeadersEverywhere bool
}

// The two styles. Cards answer 400, 401, 403 and 404 as their overview says (ERR-02 to ERR-05) in both.
var (
	plain = Style{
		Name: "plain", ErrorInMessage: true,
		MalformedID: 404, Invalid: 400, Foreign: 404, WrongMedia: 400,
		CheckStatus: [9]int{0, 400, 400, 400, 400, 400, 400, 400, 500},
		Created:     200, Deleted: 200,
		UnitsPerAmount: 100,
		DefaultLimit:   100,
	}
	strictHTTP = Style{
		Name:        "strict-http",
		MalformedID: 400, Invalid: 422, Foreign: 403, WrongMedia: 415,
		CheckStatus: [9]int{0, 404, 422, 404, 409, 422, 403, 422, 500},
		Created:     201, Deleted: 204,
		MoreFields: true, UnitsPerAmount: 1, HolderChecked: true,
		OtherData: 422, KeyForm: true, ErrorsKept: true,
		NewestFirst: true, DefaultLimit: 50, ToExclusive: true,
		AdministratorOnly: true, HeadersEverywhere: true,
	}
)

// Styles lists the names of the styles.
func Styles() []string { return []string{plain.Name, strictHTTP.Name} }

// StyleNamed returns a style by its name; an empty name means plain.
func StyleNamed(name string) (Style, error) {
	switch name {
	case "", plain.Name:
		return plain, nil
	case strictHTTP.Name:
		return strictHTTP, nil
	}
	return Style{}, fmt.Errorf("the mock has no style %q; it has %v", name, Styles())
}
