package client

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/schemas"
)

func TestAnAnswerIsReadUpToSoManyValues(t *testing.T) {
	for name, test := range map[string]struct{ body, beyond string }{
		"as many as are decoded":    {"[" + strings.Repeat("1,", schemas.MaxValues-2) + "1]", ""},
		"more":                      {"[" + strings.Repeat("1,", schemas.MaxValues+9) + "1]", "262144 values"},
		"all brackets":              {strings.Repeat("[", 2*schemas.MaxValues), "262144 values"},
		"commas within a text":      {`["` + strings.Repeat(`\",[{`, schemas.MaxValues/4) + `"]`, ""},
		"a text without an end":     {`["` + strings.Repeat("x", 2*schemas.MaxValues), ""},
		"a text as long as is read": {`"` + strings.Repeat("x", longestObject-2) + `"`, ""},
		"a longer one":              {`"` + strings.Repeat("x", longestObject-1) + `"`, "1 MiB"},
		"a number of 4 MB":          {`{"amount":` + strings.Repeat("9", 4<<20) + `}`, "1 MiB"},
		"objects":                   {"[" + strings.Repeat(`{"":1},`, schemas.MaxValues/2) + "1]", "262144 values"},
	} {
		a := newAPI(t)
		a.answer = func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, test.body) }
		exchange, err := newClient(t, a).Do(context.Background(), operation(t, "cards-get"), Request{Path: map[string]string{"id": "x"}})
		require.NoError(t, err, name)
		assert.Equal(t, test.beyond, exchange.Beyond, name)
		if test.beyond == "" {
			assert.Equal(t, len(test.body), len(exchange.Body), name)
			continue
		}
		assert.Len(t, exchange.Body, keptBeyond, name)
	}
}

func TestWhatScenariosHoldTogetherIsBoundedUntilTheyAreOver(t *testing.T) {
	a := newAPI(t)
	large := `"` + strings.Repeat("x", longestObject-2) + `"`
	a.answer = func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, large) }
	c := newClient(t, a)
	held := func(ctx context.Context) (beyond string) {
		for range mostHeld / (2 * longestObject) {
			exchange, err := c.Do(ctx, operation(t, "cards-list"), Request{})
			require.NoError(t, err)
			beyond = exchange.Beyond
		}
		return beyond
	}
	require.Empty(t, held(context.Background()), "nobody keeps these")
	ctx, end := context.WithCancel(context.Background())
	require.Contains(t, held(WithScenario(ctx, Scenario{ID: "keeps", Keeps: true, Record: func(*Exchange) {}})),
		"that all answers under way have; lower --concurrency")
	end()
	require.Eventually(t, func() bool { return c.memory.held.Load() == 0 }, time.Minute, time.Millisecond)
}

func TestAHeadWithoutAnEndIsGivenUp(t *testing.T) {
	a := newAPI(t)
	a.answer = func(w http.ResponseWriter, _ *http.Request) {
		connection, buffered, err := w.(http.Hijacker).Hijack()
		assert.NoError(t, err)
		_, _ = buffered.WriteString("HTTP/1.1 200 OK\r\n")
		for err == nil {
			_, err = buffered.WriteString("X-Pad: " + strings.Repeat("a", 1000) + "\r\n")
		}
		_ = connection.Close()
	}
	c := newClient(t, a)
	_, err := c.Do(context.Background(), operation(t, "cards-list"), Request{})
	require.Error(t, err)
	lines := c.Lines()
	defer lines.Close()
	copies, err := lines.Together(context.Background(), operation(t, "cards-list"), []Request{{}})
	require.NoError(t, err)
	require.Error(t, copies[0].Err, "on connections of our own too")
}
