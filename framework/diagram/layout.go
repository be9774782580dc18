package diagram

import "cmp"

// Sizes in the picture, in pixels.
const (
	rowHeight   = 20
	headHeight  = 32
	boxFoot     = 6
	boxGap      = 34 // between boxes in a layer
	lineGap     = 16 // between a box and a line that passes it
	trackGap    = 12 // between parallel lines in a channel
	stub        = 26 // from a box to the first line of a channel
	portGap     = 10 // between lines that end at the same row
	margin      = 24
	cornerRound = 6
)

// The picture is laid out in layers, which are columns of boxes from left to
// right. The channel to the right of a layer holds the vertical parts of the
// lines. A line that leads further than to the next layer passes through the
// layers between at a height that is kept free for it, so no line ever crosses
// a box. Lines that end at the same place with the same cardinality share their
// way there: they are a bundle.

// layout is a diagram with places for everything.
type layout struct {
	diagram  *Diagram
	boxes    []*box // in the order of the entities
	bundles  []*bundle
	lines    []*line
	layers   [][]*node // from left to right, from top to bottom
	channels []*channel
	width    int
	height   int
}

// box is an entity's place.
type box struct {
	node
	entity *Entity
	id     int            // index of the entity
	rows   map[string]int // index of a column by name
	keys   int            // width of the markers
	hue    int            // colour of what refers to it; 0 is none
}

// node is a box, or a bundle's way through a layer.
type node struct {
	layer  int
	x, y   int // top left
	w, h   int
	box    *box    // nil for a way
	bundle *bundle // of a way
	links  []link
}

// link joins two nodes of neighbouring layers, at heights within each.
type link struct {
	to       *node
	at, toAt int
}

// port is where lines end at a box: a row, or the header with row -1.
type port struct {
	box *box
	row int
	key string // tells the lines of one row apart
}

// bundle is the lines that end at one port of their target.
type bundle struct {
	target  port
	sources []*line
	ways    map[int]*node // by layer
}

// line is a relation to be drawn.
type line struct {
	relation *Relation
	source   port
	bundle   *bundle
	path     []point
}

type point struct{ x, y int }

func newLayout(d *Diagram) *layout {
	l := &layout{diagram: d}
	l.makeBoxes()
	l.makeLines()
	l.assignLayers()
	l.makeWays()
	l.order()
	l.place()
	l.routeChannels()
	l.trace()
	return l
}

func (l *layout) makeBoxes() {
	for id, e := range l.diagram.Entities {
		b := &box{entity: e, id: id, rows: map[string]int{}}
		b.box = b
		for i, c := range e.Columns {
			b.rows[c.Name] = i
		}
		b.measure()
		l.boxes = append(l.boxes, b)
	}
}

func (l *layout) makeLines() {
	byTable := map[string]*box{}
	for _, b := range l.boxes {
		byTable[b.entity.Table] = b
	}
	type key struct {
		box *box
		row int
		end Cardinality
	}
	bundles := map[key]*bundle{}
	for _, r := range l.diagram.Lines() {
		from, to := byTable[r.From], byTable[r.To]
		target := to.port(r.References, string(r.ToCardinality))
		k := key{to, target.row, r.ToCardinality}
		if bundles[k] == nil {
			bundles[k] = &bundle{target: target, ways: map[int]*node{}}
			l.bundles = append(l.bundles, bundles[k])
		}
		// The row of a foreign key has one line; the header may have several.
		source := from.port(r.Columns, "from")
		if source.row < 0 || source == target {
			source.key = "from " + r.To + " " + r.Label()
		}
		ln := &line{relation: r, source: source, bundle: bundles[k]}
		bundles[k].sources = append(bundles[k].sources, ln)
		l.lines = append(l.lines, ln)
	}
	l.colour()
}

// port is where a line to the columns ends.
func (b *box) port(columns []string, key string) port {
	p := port{box: b, row: -1, key: key}
	if len(columns) > 0 {
		if row, ok := b.rows[columns[0]]; ok {
			p.row = row
		}
	}
	return p
}

// hues is how many colours there are for lines.
const hues = 8

// colour gives the boxes that most lines end at a colour each.
func (l *layout) colour() {
	count := map[*box]int{}
	for _, ln := range l.lines {
		count[ln.bundle.target.box]++
	}
	ranked := sorted(l.boxes, func(a, b *box) int { return cmp.Compare(count[b], count[a]) })
	for i, b := range ranked {
		if count[b] > 0 {
			b.hue = 1 + i%hues
		}
	}
}
