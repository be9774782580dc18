package query

import (
	"slices"
	"strings"
)

// tablesOf lists the tables that a statement names behind FROM, JOIN, INTO,
// UPDATE and TABLE, but not the expressions of its WITH.
func tablesOf(pieces []piece) []string {
	r := tableReader{pieces: pieces}
	for i, p := range pieces {
		switch {
		case p.text == "(":
			r.calls = append(r.calls, i > 0 && callsWithFrom(pieces[i-1]))
		case p.text == ")" && len(r.calls) > 0:
			r.calls = r.calls[:len(r.calls)-1]
		case p.kind == keyword:
			r.keyword(i)
		}
	}
	return slices.DeleteFunc(r.tables, func(t string) bool { return slices.Contains(r.local, t) })
}

// callsWithFrom tells of functions whose arguments are parted by FROM.
func callsWithFrom(p piece) bool {
	return slices.Contains([]string{"EXTRACT", "TRIM", "SUBSTRING", "OVERLAY"}, strings.ToUpper(p.text))
}

type tableReader struct {
	pieces []piece
	calls  []bool // the open brackets: whether FROM is no clause in them
	tables []string
	local  []string // names that WITH gives
}

func (r *tableReader) keyword(i int) {
	before := ""
	if i > 0 {
		before = strings.ToUpper(r.pieces[i-1].text)
	}
	switch strings.ToUpper(r.pieces[i].text) {
	case "AS":
		if i+1 < len(r.pieces) && (r.pieces[i+1].text == "(" || strings.HasSuffix(strings.ToUpper(r.pieces[i+1].text), "MATERIALIZED")) && i > 0 {
			r.local = append(r.local, unquoted(r.pieces[i-1]))
		}
	case "FROM":
		if before != "DISTINCT" && (len(r.calls) == 0 || !r.calls[len(r.calls)-1]) {
			r.list(i + 1)
		}
	case "JOIN", "INTO", "TABLE":
		r.table(i + 1)
	case "UPDATE":
		if before != "FOR" && before != "KEY" && before != "DO" && before != "ON" {
			r.table(i + 1)
		}
	}
}

// list reads what is behind FROM: tables with commas between.
func (r *tableReader) list(i int) {
	for {
		i = r.table(i)
		for i < len(r.pieces) && r.pieces[i].kind != mark && !clause(r.pieces[i].text) { // an alias
			i++
		}
		if i >= len(r.pieces) || r.pieces[i].text != "," {
			return
		}
		i++
	}
}

func clause(text string) bool {
	return slices.Contains([]string{"WHERE", "JOIN", "LEFT", "INNER", "GROUP", "ORDER", "LIMIT", "UNION", "ON"}, text)
}

// table reads the name of a table, with its schema, and returns what is behind.
func (r *tableReader) table(i int) int {
	for i < len(r.pieces) && slices.Contains([]string{"ONLY", "LATERAL", "IF", "NOT", "EXISTS"}, strings.ToUpper(r.pieces[i].text)) {
		i++
	}
	if i < len(r.pieces) && r.pieces[i].text == "(" {
		return closing(r.pieces, i)
	}
	for i+2 < len(r.pieces) && r.pieces[i+1].text == "." {
		i += 2
	}
	if i >= len(r.pieces) || r.pieces[i].kind != keyword && r.pieces[i].kind != identifier {
		return i
	}
	if i+1 < len(r.pieces) && r.pieces[i+1].text == "(" && r.pieces[i].kind == keyword && !r.into(i) {
		return closing(r.pieces, i+1) // a function that gives rows
	}
	if name := unquoted(r.pieces[i]); !slices.Contains(r.tables, name) {
		r.tables = append(r.tables, name)
	}
	return i + 1
}

// into tells whether the table at i has its columns in brackets.
func (r *tableReader) into(i int) bool {
	for i--; i >= 0 && (r.pieces[i].text == "." || r.pieces[i].kind == identifier); i-- {
	}
	return i >= 0 && slices.Contains([]string{"INTO", "TABLE", "EXISTS"}, strings.ToUpper(r.pieces[i].text))
}

func unquoted(p piece) string {
	if p.kind != identifier || len(p.text) < 2 {
		return p.text
	}
	quote := p.text[:1]
	return strings.ReplaceAll(p.text[1:len(p.text)-1], quote+quote, quote)
}
