package diagram

import (
	"math"
	"slices"
)

const (
	placings   = 48
	gravity    = 0.05 // towards the middle, against drifting
	lastRounds = 10   // without gravity, which bends lines
)

// place gives each node its height on the page: as close as its layer allows to
// what it is joined with, so that lines are straight.
func (l *layout) place() {
	loners := l.setAside()
	for _, layer := range l.layers {
		stack(layer)
	}
	middles := map[*node]float64{}
	for _, layer := range l.layers {
		for _, n := range layer {
			middles[n] = float64(n.y)
		}
	}
	for i := range placings {
		left, last := i%2 == 0, i >= placings-lastRounds
		for j := range l.layers {
			at := j
			if !left {
				at = len(l.layers) - 1 - j
			}
			settle(l.layers[at], func(n *node) (float64, float64) {
				y, weight := wish(n, left, last)
				if !last {
					y = (y*weight + middles[n]*gravity) / (weight + gravity)
				}
				return y, weight + gravity
			})
		}
	}
	l.straighten()
	top, bottom := l.extent()
	for i, nodes := range loners {
		l.layers[i] = fill(l.layers[i], nodes, top, bottom)
	}
	top, bottom = l.extent()
	for _, layer := range l.layers {
		for _, n := range layer {
			n.y += margin - top
		}
	}
	l.height = bottom - top + 2*margin
}

// extent is from where to where the nodes reach.
func (l *layout) extent() (top, bottom int) {
	top, bottom = math.MaxInt, math.MinInt
	for _, layer := range l.layers {
		for _, n := range layer {
			top, bottom = min(top, n.y), max(bottom, n.y+n.h)
		}
	}
	if top > bottom {
		return 0, 0
	}
	return top, bottom
}

// setAside takes the boxes that nothing is joined with out of their layers.
func (l *layout) setAside() [][]*node {
	loners := make([][]*node, len(l.layers))
	for i, layer := range l.layers {
		for _, n := range layer {
			if len(n.links) == 0 {
				loners[i] = append(loners[i], n)
			}
		}
		l.layers[i] = slices.DeleteFunc(layer, func(n *node) bool { return len(n.links) == 0 })
	}
	return loners
}

// fill puts boxes where the layer has room: above the others, else between
// them, else below.
func fill(layer, loners []*node, top, bottom int) []*node {
	for _, n := range loners {
		at, y := len(layer), top
		for i := range len(layer) + 1 {
			from, to := top, bottom
			if i > 0 {
				from = layer[i-1].y + layer[i-1].h + gap(layer[i-1], n)
			}
			if i < len(layer) {
				to = layer[i].y - gap(n, layer[i])
			}
			if at, y = i, from; from+n.h <= to {
				break
			}
		}
		n.y = y
		layer = slices.Insert(layer, at, n)
	}
	return layer
}

// nearly is how crooked a line may be to be made straight at the cost of gaps.
const nearly = 5

// straighten moves nodes a little where a line would bend a little.
func (l *layout) straighten() {
	for _, layer := range l.layers {
		for i, n := range layer {
			for _, k := range n.links {
				by := k.to.y + k.toAt - n.y - k.at
				if by == 0 {
					break // straight already
				}
				roomy := abs(by) <= nearly &&
					(i == 0 || layer[i-1].y+layer[i-1].h+gap(layer[i-1], n)-nearly <= n.y+by) &&
					(i == len(layer)-1 || n.y+by+n.h+gap(n, layer[i+1])-nearly <= layer[i+1].y)
				if k.to.layer < n.layer && roomy {
					n.y += by
					break
				}
			}
		}
	}
}

// stack puts the nodes of a layer below each other, around height 0.
func stack(layer []*node) {
	y := 0
	for i, n := range layer {
		if i > 0 {
			y += layer[i-1].h + gap(layer[i-1], n)
		}
		n.y = y
	}
	for _, n := range layer {
		n.y -= y / 2
	}
}

// gap is the room between two nodes of a layer.
func gap(a, b *node) int {
	switch {
	case a.box != nil && b.box != nil:
		return boxGap
	case a.box == nil && b.box == nil:
		return trackGap
	default:
		return lineGap
	}
}

// wish is where a node would like to be, for its links to one side or to both,
// and how much.
func wish(n *node, left, both bool) (y, weight float64) {
	for _, k := range n.links {
		if !both && (k.to.layer < n.layer) != left {
			continue
		}
		w := 1.0
		if n.box == nil && k.to.box == nil {
			w = 8 // a long line that bends looks worst
		}
		y += w * float64(k.to.y+k.toAt-k.at)
		weight += w
	}
	if weight == 0 {
		return float64(n.y), 0.2 // nothing on that side
	}
	return y / weight, weight
}

// settle moves the nodes of a layer as close to their wishes as their order and
// gaps allow, in the sense of least squares: nodes that would overlap form a
// block, which goes where its members wish on average.
func settle(layer []*node, wish func(*node) (float64, float64)) {
	type block struct {
		sum, weight float64
		count       int
	}
	offsets := make([]int, len(layer))
	var blocks []block
	for i, n := range layer {
		if i > 0 {
			offsets[i] = offsets[i-1] + layer[i-1].h + gap(layer[i-1], n)
		}
		y, weight := wish(n)
		blocks = append(blocks, block{sum: (y - float64(offsets[i])) * weight, weight: weight, count: 1})
		for len(blocks) > 1 {
			last, above := blocks[len(blocks)-1], blocks[len(blocks)-2]
			if above.sum/above.weight <= last.sum/last.weight {
				break
			}
			blocks = blocks[:len(blocks)-1]
			blocks[len(blocks)-1] = block{above.sum + last.sum, above.weight + last.weight, above.count + last.count}
		}
	}
	i := 0
	for _, b := range blocks {
		start := int(math.Floor(b.sum / b.weight))
		for range b.count {
			layer[i].y = start + offsets[i]
			i++
		}
	}
}
