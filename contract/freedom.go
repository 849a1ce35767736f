package contract

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// Freedom is one axis of the space of conforming APIs: a question that the documentation leaves open, with the
// answers that an API may give.
type Freedom struct {
	// ID is that of the conflict or gap, with a suffix where several axes touch one, such as N-09.1, and with
	// the operation where each operation has an axis of its own, such as N-22.1.wallets-list.
	ID      string `yaml:"id" json:"id"`
	Subject string `yaml:"subject" json:"subject"`
	// Readings are the answers; the first is the default.
	Readings []string `yaml:"readings" json:"readings"`
	// Operation is the one that the axis is about, empty for none.
	Operation string `yaml:"-" json:"operation,omitempty"`
	// Touches lists the sections, as the folders of the features are called, and the operations that the axis
	// affects.
	Touches []string `yaml:"touches" json:"touches"`
	// Why says where the readings of an axis come from that belongs to no conflict and no gap.
	Why string `yaml:"why" json:"why,omitempty"`
}

// Default is the reading of whoever chooses none.
func (f *Freedom) Default() string { return f.Readings[0] }

// Point is one conforming API: a reading for each axis, by its id. Axes that are missing have their default.
type Point map[string]string

// The names of points that are not in freedoms.yaml.
const (
	// PlainPoint is the point of all defaults.
	PlainPoint = "plain"
	// randomPoint begins the name of a seeded one, such as random:7.
	randomPoint = "random:"
)

// readFreedoms reads the axes, makes one of every operation that an entry is for, and reads the named points.
func (c *Contract) readFreedoms(fsys fs.FS) error {
	var file struct {
		Freedoms []struct {
			Freedom `yaml:",inline"`
			Each    []string `yaml:"each"`
		} `yaml:"freedoms"`
		Points []struct {
			Name     string            `yaml:"name"`
			Readings map[string]string `yaml:"readings"`
		} `yaml:"points"`
	}
	if err := decode(fsys, "freedoms.yaml", &file); err != nil {
		return err
	}
	for _, entry := range file.Freedoms {
		if len(entry.Readings) == 0 {
			return fmt.Errorf("freedoms.yaml: %s has no readings", entry.ID)
		}
		if len(entry.Each) == 0 {
			c.Freedoms = append(c.Freedoms, &entry.Freedom)
			continue
		}
		for _, operation := range entry.Each {
			one := entry.Freedom
			one.ID, one.Operation, one.Touches = entry.ID+"."+operation, operation, []string{operation}
			c.Freedoms = append(c.Freedoms, &one)
		}
	}
	for _, named := range file.Points {
		c.PointNames = append(c.PointNames, named.Name)
		at := Point{}
		for id, reading := range named.Readings {
			if err := c.choose(at, id, reading); err != nil {
				return fmt.Errorf("freedoms.yaml: the point %s: %w", named.Name, err)
			}
		}
		c.points[named.Name] = at
	}
	return nil
}

// Freedom returns the axis of that id, or nil.
func (c *Contract) Freedom(id string) *Freedom {
	for _, f := range c.Freedoms {
		if f.ID == id {
			return f
		}
	}
	return nil
}

// PointAt reads a point from a text: a name (a named point, or random:SEED), and after each + an axis with its
// reading, such as plain+C-15=inactive+N-09=422. An empty name means plain. More choices are put on top. It
// returns the point and the whole text, from which it can be read again. An error names what is nearest.
func (c *Contract) PointAt(text string, more ...string) (Point, string, error) {
	parts := strings.Split(text, "+")
	parts[0] = cmp.Or(parts[0], PlainPoint)
	at := Point{}
	named, known := c.points[parts[0]]
	seed, random := strings.CutPrefix(parts[0], randomPoint)
	switch number, err := strconv.ParseInt(seed, 10, 64); {
	case known:
		maps.Copy(at, named)
	case random && err == nil:
		at = c.RandomPoint(number)
	default:
		return nil, "", fmt.Errorf("there is no style %q; there are %s and random:SEED with a whole number", parts[0],
			strings.Join(c.PointNames, ", "))
	}
	parts = append(parts, more...)
	for _, choice := range parts[1:] {
		id, reading, complete := strings.Cut(choice, "=")
		if !complete {
			return nil, "", fmt.Errorf("the freedom %q is no AXIS=READING, such as C-15=inactive", choice)
		}
		if err := c.choose(at, id, reading); err != nil {
			return nil, "", err
		}
	}
	return at, strings.Join(parts, "+"), nil
}

// choose sets a reading on an axis, or on all axes below an id that offer it: N-09=422 means checks 1 to 7.
func (c *Contract) choose(at Point, id, reading string) error {
	meant := slices.DeleteFunc(slices.Clone(c.Freedoms),
		func(f *Freedom) bool { return f.ID != id && !strings.HasPrefix(f.ID, id+".") })
	if len(c.Freedoms) == 0 {
		return fmt.Errorf("there is no freedom %q, since there are none", id)
	}
	if len(meant) == 0 {
		return fmt.Errorf("there is no freedom %q; the nearest is %s (kobcheck list freedoms shows them all)", id,
			c.nearestFreedom(id))
	}
	chosen, offered := false, []string{}
	for _, f := range meant {
		if slices.Contains(f.Readings, reading) {
			at[f.ID], chosen = reading, true
		}
		offered = append(offered, f.Readings...)
	}
	if !chosen {
		slices.Sort(offered)
		return fmt.Errorf("the freedom %s has no reading %q; it has %s", id, reading, strings.Join(slices.Compact(offered),
			", "))
	}
	return nil
}

// nearestFreedom is the axis whose id has the most letters in common with the beginning of a mistyped one, with
// its readings.
func (c *Contract) nearestFreedom(id string) string {
	common := func(f *Freedom) int { return 2*Common(id, f.ID) - len(f.ID) + len(id) }
	nearest := slices.MaxFunc(c.Freedoms, func(a, b *Freedom) int { return common(a) - common(b) })
	return nearest.ID + " (" + strings.Join(nearest.Readings, ", ") + ")"
}

// RandomPoint is the point of a seed. Half of the axes keep their default, so that what one reading shuts, such
// as money without a manual credit, is open at other points.
func (c *Contract) RandomPoint(seed int64) Point {
	random := rand.New(rand.NewPCG(uint64(seed), uint64(len(c.Freedoms))))
	at := Point{}
	for _, f := range c.Freedoms {
		if random.IntN(2) == 1 {
			at[f.ID] = f.Readings[1+random.IntN(len(f.Readings)-1)]
		}
	}
	return at
}

// Folder is the name that the features give a section of the documentation, such as card_programs.
func Folder(section string) string { return strings.ReplaceAll(strings.ToLower(section), " ", "_") }
