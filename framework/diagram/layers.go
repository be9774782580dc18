package diagram

import (
	"math"
	"slices"
)

// sorted returns a sorted copy; what compares equal keeps its order.
func sorted[T any](list []T, compare func(a, b T) int) []T {
	list = slices.Clone(list)
	slices.SortStableFunc(list, compare)
	return list
}

// layering is an assignment of boxes to layers that is being improved.
type layering struct {
	boxes      []*box
	neighbours [][]int // of each box, without itself
	layer      []int
}

const (
	aspect     = 1.5 // wished width to height
	maxPasses  = 30
	sameLayer  = 5.0 // cost of neighbours in one layer, in layers skipped
	nextLayer  = 0.6 // what of a longer way is free
	shapeCost  = 0.6 // for each box
	manyBoxes  = 150 // from which on fewer shapes are tried
	channelFor = 90  // width of a channel, roughly
)

// assignLayers chooses the layer of each box: neighbours close to each other,
// but not in one layer, and the whole of a shape that fits a screen.
func (l *layout) assignLayers() {
	s := &layering{boxes: l.boxes, neighbours: make([][]int, len(l.boxes)), layer: make([]int, len(l.boxes))}
	index := map[*box]int{}
	for i, b := range l.boxes {
		index[b] = i
	}
	for _, ln := range l.lines {
		from, to := index[ln.source.box], index[ln.bundle.target.box]
		if from != to && !slices.Contains(s.neighbours[from], to) {
			s.neighbours[from] = append(s.neighbours[from], to)
			s.neighbours[to] = append(s.neighbours[to], from)
		}
	}
	best, cost := []int(nil), math.Inf(1)
	for _, columns := range s.widths() {
		s.start(columns)
		if c := s.improve(columns); c < cost-1e-9 {
			best, cost = slices.Clone(s.layer), c
		}
	}
	for i, b := range l.boxes {
		b.layer = best[i]
	}
	l.closeRanks()
}

// widths are the numbers of layers to try.
func (s *layering) widths() []int {
	n := len(s.boxes)
	most := min(n, 2+int(math.Sqrt(float64(n))*1.6))
	if n > manyBoxes {
		return []int{max(1, most/2), max(1, most)}
	}
	list := []int{}
	for c := 1; c <= max(1, most); c++ {
		list = append(list, c)
	}
	return list
}

// start puts the box with the most neighbours in the middle, and the others
// around it by distance, on whichever side is shorter.
func (s *layering) start(columns int) {
	middle := columns / 2
	heights := make([]int, columns)
	done := make([]bool, len(s.boxes))
	order := make([]int, len(s.boxes))
	for i := range order {
		order[i] = i
	}
	order = sorted(order, func(a, b int) int { return len(s.neighbours[b]) - len(s.neighbours[a]) })
	put := func(i, layer int) {
		s.layer[i], done[i] = layer, true
		heights[layer] += s.boxes[i].h + boxGap
	}
	for _, root := range order {
		if done[root] {
			continue
		}
		if len(s.neighbours[root]) == 0 {
			put(root, shortest(heights, 0, columns-1))
			continue
		}
		put(root, middle)
		for queue := []int{root}; len(queue) > 0; queue = queue[1:] {
			at := s.layer[queue[0]]
			for _, next := range s.neighbours[queue[0]] {
				if done[next] {
					continue
				}
				side := shortest(heights, max(0, at-1), min(columns-1, at+1), at)
				put(next, side)
				queue = append(queue, next)
			}
		}
	}
}

// shortest is the shortest layer from first to last, without those left out.
func shortest(heights []int, first, last int, without ...int) int {
	best := -1
	for i := first; i <= last; i++ {
		if !slices.Contains(without, i) && (best < 0 || heights[i] < heights[best]) {
			best = i
		}
	}
	if best < 0 {
		return first
	}
	return best
}

// improve moves single boxes and swaps pairs as long as that helps, and returns
// the cost.
func (s *layering) improve(columns int) float64 {
	cost := s.cost(columns)
	for range maxPasses {
		before := cost
		for i := range s.boxes {
			cost = s.improveOne(i, columns, cost)
		}
		if cost > before-1e-9 {
			break
		}
	}
	return cost
}

func (s *layering) improveOne(i, columns int, cost float64) float64 {
	home, best := s.layer[i], s.layer[i]
	for layer := range columns {
		if layer == home {
			continue
		}
		s.layer[i] = layer
		if c := s.cost(columns); c < cost-1e-9 {
			best, cost = layer, c
		}
	}
	s.layer[i] = best
	return cost
}

// cost is how far neighbours are apart, and how far the shape is off.
func (s *layering) cost(columns int) float64 {
	var total float64
	heights, widths := make([]float64, columns), make([]float64, columns)
	for i, b := range s.boxes {
		at := s.layer[i]
		heights[at] += float64(b.h + boxGap)
		widths[at] = max(widths[at], float64(b.w+channelFor))
		for _, j := range s.neighbours[i] {
			if j < i {
				continue
			}
			switch span := at - s.layer[j]; span {
			case 0:
				total += sameLayer
			case 1, -1:
			default:
				total += math.Abs(float64(span)) - nextLayer
			}
		}
	}
	var width, area float64
	for i, w := range widths {
		width += w
		area += w * heights[i]
	}
	height := slices.Max(heights)
	if width == 0 || height == 0 {
		return total
	}
	shape := math.Abs(math.Log(width / height / aspect))
	waste := width*height/area - 1
	return total + float64(len(s.boxes))*(shape+waste)*shapeCost
}

// closeRanks removes empty layers.
func (l *layout) closeRanks() {
	used := map[int]bool{}
	for _, b := range l.boxes {
		used[b.layer] = true
	}
	at := map[int]int{}
	last := -1
	for i := range len(l.boxes) + 1 {
		if used[i] {
			last++
		}
		at[i] = max(last, 0)
	}
	for _, b := range l.boxes {
		b.layer = at[b.layer]
	}
	l.layers = make([][]*node, last+1)
}
