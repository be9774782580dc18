package diagram

import (
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
)

// Widths of letters, in hundredths of a pixel. The fonts are monospaced, so
// that the width of a text is known without the font; the widest of the usual
// ones counts.
const (
	nameWidth  = 725 // 12 px
	smallWidth = 610 // 10 px
	headWidth  = 800 // 13 px, bold
)

const (
	maxNameCells = 36
	maxTypeCells = 26
	boxPadding   = 10
	columnGap    = 18 // between name and type
	minBoxWidth  = 150
)

func textWidth(text string, letter int) int { return (uniseg.StringWidth(text)*letter + 99) / 100 }

// clean makes one line of a text, without what no XML document may hold.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), r == unicode.ReplacementChar, r == 0xFFFE, r == 0xFFFF:
			return -1
		case unicode.Is(unicode.Bidi_Control, r): // they would turn what follows
			return -1
		default:
			return r
		}
	}, text)
	return strings.TrimSpace(text)
}

// cut shortens a text to so many cells.
func cut(text string, cells int) string {
	text = clean(text)
	if uniseg.StringWidth(text) <= cells {
		return text
	}
	var b strings.Builder
	width := 1 // of the ellipsis
	for g := uniseg.NewGraphemes(text); g.Next(); {
		width += g.Width()
		if width > cells {
			break
		}
		b.WriteString(g.Str())
	}
	return b.String() + "…"
}

// shownName, shownType and shownTable are texts as boxes show them.
func (c Column) shownName() string { return cut(c.Name, maxNameCells) }

func (c Column) shownType() string {
	text := cut(c.Type, maxTypeCells)
	if c.Null {
		text += "?"
	}
	return text
}

// shownTable is the name of the table, if it is not that of the entity.
func (e *Entity) shownTable() string {
	if e.Table == e.Name {
		return ""
	}
	return cut(e.Table, maxNameCells)
}

// measure finds the size of a box.
func (b *box) measure() {
	e := b.entity
	width := textWidth(cut(e.Name, maxNameCells), headWidth)
	if table := e.shownTable(); table != "" {
		width += columnGap + textWidth(table, smallWidth)
	}
	for _, c := range e.Columns {
		b.keys = max(b.keys, textWidth(strings.Join(c.Keys(), " "), smallWidth))
	}
	if b.keys > 0 {
		b.keys += 8
	}
	for _, c := range e.Columns {
		width = max(width, b.keys+textWidth(c.shownName(), nameWidth)+columnGap+textWidth(c.shownType(), nameWidth))
	}
	b.w = max(minBoxWidth, width+2*boxPadding)
	b.h = headHeight
	if len(e.Columns) > 0 {
		b.h += len(e.Columns)*rowHeight + boxFoot
	}
}

// lineLabel is the name of an edge, where the column does not say it already.
func (ln *line) label() string {
	edge := clean(ln.relation.FromEdge)
	if edge == "" || len(ln.relation.Columns) == 1 && strings.TrimSuffix(ln.relation.Columns[0], "_id") == edge {
		return ""
	}
	return cut(edge, maxTypeCells)
}

func labelWidth(ln *line) int {
	if label := ln.label(); label != "" {
		return textWidth(label, smallWidth) + 6
	}
	return 0
}
