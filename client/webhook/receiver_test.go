package webhook

import (
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func post(t *testing.T, address string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(`{"Type":"Notification"}`))
	require.NoError(t, err)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	return answer.StatusCode
}

func TestADeliveryReachesItsInboxBehindAPathThatTheIngressKeeps(t *testing.T) {
	r, err := Listen(t.Context(), "127.0.0.1:0", "")
	require.NoError(t, err)
	defer r.Close()
	box := r.NewInbox()
	for _, path := range []string{"", "/kobcheck/nightly"} {
		require.Equal(t, http.StatusOK, post(t, strings.Replace(box.URL, r.base, r.base+path, 1)))
	}
	require.Len(t, box.All(), 2)
	require.NoError(t, r.Trouble())
	require.Equal(t, http.StatusNotFound, post(t, r.base+"/elsewhere"))
	require.ErrorContains(t, r.Trouble(), `"/elsewhere", which is no inbox of this run`)
	require.Len(t, box.All(), 2)
}

func TestAFloodOfDeliveriesIsHeldWithinABound(t *testing.T) {
	r, err := Listen(t.Context(), "127.0.0.1:0", "")
	require.NoError(t, err)
	defer r.Close()
	box := r.NewInbox()
	body := `{"Type":"Notification","Message":"` + strings.Repeat("x", 200_000) + `"}`
	refused, enough := 0, mostHeld/len(body)+20
	for range enough {
		answer, err := http.Post(box.URL, "text/plain", strings.NewReader(body))
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		if answer.StatusCode == http.StatusInsufficientStorage {
			refused++
		}
	}
	require.Equal(t, enough, len(box.All())+refused)
	require.LessOrEqual(t, 2*len(box.All())*len(body), mostHeld)
	require.Positive(t, refused)
	require.ErrorContains(t, r.Trouble(), "takes no more")
	_, came := box.Next(t.Context())
	require.True(t, came)
	require.Equal(t, http.StatusOK, post(t, box.URL), "there is room again")
}

// outOf is a listener that has no descriptor left for its first connection.
type outOf struct{ net.Listener }

func (outOf) Accept() (net.Conn, error) { return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE} }

func TestAReceiverOutOfDescriptorsSaysSo(t *testing.T) {
	r := &Receiver{}
	_, err := (&minded{Listener: outOf{}, mind: r.mind}).Accept()
	require.Error(t, err)
	require.ErrorIs(t, r.Trouble(), syscall.EMFILE)
	require.ErrorContains(t, r.Trouble(), "ulimit -n")
}
