package config

import "strings"

// nearest returns the candidate that word was probably meant to be, or "".
func nearest(word string, candidates []string) string {
	word = strings.ToLower(word)
	best, least := "", 1+max(1, len(word)/3)
	for _, candidate := range candidates {
		if distance := editDistance(word, candidate); distance < least {
			best, least = candidate, distance
		}
	}
	return best
}

// didYouMean is the hint for an unknown word: the nearest candidate if one is
// near, all of them otherwise.
func didYouMean(word string, candidates []string) string {
	if best := nearest(word, candidates); best != "" {
		return "did you mean " + best + "?"
	}
	return "known: " + strings.Join(candidates, ", ")
}

// editDistance counts the insertions, deletions, replacements and swaps of
// neighbours that turn a into b. Keys are ASCII, so bytes will do.
func editDistance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
