// Package wording writes text for people: lines of at most 80 columns, counts in words, and no text from outside
// that steers the terminal it is shown on.
package wording

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// width is how long a line gets.
const width = 80

// Printer prints lines until one of them fails.
type Printer struct {
	out    io.Writer
	colour bool
	err    error
	lines  int
}

// New returns a printer onto a writer, with colours or without.
func New(out io.Writer, colour bool) *Printer { return &Printer{out: out, colour: colour} }

// painted is a text with the colours that Paint gave it.
type painted string

// Line prints a line; after an error it does nothing. Whatever text it is given steers no terminal.
func (p *Printer) Line(format string, args ...any) {
	if p.err != nil {
		return
	}
	for i, one := range args {
		if text, is := one.(string); is {
			args[i] = PlainLines(text)
		}
	}
	p.lines++
	_, p.err = fmt.Fprintf(p.out, format+"\n", args...)
}

// Paint gives a text a colour by its ANSI code, such as 31;1, where the printer has colours. What it returns is for
// [Printer.Line].
func (p *Printer) Paint(code, text string) any {
	if !p.colour {
		return text
	}
	return painted("\x1b[" + code + "m" + PlainLines(text) + "\x1b[0m")
}

// Lines is how many lines were printed.
func (p *Printer) Lines() int { return p.lines }

// Err is what kept a line from being printed.
func (p *Printer) Err() error { return p.err }

// Figure writes a number with three digits that count, and never with an exponent: 0.0123, 4.56, 1960.
func Figure(v float64) string {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return fmt.Sprint(v)
	}
	decimals := max(0, 2-int(math.Floor(math.Log10(math.Abs(v)))))
	text := strconv.FormatFloat(v, 'f', decimals, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

// Count counts things in words, such as 2 cards.
func Count(n int, thing string) string { return fmt.Sprintf("%d %s", n, Plural(thing, n)) }

// Some names the first of a list, and says how many more there are.
func Some(names []string, most int) string {
	text := strings.Join(names[:min(len(names), most)], ", ")
	if more := len(names) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// Plural is the word for n things of a kind.
func Plural(kind string, n int) string {
	switch {
	case n == 1:
		return kind
	case strings.HasSuffix(kind, "y") && !strings.HasSuffix(kind, "ay"):
		return kind[:len(kind)-1] + "ies"
	}
	return kind + "s"
}

// Plain keeps a text from outside from steering the terminal and the pipeline: no control characters, none that turn
// the direction of what follows, and no order to a runner.
func Plain(text string) string { return harmless(plain(text, false)) }

func plain(text string, tabs bool) string {
	return strings.Map(func(r rune) rune {
		if tabs && r == '\t' {
			return r
		}
		if r < 0x20 || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x2028 ||
			r == 0x2029 {
			return ' '
		}
		return r
	}, text)
}

// PlainLines is Plain that keeps the ends of lines.
func PlainLines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = Plain(lines[i])
	}
	return strings.Join(lines, "\n")
}

// Wrap breaks a text, without what Plain takes out of it, at blanks; further lines begin under the indent.
func Wrap(text string, indent int) string {
	var out strings.Builder
	length := indent
	for i, word := range strings.Fields(Plain(text)) {
		if i > 0 {
			if length+1+len([]rune(word)) > width {
				out.WriteString("\n" + strings.Repeat(" ", indent))
				length = indent
			} else {
				out.WriteByte(' ')
				length++
			}
		}
		out.WriteString(word)
		length += len([]rune(word))
	}
	return out.String()
}
