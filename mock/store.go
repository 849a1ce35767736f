package mock

import (
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// identity is a UUID as bytes; a map of a million of them is small that way.
type identity [16]byte

// String writes the id in 8-4-4-4-12 form.
func (id identity) String() string { return string(id.append(nil)) }

func (id identity) append(b []byte) []byte {
	b = append(hex.AppendEncode(b, id[0:4]), '-')
	b = append(hex.AppendEncode(b, id[4:6]), '-')
	b = append(hex.AppendEncode(b, id[6:8]), '-')
	b = append(hex.AppendEncode(b, id[8:10]), '-')
	return hex.AppendEncode(b, id[10:16])
}

// parseID reads an id in 8-4-4-4-12 form, in either letter case.
func parseID(text string) (identity, bool) {
	var id identity
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return id, false
	}
	digits := text[0:8] + text[9:13] + text[14:18] + text[19:23] + text[24:36]
	_, err := hex.Decode(id[:], []byte(digits))
	return id, err == nil
}

// millis is a moment in milliseconds since 1970, UTC.
type millis int64

// String writes the moment as the documentation's samples do (GEN-12).
func (m millis) String() string { return string(m.append(nil)) }

func (m millis) append(b []byte) []byte {
	return time.UnixMilli(int64(m)).UTC().AppendFormat(b, "2006-01-02T15:04:05.000Z")
}

// The things that the mock keeps. Owner is the client id.
type (
	client struct {
		id, secret, name, status string
		scopes                   []string // that it may ask for
		metadata                 json.RawMessage
		created, updated         millis
	}
	// head is what everything has that belongs to a client.
	head struct {
		id               identity
		owner            string
		created, updated millis
	}
	enduser struct {
		head
		personID, companyID identity
		person, company     json.RawMessage // nil where there is none
		metadata            json.RawMessage
	}
	wallet struct {
		head
		holder              identity
		external            string // empty means null
		status              string
		available, reserved cents
	}
	program struct {
		head
		kind, status string
		metadata     json.RawMessage
	}
	card struct {
		head
		wallet, program identity
		status          string
		external        uint32
		last            uint16
		expiry          millis
	}
	transaction struct {
		head
		from, to  identity
		amount    cents
		kind      string
		reference string
		metadata  json.RawMessage
	}
	beneficiary struct {
		head
		fields   []member // of the bank, as they were sent
		status   string
		metadata json.RawMessage
	}
	member struct {
		name  string
		value json.RawMessage
	}
	subscription struct {
		head
		url string
	}
)

// store is everything that the mock knows, under one lock: whoever changes something is alone.
type store struct {
	mu     sync.RWMutex
	clock  Clock
	random *rand.ChaCha8
	latest millis
	// anyVersion makes ids of no version (C-38); wholeSeconds keeps times to the second (C-37).
	anyVersion, wholeSeconds bool

	clients       map[string]*client
	clientOrder   []*client
	endusers      table[*enduser]
	wallets       table[*wallet]
	programs      table[*program]
	cards         table[*card]
	transactions  table[*transaction]
	beneficiaries table[*beneficiary]
	relays        table[*subscription]
	webhooks      table[*subscription]
	kept          map[keyID]*keptAnswer
	keptOrder     []*keptAnswer // oldest first
	before        map[identity]balanceBefore
}

// thing is anything that has a head.
type thing interface{ top() *head }

func (h *head) top() *head        { return h }
func (h *head) createdAt() millis { return h.created }
func (h *head) updatedAt() millis { return h.updated }

// table keeps things by id, and in order of creation for each owner.
type table[T thing] struct {
	byID    map[identity]T
	byOwner map[string][]T
}

func newTable[T thing]() table[T] {
	return table[T]{byID: map[identity]T{}, byOwner: map[string][]T{}}
}

func (t *table[T]) add(one T) {
	h := one.top()
	t.byID[h.id] = one
	t.byOwner[h.owner] = append(t.byOwner[h.owner], one)
}

// remove takes a thing away for good, and with it all of its owner that count as the same.
func (t *table[T]) remove(one T, same func(T) bool) {
	h := one.top()
	delete(t.byID, h.id)
	t.byOwner[h.owner] = slices.DeleteFunc(t.byOwner[h.owner], same)
}

func newStore(seed int64, clock Clock) *store {
	var key [32]byte
	for i := range 8 {
		key[i] = byte(seed >> (8 * i))
	}
	return &store{clock: clock, random: rand.NewChaCha8(key), clients: map[string]*client{},
		kept: map[keyID]*keptAnswer{}, before: map[identity]balanceBefore{}, endusers: newTable[*enduser](),
		wallets: newTable[*wallet](), programs: newTable[*program](), cards: newTable[*card](),
		transactions: newTable[*transaction](), beneficiaries: newTable[*beneficiary](),
		relays: newTable[*subscription](), webhooks: newTable[*subscription]()}
}

// born is the head of a thing that is made now.
func (s *store) born(owner string) head {
	now := s.now()
	return head{id: s.newID(), owner: owner, created: now, updated: now}
}

// newID makes a UUID, of version 4 unless the style says otherwise.
func (s *store) newID() identity {
	var id identity
	for i := 0; i < len(id); i += 8 {
		word := s.random.Uint64()
		for j := range 8 {
			id[i+j] = byte(word >> (8 * j))
		}
	}
	if !s.anyVersion {
		id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	}
	return id
}

// now is the time of a change; it never goes backwards, even where the clock does.
func (s *store) now() millis {
	now := millis(s.clock.Now().UnixMilli())
	if s.wholeSeconds {
		now -= now % 1000
	}
	s.latest = max(s.latest, now)
	return s.latest
}

// later is the time of an update: at least a millisecond after what was there, so that it shows where
// milliseconds are kept.
func (s *store) later(before millis) millis {
	if s.wholeSeconds {
		return max(s.now(), before)
	}
	return max(s.now(), before+1)
}
