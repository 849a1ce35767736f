package site

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

// refreshEvery is how often a page that is looked at asks for its newest state, in seconds.
const refreshEvery = "5"

// Serve serves a folder until the context ends; ready hears the address.
func Serve(ctx context.Context, folder, address string, ready func(string)) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("serving the reports: %w; choose another --addr", err)
	}
	handed := http.FileServer(http.Dir(folder))
	server := &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if strings.HasSuffix(r.URL.Path, ".html") || strings.HasSuffix(r.URL.Path, "/") {
			w.Header().Set("Refresh", refreshEvery)
		}
		handed.ServeHTTP(w, r)
	})}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	ready("http://" + listener.Addr().String())
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	_ = server.Close()
	if err := <-done; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
