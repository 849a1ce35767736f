package answers

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAFormIsWhatItsWordsSay(t *testing.T) {
	for form, texts := range map[string]map[string]bool{
		"four digits": {"1234": true, "12345": false, "12a4": false, "": false},
		"a masked card number": {"4111***1111": true, "41111111****1111": true, "411111111***1111": false,
			"4111***11111": false, "***": true, "4111111111111111": false},
		"a date-time of RFC 3339": {"2025-01-02T03:04:05Z": true, "2025-01-02t03:04:05+10:00": true, "2025-01-02": false},
		"a time in UTC with milliseconds": {"2025-01-02T03:04:05.678Z": true, "2025-01-02T03:04:05Z": false,
			"2025-01-02T03:04:05.678+01:00": false},
		"a plain text, not empty":          {"a": true, " ": false},
		"an identifier in 8-4-4-4-12 form": {"1b8ecc17-4edd-4b74-ae4f-208aeb78f105": true, "1b8ecc174edd4b74ae4f208aeb78f105": false},
	} {
		for text, want := range texts {
			require.Equal(t, want, forms[form](text), "%q %s", text, form)
		}
	}
	require.Len(t, forms, 6, "each form has its row")
}

func TestARefusalAcceptsTheCodesOfItsKind(t *testing.T) {
	for kind, codes := range map[string]struct{ good, wrong []int }{
		"not authenticated":      {[]int{401}, []int{200, 400, 403, 500}},
		"forbidden":              {[]int{403}, []int{401, 404}},
		"not found":              {[]int{404}, []int{403, 410}},
		"forbidden or not found": {[]int{403, 404}, []int{400, 401}},
		"wrong or missing data":  {[]int{400}, []int{422, 409}},
		"bad credentials":        {[]int{400, 401}, []int{403}},
		"a wrong method":         {[]int{404, 405, 501}, []int{400, 500}},
		"a fault of the caller":  {[]int{400, 409, 422, 499}, []int{399, 500}},
	} {
		for _, code := range codes.good {
			require.True(t, refusals[kind].accepts(code), "%s: %d", kind, code)
		}
		for _, code := range codes.wrong {
			require.False(t, refusals[kind].accepts(code), "%s: %d", kind, code)
		}
	}
	require.Len(t, refusals, 8, "each kind has its row")
}
