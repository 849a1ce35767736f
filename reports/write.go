package reports

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// Guard looks for secrets in what was written. It returns in words what it found.
type Guard interface{ Find(data []byte) []string }

// Renderer writes one file of a run's reports. Format is what it belongs to where it comes from outside of this
// package; empty means html.
type Renderer struct {
	File   string
	Format string
	Render func(io.Writer, *Run, *contract.Contract) error
}

// renderers are the formats of one file by name.
var renderers = map[string]Renderer{
	"json":     {File: "run.json", Render: func(w io.Writer, r *Run, _ *contract.Contract) error { return WriteJSON(w, r) }},
	"junit":    {File: "junit.xml", Render: writeJUnit},
	"markdown": {File: "summary.md", Render: writeMarkdown},
	"ctrf":     {File: "ctrf.json", Render: writeCTRF},
	"cucumber": {File: "cucumber.json", Render: writeCucumber},
	"metrics":  {File: "metrics.txt", Render: writeOpenMetrics},
	"badge":    {File: "badge.svg", Render: writeBadge},
	"github":   {File: "annotations.txt", Render: writeAnnotations},
	"night":    {File: "night.json", Render: writeNight},
	"known":    {File: "new-failures.yaml", Render: func(w io.Writer, r *Run, _ *contract.Contract) error { return writeNewFailures(w, r) }},
}

// Formats lists the formats that a run writes unless it is told which.
func Formats() []string { return []string{"json", "junit", "markdown", "html", "known", "night"} }

// AllFormats lists every format: beside those of [Formats], what others read.
func AllFormats() []string {
	return append(Formats(), "ctrf", "cucumber", "messages", "allure", "metrics", "badge", "github", "issues")
}

// WriteAll writes the reports of a run into a folder and returns their paths. Each file appears whole or
// not at all, and one renderer that fails does not keep the others from writing. Every file is looked
// through for secrets first; one that holds any is set aside under another name, and the run's exit code
// becomes 8. Pages are what the formats html and messages are made of.
func WriteAll(folder string, r *Run, facts *contract.Contract, formats []string, pages []Renderer, guard Guard) ([]string, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, fmt.Errorf("making the folder for reports %s: %w; choose another with --out", folder, err)
	}
	var files []Renderer
	var unknown []error
	for _, name := range formats {
		one, known := renderers[name]
		switch {
		case name == "html" || name == "messages":
			for _, page := range pages {
				if page.Format == name || page.Format == "" && name == "html" {
					files = append(files, page)
				}
			}
		case name == "issues":
			files = append(files, issues(r)...)
		case name == "allure":
			files = append(files, allure(r)...)
		case known:
			files = append(files, one)
		default:
			unknown = append(unknown, fmt.Errorf("there is no report format %q; there are %s", name, strings.Join(AllFormats(), ", ")))
		}
	}
	if err := removeEarlier(folder, formats, files); err != nil {
		unknown = append(unknown, err)
	}
	written, found, failed := make([]string, len(files)), make([]string, len(files)), make([]error, len(files))
	var all sync.WaitGroup
	for i, one := range files {
		all.Add(1)
		go func() {
			defer all.Done()
			written[i], found[i], failed[i] = one.write(folder, r, facts, guard)
		}()
	}
	all.Wait()
	var paths []string
	for i, path := range written {
		if path != "" {
			paths = append(paths, path)
		}
		if found[i] != "" {
			r.ExitCode, r.Verdict, r.Reason = evidence.ExitSecretFound, evidence.Failed, found[i]
		}
	}
	return paths, errors.Join(append(unknown, failed...)...)
}

// families are the formats of many files, whose number and names follow from the run.
var families = map[string]string{"html": "evidence-*.html", "issues": "issue-*.md", "allure": allureFolder + "/*-result.json"}

// removeEarlier removes the files of a family that an earlier run left and this one does not write again: they
// would be taken for its own.
func removeEarlier(folder string, formats []string, files []Renderer) error {
	var failed []error
	for _, format := range formats {
		pattern, many := families[format]
		if !many {
			continue
		}
		earlier, err := filepath.Glob(filepath.Join(folder, pattern))
		failed = append(failed, err)
		for _, path := range earlier {
			if !slices.ContainsFunc(files, func(one Renderer) bool { return filepath.Join(folder, one.File) == path }) {
				failed = append(failed, os.Remove(path))
			}
		}
	}
	return errors.Join(failed...)
}

// write renders one report and returns where it was put, and in words what made it be set aside.
func (one Renderer) write(folder string, r *Run, facts *contract.Contract, guard Guard) (path, found string, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("writing %s broke down: %v", one.File, cause)
		}
	}()
	var text bytes.Buffer
	if err := one.Render(&text, r, facts); err != nil {
		return "", "", fmt.Errorf("writing %s: %w", one.File, err)
	}
	path = filepath.Join(folder, one.File)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", "", fmt.Errorf("making the folder of %s: %w", one.File, err)
	}
	if guard != nil {
		if secrets := guard.Find(text.Bytes()); len(secrets) > 0 {
			found = fmt.Sprintf("%s would have held %s; it was set aside as %s.quarantined", one.File, strings.Join(secrets, " and "), one.File)
			// The report of an earlier run must not be taken for that of this one.
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return "", found, fmt.Errorf("removing the earlier %s: %w", path, err)
			}
			path += ".quarantined"
		}
	}
	return path, found, replaceFile(path, text.Bytes())
}

// replaceFile writes a file so that a reader sees the old one or the new one, never half of it.
func replaceFile(path string, data []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(path), ".kobcheck-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	_, err = temporary.Write(data)
	err = errors.Join(err, temporary.Chmod(0o644), temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, errors.Join(err, os.Remove(temporary.Name())))
	}
	return nil
}

// WriteJSON writes run.json.
func WriteJSON(w io.Writer, r *Run) error {
	return json.NewEncoder(w).Encode(r)
}

// ReadRun reads a run.json. Another version, or a file of another kind, is an error that says so.
func ReadRun(from io.Reader) (*Run, error) {
	data, err := io.ReadAll(from)
	if err != nil {
		return nil, fmt.Errorf("reading a run: %w", err)
	}
	var head struct {
		Version *int `json:"version"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, fmt.Errorf("this is no run.json: %w", err)
	}
	if head.Version == nil || *head.Version != Version {
		return nil, fmt.Errorf("this run.json is not of version %d, which this program reads; render it with the program that wrote it", Version)
	}
	run := new(Run)
	if err := json.Unmarshal(data, run); err != nil {
		return nil, fmt.Errorf("this run.json is broken: %w", err)
	}
	run.proveEarlier()
	return run, nil
}

// proveEarlier fills in what an earlier run.json does not say: which requirements its scenarios prove. A scenario
// that passed had a check that held, so that one without is of such a file; it proved what it was tagged with.
func (r *Run) proveEarlier() {
	for i := range r.Scenarios {
		s := &r.Scenarios[i]
		if s.Verdict != evidence.Passed || len(s.Proves) > 0 {
			continue
		}
		for _, check := range s.Checks {
			if check.Outcome == evidence.Held && check.Requirement != "" {
				s.Proves = append(s.Proves, check.Requirement)
			}
		}
		s.Proves = append(s.Proves, s.Requirements...)
		slices.Sort(s.Proves)
		s.Proves = slices.Compact(s.Proves)
	}
}
