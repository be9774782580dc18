package diagram

// makeWays gives each bundle a way through the layers between its sources and
// its target, and links all nodes of neighbouring layers that a line joins.
func (l *layout) makeWays() {
	for _, b := range l.boxes {
		l.layers[b.layer] = append(l.layers[b.layer], &b.node)
	}
	for _, b := range l.bundles {
		target := b.target.box.layer
		for _, ln := range b.sources {
			step := 1
			if ln.source.box.layer < target {
				step = -1
			}
			// From the target outwards, up to the layer before the source.
			for at := target + step; (ln.source.box.layer-at)*step > 0; at += step {
				if b.ways[at] == nil {
					way := &node{layer: at, bundle: b}
					b.ways[at] = way
					l.layers[at] = append(l.layers[at], way)
					join(way, 0, b.inner(at, step), b.innerAt(at, step))
				}
			}
			if at := ln.source.box.layer; at != target {
				join(&ln.source.box.node, ln.source.height(), b.inner(at, step), b.innerAt(at, step))
			}
		}
	}
}

// inner is the bundle's node one step closer to the target than a layer.
func (b *bundle) inner(layer, step int) *node {
	if layer-step == b.target.box.layer {
		return &b.target.box.node
	}
	return b.ways[layer-step]
}

func (b *bundle) innerAt(layer, step int) int {
	if layer-step == b.target.box.layer {
		return b.target.height()
	}
	return 0
}

func join(a *node, at int, b *node, bAt int) {
	a.links = append(a.links, link{to: b, at: at, toAt: bAt})
	b.links = append(b.links, link{to: a, at: bAt, toAt: at})
}

// height is where the port's row is within its box.
func (p port) height() int {
	if p.row < 0 {
		return headHeight / 2
	}
	return headHeight + p.row*rowHeight + rowHeight/2
}
