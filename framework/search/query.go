package search

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The limits of a query. Words of a document that are longer than MaxWord may be
// left out of the index of a database.
const (
	MaxText  = 1000 // bytes of the text
	MaxWords = 20   // words in it
	MaxWord  = 64   // characters of a word
)

// QueryError says why a text cannot be searched for.
type QueryError struct{ Reason string }

// Error implements error.
func (e *QueryError) Error() string { return "search: the text " + e.Reason }

// Words splits a text into its words. Their case is left to the database, which
// changes it as it does that of a row.
func Words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.In(r, unicode.L, unicode.M, unicode.Nd) || unicode.Is(unicode.Variation_Selector, r)
	})
}

// query is what is searched for: words, of which the last may be the beginning of
// a longer one. They hold letters, marks and digits only, so that no database
// finds an operator in them.
type query []string

// parse reads what a user has typed. The error is a *QueryError.
func parse(text string) (query, error) {
	if len(text) > MaxText {
		return nil, &QueryError{fmt.Sprintf("is longer than %d bytes", MaxText)}
	}
	words := Words(text)
	switch {
	case len(words) == 0:
		return nil, &QueryError{"has no word to search for: a word is made of letters and digits"}
	case len(words) > MaxWords:
		return nil, &QueryError{fmt.Sprintf("has %d words; the most are %d", len(words), MaxWords)}
	}
	for _, w := range words {
		if n := utf8.RuneCountInString(w); n > MaxWord {
			return nil, &QueryError{fmt.Sprintf("has a word of %d characters; the most are %d", n, MaxWord)}
		}
	}
	return words, nil
}

// Check reports with a *[QueryError] whether the text can be searched for.
func Check(text string) error {
	_, err := parse(text)
	return err
}

// sqlite is the query in the language of FTS5: "quick" "bro"*.
func (q query) sqlite() string { return `"` + strings.Join(q, `" "`) + `"*` }

// postgres is the query in that of to_tsquery: 'quick' & 'bro':*.
func (q query) postgres() string { return "'" + strings.Join(q, "' & '") + "':*" }

// mysql is the query in that of the boolean mode: +x_quick +x_bro*.
func (q query) mysql() string { return "+" + mark + strings.Join(q, " +"+mark) + "*" }
