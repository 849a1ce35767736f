package site

import (
	"fmt"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
)

// The sequence of the guide is drawn narrow, so that a telephone shows it without shrinking its words.
const (
	sequenceWidth = 360.0
	stepHeight    = 24.0
	laneTop       = 30.0
)

// lanes are the parties of the sequence, and where they stand.
var lanes = []label{{24, 16, "middle", "you"}, {200, 16, "middle", "token host"}, {330, 16, "middle", "API"}}

// sequence draws the guide: who calls whom, and what to keep of each answer.
func sequence(facts *contract.Contract) canvas {
	c := &canvas{Texts: append([]label(nil), lanes...)}
	y := laneTop
	you := lanes[0].X
	for i, step := range facts.Prose.Guide.Steps {
		y += stepHeight
		text := fmt.Sprintf("%d. %s", i+1, step.Title)
		operation := facts.Operation(step.Call)
		if operation == nil {
			c.text(you+8, y+4, "start", text)
			c.Dots = append(c.Dots, dot{"outline", you, y})
			y += 6
			continue
		}
		to := lanes[2].X
		if operation.Creates == "token" {
			to = lanes[1].X
		}
		path, _ := operation.PathIn(contract.V1)
		c.text(you+8, y-6, "start", text)
		c.arrow("due", you, to, y)
		y += stepHeight - 7
		c.text(to-8, y-4, "end", operation.Method+" "+path[strings.LastIndex(strings.TrimSuffix(path, "/{id}"), "/")+1:])
		if step.Keep != "" {
			kept, _, _ := strings.Cut(strings.ReplaceAll(strings.TrimSuffix(step.Keep, "."), "`", ""), ";")
			y += 4
			c.arrow("send", to, you, y)
			y += stepHeight - 9
			c.text(you+8, y, "start", "keep: "+strings.ToLower(kept[:1])+kept[1:])
		}
		y += 4
	}
	for _, lane := range lanes {
		c.Grid = append(c.Grid, gridLine{lane.X, lane.X, lane.Y + 6, y + 10})
	}
	c.done(y+14, fmt.Sprintf("%s: a sequence of %d steps between you, the token host and the API; the list below tells the same",
		facts.Prose.Guide.Title,
		len(facts.Prose.Guide.Steps)))
	c.Width = sequenceWidth
	return *c
}

// arrow draws a call or an answer from one lane to another.
func (c *canvas) arrow(class string, from, to, y float64) {
	head := 5.0
	if to < from {
		head = -head
	}
	c.line(class, []float64{from, to}, []float64{y, y})
	c.line("head "+class, []float64{to - head, to, to - head}, []float64{y - 3, y, y + 3})
}
