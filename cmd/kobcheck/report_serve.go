package main

import (
	"context"
	"fmt"
	"net"
	"os"

	"github.com/spf13/cobra"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/reports/site"
)

func newServe() *cobra.Command {
	var address string
	command := &cobra.Command{
		Use:     "serve [FOLDER]",
		Short:   "Shows the latest site on loopback; the pages refresh while a run goes on",
		Example: "  kobcheck report serve reports/out --addr 127.0.0.1:8088",
		Args:    workbench.Takes(0, 1),
		RunE: workbench.Verb(func(ctx context.Context, b *workbench.Bench, folders []string) error {
			folder := append(folders, "reports/out")[0]
			if entry, err := os.Stat(folder); err != nil || !entry.IsDir() {
				return fmt.Errorf("%s is no folder with reports; kobcheck run makes one", folder)
			}
			host, _, err := net.SplitHostPort(address)
			if err != nil || !client.OnThisMachine(host) {
				return fmt.Errorf("--addr %s is not on loopback; the reports are for this machine alone", address)
			}
			ctx, _, release := workbench.UntilSignal(ctx)
			defer release()
			return site.Serve(ctx, folder, address, func(at string) { fmt.Fprintf(b.Out, "%s/index.html\n", at) })
		}),
	}
	command.Flags().StringVar(&address, "addr", "127.0.0.1:0", "address on loopback; port 0 takes a free one")
	return command
}
