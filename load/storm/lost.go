package storm

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/kobcheck/kobcheck/load/kind"
)

// The ways in which a caller loses an answer after its request went out whole.
const (
	resets = "reset"
	closes = "close"
	silent = "silence" // the connection stays open and nobody reads
)

// lostEach is how many keys lose their answer in each way; half of them as soon as the last byte is out, half
// once the effect can be seen.
const lostEach = 4

// The bounds of a retry: an API may say for a while that the first request is still under way.
const (
	retryMost  = 20
	retryPause = 50 * time.Millisecond
	seenWithin = 2 * time.Second
)

// lose sends requests whole, loses their answers and asks again under the same keys, every other time with a
// new token: each key has one effect in the end, which is what a key is for.
func (s *strike) lose(ctx context.Context) error {
	var broken []string
	tried := 0
	for _, way := range []string{resets, closes, silent} {
		for n := range lostEach {
			text, err := s.lostKey(ctx, way, n)
			if err != nil {
				return err
			}
			tried++
			if text != "" {
				broken = append(broken, way+": "+text)
			}
		}
	}
	requirement := "IDEMP-01"
	if s.operation.ID == "cards-create" {
		requirement = "IDEMP-32"
	}
	s.result.Invariants = append(s.result.Invariants, kind.Held(requirement, fmt.Sprintf("%s: each of %d requests whose answer was lost "+
		"(reset, close, silence) had one effect after it was sent again under its key", s.operation.Title, tried), true, broken))
	return nil
}

// lostKey loses one answer and returns in words what is wrong afterwards.
func (s *strike) lostKey(ctx context.Context, way string, n int) (string, error) {
	wallet, err := s.NewWallet(ctx)
	if err != nil {
		return "", err
	}
	request, err := s.request(ctx, wallet, s.keys(s.operation.ID+" "+way, n))
	if err != nil {
		return "", err
	}
	connection, err := s.Client.SendWhole(ctx, s.operation, request)
	if err != nil {
		return "", err
	}
	defer connection.Close() //nolint:errcheck // it is there to be lost
	if n%2 == 1 {
		if err := s.seen(ctx, wallet); err != nil {
			return "", err
		}
	}
	cut(connection, way)
	if n%2 == 1 {
		fresh, err := s.Client.FreshToken(ctx, "primary", "")
		if err != nil {
			return "", err
		}
		request.Authorization = new("Bearer " + fresh.Value)
	}
	status := 0
	for range retryMost {
		exchange, err := s.Client.Do(ctx, s.operation, request)
		if err != nil {
			return "", err
		}
		if status = exchange.Status; status != http.StatusConflict && status != http.StatusTooEarly {
			break
		}
		if err := kind.Wait(ctx, retryPause); err != nil {
			return "", err
		}
	}
	if status/100 != 2 {
		return fmt.Sprintf("the retry was answered %d", status), nil
	}
	count, sum, err := s.effects(ctx, wallet)
	if err != nil {
		return "", err
	}
	if count > 1 {
		return fmt.Sprintf("%d objects were made under one key", count), nil
	}
	return sum, nil
}

// seen waits until the effect of a request can be seen, or until it is time to give up on that.
func (s *strike) seen(ctx context.Context, wallet string) error {
	for until := time.Now().Add(seenWithin); time.Now().Before(until); {
		count, sum, err := s.effects(ctx, wallet)
		if err != nil {
			return err
		}
		if count > 0 && sum == "" {
			return nil
		}
		if err := kind.Wait(ctx, retryPause); err != nil {
			return err
		}
	}
	return nil
}

// cut ends a connection in the way that is asked for.
func cut(connection net.Conn, way string) {
	switch way {
	case resets:
		inner := connection
		for secure, ok := inner.(interface{ NetConn() net.Conn }); ok; secure, ok = inner.(interface{ NetConn() net.Conn }) {
			inner = secure.NetConn()
		}
		if tcp, ok := inner.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // closing then resets
		}
		_ = connection.Close()
	case closes:
		_ = connection.Close()
	}
}
