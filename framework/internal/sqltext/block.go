package sqltext

import (
	"slices"
	"strconv"
	"strings"
)

// query reads a SELECT, UPDATE or DELETE clause by clause.
func (s *Statement) query(tokens []Token, around *Block) *Block {
	b := &Block{Around: around}
	s.Blocks = append(s.Blocks, b)
	clauses := cutClauses(tokens)
	for _, c := range clauses { // tables first: the others name their columns
		switch c.name {
		case "FROM", "UPDATE", "USING":
			s.from(b, c.tokens)
		}
	}
	for _, c := range clauses {
		switch c.name {
		case "SELECT", "RETURNING":
			s.selection(b, c.tokens)
		case "SET":
			s.expression(b, c.tokens)
		case "WHERE":
			s.conditions(b, c.tokens)
		case "GROUP":
			s.group(b, c.tokens)
		case "HAVING":
			s.expression(b, c.tokens)
		case "ORDER":
			s.order(b, c.tokens)
		case "LIMIT", "FETCH":
			b.limit(c.tokens)
		}
	}
	return b
}

type clause struct {
	name   string
	tokens []Token // behind the keyword
}

// cutClauses cuts at the keywords that begin clauses.
func cutClauses(tokens []Token) (list []clause) {
	known := []string{"SELECT", "UPDATE", "DELETE", "FROM", "USING", "SET", "WHERE", "GROUP", "HAVING", "WINDOW", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR", "RETURNING"}
	depth := 0
	for i, t := range tokens {
		if depth += nesting(t); depth == 0 && t.Kind == Word {
			upper := strings.ToUpper(t.Text)
			qualified := i > 0 && tokens[i-1].Is(".")
			using := upper == "USING" && i+1 < len(tokens) && tokens[i+1].Is("(") // of a join
			if slices.Contains(known, upper) && !qualified && !using {
				list = append(list, clause{name: upper})
				continue
			}
		}
		if len(list) > 0 {
			c := &list[len(list)-1]
			c.tokens = append(c.tokens, t)
		}
	}
	return list
}

// selection reads what is selected.
func (s *Statement) selection(b *Block, tokens []Token) {
	if len(tokens) > 0 && tokens[0].Is("DISTINCT") {
		b.Grouped = true
		tokens = tokens[1:]
	}
	for _, item := range split(tokens) {
		if n := len(item); n > 0 && item[n-1].Is("*") && (n == 1 || item[n-2].Is(".")) {
			b.Star = true
			continue
		}
		for i, t := range item {
			if i+1 < len(item) && item[i+1].Is("(") && isAggregate(t) {
				b.Grouped = true
			}
		}
		if i := at(item, "AS"); i > 0 && i == len(item)-2 {
			item = item[:i]
		}
		s.expression(b, item)
	}
}

func isAggregate(t Token) bool {
	return t.Kind == Word && slices.Contains([]string{"COUNT", "SUM", "AVG", "MIN", "MAX"}, strings.ToUpper(t.Text))
}

// expression notes the columns that an expression names, and reads its subqueries.
func (s *Statement) expression(b *Block, tokens []Token) {
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		if t.Is("(") {
			end := closing(tokens, i)
			if end < 0 {
				return
			}
			if inner := tokens[i+1 : end]; isQuery(inner) {
				s.read(inner, b)
			} else {
				s.expression(b, inner)
			}
			i = end
			continue
		}
		if !t.named() {
			continue
		}
		c, n, ok := column(tokens[i:])
		if ok {
			b.note(c)
		}
		i += max(n, 1) - 1
	}
}

func (b *Block) note(c Column) {
	if !slices.Contains(b.Columns, c) {
		b.Columns = append(b.Columns, c)
	}
}

// column reads a name at the beginning, with what stands before it, and says how
// many tokens it has. A keyword and the name of a function are none.
func column(tokens []Token) (c Column, n int, ok bool) {
	if len(tokens) == 0 || !tokens[0].named() {
		return Column{}, 0, false
	}
	parts := []string{tokens[0].Text}
	n = 1
	for n+1 < len(tokens) && tokens[n].Is(".") && tokens[n+1].named() {
		parts = append(parts, tokens[n+1].Text)
		n += 2
	}
	if n < len(tokens) && tokens[n].Is("(") || n == 1 && tokens[0].Kind == Word && reserved(tokens[0].Text) {
		return Column{}, n, false
	}
	c.Name = parts[len(parts)-1]
	if len(parts) > 1 {
		c.Table = parts[len(parts)-2]
	}
	return c, n, true
}

func reserved(word string) bool {
	switch strings.ToUpper(word) {
	case "AND", "OR", "NOT", "NULL", "TRUE", "FALSE", "IS", "IN", "LIKE", "ILIKE", "BETWEEN", "EXISTS", "CASE", "WHEN", "THEN", "ELSE", "END",
		"AS", "ASC", "DESC", "DISTINCT", "ESCAPE", "COLLATE", "CAST", "OVER", "PARTITION", "BY", "ANY", "ALL", "INTERVAL", "NULLS", "FIRST", "LAST",
		"SELECT", "FROM", "WHERE", "ON", "USING", "ROW", "ROWS", "FILTER", "CURRENT_TIMESTAMP", "CURRENT_DATE":
		return true
	}
	return false
}

// from reads the tables, and the conditions of joins.
func (s *Statement) from(b *Block, tokens []Token) {
	item := 0
	var on [][]Token
	for i := 0; i <= len(tokens); i++ {
		end := i == len(tokens)
		if !end && tokens[i].Is("(") {
			if i = closing(tokens, i); i < 0 {
				return
			}
			continue
		}
		if !end && !tokens[i].Is(",") && !joins(tokens[i]) {
			continue
		}
		if part := tokens[item:min(i, len(tokens))]; len(part) > 0 {
			if j := at(part, "ON"); j >= 0 {
				on = append(on, part[j+1:])
				part = part[:j]
			}
			s.table(b, part)
		}
		item = i + 1
	}
	for _, condition := range on {
		s.conditions(b, condition)
	}
}

func joins(t Token) bool {
	return t.Kind == Word && slices.Contains([]string{"JOIN", "LEFT", "RIGHT", "FULL", "INNER", "OUTER", "CROSS", "NATURAL", "STRAIGHT_JOIN"}, strings.ToUpper(t.Text))
}

// table reads an item of FROM.
func (s *Statement) table(b *Block, item []Token) {
	for len(item) > 0 && (item[0].Is("LATERAL") || item[0].Is("ONLY")) {
		item = item[1:]
	}
	var t Table
	switch {
	case len(item) == 0:
		return
	case item[0].Is("("):
		end := closing(item, 0)
		if end < 0 {
			return
		}
		if inner := item[1:end]; isQuery(inner) {
			s.read(inner, b)
		} else {
			s.from(b, inner)
			return
		}
		item = item[end+1:]
	default:
		c, n, ok := column(item)
		if !ok { // a function
			s.expression(b, item)
			return
		}
		t = Table{Schema: c.Table, Name: c.Name, Alias: c.Name}
		item = item[n:]
	}
	if len(item) > 0 && item[0].Is("AS") {
		item = item[1:]
	}
	if len(item) > 0 && item[0].named() && !item[0].Is("USING") && !item[0].Is("INDEXED") && !item[0].Is("NOT") {
		t.Alias = item[0].Text
		item = item[1:]
	}
	b.Tables = append(b.Tables, t)
	if len(item) > 0 && item[0].Is("USING") {
		s.unread(item)
	}
}

func (s *Statement) group(b *Block, tokens []Token) {
	b.Grouped = true
	for _, item := range split(trimBy(tokens)) {
		s.expression(b, item)
		if c, n, ok := column(item); ok && n == len(item) {
			b.Group = append(b.Group, c)
		} else {
			b.Group = nil // what an index cannot give in order
			s.unread(item)
			return
		}
	}
}

func (s *Statement) order(b *Block, tokens []Token) {
	b.Sorted = true
	for _, item := range split(trimBy(tokens)) {
		s.expression(b, item)
		c, n, ok := column(item)
		if !ok {
			s.unread(item)
			b.Order = nil
			return
		}
		term := Term{Column: c}
		for _, t := range item[n:] {
			switch {
			case t.Is("DESC"):
				term.Desc = true
			case t.Is("ASC"):
			default: // NULLS FIRST, COLLATE, an expression
				s.unread(item)
				b.Order = nil
				return
			}
		}
		b.Order = append(b.Order, term)
	}
}

func trimBy(tokens []Token) []Token {
	if len(tokens) > 0 && tokens[0].Is("BY") {
		return tokens[1:]
	}
	return tokens
}

// limit reads LIMIT 10, LIMIT 20, 10 and FETCH FIRST 10 ROWS ONLY.
func (b *Block) limit(tokens []Token) {
	if parts := split(tokens); len(parts) == 2 {
		tokens = parts[1]
	}
	for _, t := range tokens {
		switch t.Kind {
		case Number:
			if n, err := strconv.Atoi(t.Text); err == nil {
				b.Limit = &Limit{Rows: n, Param: -1}
			}
			return
		case Param:
			b.Limit = &Limit{Rows: -1, Param: t.Param}
			return
		default:
		}
	}
}
