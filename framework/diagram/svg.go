package diagram

import (
	_ "embed" // of the style
	"fmt"
	"html"
	"strings"
)

//go:embed assets/diagram.css
var diagramCSS string

// Further sizes.
const (
	titleHeight  = 40
	legendHeight = 44
	legendWidth  = 820
)

// svg draws the diagram as a document of its own.
func (d *Diagram) svg() []byte {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	d.draw(&b, true)
	return []byte(b.String())
}

// draw writes the <svg> element, with a title and its style if it is to stand
// alone.
func (d *Diagram) draw(b *strings.Builder, alone bool) {
	l := newLayout(d)
	width, height, top := max(l.width, legendWidth+2*margin), l.height+legendHeight, 0
	if alone {
		height += titleHeight
		top = titleHeight
	}
	label := fmt.Sprintf("%s: %d entities, %d relations", clean(d.Title), len(d.Entities), len(d.Relations))
	fmt.Fprintf(b, `<svg xmlns="http://www.w3.org/2000/svg" class="framefox-diagram" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-label="%s">`+"\n",
		width, height, width, height, html.EscapeString(label))
	if alone {
		fmt.Fprintf(b, "<title>%s</title>\n<style>\n%s</style>\n", html.EscapeString(label), diagramCSS)
	}
	fmt.Fprintf(b, `<rect class="paper" width="%d" height="%d"/>`+"\n", width, height)
	if alone {
		fmt.Fprintf(b, `<text class="title" x="%d" y="32">%s</text>`+"\n", margin, html.EscapeString(cut(d.Title, width*100/1000)))
	}
	fmt.Fprintf(b, `<g transform="translate(%d %d)">`+"\n", max(0, (width-l.width)/2), top)
	for _, ln := range l.lines {
		drawLine(b, ln)
	}
	for _, box := range l.boxes {
		box.draw(b)
	}
	b.WriteString("</g>\n")
	drawLegend(b, margin, height-legendHeight+18)
	b.WriteString("</svg>\n")
}

// draw writes a box with its rows.
func (b *box) draw(w *strings.Builder) {
	e := b.entity
	class := "entity"
	if e.Join {
		class += " join"
	}
	if e.External {
		class += " external"
	}
	fmt.Fprintf(w, `<g class="%s h%d" data-id="%d">`+"\n", class, b.hue, b.id)
	if text := tooltip(e.Comment, e.Uniques); text != "" {
		fmt.Fprintf(w, "<title>%s</title>\n", html.EscapeString(text))
	}
	fmt.Fprintf(w, `<rect class="box" x="%d" y="%d" width="%d" height="%d" rx="6"/>`+"\n", b.x, b.y, b.w, b.h)
	fmt.Fprintf(w, `<path class="head" d="%s"/>`+"\n", b.headPath())
	fmt.Fprintf(w, `<text class="name" x="%d" y="%d">%s</text>`+"\n", b.x+boxPadding, b.y+21, html.EscapeString(cut(e.Name, maxNameCells)))
	if table := e.shownTable(); table != "" {
		fmt.Fprintf(w, `<text class="table" x="%d" y="%d">%s</text>`+"\n", b.x+b.w-boxPadding, b.y+20, html.EscapeString(table))
	}
	for i, c := range e.Columns {
		b.drawRow(w, c, b.y+headHeight+i*rowHeight)
	}
	w.WriteString("</g>\n")
}

func tooltip(comment string, uniques [][]string) string {
	lines := []string{}
	if text := clean(comment); text != "" {
		lines = append(lines, text)
	}
	for _, key := range uniques {
		lines = append(lines, "Unique together: "+clean(strings.Join(key, ", ")))
	}
	return strings.Join(lines, "\n")
}

// headPath is the header, round above and, unless there is nothing below it,
// not below.
func (b *box) headPath() string {
	const r = 6
	bottom := fmt.Sprintf("v%d h%d v%d", headHeight-r, -b.w, r-headHeight)
	if len(b.entity.Columns) == 0 {
		bottom = fmt.Sprintf("v%d q0 %d %d %d h%d q%d 0 %d %d v%d", headHeight-2*r, r, -r, r, 2*r-b.w, -r, -r, -r, 2*r-headHeight)
	}
	return fmt.Sprintf("M%d %d q0 %d %d %d h%d q%d 0 %d %d %s z", b.x, b.y+r, -r, r, -r, b.w-2*r, r, r, r, bottom)
}

func (b *box) drawRow(w *strings.Builder, c Column, y int) {
	class := "row"
	if c.Primary {
		class += " primary"
	}
	if c.Foreign {
		class += " foreign"
	}
	fmt.Fprintf(w, `<g class="%s">`, class)
	if text := clean(c.description()); text != "" {
		fmt.Fprintf(w, "<title>%s</title>", html.EscapeString(text))
	}
	fmt.Fprintf(w, `<rect class="hit" x="%d" y="%d" width="%d" height="%d"/>`, b.x+1, y, b.w-2, rowHeight)
	if keys := c.Keys(); len(keys) > 0 {
		fmt.Fprintf(w, `<text class="key" x="%d" y="%d">%s</text>`, b.x+boxPadding, y+14, strings.Join(keys, " "))
	}
	fmt.Fprintf(w, `<text class="column" x="%d" y="%d">%s</text>`, b.x+boxPadding+b.keys, y+14, html.EscapeString(c.shownName()))
	fmt.Fprintf(w, `<text class="type" x="%d" y="%d">%s</text></g>`+"\n", b.x+b.w-boxPadding, y+14, html.EscapeString(c.shownType()))
}
