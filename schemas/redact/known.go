package redact

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// knownValues finds the values that a run knows to be secret. Every body of every exchange goes through it, so that
// it looks at each byte a few times however many values there are: the text itself holds them as they are, its
// skeleton in every other spelling.
type knownValues struct {
	mu          sync.RWMutex
	plain, bare index
	values      map[string]bool
}

// index leads from the first bytes of a spelling to the spellings with that beginning, the longest first, since one
// may be the beginning of another.
type index struct {
	// seen tells which beginnings any spelling has, for a quick no.
	seen    [1 << 10]uint64
	by      map[uint32][]spelling
	longest int
}

// spelling is a text to look for; in a skeleton, enough of its first bytes do.
type spelling struct {
	text, placeholder string
	enough            int
}

// start is how many bytes of a spelling the search looks up at once.
const start = 4

// shortestBare is the shortest skeleton that is looked for: of less, letters of ordinary words come together by chance.
const shortestBare = 8

// Of a value that is so long, three quarters are as good as all of it. Tokens are longer, and begin alike.
const (
	longBare   = 24
	longestCut = 96
)

func newKnownValues() *knownValues {
	return &knownValues{plain: index{by: map[uint32][]spelling{}}, bare: index{by: map[uint32][]spelling{}}, values: map[string]bool{}}
}

func (k *knownValues) add(value, placeholder string) {
	if Weak(value) != "" {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.values[value] {
		return
	}
	k.values[value] = true
	for _, text := range written(value) {
		k.plain.insert(spelling{text, placeholder, len(text)})
	}
	for _, text := range append(base64Forms(value), value, hex.EncodeToString([]byte(value))) {
		all := views(text)
		for _, one := range []*view{all[0], all[len(all)-1]} {
			bare := skeleton(one.text)
			enough := len(bare)
			if enough >= longBare && enough <= longestCut {
				enough = enough * 3 / 4 // as a text that was cut shows it
			}
			if len(bare) >= shortestBare {
				k.bare.insert(spelling{bare, placeholder, enough})
			}
		}
	}
}

// addForm adds one text as it is.
func (k *knownValues) addForm(text, placeholder string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.plain.insert(spelling{text, placeholder, len(text)})
}

func (x *index) insert(s spelling) {
	if len(s.text) < start {
		return
	}
	key := beginning(s.text)
	if slices.ContainsFunc(x.by[key], func(other spelling) bool { return other.text == s.text }) {
		return
	}
	list := append(slices.Clone(x.by[key]), s)
	slices.SortStableFunc(list, func(a, b spelling) int { return cmp.Compare(len(b.text), len(a.text)) })
	x.by[key] = list
	place := mixed(key)
	x.seen[place>>6] |= 1 << (place & 63)
	x.longest = max(x.longest, len(s.text))
}

func beginning(text string) uint32 {
	return uint32(text[0]) | uint32(text[1])<<8 | uint32(text[2])<<16 | uint32(text[3])<<24
}

// mixed spreads beginnings over the 65,536 places of the filter.
func mixed(key uint32) uint32 { return key * 2654435761 >> 16 }

// each tells where spellings stand in a text; they do not overlap.
func (x *index) each(text string, tell func(from, to int, placeholder string)) {
	if len(x.by) == 0 {
		return
	}
	for i := 0; i+start <= len(text); i++ {
		key := beginning(text[i:])
		if place := mixed(key); x.seen[place>>6]&(1<<(place&63)) == 0 {
			continue
		}
		for _, candidate := range x.by[key] {
			if strings.HasPrefix(text[i:], candidate.text) {
				tell(i, i+len(candidate.text), candidate.placeholder)
				i += len(candidate.text) - 1
				break
			}
		}
	}
}

// eachSkeleton does the same with the skeleton of a text.
func (x *index) eachSkeleton(text string, tell func(from, to int, placeholder string)) {
	if len(x.by) == 0 {
		return
	}
	var key uint32
	var places [start]int // of the bytes that the key is made of
	for i, n := 0, 0; i < len(text); {
		c, size := text[i], 1
		if c < utf8.RuneSelf {
			c = bones[c]
		} else {
			c, size = bone(text, i)
		}
		if c == 0 {
			i += size
			continue
		}
		key, places[n%start] = key>>8|uint32(c)<<24, i
		n, i = n+1, i+size
		if place := mixed(key); n < start || x.seen[place>>6]&(1<<(place&63)) == 0 {
			continue
		}
		for _, candidate := range x.by[key] {
			if end, same := skeletonReach(text, i, candidate.text[start:]); start+same >= candidate.enough {
				tell(places[n%start], end, candidate.placeholder)
				i, n = end, 0
				break
			}
		}
	}
}

// skeletonReach returns how far a skeleton goes on at a place, and how many of its bytes are there.
func skeletonReach(text string, i int, rest string) (end, same int) {
	for end = i; same < len(rest) && i < len(text); {
		c, size := bone(text, i)
		i += size
		if c == 0 {
			continue
		}
		if c != rest[same] {
			break
		}
		end, same = i, same+1
	}
	return end, same
}

// find returns where known values stand in a text, given as its views.
func (k *knownValues) find(all []*view) []span {
	k.mu.RLock()
	defer k.mu.RUnlock()
	var found []span
	for _, one := range all {
		k.plain.each(one.text, func(from, to int, put string) {
			found = append(found, span{from: one.from(from), to: one.from(to), put: put})
		})
	}
	last := all[len(all)-1]
	k.bare.eachSkeleton(last.text, func(from, to int, put string) {
		found = append(found, span{from: last.from(from), to: last.from(to), put: put})
	})
	return found
}

func (k *knownValues) longest() int {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.plain.longest
}

// written are the forms in which a value may turn up whose escapes can't be undone with certainty, such as a blank that
// a form writes as a plus.
func written(value string) []string {
	forms := []string{value, url.QueryEscape(value), url.PathEscape(value)}
	if encoded, err := json.Marshal(value); err == nil {
		forms = append(forms, string(encoded[1:len(encoded)-1]))
	}
	return forms
}

// base64Forms are the parts of Base64 texts that a value settles, for each of the three places that it
// can have in the groups of three bytes: so it is found in "id:secret" of HTTP Basic as well as in an
// encoded document.
func base64Forms(value string) []string {
	var forms []string
	for before := range 3 {
		encoded := base64.RawStdEncoding.EncodeToString(append(make([]byte, before), value...))
		// A character holds six bits: those that share a byte with what stands before or after go.
		forms = append(forms, encoded[(before*8+5)/6:(before+len(value))*8/6])
	}
	return forms
}
