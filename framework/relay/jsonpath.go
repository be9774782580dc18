package relay

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// step leads from a value of a document to one inside it: a key of an object,
// or a place in a list.
type step struct {
	key   string
	index int
	list  bool // index counts
}

// Bounds of a path: every dialect takes as much.
const (
	maxSteps = 20
	maxIndex = 1_000_000
	maxKey   = 200 // bytes
)

// parsePath reads a path such as author.name, tags[0] or ["a key.with dots"].
// The empty path is the whole document. The error is a plain reason.
func parsePath(text string) ([]step, error) {
	var steps []step
	rest := text
	for rest != "" {
		if len(steps) == maxSteps {
			return nil, fmt.Errorf("has more than %d steps", maxSteps)
		}
		next, after, err := parseStep(rest, len(steps) == 0)
		if err != nil {
			return nil, err
		}
		if err := checkText(next.key); err != nil {
			return nil, err
		}
		if len(next.key) > maxKey {
			return nil, fmt.Errorf("has a key longer than %d bytes", maxKey)
		}
		steps, rest = append(steps, next), after
	}
	return steps, nil
}

var errPath = errors.New(`must be keys and places such as author.name, tags[0] or ["a key.with dots"]`)

func parseStep(text string, first bool) (step, string, error) {
	if text[0] == '[' {
		return parseBracket(text[1:])
	}
	if !first {
		if text[0] != '.' {
			return step{}, "", errPath
		}
		text = text[1:]
	}
	end := strings.IndexAny(text, ".[")
	if end < 0 {
		end = len(text)
	}
	key := text[:end]
	if key == "" || strings.ContainsAny(key, `]"`) {
		return step{}, "", errPath
	}
	return step{key: key}, text[end:], nil
}

// parseBracket reads what follows an opening bracket.
func parseBracket(text string) (step, string, error) {
	if strings.HasPrefix(text, `"`) {
		d := json.NewDecoder(strings.NewReader(text))
		var key string
		if err := d.Decode(&key); err != nil {
			return step{}, "", errPath
		}
		rest, closed := strings.CutPrefix(text[d.InputOffset():], "]")
		if !closed {
			return step{}, "", errPath
		}
		return step{key: key}, rest, nil
	}
	digits, rest, closed := strings.Cut(text, "]")
	index, err := strconv.ParseUint(digits, 10, 32)
	if !closed || err != nil || strconv.FormatUint(index, 10) != digits {
		return step{}, "", errPath
	}
	if index > maxIndex {
		return step{}, "", fmt.Errorf("has a place beyond %d", maxIndex)
	}
	return step{index: int(index), list: true}, rest, nil
}

// pathText writes steps as SQLite and MySQL read them. Keys are escaped as they
// are in stored documents, since MariaDB compares the escaped forms.
func pathText(steps []step) string {
	var b strings.Builder
	b.WriteByte('$')
	for _, s := range steps {
		if s.list {
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
			continue
		}
		b.WriteString("." + jsonText(s.key))
	}
	return b.String()
}

// jsonText is the JSON of a scalar, written as Ent writes documents.
func jsonText(v any) string {
	text, err := json.Marshal(v)
	if err != nil { // numbers were checked to be finite
		return "null"
	}
	return string(text)
}
