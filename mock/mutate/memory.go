package mutate

import (
	"net/http"
	"slices"
	"sync"
)

// memory is what the proxy saw of calls that were served, for mutations that answer from it or repeat it. Tokens
// are kept here while it serves, and never leave it but to the upstream that they came for.
type memory struct {
	mu sync.Mutex
	// served is the latest success of each operation, asked the body that it answered.
	served map[string]*answer
	asked  map[string][]byte
	// callers are the credentials that were served lately.
	callers []string
	// first is the first answer to each GET, by address and caller.
	first map[string]*answer
	// entries is the last list of each operation by caller.
	entries map[string]map[string]*answer
	// keys are the bodies that came under each idempotency key, by operation, and who sent them.
	keys map[string]keyed
}

// keyed is a request that came under a key.
type keyed struct {
	body, caller string
	answer       *answer
}

// mostCallers is how many credentials are kept: those of three clients, and one renewal of each.
const mostCallers = 6

func newMemory() *memory {
	return &memory{served: map[string]*answer{}, asked: map[string][]byte{}, first: map[string]*answer{},
		entries: map[string]map[string]*answer{}, keys: map[string]keyed{}}
}

// note keeps an answer as the upstream gave it.
func (m *memory) note(c *call, a *answer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	id := c.operation.ID
	if !a.succeeded() {
		return
	}
	m.served[id], m.asked[id] = a.copy(), c.body
	if caller := c.caller(); caller != "" && guarded(c.operation) {
		m.callers = slices.DeleteFunc(m.callers, func(known string) bool { return known == caller })
		m.callers = append(m.callers, caller)
		m.callers = m.callers[max(0, len(m.callers)-mostCallers):]
	}
	if reads(c.operation) && m.first[c.address()] == nil {
		m.first[c.address()] = a.copy()
	}
	if isList(c.operation) {
		if m.entries[id] == nil {
			m.entries[id] = map[string]*answer{}
		}
		m.entries[id][c.caller()] = a.copy()
	}
}

// servedBefore is the latest success of an operation, as an answer to a call; nil for none.
func (m *memory) servedBefore(c *call) *answer {
	m.mu.Lock()
	defer m.mu.Unlock()
	if a := m.served[c.operation.ID]; a != nil {
		return a.in(c)
	}
	return nil
}

// askedBefore is the body of the latest request of an operation that was served.
func (m *memory) askedBefore(c *call) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.asked[c.operation.ID]
}

// otherCallers are the credentials that were served, the latest first, without those of the call.
func (m *memory) otherCallers(c *call) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	others := slices.DeleteFunc(slices.Clone(m.callers), func(known string) bool { return known == c.caller() })
	slices.Reverse(others)
	return others
}

// readBefore is the first answer to the same GET by the same caller; nil for none.
func (m *memory) readBefore(c *call) *answer {
	m.mu.Lock()
	defer m.mu.Unlock()
	if a := m.first[c.address()]; a != nil {
		return a.in(c)
	}
	return nil
}

// listedForAnother is the last list of an operation that another caller got; nil for none.
func (m *memory) listedForAnother(c *call) *answer {
	m.mu.Lock()
	defer m.mu.Unlock()
	for caller, list := range m.entries[c.operation.ID] {
		if caller != c.caller() {
			return list
		}
	}
	return nil
}

// recognise tells a call what came under its key before, and keeps it where nothing did.
func (m *memory) recognise(c *call) {
	key := c.header("Idempotency-Key")
	if key == "" {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	id := c.operation.ID + "\x00" + key
	if before, known := m.keys[id]; known {
		c.earlier = &before
		return
	}
	m.keys[id] = keyed{body: string(c.body), caller: c.caller()}
}

// answered keeps the answer to the first request under a key.
func (m *memory) answered(c *call, a *answer) {
	key := c.header("Idempotency-Key")
	if key == "" || c.earlier != nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.keys[c.operation.ID+"\x00"+key] = keyed{body: string(c.body), caller: c.caller(), answer: a.copy()}
}

// success is the documented success of an operation with an earlier body of it, or an empty object where nothing
// was served yet.
func (m *memory) success(c *call, instead *answer) *answer {
	if a := m.servedBefore(c); a != nil {
		return a
	}
	instead.become(max(c.operation.Success.Status, http.StatusOK))
	instead.hold([]byte("{}"))
	instead.say("Content-Type", "application/json")
	return instead
}
