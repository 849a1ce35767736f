package workbench

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/kobcheck/kobcheck/features"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/format"
	"github.com/kobcheck/kobcheck/steps/catalog"
)

// Sources are what reports tell beside a run: the documentation, and the features that this program carries.
func (b *Bench) Sources() format.Sources {
	return format.Sources{Contract: b.Facts, Schemas: b.Shapes, Features: func() (map[string][]byte, error) {
		scenarios, err := catalog.Read(features.Files)
		if err != nil {
			return nil, err
		}
		return scenarios.Sources, nil
	}}
}

// Finish writes the reports of a run, prints its summary and returns its exit code as an error.
func (b *Bench) Finish(result *reports.Run, formats []string, to *format.Writer) error {
	paths, failed := elsewhere(b, to, func() ([]string, error) { return format.Run(to, result, b.Sources(), formats) })
	if err := format.PrintSummary(b.Out, result, b.Facts, b.Coloured()); err != nil {
		return err
	}
	return b.ended(paths, failed, result.ExitCode, "  report        %s\n", "index.html")
}

// FinishLoad judges a run of load plans, and does the same.
func (b *Bench) FinishLoad(result *reports.LoadRun, by *Judgement, to *format.Writer) error {
	result.ApplyKnown(by.Known)
	result.Judge(by.Policy, b.Now())
	result.ReportWaivers(by.Waivers)
	paths, failed := elsewhere(b, to, func() ([]string, error) { return format.Load(to, result) })
	if err := format.PrintLoad(b.Out, result); err != nil {
		return err
	}
	return b.ended(paths, failed, result.ExitCode, "  report %s\n", "load.html", "idempotency-policy.json")
}

// elsewhere writes into a folder of its own what can't be written where it should be: a run that was made is not lost.
func elsewhere(b *Bench, to *format.Writer, write func() ([]string, error)) ([]string, error) {
	paths, failed := write()
	if failed == nil || len(paths) > 0 {
		return paths, failed
	}
	folder, err := os.MkdirTemp("", "kobcheck-reports-*")
	if err != nil {
		return nil, errors.Join(failed, err)
	}
	to.Folder = folder
	if paths, err = write(); err == nil {
		b.Say("the reports are in %s instead", folder)
	}
	return paths, errors.Join(failed, err)
}

// ended names the reports that are worth opening, and says what could not be written.
func (b *Bench) ended(paths []string, failed error, code int, line string, shown ...string) error {
	if failed != nil {
		b.Say("%v", failed)
		if code == evidence.ExitPassed {
			code = evidence.ExitUsage
		}
	}
	for _, path := range paths {
		if slices.Contains(shown, filepath.Base(path)) {
			fmt.Fprintf(b.Out, line, path)
		}
	}
	return ExitWith(code)
}
