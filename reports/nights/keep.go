package nights

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/kobcheck/kobcheck/reports/evidence"
)

// Keep says how many nights of a history stay, and of how many the reports do. 0 is no bound.
type Keep struct {
	// Nights stay at all. Reports of so many of the latest stay as they were written; of a night before those its
	// night.json stays, and its run.json compressed.
	Nights, Reports int
	// Green says that of nights that passed only so many of the latest keep their pages, and an uncompressed run.json;
	// nil is no bound.
	Green *int
	// Also takes from the folder of a night that is pruned what else there is of no use any more; nil for nothing.
	Also func(folder string) error
}

// ParseKeep reads what --keep says, such as nights=400,reports=14, or all.
func ParseKeep(text string) (Keep, error) {
	var keep Keep
	if text == "" || text == "all" {
		return keep, nil
	}
	for _, part := range strings.Split(text, ",") {
		name, number, _ := strings.Cut(part, "=")
		n, err := strconv.Atoi(number)
		switch {
		case err == nil && n >= 0 && name == "green":
			keep.Green = &n
		case err != nil || n < 1:
			return keep, fmt.Errorf("--keep: %q is no number of nights; write it like nights=400,reports=14", part)
		case name == "nights":
			keep.Nights = n
		case name == "reports":
			keep.Reports = n
		default:
			return keep, fmt.Errorf("--keep: there is no %q; there are nights, reports and green", name)
		}
	}
	return keep, nil
}

// reportFiles are the patterns of what a run writes into a night's folder beside night.json and run.json.
var reportFiles = []string{"*.html", "junit.xml", "summary.md", "new-failures.yaml", "ctrf.json", "cucumber.json", "messages.ndjson",
	"metrics.txt", "badge.svg", "annotations.txt", "issue-*.md", "allure-results/*-result.json"}

// Prune takes from a history what is not to be kept, and returns in words what it did. It touches only folders right
// below that hold a night of the target, and of them only files that a run writes; what it does not know stays, and so
// does a folder that is not empty then.
func Prune(folder, target string, keep Keep) (string, error) {
	type held struct {
		at    string
		night *Night
	}
	var list []held
	entries, err := os.ReadDir(folder)
	if err != nil {
		return "", fmt.Errorf("pruning the nights under %s: %w", folder, err)
	}
	for _, entry := range entries {
		at := filepath.Join(folder, entry.Name())
		night, err := ReadOne(filepath.Join(at, nightFiles[0]))
		if entry.IsDir() && err == nil && night.Target == target { // without a night.json nothing goes
			list = append(list, held{at, night})
		}
	}
	slices.SortStableFunc(list, func(a, b held) int { return b.night.StartedAt.Compare(a.night.StartedAt) })
	removed, thinned, green, small := 0, 0, 0, 0
	var failed []error
	for i, one := range list {
		if one.night.ExitCode == evidence.ExitPassed {
			green++
		}
		switch {
		case keep.Nights > 0 && i >= keep.Nights:
			removed++
			_, err := drop(one.at, append(slices.Clone(reportFiles), nightFiles...))
			failed = append(failed, err, keep.also(one.at), gone(one.at))
		case keep.Reports > 0 && i >= keep.Reports:
			n, err := thin(one.at, reportFiles)
			thinned, failed = thinned+n, append(failed, err, keep.also(one.at))
		case keep.Green != nil && one.night.ExitCode == evidence.ExitPassed && green > *keep.Green:
			n, err := thin(one.at, reportFiles[:1]) // what a pipeline reads of it stays
			small, failed = small+n, append(failed, err, keep.also(one.at))
		}
	}
	var said []string
	for _, part := range []struct {
		n    int
		what string
	}{{removed, "removed"}, {thinned, "left with their history alone"},
		{small, "that passed left without pages (kobcheck report FOLDER/run.json.gz renders them)"}} {
		if part.n > 0 {
			said = append(said, fmt.Sprintf("%d %s", part.n, part.what))
		}
	}
	if len(said) == 0 {
		return "", errors.Join(failed...)
	}
	return fmt.Sprintf("of %d nights: %s", len(list), strings.Join(said, ", ")), errors.Join(failed...)
}

func (k Keep) also(folder string) error {
	if k.Also == nil {
		return nil
	}
	return k.Also(folder)
}

// thin takes reports from a night and compresses its run.json; it returns 1, or 0 where that was done before.
func thin(folder string, patterns []string) (int, error) {
	packed, err := pack(filepath.Join(folder, "run.json"))
	n, failed := drop(folder, patterns)
	if packed {
		n++
	}
	return min(n, 1), errors.Join(err, failed)
}

// drop removes the files of a folder that match a pattern, and returns how many they were.
func drop(folder string, patterns []string) (n int, err error) {
	var failed []error
	for _, pattern := range patterns {
		paths, err := filepath.Glob(filepath.Join(folder, filepath.FromSlash(pattern)))
		failed = append(failed, err)
		for _, path := range paths {
			failed = append(failed, os.Remove(path))
			n++
		}
	}
	return n, errors.Join(failed...)
}

// gone removes a folder with nothing in it any more.
func gone(folder string) error {
	_ = os.Remove(filepath.Join(folder, "allure-results"))
	left, err := os.ReadDir(folder)
	if err != nil || len(left) > 0 {
		return err
	}
	return os.Remove(folder)
}

// pack compresses a file into one with .gz behind its name, in its mode, and removes it only where that is whole. It
// reports whether the file was there.
func pack(path string) (there bool, err error) {
	from, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return true, err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	info, err := from.Stat()
	if err != nil {
		return true, err
	}
	aside := path + ".part"
	to, err := os.OpenFile(aside, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, info.Mode())
	if err != nil {
		return true, err
	}
	press := gzip.NewWriter(to)
	_, err = io.Copy(press, from)
	if err = errors.Join(err, press.Close(), to.Close()); err != nil {
		return true, errors.Join(err, os.Remove(aside))
	}
	return true, errors.Join(os.Rename(aside, path+".gz"), os.Remove(path))
}
