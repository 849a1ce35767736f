package sentinel

import (
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas/match"
)

// leaks looks for what no answer may show: full card numbers, verification values, tokens and secrets.
func (w *watcher) leaks() {
	w.cardNumber()
	name := forbiddenName(w.value)
	if header := forbiddenHeader(w.exchange.Header); name == "" {
		name = header
	}
	w.expect(name == "", evidence.Assertion{Check: "no verification value", Fact: w.fact("HARNESS-15", contract.Exposure),
		Message: "the answer has a field for data that must not be shown", Expected: "no such field",
		Actual: "the field " + name})
	w.secret()
}

// Exposed is what an answer shows of full card numbers, tokens and secrets, for who looks at nothing else.
func Exposed(operation *contract.Operation, exchange *client.Exchange) []evidence.Assertion {
	w := &watcher{operation: operation, exchange: exchange}
	w.cardNumber()
	w.secret()
	return slices.DeleteFunc(w.results, func(a evidence.Assertion) bool { return a.Holds })
}

func (w *watcher) cardNumber() {
	number := w.exchange.CardNumberShown()
	w.expect(number == "", evidence.Assertion{Check: evidence.NoCardNumber, Fact: w.fact("CARD-20", contract.Exposure),
		Message: "the answer shows a full card number", Expected: "a masked number at most", Actual: number})
}

func (w *watcher) secret() {
	asked := map[string]string{"cards-generate-secret": "secret", "token": "access_token"}[w.operation.ID]
	shown := w.exchange.SecretShown(asked, claims(w.value))
	w.expect(shown == "", evidence.Assertion{Check: evidence.NoSecret, Fact: w.fact("HARNESS-14", contract.Exposure),
		Message: "the answer repeats a credential of the caller", Expected: "no credential", Actual: shown})
}

var forbidden = regexp.MustCompile(`(?i)^(cvv2?|cvc2?|cvn|cav2?|csc|pin|pin_?block|track_?[12]?|pan|card_?number)$`)

// forbiddenHeader finds a header that is named so, whatever it begins with: X-Card-Cvv too. Words that mean something
// else in other company, such as a pin of a key, have to stand alone.
func forbiddenHeader(header http.Header) string {
	for name := range header {
		words := strings.Split(strings.TrimPrefix(name, "X-"), "-")
		for i := range words {
			last := strings.Join(words[i:], "_")
			alone := i == 0 || !ambiguous.MatchString(last)
			if alone && forbidden.MatchString(last) {
				return name
			}
		}
	}
	return ""
}

var ambiguous = regexp.MustCompile(`(?i)^(pin|pan|csc|track)$`)

// forbiddenName finds a field that is named like sensitive authentication data, at any depth.
func forbiddenName(value any) string {
	switch value := value.(type) {
	case map[string]any:
		for name, inner := range value {
			if name == "metadata" {
				continue // what a caller stored there is the caller's own
			}
			if forbidden.MatchString(name) {
				return name
			}
			if found := forbiddenName(inner); found != "" {
				return found
			}
		}
	case []any:
		for _, inner := range value {
			if found := forbiddenName(inner); found != "" {
				return found
			}
		}
	}
	return ""
}

// insidesShown are the marks that the inside of a server leaves in an error: stack frames of common
// platforms, paths, database statements and drivers.
var insidesShown = regexp.MustCompile(`(?m)(^\s+at .+[:(]\d+|\bat [\w.$<>]+ \(.+:\d+:\d+\)|goroutine \d+ \[` +
	`|node_modules|/usr/src/|/home/\w+/|\.go:\d+|\.java:\d+` +
	`|Traceback \(most recent call last\)|SQLSTATE|\bSELECT .+ FROM\b|\bINSERT INTO \b|PrismaClient|TypeORM|ECONNREFUSED|QueryFailedError)`)

// insides checks that an error keeps the inside of the server to itself.
func (w *watcher) insides() {
	if w.exchange.Status < http.StatusBadRequest {
		return
	}
	found := insidesShown.Find(w.exchange.Body)
	w.expect(found == nil, evidence.Assertion{Check: "no inside of the server",
		Fact: w.fact("HARNESS-10", contract.Exposure), Message: "the error shows the inside of the server",
		Expected: "a text for people", Actual: shorten(string(found))})
}

func shorten(text string) string {
	if runes := []rune(strings.TrimSpace(text)); len(runes) > 60 {
		return string(runes[:60]) + "…"
	}
	return strings.TrimSpace(text)
}

// objects checks what must agree within one card or wallet.
func (w *watcher) objects() {
	if !w.succeeded() {
		return
	}
	if w.operation.Success.Shape == "array" {
		items, _ := scene.Items(w.value)
		for i, item := range items {
			if i >= listEnds && i < len(items)-listEnds {
				continue
			}
			if object, ok := item.(map[string]any); ok {
				w.object(object, "/"+strconv.Itoa(i))
			}
		}
		return
	}
	if object, ok := scene.Object(w.value); ok {
		w.named(object)
		w.askedFor(object)
		w.object(object, "")
	}
}

// named checks that an answer which made a thing names it: without an id nobody could read it again.
func (w *watcher) named(object map[string]any) {
	switch w.operation.Creates {
	case "", "secret", "token":
		return
	}
	w.expect(scene.ID(object) != "", evidence.Assertion{Check: "a new thing has an id",
		Fact: w.fact("HARNESS-12", contract.FieldThere), Pointer: "/id",
		Message: "the answer does not name the thing that was made", Expected: "an id", Actual: "absent"})
}

// askedFor checks that what is read by its id is the thing that has that id.
func (w *watcher) askedFor(object map[string]any) {
	if !w.operation.ReadsOne() || !w.asked() {
		return
	}
	address, err := url.Parse(w.exchange.Request().URL)
	if id := scene.ID(object); err == nil && id != "" {
		w.expect(strings.EqualFold(path.Base(address.Path), id), evidence.Assertion{Check: evidence.OfAnother,
			Fact: w.fact(w.operation.AboutOne(), contract.Link), Pointer: "/id",
			Message: evidence.SaysOfAnother, Expected: "the id in the address", Actual: id})
	}
}

func (w *watcher) object(object map[string]any, at string) {
	if both := match.All(match.Field(match.Instant(), "created_at"), match.Field(match.Instant(), "updated_at")); both.Holds(object) {
		w.consistent(match.InOrder("created_at", "updated_at"), object, evidence.Assertion{
			Check: "updated_at is not before created_at", Fact: w.fact("CARD-21", contract.Order), Pointer: at,
			Message: "the thing was changed before it was made"})
	}
	w.past(object, at, "created_at")
	w.past(object, at, "updated_at")
	switch w.operation.Success.Schema {
	case "Card":
		mask, _ := object["m_pan"].(string)
		last, _ := object["last_four_digit"].(string)
		if len(mask) >= 4 && len(last) == 4 && strings.Trim(mask[len(mask)-4:], "0123456789") == "" {
			ends := match.Form("a mask that ends in "+last, func(mask string) bool { return strings.HasSuffix(mask, last) })
			w.consistent(match.Field(ends, "m_pan"), object, evidence.Assertion{
				Check: "the mask agrees with the last four digits", Fact: w.fact("CARD-20", contract.Content), Pointer: at,
				Message: "m_pan and last_four_digit disagree"})
		}
	case "Wallet":
		w.amounts(object, at)
	}
}

// clocksApart is how far the clock of whatever writes the Date may be behind the one that stamps things.
const clocksApart = time.Minute

// past checks that a moment in an answer is not after the answer itself, by the Date that came with it.
func (w *watcher) past(object map[string]any, at, field string) {
	sent, err := http.ParseTime(w.exchange.Header.Get("Date"))
	if err != nil || !match.Instant().Holds(object[field]) {
		return
	}
	w.consistent(match.Field(match.NotAfter(sent.Add(clocksApart)), field), object, evidence.Assertion{
		Check: field + " is not in the future", Fact: w.fact("HARNESS-20", contract.Order), Pointer: at,
		Message: "a thing was made or changed after the answer that tells of it"})
}

func (w *watcher) amounts(wallet map[string]any, at string) {
	var negative []match.Matcher
	for _, name := range []string{"amount", "reserved_amount", "total_amount"} {
		if _, isNumber := match.Decimal(wallet[name]); !isNumber {
			return
		}
		negative = append(negative, match.Field(match.NotNegative(), name))
	}
	w.consistent(match.Sum("total_amount", "amount", "reserved_amount"), wallet, evidence.Assertion{
		Check: "total is available plus reserved", Fact: w.fact("MONEY-02", contract.Effect), Pointer: at,
		Message: "total_amount is not amount plus reserved_amount"})
	positive := match.All(negative...)
	w.consistent(positive, wallet, evidence.Assertion{Check: "no negative amount",
		Fact: w.fact("MONEY-07", contract.Effect), Pointer: at, Message: "an amount of the wallet is negative"})
	if !positive.Holds(wallet) {
		return // one deviation: what is less than nothing is less than its parts
	}
	within := match.All(match.AtMost("amount", "total_amount"), match.AtMost("reserved_amount", "total_amount"))
	w.consistent(within, wallet, evidence.Assertion{
		Check: "no part is more than the total", Fact: w.fact("MONEY-01", contract.Content), Pointer: at,
		Message: "total_amount is not all that the wallet holds"})
}

// consistent keeps the results of long lists short: what holds is counted once per check.
func (w *watcher) consistent(matcher match.Matcher, value any, a evidence.Assertion) {
	if matcher.Holds(value) {
		name := prefix + a.Check
		for i := len(w.results) - 1; i >= 0 && i >= len(w.results)-4; i-- {
			if w.results[i].Check == name && w.results[i].Holds {
				return
			}
		}
	}
	w.match(matcher, value, a)
}
