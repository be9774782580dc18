package diagram

import (
	"cmp"
	"slices"
)

// channel is the room to the right of a layer.
type channel struct {
	nets       []*net
	index      map[*bundle]*net
	left       int // where the layer ends
	right      int // where the next one begins
	tracks     int
	leftStub   int
	rightStub  int
	firstTrack int // x
}

// net is the part of a bundle in one channel: a vertical line at a track, with
// horizontal ones to the ports on both sides.
type net struct {
	bundle      *bundle
	left, right []int // heights of the ports
	track       int
}

func (n *net) span() (top, bottom int) {
	all := slices.Concat(n.left, n.right)
	return slices.Min(all), slices.Max(all)
}

// routeChannels finds the width of each channel, the place of each vertical
// line in it, and so the place of the layers.
func (l *layout) routeChannels() {
	l.channels = make([]*channel, len(l.layers))
	for i := range l.channels {
		l.channels[i] = &channel{index: map[*bundle]*net{}, leftStub: stub, rightStub: stub}
	}
	for _, ln := range l.lines {
		l.enter(ln)
	}
	x := margin
	for i, c := range l.channels {
		width := 0
		for _, n := range l.layers[i] {
			width = max(width, n.w)
		}
		for _, n := range l.layers[i] {
			n.x, n.w = x, width
		}
		c.left = x + width
		c.arrange()
		room := 0
		if len(c.nets) > 0 {
			room = c.leftStub + max(c.tracks-1, 0)*trackGap
			if i < len(l.layers)-1 {
				room += c.rightStub
			}
		} else if i < len(l.layers)-1 {
			room = 2 * stub
		}
		c.firstTrack = c.left + c.leftStub
		c.right = c.left + room
		x = c.right
	}
	l.width = x + margin
}

// enter adds the ports of a line to the channels that it passes.
func (l *layout) enter(ln *line) {
	from, to := ln.source.box.layer, ln.bundle.target.box.layer
	start := l.portY(ln.source)
	if from == to {
		n := l.channels[from].net(ln.bundle)
		n.addLeft(start)
		n.addLeft(l.portY(ln.bundle.target))
		l.channels[from].leftStub = max(l.channels[from].leftStub, stub+labelWidth(ln))
		return
	}
	step := 1
	if from < to {
		step = -1
	}
	for at := from; at != to; at -= step {
		inner := l.portY(ln.bundle.target)
		if way := ln.bundle.ways[at-step]; way != nil && at-step != to {
			inner = way.y
		}
		c := l.channels[min(at, at-step)]
		n := c.net(ln.bundle)
		if step > 0 {
			n.addRight(start)
			n.addLeft(inner)
		} else {
			n.addLeft(start)
			n.addRight(inner)
		}
		if at == from && step > 0 {
			c.rightStub = max(c.rightStub, stub+labelWidth(ln))
		} else if at == from {
			c.leftStub = max(c.leftStub, stub+labelWidth(ln))
		}
		start = inner
	}
}

func (c *channel) net(b *bundle) *net {
	if c.index[b] == nil {
		c.index[b] = &net{bundle: b}
		c.nets = append(c.nets, c.index[b])
	}
	return c.index[b]
}

func (n *net) addLeft(y int) {
	if !slices.Contains(n.left, y) {
		n.left = append(n.left, y)
	}
}

func (n *net) addRight(y int) {
	if !slices.Contains(n.right, y) {
		n.right = append(n.right, y)
	}
}

// portY is the height of a port on the page. Ports of one row are a little
// apart.
func (l *layout) portY(p port) int {
	keys := l.portKeys(p)
	i := slices.Index(keys, p.key)
	return p.box.y + p.height() + (2*i-(len(keys)-1))*portGap/2
}

// portKeys tells the ports of a row apart, in their order.
func (l *layout) portKeys(p port) []string {
	var keys []string
	add := func(q port) {
		if q.box == p.box && q.row == p.row && !slices.Contains(keys, q.key) {
			keys = append(keys, q.key)
		}
	}
	for _, b := range l.bundles {
		add(b.target)
	}
	for _, ln := range l.lines {
		add(ln.source)
	}
	slices.Sort(keys)
	return keys
}

// arrange orders the vertical lines so that few lines cross and none lies on
// another, then lets lines share a track where they do not meet.
func (c *channel) arrange() {
	c.nets = sorted(c.nets, func(a, b *net) int {
		at, ab := a.span()
		bt, bb := b.span()
		return cmp.Compare(at+ab, bt+bb)
	})
	for again, rounds := true, 0; again && rounds < 2*len(c.nets); rounds++ {
		again = false
		for i := range c.nets {
			again = c.improve(i) || again
		}
	}
	for i, n := range c.nets {
		n.track = 0
		for _, before := range c.nets[:i] {
			if meet(before, n) {
				n.track = max(n.track, before.track+1)
			}
		}
		c.tracks = max(c.tracks, n.track+1)
	}
}

// improve moves a line to where in the order it costs the least.
func (c *channel) improve(i int) bool {
	best, gain := i, 0
	change := 0
	for j := i - 1; j >= 0; j-- { // to the left of j
		change += conflict(c.nets[i], c.nets[j]) - conflict(c.nets[j], c.nets[i])
		if change < gain {
			best, gain = j, change
		}
	}
	change = 0
	for j := i + 1; j < len(c.nets); j++ { // to the right of j
		change += conflict(c.nets[j], c.nets[i]) - conflict(c.nets[i], c.nets[j])
		if change < gain {
			best, gain = j, change
		}
	}
	if best == i {
		return false
	}
	moved := c.nets[i]
	c.nets = slices.Insert(slices.Delete(c.nets, i, i+1), best, moved)
	return true
}

const (
	near        = 5 // lines closer than this look like one
	overlapCost = 40
)

// conflict is what it costs to have the vertical line of a left of that of b:
// the horizontal lines of a to the right cross that of b, and the other way
// round.
func conflict(a, b *net) (cost int) {
	aTop, aBottom := a.span()
	bTop, bBottom := b.span()
	for _, y := range a.right {
		if y >= bTop-near && y <= bBottom+near {
			cost++
		}
		for _, z := range b.left {
			if abs(y-z) < near {
				cost += overlapCost
			}
		}
	}
	for _, y := range b.left {
		if y >= aTop-near && y <= aBottom+near {
			cost++
		}
	}
	return cost
}

// meet reports whether two lines cannot have one track, or must keep their
// order.
func meet(a, b *net) bool {
	aTop, aBottom := a.span()
	bTop, bBottom := b.span()
	return aTop-trackGap <= bBottom && bTop-trackGap <= aBottom
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// trace writes down the path of each line, from its source to its target.
func (l *layout) trace() {
	for _, ln := range l.lines {
		ln.path = l.traceLine(ln)
	}
}

func (l *layout) traceLine(ln *line) []point {
	from, to := ln.source.box.layer, ln.bundle.target.box.layer
	y := l.portY(ln.source)
	end := l.portY(ln.bundle.target)
	if from == to {
		c := l.channels[from]
		x := c.x(ln.bundle)
		return []point{{c.left, y}, {x, y}, {x, end}, {c.left, end}}
	}
	step := 1
	if from < to {
		step = -1
	}
	var path []point
	for at := from; at != to; at -= step {
		c := l.channels[min(at, at-step)]
		next := end
		if way := ln.bundle.ways[at-step]; way != nil && at-step != to {
			next = way.y
		}
		start, stop := c.right, c.left
		if step < 0 {
			start, stop = c.left, c.right
		}
		x := c.x(ln.bundle)
		path = append(path, point{start, y}, point{x, y}, point{x, next}, point{stop, next})
		y = next
	}
	return path
}

// x is where the vertical line of a bundle is.
func (c *channel) x(b *bundle) int { return c.firstTrack + c.index[b].track*trackGap }
