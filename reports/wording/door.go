package wording

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"sync"
)

// Door is where everything that a verb prints goes out, line by line: without what Clean takes out, such as secrets,
// and without what steers a terminal or commands a pipeline. It is safe for concurrent use; Close prints a last line
// that has no end.
type Door struct {
	Out   io.Writer
	Clean func(string) string
	// Colours lets through the colours of a [Printer].
	Colours bool

	mu   sync.Mutex
	rest []byte
}

// colour is what [Printer.Paint] writes.
var colour = regexp.MustCompile("\x1b\\[[0-9;]*m")

func (d *Door) Write(data []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.rest = append(d.rest, data...)
	end := bytes.LastIndexByte(d.rest, '\n') + 1
	if end == 0 {
		return len(data), nil
	}
	out := d.cleaned(string(d.rest[:end]))
	d.rest = append(d.rest[:0], d.rest[end:]...)
	_, err := io.WriteString(d.Out, out)
	return len(data), err
}

// Close prints what has no end of a line yet.
func (d *Door) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, err := io.WriteString(d.Out, d.cleaned(string(d.rest)))
	d.rest = nil
	return err
}

func (d *Door) cleaned(text string) string {
	lines := strings.Split(d.Clean(text), "\n")
	for i, line := range lines {
		var out strings.Builder
		at := 0
		if d.Colours {
			for _, found := range colour.FindAllStringIndex(line, -1) {
				out.WriteString(plain(line[at:found[0]], true) + line[found[0]:found[1]])
				at = found[1]
			}
		}
		lines[i] = harmless(out.String() + plain(line[at:], true))
	}
	return strings.Join(lines, "\n")
}

// commands are what pipelines take for orders wherever they stand in a line; GitHub takes a line that begins with two
// colons for one too.
var commands = strings.NewReplacer("##[", "# #[", "##vso[", "# #vso[", "##teamcity[", "# #teamcity[")

// harmless keeps a line from being taken for an order of a pipeline.
func harmless(line string) string {
	line = commands.Replace(line)
	if begin := strings.TrimLeft(line, " \t"); strings.HasPrefix(begin, "::") {
		return line[:len(line)-len(begin)] + ": " + begin[1:]
	}
	return line
}
