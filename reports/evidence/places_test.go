package evidence

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestADeviationInTooManyPlacesIsListedInSomeAndCounted(t *testing.T) {
	p := Places{Most: 3}
	listed := 0
	for _, check := range []string{"a", "b"} {
		for i := range 10 {
			for range 2 {
				if p.Lists(Finding{Requirement: "R-1", Check: check, Pointer: fmt.Sprintf("/0/name%d", i), Message: "odd", Count: 1}) {
					listed++
				}
			}
		}
	}
	require.Equal(t, 2*3*2, listed)
	require.True(t, p.Lists(Finding{Requirement: "R-1", Check: "a", Pointer: "/7/name0"}), "the same place in another item")
	rest := p.Rest()
	require.Len(t, rest, 2)
	require.Equal(t, "odd … and 14 more that are not listed", rest[0].Message)
	require.Equal(t, 14, rest[0].Count)
	require.Equal(t, rest[0].Fingerprint(), func() string {
		p.Lists(Finding{Requirement: "R-1", Check: "a", Pointer: "/x"})
		return p.Rest()[0].Fingerprint()
	}(),
		"the count is no part of how it fails")
}
