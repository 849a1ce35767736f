package site

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
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
	root, err := os.OpenRoot(folder) // no link leads out of it
	if err != nil {
		return fmt.Errorf("serving the reports: %w", err)
	}
	defer func() { _ = root.Close() }() // it was only read
	own := "http://" + listener.Addr().String()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	handed := http.FileServer(http.FS(root.FS()))
	server := &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// A name that leads here is how a page from elsewhere would read the reports (DNS rebinding).
		if name, asked, err := net.SplitHostPort(r.Host); err != nil || asked != port || !ours(name) {
			http.Error(w, "the reports are at "+own, http.StatusMisdirectedRequest)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if strings.HasSuffix(r.URL.Path, ".html") || strings.HasSuffix(r.URL.Path, "/") {
			w.Header().Set("Refresh", refreshEvery)
		}
		handed.ServeHTTP(w, r)
	})}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	ready(own)
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

// ours reports whether a host is this machine, by its usual name or an address of loopback.
func ours(host string) bool {
	return strings.EqualFold(host, "localhost") || net.ParseIP(host).IsLoopback()
}
