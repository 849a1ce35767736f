package webhook

import (
	"context"
	"fmt"
	"net"
	"os"
	"slices"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatThisMachineIsShortOfIsNoWordOnTheSender(t *testing.T) {
	for cause, unseen := range map[syscall.Errno]bool{syscall.EMFILE: true, syscall.ECONNREFUSED: false} {
		v := verifier(t)
		v.Fetch = func(context.Context, string) ([]byte, error) {
			return nil, fmt.Errorf("fetching: %w", &net.OpError{Op: "dial", Err: os.NewSyscallError("socket", cause)})
		}
		_, checks := v.Verify(t.Context(), Delivery{Header: header(), Body: signed(t, good("1"), goodText, "1")})
		at := slices.IndexFunc(checks, func(c Check) bool { return c.Step == "certificate" })
		require.GreaterOrEqual(t, at, 0)
		require.False(t, checks[at].Holds)
		require.Equal(t, unseen, checks[at].Unseen, cause.Error())
	}
}
