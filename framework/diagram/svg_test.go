package diagram_test

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rivo/uniseg"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/diagram"
)

func TestSVG(t *testing.T) {
	t.Parallel()
	text := render(t, blog(t), diagram.SVG)
	checkSVG(t, blog(t), text)
	require.Contains(t, text, "prefers-color-scheme: dark")
	require.Contains(t, text, `<text class="name"`)
	require.Equal(t, text, render(t, blog(t), diagram.SVG), "the same model gives the same picture")
}

func TestSVGOfHostileNames(t *testing.T) {
	t.Parallel()
	d := diagram.FromTables(hostileTables())
	checkSVG(t, d, render(t, d, diagram.SVG))
}

func TestSVGOfNothing(t *testing.T) {
	t.Parallel()
	d := diagram.FromTables(nil)
	checkSVG(t, d, render(t, d, diagram.SVG))
}

type rectangle struct{ x, y, w, h float64 }

// inside leaves the frame out, where lines end.
func (r rectangle) crosses(x1, y1, x2, y2 float64) bool {
	return min(x1, x2) < r.x+r.w-1 && max(x1, x2) > r.x+1 && min(y1, y2) < r.y+r.h-1 && max(y1, y2) > r.y+1
}

// drawing is what a reader sees of a picture.
type drawing struct {
	width, height float64
	boxes         []rectangle
	lines         [][][2]float64 // corners of each
	texts         []svgText
	elements      map[string]int
}

type svgText struct {
	class, text string
	x, y        float64
	box         int // of which it is part, or -1
}

var pathPoint = regexp.MustCompile(`[MLQ]?(-?\d+) (-?\d+)`)

// readSVG parses a picture, and fails unless it is well-formed.
func readSVG(t require.TestingT, text string) drawing {
	d := drawing{elements: map[string]int{}}
	decoder := xml.NewDecoder(strings.NewReader(text))
	depth, boxDepth, inText := 0, -1, false
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		switch element := token.(type) {
		case xml.StartElement:
			depth++
			get := func(name string) string {
				for _, a := range element.Attr {
					if a.Name.Local == name {
						return a.Value
					}
				}
				return ""
			}
			number := func(name string) float64 {
				n, _ := strconv.ParseFloat(get(name), 64)
				return n
			}
			for _, a := range element.Attr {
				require.False(t, strings.HasPrefix(a.Name.Local, "on"), "%s", a.Name.Local)
				require.NotContains(t, []string{"href", "src", "style"}, a.Name.Local)
			}
			d.elements[element.Name.Local]++
			switch class := get("class"); {
			case element.Name.Local == "svg":
				d.width, d.height = number("width"), number("height")
			case strings.HasPrefix(class, "entity"):
				boxDepth = depth
			case class == "box":
				d.boxes = append(d.boxes, rectangle{number("x"), number("y"), number("width"), number("height")})
			case class == "line" && strings.Contains(get("d"), "L"):
				var corners [][2]float64
				for _, m := range pathPoint.FindAllStringSubmatch(get("d"), -1) {
					x, _ := strconv.ParseFloat(m[1], 64)
					y, _ := strconv.ParseFloat(m[2], 64)
					corners = append(corners, [2]float64{x, y})
				}
				d.lines = append(d.lines, corners)
			case element.Name.Local == "text":
				inText = true
				s := svgText{class: class, x: number("x"), y: number("y"), box: -1}
				if boxDepth > 0 {
					s.box = len(d.boxes) - 1
				}
				d.texts = append(d.texts, s)
			}
		case xml.CharData:
			if n := len(d.texts); inText {
				d.texts[n-1].text += strings.TrimSpace(string(element))
			}
		case xml.EndElement:
			if depth == boxDepth {
				boxDepth = -1
			}
			depth--
			inText = false
		}
	}
	return d
}

// checkSVG requires that no box lies on another, no line runs through a box and
// no text leaves its box.
func checkSVG(t require.TestingT, d *diagram.Diagram, text string) {
	got := readSVG(t, text)
	require.Len(t, got.boxes, len(d.Entities))
	require.Len(t, got.lines, len(d.Lines()))
	allowed := map[string]bool{"svg": true, "title": true, "style": true, "rect": true, "g": true, "path": true, "text": true, "circle": true}
	for name := range got.elements {
		require.True(t, allowed[name], name)
	}
	for i, a := range got.boxes {
		require.LessOrEqual(t, a.w, 640.0, "long names are cut")
		require.True(t, a.x >= 0 && a.y >= 0 && a.x+a.w <= got.width && a.y+a.h <= got.height, "box %d is off the paper", i)
		for j, b := range got.boxes[:i] {
			apart := a.x+a.w+8 <= b.x || b.x+b.w+8 <= a.x || a.y+a.h+8 <= b.y || b.y+b.h+8 <= a.y
			require.True(t, apart, "boxes %d and %d: %v %v", i, j, a, b)
		}
	}
	for _, line := range got.lines {
		require.GreaterOrEqual(t, len(line), 2)
		for i := range len(line) - 1 {
			a, b := line[i], line[i+1]
			for j, box := range got.boxes {
				require.False(t, box.crosses(a[0], a[1], b[0], b[1]), "line %v runs through box %d %v", line, j, box)
			}
		}
	}
	for _, s := range got.texts {
		if s.box < 0 {
			continue
		}
		box := got.boxes[s.box]
		width := float64(uniseg.StringWidth(s.text)) * map[string]float64{"name": 7.83, "table": 6.02, "key": 6.02}[s.class]
		if s.class == "column" || s.class == "type" {
			width = float64(uniseg.StringWidth(s.text)) * 7.23 // DejaVu Sans Mono, the widest of the usual fonts
		}
		left, right := s.x, s.x+width
		if s.class == "type" || s.class == "table" {
			left, right = s.x-width, s.x
		}
		require.True(t, left >= box.x && right <= box.x+box.w && s.y > box.y && s.y < box.y+box.h,
			"%s %q from %.0f to %.0f leaves its box %v", s.class, s.text, left, right, box)
	}
}
