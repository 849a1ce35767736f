package mock

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestAnEnduserIsAPersonACompanyOrBoth(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		one := c.call("endusers-create", body{"person": person(), "metadata": body{}}).is(http.StatusOK).object()
		require.Equal(t, person(), one["person"])
		require.True(t, isID(one["person_id"].(string)))
		require.Nil(t, one["company"])
		require.Nil(t, one["company_id"])
		company := c.call("endusers-create", body{"company": body{"name": "Acme Pty Ltd"}}).is(http.StatusOK).object()
		require.Nil(t, company["person"])
		require.Nil(t, company["person_id"])
		require.Equal(t, body{"id": company["company_id"], "name": "Acme Pty Ltd"}, company["company"])
		both := c.call("endusers-create",
			body{"person": person(), "company": body{"name": "Acme", "id": "mine"}}).is(http.StatusOK).object()
		require.NotNil(t, both["person_id"])
		require.Equal(t, both["company_id"], both["company"].(body)["id"])
		for _, bad := range []body{{}, {"metadata": body{}}, {"person": nil}, {"person": "Jane"}, {"person": []int{}},
			{"company": 7}, {"person": body{"first_name": 7}}, {"company": body{"name": true}}} {
			c.call("endusers-create", bad).isRefused()
		}
	})
}

func TestMetadataIsKeptToTheByte(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		for _, metadata := range []string{rich, `{}`, `{"a" : 1.50, "b":1e30,"c":"\u0041\/", "d": -0}`, `{"":{"":{}}}`,
			`{"n":123456789012345678901234567890}`} {
			made := c.send("POST", "./endusers", `{"person":{"first_name":"Jane"},"metadata":`+metadata+`}`).is(http.StatusOK)
			require.Contains(t, string(made.text), `"metadata":`+metadata+`}`)
			require.Equal(t, string(made.text), string(c.call("endusers-get", nil, made.id()).succeeds().text))
			require.Contains(t, string(c.call("endusers-list", nil).succeeds().text), metadata)
		}
	})
}

func TestMetadataThatIsLeftOutIsAnEmptyObjectAndOnlyObjectsAreTaken(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		require.Equal(t, body{}, c.call("endusers-create", body{"person": person()}).succeeds().object()["metadata"])
		for _, bad := range []any{nil, []int{1}, "x", 7, true} {
			c.call("endusers-create", body{"person": person(), "metadata": bad}).isRefused()
		}
	})
}

func TestAnyMetadataObjectComesBackUnchanged(t *testing.T) {
	c := newCaller(t, Options{})
	var value func(depth int) *rapid.Generator[any]
	value = func(depth int) *rapid.Generator[any] {
		simple := []*rapid.Generator[any]{rapid.Just[any](nil), rapid.Bool().AsAny(), rapid.Int64().AsAny(),
			rapid.String().Filter(func(s string) bool { return strings.ToValidUTF8(s, "") == s }).AsAny()}
		if depth == 0 {
			return rapid.OneOf(simple...)
		}
		return rapid.OneOf(append(simple, rapid.SliceOfN(value(depth-1), 0, 3).AsAny(), rapid.MapOfN(rapid.StringN(0, 5, 20),
			value(depth-1), 0, 3).AsAny())...)
	}
	rapid.Check(t, func(r *rapid.T) {
		raw, err := json.Marshal(rapid.MapOfN(rapid.StringN(0, 5, 20), value(3), 0, 4).Draw(r, "metadata"))
		require.NoError(r, err)
		made := c.call("endusers-create", body{"person": person(), "metadata": json.RawMessage(raw)}).succeeds()
		var answered struct{ Metadata json.RawMessage }
		require.NoError(r, json.Unmarshal(c.call("endusers-get", nil, made.id()).succeeds().text, &answered))
		require.Equal(r, string(raw), string(answered.Metadata))
	})
}
