package client

import (
	"bytes"
	"slices"
	"sync"
)

// A staging fills, and its lists without pages come whole. Of one that is longer than sievedFrom what matters is kept:
// its beginning and its end, what this run knows by its id, and what carries a mark of ours.
const (
	// sievedFrom is how long a list is before entries are left out, in bytes.
	sievedFrom = 128 << 10
	// longestPage is the same of a list with pages.
	longestPage = 1 << 20
	// longestList is how many bytes of a list are read, whatever is kept of them.
	longestList = 512 << 20
	// longestEntry is how many bytes one entry may have.
	longestEntry = 256 << 10
	// firstEntries and lastEntries are kept, whatever they are; of the first no more than have so many bytes together.
	firstEntries, lastEntries = 200, 20
	firstBytes                = 32 << 10
	// mostKnown bounds the ids of things that are known.
	mostKnown = 1 << 16
)

// Mark begins a text by which a request makes known what comes of it, wherever that is listed.
const Mark = "mark-"

// ownTexts stand in what the requests of a run make, where the documentation has a text for it.
var ownTexts = []string{"example.test", "Example Bank", "conformance run", Mark}

// eachID tells of the texts under the name id in JSON, until it hears true, and returns whether it did.
func eachID(text []byte, tell func(id []byte) bool) bool {
	const blanks, longest = " \t\r\n", 100
	for {
		_, rest, there := bytes.Cut(text, []byte(`"id"`))
		if !there {
			return false
		}
		text = rest
		value, colon := bytes.CutPrefix(bytes.TrimLeft(rest, blanks), []byte{':'})
		value, quote := bytes.CutPrefix(bytes.TrimLeft(value, blanks), []byte{'"'})
		if !colon || !quote {
			continue
		}
		if end := bytes.IndexAny(value[:min(len(value), longest+1)], `"\`); end > 0 && value[end] == '"' && tell(value[:end]) {
			return true
		}
	}
}

// knownIDs are those of the things that a run made.
type knownIDs struct {
	mu  sync.Mutex
	all map[string]bool
}

// learn notes the ids of an answer that tells of a thing that was made.
func (k *knownIDs) learn(body []byte) {
	if len(body) > longestEntry {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.all == nil {
		k.all = map[string]bool{}
	}
	eachID(body, func(id []byte) bool {
		if len(k.all) < mostKnown {
			k.all[string(id)] = true
		}
		return false
	})
}

// concerns reports whether an entry of a list is of a thing that the run made, or shows a mark.
func (k *knownIDs) concerns(entry []byte) bool {
	if bytes.Contains(entry, []byte(Mark)) {
		return true
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return eachID(entry, func(id []byte) bool { return k.all[string(id)] })
}

// sieve reads a JSON document as it comes in and leaves entries out of the list that it is, or that its outermost object
// holds. What it keeps is JSON where the document was.
type sieve struct {
	concerns func(entry []byte) bool

	kept  bytes.Buffer
	entry bytes.Buffer
	last  [][]byte // those that are left out so far and may be the last

	depth, list        int // list is the depth of the list, 0 outside of it
	inString, escaping bool
	here               int  // entries of this list
	written            bool // that one of them was
	// entries counts those of all lists, left those of them that are left out, and ours those that show a text of ours.
	entries, left, ours int
	values              tally // of what is kept
}

func (s *sieve) add(text []byte) {
	for at := 0; at < len(text); at++ {
		c := text[at]
		if s.inString { // whole stretches of a text go by at once
			end := at
			for end < len(text) && (s.escaping || text[end] != '"') {
				s.escaping = !s.escaping && text[end] == '\\'
				end++
			}
			s.put(text[at:end])
			if end == len(text) {
				return
			}
			at, s.inString = end, false
			s.put(text[at : at+1])
			continue
		}
		switch {
		case c == '[' && s.list == 0 && s.depth < 2:
			s.put(text[at : at+1])
			s.depth++
			s.list, s.here, s.written = s.depth, 0, false
			continue
		case c == '[', c == '{':
			s.depth++
		case c == ']' && s.list > 0 && s.depth == s.list:
			s.endOfList()
			s.depth--
		case c == ']', c == '}':
			s.depth--
		case c == ',' && s.list > 0 && s.depth == s.list:
			s.endOfEntry()
			continue
		case c == '"':
			s.inString, s.escaping = true, false
		}
		s.put(text[at : at+1])
	}
}

// put keeps text: of an entry until it is whole, else for good.
func (s *sieve) put(text []byte) {
	if s.list > 0 {
		s.entry.Write(text)
		return
	}
	s.keep(text)
}

func (s *sieve) keep(text []byte) {
	s.kept.Write(text)
	s.values.add(text)
}

func (s *sieve) endOfEntry() {
	defer s.entry.Reset()
	if slices.ContainsFunc(ownTexts, func(text string) bool { return bytes.Contains(s.entry.Bytes(), []byte(text)) }) {
		s.ours++
	}
	s.here++
	if s.entries++; s.here <= firstEntries && s.kept.Len() < firstBytes || s.concerns(s.entry.Bytes()) {
		s.left, s.last = s.left+len(s.last), nil
		s.write(s.entry.Bytes())
		return
	}
	if s.last = append(s.last, bytes.Clone(s.entry.Bytes())); len(s.last) > lastEntries {
		s.left, s.last = s.left+1, s.last[1:]
	}
}

func (s *sieve) endOfList() {
	if s.written || len(s.last) > 0 || len(bytes.TrimSpace(s.entry.Bytes())) > 0 {
		s.endOfEntry()
	}
	for _, entry := range s.last {
		s.write(entry)
	}
	s.entry.Reset()
	s.last, s.list = nil, 0
}

func (s *sieve) write(entry []byte) {
	if s.written {
		s.keep([]byte{','})
	}
	s.keep(entry)
	s.written = true
}

// Holds counts the entries of the list that an answer is, and those of them that a run of this program made, as far as
// they show a text that its requests have.
func (e *Exchange) Holds() (entries, ours int) {
	if e.Listed > 0 {
		return e.Listed, e.ours
	}
	s := &sieve{concerns: func([]byte) bool { return false }}
	s.add(e.Body)
	return s.entries, s.ours
}

// rest is what is left of a document that ended before its list did.
func (s *sieve) rest() []byte {
	s.kept.Write(s.entry.Bytes())
	return s.kept.Bytes()
}

// orWhole is what the sieve has kept so far, or all of a body that needed none.
func (s *sieve) orWhole(body []byte) []byte {
	if s == nil {
		return body
	}
	return s.kept.Bytes()
}
