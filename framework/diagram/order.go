package diagram

import (
	"cmp"
	"slices"
)

const (
	sweeps       = 24
	maxTranspose = 60 // nodes of a layer, above which pairs are not swapped
)

// order arranges each layer so that few lines cross: nodes go where the middle
// of what they are joined with is, back and forth, and neighbours are swapped
// where that helps.
func (l *layout) order() {
	best, crossings := l.arrangement(), l.crossings()
	for i := range sweeps {
		forward := i%2 == 0
		for j := range l.layers {
			at, side := j, -1
			if !forward {
				at, side = len(l.layers)-1-j, 1
			}
			l.sortByMiddle(at, side)
		}
		l.transpose()
		if c := l.crossings(); c < crossings {
			best, crossings = l.arrangement(), c
		}
	}
	l.layers = best
}

func (l *layout) arrangement() [][]*node {
	list := make([][]*node, len(l.layers))
	for i, layer := range l.layers {
		list[i] = slices.Clone(layer)
	}
	return list
}

// ranks are the positions of the nodes of a layer.
func (l *layout) ranks(layer int) map[*node]int {
	ranks := map[*node]int{}
	if layer >= 0 && layer < len(l.layers) {
		for i, n := range l.layers[layer] {
			ranks[n] = i
		}
	}
	return ranks
}

// sortByMiddle orders a layer by what its nodes are joined with on one side.
// Nodes that are joined with nothing there stay where they are.
func (l *layout) sortByMiddle(at, side int) {
	ranks := l.ranks(at + side)
	middle := map[*node]float64{}
	var movable []*node
	for _, n := range l.layers[at] {
		var sum, count float64
		for _, k := range n.links {
			if rank, ok := ranks[k.to]; ok {
				sum += float64(rank) + float64(k.toAt)/float64(k.to.h+1)
				count++
			}
		}
		if count > 0 {
			middle[n] = sum / count
			movable = append(movable, n)
		}
	}
	slices.SortStableFunc(movable, func(a, b *node) int { return cmp.Compare(middle[a], middle[b]) })
	for i, n := range l.layers[at] {
		if _, ok := middle[n]; ok {
			l.layers[at][i], movable = movable[0], movable[1:]
		}
	}
}

// transpose swaps neighbours in a layer while that saves crossings.
func (l *layout) transpose() {
	for at, layer := range l.layers {
		if len(layer) > maxTranspose {
			continue
		}
		left, right := l.ranks(at-1), l.ranks(at+1)
		for again, rounds := true, 0; again && rounds < len(layer); rounds++ {
			again = false
			for i := range len(layer) - 1 {
				a, b := layer[i], layer[i+1]
				if pairCrossings(b, a, left)+pairCrossings(b, a, right) < pairCrossings(a, b, left)+pairCrossings(a, b, right) {
					layer[i], layer[i+1] = b, a
					again = true
				}
			}
		}
	}
}

// pairCrossings counts the crossings of the lines of a with those of b on one
// side, with a above b.
func pairCrossings(a, b *node, ranks map[*node]int) (count int) {
	for _, k := range a.links {
		at, ok := ranks[k.to]
		if !ok {
			continue
		}
		for _, m := range b.links {
			to, ok := ranks[m.to]
			if ok && (to < at || to == at && m.toAt < k.toAt) {
				count++
			}
		}
	}
	return count
}

// crossings counts the crossings in the whole picture.
func (l *layout) crossings() (count int) {
	for at := range len(l.layers) - 1 {
		right := l.ranks(at + 1)
		for i, a := range l.layers[at] {
			for _, b := range l.layers[at][i+1:] {
				count += pairCrossings(a, b, right)
			}
		}
	}
	return count
}
