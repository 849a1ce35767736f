package mock

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/contract"
)

// The names of the two styles that every run meets.
const (
	Plain      = "plain"
	StrictHTTP = "strict-http"
)

// Style is one point of the space that contract/freedoms.yaml spans: a reading for each question that the
// documentation leaves open. Its fields are the readings as the handlers need them, with the id of the axis
// behind each. Whatever differs between two styles is a thing that no client may rely on.
type Style struct {
	// Name is the text from which the style can be read again, such as random:7+C-15=inactive.
	Name string
	// Lists and Objects say how the answers of an operation are wrapped (N-22.1, N-22.2), Success the status
	// of each that no page gives, with -bodiless behind it where nothing comes with it (N-22.3 to N-22.7, N-03.1).
	Lists, Objects, Success map[string]string
	// Untaken are the operations that refuse a body of which no page gives the fields (N-31), Callers says who
	// may call an operation where not everybody may (N-48).
	Untaken map[string]bool
	Callers map[string]string

	errorForm
	fieldForm
	conduct
	listForm
	deliveryForm
}

// errorForm is how the style refuses.
type errorForm struct {
	ErrorShape, Wording, Challenge           string // N-08.1, N-08.2, N-08.9
	MalformedID, Unknown, Foreign            int    // N-20.1, N-08.6, C-24
	WrongMedia, Invalid, InvalidCard         int    // N-08.3, N-08.4, N-08.5
	Conflict, NoToken, BadCredentials        int    // N-08.7, N-08.8, C-51
	CheckStatus                              [9]int // N-09, by number
	ProviderText                             bool   // N-45
	Head, Trace, OtherMethod, UnknownAddress int    // F-04 (200 is served), F-06, F-05, F-08
	OptionsServed                            bool   // F-07
	NoCredentials, NoScope                   string // N-11.3, N-11.4
	Described, BasicUntaken                  bool   // N-11.5, N-11.6
}

// fieldForm is how the style writes what it answers.
type fieldForm struct {
	ClientFields, TransactionFields, BeneficiaryFields, SubscriptionFields string // N-23.1 to N-23.4
	NoSideAbsent                                                           bool   // N-23.5
	BankFields                                                             string // C-16
	PersonIDAbsent, CompanyIDUnlike, NoFormAbsent                          bool   // C-19
	CardOwner                                                              bool   // C-21
	UnitsPerAmount                                                         int64  // C-29.1
	Decimals                                                               bool   // C-29.2
	TimeForm                                                               string // C-37, a layout of the package time
	WholeSeconds, AnyVersion                                               bool   // C-37, C-38
	Extra                                                                  string // N-41.1
	Indented, Charset, ETag, RequestID, LimitHeaders                       bool   // F-01, F-02, N-42, N-43, N-18
	Location, Number, Health, TokenType                                    string // F-03, F-09, N-01.1, N-11.1
	ShowScope                                                              bool   // N-11.2
}

// conduct is what the style does.
type conduct struct {
	StrictBody, FullPerson, OneForm, NoForm                  bool   // N-41.2, N-32, N-33, C-18
	MediaOnRead, ClientHeaderNeeded, ClientHeaderHeld        bool   // C-28, C-04, N-47
	Scopes                                                   string // C-08
	HealthNeedsToken                                         bool   // N-01.2
	NewWallet, NewProgram, NewCard, Changes                  string // C-15, C-25.1, N-27.1, N-27.2
	InactiveIssues, AllStatuses, SameRefused                 bool   // C-25.2, C-22, N-27.3
	Expiry                                                   string // C-27
	DormantHoldsMoney, NoReturn, AnotherCard                 bool   // N-28.1, N-28.2, N-29
	SecretPerStep, SecretDigits, HolderChecked, UpdateClears bool   // N-30, F-10, C-44
	KeyForm, ErrorsKept, RepeatPresent, RepeatOK             bool   // C-10, N-15, C-12.3, C-12.2
	RepeatMark                                               string // C-12.1
	// C-13 (0 repeats the first answer), N-13, N-14 (0 waits)
	OtherData, BadKey, AtWork int
}

// listForm is how the style lists.
type listForm struct {
	BadQueryIgnored                              bool   // N-20.2
	PagingHeaders, Total                         string // C-41.1, C-41.2
	DefaultLimit, LargestPage                    int    // N-19.1, N-19.2
	AboveRefused, NewestFirst, ToExclusive       bool   // N-19.3, N-19.4, N-19.5
	ByUpdate, WholeListsNewestFirst, PagesUnsaid bool   // N-19.6, N-21.1, N-21.2
}

// deliveryForm is how the style tells of events.
type deliveryForm struct {
	Subject, DeliveryMedia               string // C-33, C-53
	RetriesClientErrors, MoreEvents      bool   // C-52, N-35
	SignatureVersion                     string // N-38.1
	Attributes, SecureHooks, OneHookEach bool   // N-38.2, N-39.1, N-39.2
}

// Styles lists the names of the styles that have one.
func Styles() []string { return []string{Plain, StrictHTTP} }

// StyleNamed returns the style of a text such as plain, random:7 or plain+C-15=inactive, with more freedoms on
// top; an empty text means plain. An error names the nearest freedom and what it offers.
func StyleNamed(text string, freedoms ...string) (Style, error) {
	facts, err := contract.Load()
	if err != nil {
		return Style{}, err
	}
	at, whole, err := facts.PointAt(text, freedoms...)
	if err != nil {
		return Style{}, err
	}
	p := readings{facts, at}
	s := Style{Name: whole, Lists: p.each("N-22.1."), Objects: p.each("N-22.2."),
		Success: p.each("N-22.3.", "N-22.4.", "N-22.5.", "N-22.6.", "N-22.7."), Callers: p.each("N-48."),
		Untaken: map[string]bool{}, errorForm: p.errors(), fieldForm: p.fields(), conduct: p.conduct(),
		listForm: p.lists(), deliveryForm: p.deliveries()}
	for operation := range p.each("N-31.") {
		s.Untaken[operation] = true
	}
	s.Success["cards-widget-session-token"] = p.of("N-03.1")
	return s, nil
}

// readings reads a point of the space.
type readings struct {
	facts *contract.Contract
	at    contract.Point
}

// of returns the reading of an axis. An axis that freedoms.yaml does not have reads as empty; a test holds that
// there is none.
func (p readings) of(id string) string {
	if reading, chosen := p.at[id]; chosen {
		return reading
	}
	if f := p.facts.Freedom(id); f != nil {
		return f.Default()
	}
	return ""
}

func (p readings) is(id, reading string) bool { return p.of(id) == reading }

// number reads a status or a size; a reading that is a word is 0.
func (p readings) number(id string) int {
	number, err := strconv.Atoi(p.of(id))
	if err != nil {
		return 0
	}
	return number
}

// each returns the readings that are no defaults, by operation, of the axes that begin so.
func (p readings) each(prefixes ...string) map[string]string {
	by := map[string]string{}
	for id, reading := range p.at {
		for _, prefix := range prefixes {
			if operation, found := strings.CutPrefix(id, prefix); found && reading != p.facts.Freedom(id).Default() {
				by[operation] = reading
			}
		}
	}
	return by
}

func (p readings) errors() errorForm {
	form := errorForm{ErrorShape: p.of("N-08.1"), Wording: p.of("N-08.2"), Challenge: p.of("N-08.9"),
		MalformedID: p.number("N-20.1"), Unknown: p.number("N-08.6"), Foreign: p.number("C-24"),
		WrongMedia: p.number("N-08.3"), Invalid: p.number("N-08.4"), InvalidCard: p.number("N-08.5"),
		Conflict: p.number("N-08.7"), NoToken: p.number("N-08.8"), BadCredentials: p.number("C-51"),
		ProviderText: p.is("N-45", "provider"), Head: p.number("F-04"), Trace: p.number("F-06"),
		OtherMethod: p.number("F-05"), UnknownAddress: p.number("F-08"), OptionsServed: p.is("F-07", "204"), NoCredentials: p.of("N-11.3"),
		NoScope: p.of("N-11.4"), Described: p.is("N-11.5", "present"), BasicUntaken: p.is("N-11.6", "no")}
	form.Head = cmp.Or(form.Head, http.StatusOK)
	for number := 1; number <= 8; number++ {
		form.CheckStatus[number] = p.number("N-09." + strconv.Itoa(number))
	}
	return form
}

// timeForms are the layouts of the readings of C-37.
var timeForms = map[string]string{"milliseconds": "2006-01-02T15:04:05.000Z", "seconds": "2006-01-02T15:04:05Z",
	"microseconds": "2006-01-02T15:04:05.000000Z", "offset": "2006-01-02T15:04:05.000-07:00",
	"zero-offset": "2006-01-02T15:04:05.000+00:00", "small-letters": "2006-01-02t15:04:05.000z"}

// eastern is the zone of the reading offset.
var eastern = time.FixedZone("AEST", 10*60*60)

func (p readings) fields() fieldForm {
	return fieldForm{ClientFields: p.of("N-23.1"), TransactionFields: p.of("N-23.2"),
		BeneficiaryFields: p.of("N-23.3"), SubscriptionFields: p.of("N-23.4"), NoSideAbsent: p.is("N-23.5", "absent"),
		BankFields: p.of("C-16"), PersonIDAbsent: p.is("C-19.1", "absent"), CompanyIDUnlike: p.is("C-19.2", "unlike"),
		NoFormAbsent: p.is("C-19.3", "absent"), CardOwner: p.is("C-21", "present"),
		UnitsPerAmount: int64(p.number("C-29.1")), Decimals: p.is("C-29.2", "decimals"),
		TimeForm: timeForms[p.of("C-37")], WholeSeconds: p.is("C-37", "seconds"), AnyVersion: p.is("C-38", "any"),
		Extra: p.of("N-41.1"), Indented: p.is("F-01", "indented"), Charset: p.is("F-02", "charset"),
		ETag: p.is("N-42", "present"), RequestID: p.is("N-43", "present"), LimitHeaders: p.is("N-18", "present"),
		Location: p.of("F-03"), Number: p.of("F-09"), Health: p.of("N-01.1"), TokenType: p.of("N-11.1"),
		ShowScope: p.is("N-11.2", "present")}
}

func (p readings) conduct() conduct {
	return conduct{StrictBody: p.is("N-41.2", "refused"), FullPerson: p.is("N-32", "yes"),
		OneForm: p.is("N-33", "no"), NoForm: p.is("C-18", "yes"), MediaOnRead: p.is("C-28", "yes"),
		ClientHeaderNeeded: p.is("C-04", "yes"), ClientHeaderHeld: p.is("N-47", "refused"), Scopes: p.of("C-08"),
		HealthNeedsToken: p.is("N-01.2", "yes"), NewWallet: strings.ToUpper(p.of("C-15")),
		NewProgram: strings.ToUpper(p.of("C-25.1")), NewCard: p.of("N-27.1"), Changes: p.of("N-27.2"),
		InactiveIssues: p.is("C-25.2", "issued"), AllStatuses: p.is("C-22", "taken"),
		SameRefused: p.is("N-27.3", "refused"), Expiry: p.of("C-27"), DormantHoldsMoney: p.is("N-28.1", "no"),
		NoReturn: p.is("N-28.2", "no"), AnotherCard: p.is("N-29", "another"), SecretPerStep: p.is("N-30.1", "per-step"),
		SecretDigits: p.is("N-30.2", "digits"), HolderChecked: p.is("F-10", "yes"),
		UpdateClears: p.is("C-44", "cleared"), KeyForm: p.is("C-10", "yes"), ErrorsKept: p.is("N-15", "yes"),
		RepeatPresent: p.is("C-12.3", "present"), RepeatOK: p.is("C-12.2", "200"), RepeatMark: p.of("C-12.1"),
		OtherData: p.number("C-13"), BadKey: p.number("N-13"), AtWork: p.number("N-14")}
}

func (p readings) lists() listForm {
	return listForm{BadQueryIgnored: p.is("N-20.2", "ignored"), PagingHeaders: p.of("C-41.1"), Total: p.of("C-41.2"),
		DefaultLimit: min(p.number("N-19.1"), p.number("N-19.2")), LargestPage: p.number("N-19.2"),
		AboveRefused: p.is("N-19.3", "refused"), NewestFirst: p.is("N-19.4", "newest-first"),
		ToExclusive: p.is("N-19.5", "no"), ByUpdate: p.is("N-19.6", "updated"),
		WholeListsNewestFirst: p.is("N-21.1", "newest-first"), PagesUnsaid: p.is("N-21.2", "pages")}
}

func (p readings) deliveries() deliveryForm {
	media := map[string]string{"text-utf-8": "text/plain; charset=UTF-8", "text": "text/plain",
		"json": "application/json"}[p.of("C-53")]
	return deliveryForm{Subject: p.of("C-33"), DeliveryMedia: media, RetriesClientErrors: p.is("C-52", "yes"),
		MoreEvents: p.is("N-35", "yes"), SignatureVersion: p.of("N-38.1"), Attributes: p.is("N-38.2", "yes"),
		SecureHooks: p.is("N-39.1", "yes"), OneHookEach: p.is("N-39.2", "no")}
}
