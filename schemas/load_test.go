package schemas

import (
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xeipuuv/gojsonschema"
)

// refusing is a transport that counts what would have been dialled.
type refusing struct{ asked atomic.Int32 }

func (r *refusing) RoundTrip(*http.Request) (*http.Response, error) {
	r.asked.Add(1)
	return nil, errors.New("refused by the test")
}

func TestASchemaThatIsNotThereIsAnErrorAndNeverFetched(t *testing.T) {
	transport, before := &refusing{}, http.DefaultTransport
	http.DefaultTransport = transport
	defer func() { http.DefaultTransport = before }()

	for _, ref := range []string{"missing.json", "https://schemas.invalid/missing.json", "http://127.0.0.1:1/missing.json",
		"file:///etc/hostname", "../missing.json"} {
		for _, place := range []string{`"properties":{"a":{"$ref":"` + ref + `"}}`, `"allOf":[{"$ref":"` + ref + `"}]`,
			`"$ref":"` + ref + `"`} {
			_, err := load(fstest.MapFS{"x.json": {Data: []byte(
				`{"$schema":"http://json-schema.org/draft-07/schema#","$id":"https://kobcheck.test/schemas/x.json",` +
					`"title":"X",` + place + `}`)}})
			assert.ErrorContains(t, err, "is not embedded, and nothing is ever fetched", place)
		}
	}
	assert.Zero(t, transport.asked.Load(), "requests")

	// The library's own loader does dial, so the transport above would have seen it.
	_, err := gojsonschema.NewSchema(gojsonschema.NewStringLoader(`{"$ref":"https://schemas.invalid/missing.json"}`))
	require.Error(t, err)
	assert.NotZero(t, transport.asked.Load(), "requests of the library's own loader")
}

func TestABrokenFileIsAnErrorThatNamesIt(t *testing.T) {
	good := `{"$id":"https://kobcheck.test/schemas/a.json","title":"A","type":"object"}`
	for fault, c := range map[string]struct{ text, says string }{
		"no JSON":              {`{`, "b.json"},
		"a keyword twice":      {`{"title":"B","title":"C"}`, "there twice"},
		"no title":             {`{"$id":"https://kobcheck.test/schemas/b.json"}`, "title of its own"},
		"the title of another": {`{"$id":"https://kobcheck.test/schemas/b.json","title":"A"}`, "title of its own"},
		"the $id of another":   {`{"$id":"https://kobcheck.test/schemas/a.json","title":"B"}`, "b.json"},
		"a keyword of no type": {`{"$id":"https://kobcheck.test/schemas/b.json","title":"B","required":"a"}`, "b.json"},
		"an unknown type":      {`{"$id":"https://kobcheck.test/schemas/b.json","title":"B","type":"text"}`, "schema B"},
		"a pattern that is none": {`{"$id":"https://kobcheck.test/schemas/b.json","title":"B",` +
			`"properties":{"a":{"pattern":"(?=a)"}}}`, "schema B"},
		"properties of no object": {`{"$id":"https://kobcheck.test/schemas/b.json","title":"B","properties":[]}`, "b.json"},
	} {
		_, err := load(fstest.MapFS{"a.json": {Data: []byte(good)}, "b.json": {Data: []byte(c.text)}})
		assert.ErrorContains(t, err, c.says, fault)
	}
	_, err := load(fstest.MapFS{"a.json": {Data: []byte(good)}})
	assert.NoError(t, err)
}

func TestEveryCallerGetsTheSameSet(t *testing.T) {
	assert.Same(t, loaded(t), loaded(t))
}
