package scaffold

import (
	"slices"
	"strings"
)

// Diff shows what differs between two texts, line by line: with - what goes,
// with + what comes, and what stays up to three lines around them.
func Diff(before, after []byte) string {
	a, b := strings.SplitAfter(string(before), "\n"), strings.SplitAfter(string(after), "\n")
	common := commonLines(a, b)
	type line struct {
		mark byte
		text string
	}
	var lines []line
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			lines = append(lines, line{' ', a[i]})
			i, j = i+1, j+1
		case j >= len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			lines = append(lines, line{'-', a[i]})
			i++
		default:
			lines = append(lines, line{'+', b[j]})
			j++
		}
	}
	const around = 3
	var out strings.Builder
	shown := -1
	for i, l := range lines {
		near := false
		for k := max(0, i-around); k <= min(len(lines)-1, i+around); k++ {
			near = near || lines[k].mark != ' '
		}
		if !near || l.text == "" {
			continue
		}
		if shown >= 0 && shown < i-1 {
			out.WriteString("  …\n")
		}
		shown = i
		out.WriteString(string(l.mark) + " " + strings.TrimSuffix(l.text, "\n") + "\n")
	}
	return out.String()
}

// commonLines holds, for each pair of positions, how many lines the rests from
// there have in common, in order.
func commonLines(a, b []string) [][]int {
	common := make([][]int, len(a)+1)
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i, v := range slices.Backward(a) {
		for j := len(b) - 1; j >= 0; j-- {
			if v == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	return common
}
