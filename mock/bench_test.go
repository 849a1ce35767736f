package mock

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// The benchmarks print requests per second. Over loopback they share the machine with a caller that does
// next to nothing: it writes prepared bytes to one kept connection and reads the answer's head and body. Run
// them with -cpu 1 to see what one core does for both sides.

// prepared is a mock with an open wallet for each card that a benchmark will create.
type prepared struct {
	server  *Server
	token   string
	card    string
	program string
	wallets []identity
}

func prepare(b *testing.B, wallets int) *prepared {
	b.Helper()
	server, err := New(Options{})
	require.NoError(b, err)
	p := &prepared{server: server, program: server.Inventory().Programs["ok"]}
	primary := server.store.clients[server.Inventory().Clients["primary"].ID]
	p.token, err = server.tokens.sign(primary.id, "client/write", server.clock.Now(), server.options.TokenLife, 1)
	require.NoError(b, err)
	holder := server.stockEnduser(primary, true)
	program, _ := parseID(p.program)
	p.card = server.issue(primary, server.stockWallet(primary, holder.id, 0).id, program).id.String()
	for range wallets {
		p.wallets = append(p.wallets, server.stockWallet(primary, holder.id, 0).id)
	}
	return p
}

func (p *prepared) read() string {
	return fmt.Sprintf("GET /customers/v1/cards/%s HTTP/1.1\r\nHost: mock\r\nAuthorization: Bearer %s\r\n\r\n", p.card,
		p.token)
}

func (p *prepared) creation(i int) (body, request string) {
	body = fmt.Sprintf(`{"wallet_id":"%s","program_id":"%s"}`, p.wallets[i], p.program)
	return body, fmt.Sprintf("POST /customers/v1/cards HTTP/1.1\r\nHost: mock\r\nAuthorization: Bearer %s\r\n"+
		"Content-Type: application/json\r\nIdempotency-Key: %s\r\nContent-Length: %d\r\n\r\n%s",
		p.token, uuid.NewString(), len(body), body)
}

// connection is a kept connection to a mock that serves.
type connection struct {
	net.Conn
	reader *bufio.Reader
}

func (p *prepared) connect(b *testing.B) *connection {
	b.Helper()
	listening, err := p.server.Listen(b.Context(), "127.0.0.1:0")
	require.NoError(b, err)
	dialled, err := (&net.Dialer{}).DialContext(b.Context(), "tcp", strings.TrimPrefix(listening.URL, "http://"))
	require.NoError(b, err)
	b.Cleanup(func() {
		require.NoError(b, dialled.Close())
		require.NoError(b, listening.Close())
	})
	return &connection{dialled, bufio.NewReader(dialled)}
}

// exchange sends a request and reads its answer, which has to have the status.
func (c *connection) exchange(b *testing.B, request, status string) {
	if _, err := io.WriteString(c, request); err != nil {
		b.Fatal(err)
	}
	length := 0
	for first := true; ; first = false {
		line, err := c.reader.ReadSlice('\n')
		if err != nil {
			b.Fatal(err)
		}
		if first && string(line[9:12]) != status {
			b.Fatalf("answered %s", line)
		}
		if len(line) == 2 {
			break
		}
		if name := "Content-Length: "; len(line) > len(name) && string(line[:len(name)]) == name {
			for _, digit := range line[len(name) : len(line)-2] {
				length = length*10 + int(digit-'0')
			}
		}
	}
	if _, err := c.reader.Discard(length); err != nil {
		b.Fatal(err)
	}
}

func report(b *testing.B) {
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}

func BenchmarkGetCardOverLoopback(b *testing.B) {
	p := prepare(b, 0)
	conn, request := p.connect(b), p.read()
	for b.Loop() {
		conn.exchange(b, request, "200")
	}
	report(b)
}

func BenchmarkCreateCardOverLoopback(b *testing.B) {
	p := prepare(b, b.N)
	conn := p.connect(b)
	requests := make([]string, b.N)
	for i := range requests {
		_, requests[i] = p.creation(i)
	}
	b.ResetTimer()
	for _, request := range requests {
		conn.exchange(b, request, "201")
	}
	report(b)
}

// silent is a ResponseWriter that keeps nothing but the status.
type silent struct {
	header http.Header
	status int
}

func (s *silent) Header() http.Header         { return s.header }
func (s *silent) WriteHeader(status int)      { s.status = status }
func (s *silent) Write(b []byte) (int, error) { return len(b), nil }

func BenchmarkGetCard(b *testing.B) {
	p := prepare(b, 0)
	r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/customers/v1/cards/"+p.card, nil)
	r.Header.Set("Authorization", "Bearer "+p.token)
	w := &silent{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		p.server.ServeHTTP(w, r)
	}
	require.Equal(b, http.StatusOK, w.status)
	report(b)
}

// BenchmarkCreateCard also prints how many bytes of memory a card costs, with its idempotency record and the
// link to its wallet.
func BenchmarkCreateCard(b *testing.B) {
	p := prepare(b, b.N)
	requests := make([]*http.Request, b.N)
	for i := range requests {
		text, _ := p.creation(i)
		r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/customers/v1/cards", strings.NewReader(text))
		r.Header.Set("Authorization", "Bearer "+p.token)
		r.Header.Set("Content-Type", "application/json")
		r.Header["Idempotency-Key"] = []string{uuid.NewString()}
		requests[i] = r
	}
	w := &silent{header: http.Header{}}
	before := heap()
	b.ReportAllocs()
	b.ResetTimer()
	for _, r := range requests {
		p.server.ServeHTTP(w, r)
	}
	b.StopTimer()
	require.Equal(b, http.StatusCreated, w.status)
	report(b)
	b.ReportMetric(float64(heap()-before)/float64(b.N), "bytes/card")
	runtime.KeepAlive(p)
	runtime.KeepAlive(requests)
}

// heap is how many bytes live after a collection.
func heap() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}
