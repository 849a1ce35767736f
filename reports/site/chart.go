package site

import (
	"fmt"
	"strings"
)

// The size of a chart, and the room around its lines.
const (
	chartWidth  = 960.0
	chartHeight = 200.0
	chartLeft   = 56.0
	chartFoot   = 22.0
)

// chart is one picture of a load page: a title that says what it shows, the picture, and the same as a table.
type chart struct {
	ID, Title string
	Picture   canvas
	Head      []string
	Rows      [][]string
	// Toggle names lines that can be switched off without a script; empty for none.
	Toggle string
}

// key says what a colour of a chart stands for.
type key struct{ Class, Text string }

// legend explains the colours of a chart.
func legend(chart string) []key {
	switch chart {
	case "answers":
		return []key{{"good", "good"}, {"throttled", "throttled"}, {"failed", "failed"}, {"due", "arrivals that were due (the line)"}}
	case "latency":
		return []key{{"p50", "half of the answers (p50)"}, {"p99", "99 of 100 (p99)"}, {"send", "p99 from the moment of sending"}}
	case "curve":
		return []key{{"p99", "latency at each percentile"}, {"bounds", "where it may really lie (95 % on each side)"}}
	case "limiter":
		return []key{{"good", "passed"}, {"failed", "refused"}, {"grid", "a window begins"}}
	case "bursts":
		return []key{{"good", "answered with the one object"}, {"throttled", "refused"}, {"failed", "answered with another object"}}
	}
	return []key{{"good", "held as answered"}, {"failed", "held otherwise"}, {"outline", "what the answers add up to"}}
}

// canvas is a picture as the template draws it, in this order. Label is what is read out in place of it. Classes give
// the colours.
type canvas struct {
	Width, Height float64
	Label         string
	Grid          []gridLine
	Areas, Lines  []points
	Bars          []bar
	Dots          []dot
	Texts         []label
}

type gridLine struct{ X1, X2, Y1, Y2 float64 }

// points are a line or the edge of an area, as SVG has them.
type points struct{ Class, Points string }

type bar struct {
	Class               string
	X, Y, Width, Height float64
}

type dot struct {
	Class string
	X, Y  float64
}

type label struct {
	X, Y         float64
	Anchor, Text string
}

func (c *canvas) text(x, y float64, anchor, text string) {
	c.Texts = append(c.Texts, label{x, y, anchor, text})
}

func (c *canvas) bar(class string, x, y, width, height float64) {
	c.Bars = append(c.Bars, bar{class, x, y, width, height})
}

func (c *canvas) line(class string, xs, ys []float64) {
	c.Lines = append(c.Lines, points{class, drawn(xs, ys)})
}

// done is the picture at its height, with what is read out in place of it.
func (c *canvas) done(height float64, label string) canvas {
	c.Width, c.Height, c.Label = chartWidth, height, label
	return *c
}

// drawn writes points as SVG has them.
func drawn(xs, ys []float64) string {
	var b strings.Builder
	for i := range xs {
		fmt.Fprintf(&b, "%.1f,%.1f ", xs[i], ys[i])
	}
	return b.String()
}

// scale turns a value into a height within the chart, and draws the axis up to the top.
func (c *canvas) scale(top float64, unit string) func(float64) float64 {
	at := func(value float64) float64 {
		return chartHeight - chartFoot - value/top*(chartHeight-chartFoot-12)
	}
	for _, share := range []float64{0, 0.5, 1} {
		c.Grid = append(c.Grid, gridLine{chartLeft, chartWidth, at(top * share), at(top * share)})
		c.text(chartLeft-6, at(top*share)+4, "end", short(top*share)+unit)
	}
	return at
}

func short(value float64) string {
	switch {
	case value == 0:
		return "0"
	case value < 10:
		return fmt.Sprintf("%.2g", value)
	}
	return fmt.Sprintf("%.0f", value)
}

// along gives the place of each of so many steps along the chart.
func along(i, steps int) float64 {
	return chartLeft + (float64(i)+0.5)*(chartWidth-chartLeft)/float64(max(steps, 1))
}
