package sqltext

import (
	"strings"
)

// Statement is what a statement does.
type Statement struct {
	Verb   string   // SELECT, INSERT, UPDATE, DELETE, …
	Writes bool     // it changes rows, or may
	Blocks []*Block // each SELECT, UPDATE or DELETE in it
	Main   *Block   // the outermost; nil if there are several, as in a UNION
	Params int      // how many arguments it takes
	Unread []string // what was not understood, as it is written

	within int // of a WITH
}

// Block is a SELECT, or the part of an UPDATE or DELETE that finds rows.
type Block struct {
	Around  *Block // whose columns it may name; nil for the outermost
	Tables  []Table
	Columns []Column // all that are named anywhere in the block itself
	Star    bool     // it reads whole rows
	Where   []Condition
	Group   []Column
	Order   []Term
	Sorted  bool // it has an ORDER BY, read or not
	Grouped bool // a GROUP BY, a DISTINCT or an aggregate
	Limit   *Limit
}

// Table is a table that a block reads.
type Table struct {
	Schema string // "" if it is not written
	Name   string // "" for a subquery
	Alias  string // by which columns call it
}

// Column is a column as it is written.
type Column struct {
	Table string // the alias, "" if it is not written
	Name  string
}

// Term is a term of ORDER BY.
type Term struct {
	Column
	Desc bool
}

// Op is how a condition narrows its column.
type Op uint8

// The ways.
const (
	Equal  Op = iota // to a value, or one of a list
	Range            // less, more, between, LIKE 'a%'
	IsNull           // IS NULL
	Join             // equal to a column of another table
)

// Condition is a condition that every row fulfils and that an index may serve.
type Condition struct {
	Column
	Op     Op
	Other  Column // of a Join
	List   bool   // one of several values
	Params []int  // the arguments it compares with
}

// Limit is how many rows are read at most.
type Limit struct {
	Rows  int // -1 if it is an argument
	Param int
}

// Find returns the table of the block that columns call by the alias.
func (b *Block) Find(alias string) (Table, bool) {
	for _, t := range b.Tables {
		if strings.EqualFold(t.Alias, alias) {
			return t, true
		}
	}
	return Table{}, false
}

// Read reads a statement. What it is told of a dialect is how that quotes.
func Read(dialectName, text string) (*Statement, error) {
	tokens, err := Lex(dialectName, text)
	if err != nil {
		return nil, err
	}
	return ReadTokens(tokens), nil
}

// ReadTokens reads the tokens of a statement.
func ReadTokens(tokens []Token) *Statement {
	s := &Statement{Params: Params(tokens)}
	s.read(tokens, nil)
	for _, t := range tokens {
		if t.Kind == Word && isWrite(t.Text) && s.heads(tokens, t.At) {
			s.Writes = true
		}
	}
	return s
}

// heads reports whether the word begins a statement, or one in parentheses.
func (s *Statement) heads(tokens []Token, at int) bool {
	for i, t := range tokens {
		if t.At == at {
			return i == 0 || tokens[i-1].Is("(") || tokens[i-1].Is(")") && i+1 < len(tokens) && !tokens[i+1].Is("(") || tokens[i].Is("INTO")
		}
	}
	return false
}

func isWrite(word string) bool {
	switch strings.ToUpper(word) {
	case "INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "INTO":
		return true
	}
	return false
}

// read reads a statement or a subquery.
func (s *Statement) read(tokens []Token, around *Block) {
	tokens = s.with(tokens, around)
	if len(tokens) == 0 {
		return
	}
	verb := strings.ToUpper(tokens[0].Text)
	if s.Verb == "" && s.within == 0 {
		s.Verb = verb
	}
	switch {
	case tokens[0].Is("("):
		if end := closing(tokens, 0); end > 0 {
			s.read(tokens[1:end], around)
			s.read(tokens[end+1:], around)
		}
	case verb == "SELECT":
		parts := splitSets(tokens)
		for _, part := range parts {
			if !part[0].Is("SELECT") {
				s.read(part, around)
				continue
			}
			if b := s.query(part, around); len(parts) == 1 && around == nil && s.within == 0 {
				s.Main = b
			}
		}
	case verb == "UPDATE" || verb == "DELETE":
		if b := s.query(tokens, around); s.within == 0 {
			s.Main = b
		}
	default: // INSERT … SELECT
		s.subqueries(tokens[1:], around)
		if i := at(tokens, "SELECT"); i > 0 {
			s.read(tokens[i:], around)
		}
	}
}

// with reads the common table expressions at the beginning.
func (s *Statement) with(tokens []Token, around *Block) []Token {
	if len(tokens) == 0 || !tokens[0].Is("WITH") {
		return tokens
	}
	for i := 1; i < len(tokens); i++ {
		if !tokens[i].Is("(") {
			continue
		}
		end := closing(tokens, i)
		if end < 0 {
			return nil
		}
		if isQuery(tokens[i+1 : end]) {
			s.within++
			s.read(tokens[i+1:end], around)
			s.within--
			if end+1 < len(tokens) && !tokens[end+1].Is(",") {
				return tokens[end+1:]
			}
		}
		i = end
	}
	return nil
}

// splitSets cuts at UNION, INTERSECT and EXCEPT. What sorts and limits the whole
// stays with the last part, and is taken off it.
func splitSets(tokens []Token) (parts [][]Token) {
	depth, from := 0, 0
	for i, t := range tokens {
		depth += nesting(t)
		if depth != 0 || !t.Is("UNION") && !t.Is("INTERSECT") && !t.Is("EXCEPT") {
			continue
		}
		parts = append(parts, tokens[from:i])
		from = i + 1
		if from < len(tokens) && (tokens[from].Is("ALL") || tokens[from].Is("DISTINCT")) {
			from++
		}
	}
	last := tokens[from:]
	if from > 0 {
		if i := at(last, "ORDER"); i > 0 {
			last = last[:i]
		}
		if i := at(last, "LIMIT"); i > 0 {
			last = last[:i]
		}
	}
	if len(last) > 0 {
		parts = append(parts, last)
	}
	return parts
}

// subqueries reads the subqueries within an expression.
func (s *Statement) subqueries(tokens []Token, around *Block) {
	for i := 0; i < len(tokens); i++ {
		if !tokens[i].Is("(") {
			continue
		}
		end := closing(tokens, i)
		if end < 0 {
			return
		}
		if isQuery(tokens[i+1 : end]) {
			s.read(tokens[i+1:end], around)
		} else {
			s.subqueries(tokens[i+1:end], around)
		}
		i = end
	}
}

func (s *Statement) unread(tokens []Token) {
	words := make([]string, len(tokens))
	for i, t := range tokens {
		words[i] = t.Text
		if t.Kind == Text { // values are nobody's business
			words[i] = "'…'"
		}
	}
	s.Unread = append(s.Unread, strings.Join(words, " "))
}

func isQuery(tokens []Token) bool {
	return len(tokens) > 0 && (tokens[0].Is("SELECT") || tokens[0].Is("WITH") || tokens[0].Is("VALUES") ||
		tokens[0].Is("(") && len(tokens) > 1 && isQuery(tokens[1:]))
}

func nesting(t Token) int {
	switch {
	case t.Is("("):
		return 1
	case t.Is(")"):
		return -1
	}
	return 0
}

// closing finds the parenthesis that closes the one at i; -1 without one.
func closing(tokens []Token, i int) int {
	depth := 0
	for j := i; j < len(tokens); j++ {
		if depth += nesting(tokens[j]); depth == 0 {
			return j
		}
	}
	return -1
}

// at finds a keyword outside of parentheses; -1 without one.
func at(tokens []Token, keyword string) int {
	depth := 0
	for i, t := range tokens {
		if depth += nesting(t); depth == 0 && t.Is(keyword) {
			return i
		}
	}
	return -1
}

// split cuts at the commas outside of parentheses.
func split(tokens []Token) (parts [][]Token) {
	depth, from := 0, 0
	for i, t := range tokens {
		if depth += nesting(t); depth == 0 && t.Is(",") {
			parts = append(parts, tokens[from:i])
			from = i + 1
		}
	}
	return append(parts, tokens[from:])
}
