package diagram

import (
	"fmt"
	"html"
	"strings"
)

// drawLine writes a relation: its path, and at both ends how many rows there
// may be.
func drawLine(w *strings.Builder, ln *line) {
	r := ln.relation
	fmt.Fprintf(w, `<g class="relation h%d" data-from="%d" data-to="%d">`+"\n",
		ln.bundle.target.box.hue, ln.source.box.id, ln.bundle.target.box.id)
	fmt.Fprintf(w, "<title>%s</title>\n", html.EscapeString(clean(ln.describe())))
	fmt.Fprintf(w, `<path class="line" d="%s"/>`+"\n", roundedPath(ln.path))
	last := len(ln.path) - 1
	drawEnd(w, ln.path[0], direction(ln.path[0], ln.path[1]), r.FromCardinality)
	drawEnd(w, ln.path[last], direction(ln.path[last], ln.path[last-1]), r.ToCardinality)
	if label := ln.label(); label != "" {
		x, anchor := ln.path[0].x+stub-6, "start"
		if direction(ln.path[0], ln.path[1]) < 0 {
			x, anchor = ln.path[0].x-stub+6, "end"
		}
		fmt.Fprintf(w, `<text class="label %s" x="%d" y="%d">%s</text>`+"\n", anchor, x, ln.path[0].y-4, html.EscapeString(label))
	}
	w.WriteString("</g>\n")
}

// describe is what a pointer over the line shows.
func (ln *line) describe() string {
	r, from, to := ln.relation, ln.source.box.entity, ln.bundle.target.box.entity
	text := fmt.Sprintf("%s (%s) to %s (%s): %s", from.Name, r.FromCardinality.word(), to.Name, r.ToCardinality.word(), r.Label())
	if r.OnDelete != "" {
		text += ", on delete " + r.OnDelete
	}
	return text
}

// direction is 1 if a path leaves to the right, else -1.
func direction(from, to point) int {
	if to.x < from.x {
		return -1
	}
	return 1
}

// roundedPath writes a path of horizontal and vertical parts with round corners.
func roundedPath(path []point) string {
	path = straightened(path)
	var b strings.Builder
	fmt.Fprintf(&b, "M%d %d", path[0].x, path[0].y)
	for i := 1; i < len(path)-1; i++ {
		before, corner, after := path[i-1], path[i], path[i+1]
		round := min(cornerRound, length(before, corner)/2, length(corner, after)/2)
		enter, leave := towards(corner, before, round), towards(corner, after, round)
		fmt.Fprintf(&b, " L%d %d Q%d %d %d %d", enter.x, enter.y, corner.x, corner.y, leave.x, leave.y)
	}
	end := path[len(path)-1]
	fmt.Fprintf(&b, " L%d %d", end.x, end.y)
	return b.String()
}

// straightened leaves out points where a path does not turn.
func straightened(path []point) []point {
	list := path[:1:1]
	for i := 1; i < len(path); i++ {
		p := path[i]
		if p == list[len(list)-1] && i < len(path)-1 {
			continue
		}
		if n := len(list); n > 1 && (list[n-2].x == list[n-1].x && list[n-1].x == p.x || list[n-2].y == list[n-1].y && list[n-1].y == p.y) {
			list[n-1] = p
			continue
		}
		list = append(list, p)
	}
	return list
}

func length(a, b point) int { return abs(a.x-b.x) + abs(a.y-b.y) }

// towards is the point so far from a corner on the way to another.
func towards(from, to point, distance int) point {
	switch {
	case to.x > from.x:
		from.x += distance
	case to.x < from.x:
		from.x -= distance
	case to.y > from.y:
		from.y += distance
	case to.y < from.y:
		from.y -= distance
	}
	return from
}

// drawEnd draws the crow's foot, circle and bars of a cardinality, at the edge of a box
// and pointing away from it.
func drawEnd(w *strings.Builder, at point, direction int, c Cardinality) {
	x := func(distance int) int { return at.x + direction*distance }
	bar := func(distance int) string {
		return fmt.Sprintf("M%d %d v8", x(distance), at.y-4)
	}
	foot := fmt.Sprintf("M%d %d L%d %d L%d %d", at.x, at.y-4, x(10), at.y, at.x, at.y+4)
	circle := func(distance int) {
		fmt.Fprintf(w, `<circle class="end" cx="%d" cy="%d" r="4"/>`+"\n", x(distance), at.y)
	}
	path := ""
	switch c {
	case One:
		path = bar(6) + " " + bar(10)
	case ZeroOrOne:
		path = bar(6)
		circle(14)
	case OneOrMore:
		path = foot + " " + bar(13)
	case Many:
		path = foot
		circle(14)
	}
	fmt.Fprintf(w, `<path class="end" d="%s"/>`+"\n", path)
}

// drawLegend explains the ends of lines and the marks of columns.
func drawLegend(w *strings.Builder, x, y int) {
	w.WriteString(`<g class="legend h0">` + "\n")
	for _, item := range []struct {
		c    Cardinality
		text string
	}{{One, "one"}, {ZeroOrOne, "zero or one"}, {Many, "zero or more"}, {OneOrMore, "one or more"}} {
		fmt.Fprintf(w, `<path class="line" d="M%d %d h28"/>`+"\n", x, y)
		drawEnd(w, point{x, y}, 1, item.c)
		fmt.Fprintf(w, `<text class="note" x="%d" y="%d">%s</text>`+"\n", x+34, y+4, item.text)
		x += 34 + textWidth(item.text, smallWidth) + 18
	}
	const note = "PK primary key   FK foreign key   UK unique   ? may be null"
	fmt.Fprintf(w, `<text class="note" x="%d" y="%d">%s</text>`+"\n</g>\n", x, y+4, note)
}
