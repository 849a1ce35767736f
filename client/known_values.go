package client

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"sort"
	"strings"
	"sync"
)

// Values that would turn up by chance are not looked for: those of less than six bytes, and plain
// numbers of less than twelve digits, which amounts, times and ids may hold.
const (
	shortest       = 6
	shortestNumber = 12
)

// placeholderWords are what servers answer that make their answers from a schema. To look for one would
// find it all over the evidence, and nothing is lost where it is seen.
var placeholderWords = map[string]bool{"string": true, "secret": true, "example": true, "access_token": true, "password": true}

func tooPlain(value string) bool {
	if placeholderWords[value] {
		return true
	}
	if len(value) >= shortestNumber {
		return false
	}
	return len(value) < shortest || strings.Trim(value, "0123456789") == ""
}

// start is how many bytes of a spelling the search looks up at once.
const start = 4

// knownValues finds the values that a run knows to be secret, in all their spellings. Every body of
// every exchange goes through it, so that it looks at each byte once however many values there are.
type knownValues struct {
	mu sync.RWMutex
	// seen tells which beginnings any spelling has, for a quick no; by leads to the spellings with
	// that beginning, longest first, since one may be the beginning of another.
	seen    [1 << 10]uint64
	by      map[uint32][]spelling
	values  map[string]bool
	longest int
}

type spelling struct{ text, placeholder string }

func newKnownValues() *knownValues {
	return &knownValues{by: map[uint32][]spelling{}, values: map[string]bool{}}
}

func (k *knownValues) add(value, placeholder string) {
	if tooPlain(value) {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.values[value] {
		return
	}
	k.values[value] = true
	for _, text := range spellings(value) {
		k.insert(spelling{text, placeholder})
	}
}

// addSpelling adds one text as it is.
func (k *knownValues) addSpelling(text, placeholder string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.insert(spelling{text, placeholder})
}

func (k *knownValues) insert(s spelling) {
	key := beginning(s.text)
	for _, other := range k.by[key] {
		if other.text == s.text {
			return
		}
	}
	list := append(append([]spelling(nil), k.by[key]...), s)
	sort.SliceStable(list, func(i, j int) bool { return len(list[i].text) > len(list[j].text) })
	k.by[key] = list
	place := mixed(key)
	k.seen[place>>6] |= 1 << (place & 63)
	k.longest = max(k.longest, len(s.text))
}

func (k *knownValues) longestSpelling() int {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.longest
}

func beginning(text string) uint32 {
	return uint32(text[0]) | uint32(text[1])<<8 | uint32(text[2])<<16 | uint32(text[3])<<24
}

// mixed spreads beginnings over the 65,536 places of the filter.
func mixed(key uint32) uint32 { return key * 2654435761 >> 16 }

// next returns where the next known value stands in the text, from a place on.
func (k *knownValues) next(text string, from int) (at int, found spelling, there bool) {
	for i := from; i+start <= len(text); i++ {
		key := beginning(text[i:])
		if place := mixed(key); k.seen[place>>6]&(1<<(place&63)) == 0 {
			continue
		}
		for _, candidate := range k.by[key] {
			if strings.HasPrefix(text[i:], candidate.text) {
				return i, candidate, true
			}
		}
	}
	return 0, spelling{}, false
}

// first returns the placeholder of the first known value in a text.
func (k *knownValues) first(text string) (string, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	_, found, there := k.next(text, 0)
	return found.placeholder, there
}

// replace puts placeholders in place of the known values.
func (k *knownValues) replace(text string) string {
	k.mu.RLock()
	defer k.mu.RUnlock()
	at, found, there := k.next(text, 0)
	if !there {
		return text
	}
	var out strings.Builder
	from := 0
	for there {
		out.WriteString(text[from:at])
		out.WriteString(found.placeholder)
		from = at + len(found.text)
		at, found, there = k.next(text, from)
	}
	out.WriteString(text[from:])
	return out.String()
}

// spellings are the forms in which a value may turn up.
func spellings(value string) []string {
	query, path := url.QueryEscape(value), url.PathEscape(value)
	escaped, plain := jsonForms(value)
	all := []string{value, query, path, lowerHex(query), lowerHex(path), escaped, plain, strings.ReplaceAll(plain, "/", `\/`)}
	all = append(all, base64Forms(value)...)
	return all
}

// lowerHex writes the escapes of a URL with small letters, as some platforms do.
func lowerHex(escaped string) string {
	text := []byte(escaped)
	for i := 0; i+2 < len(text); i++ {
		if text[i] == '%' {
			text[i+1] |= 0x20 // digits have the bit already
			text[i+2] |= 0x20
			i += 2
		}
	}
	return string(text)
}

// jsonForms are the value inside a JSON string, with and without the escapes that Go adds for HTML.
func jsonForms(value string) (escaped, plain string) {
	encoded, err := json.Marshal(value)
	if err != nil {
		return value, value
	}
	escaped = string(encoded[1 : len(encoded)-1])
	plain = strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(escaped)
	return escaped, plain
}

// base64Forms are the parts of Base64 texts that a value settles, for each of the three places that it
// can have in the groups of three bytes: so it is found in "id:secret" of HTTP Basic as well as in an
// encoded document.
func base64Forms(value string) []string {
	var forms []string
	for before := range 3 {
		encoded := base64.RawStdEncoding.EncodeToString(append(make([]byte, before), value...))
		// A character holds six bits: those that share a byte with what stands before or after go.
		from := (before*8 + 5) / 6
		to := (before + len(value)) * 8 / 6
		if to-from < shortest+1 {
			continue
		}
		form := encoded[from:to]
		forms = append(forms, form)
		if web := strings.NewReplacer("+", "-", "/", "_").Replace(form); web != form {
			forms = append(forms, web)
		}
	}
	return forms
}
