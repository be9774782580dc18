package sqltext

import (
	"slices"
	"strings"
)

// conditions reads what WHERE or ON ask of every row: what AND joins.
func (s *Statement) conditions(b *Block, tokens []Token) {
	for len(tokens) > 1 && tokens[0].Is("(") && closing(tokens, 0) == len(tokens)-1 && !isQuery(tokens[1:]) {
		tokens = tokens[1 : len(tokens)-1]
	}
	if parts := conjuncts(tokens); len(parts) > 1 {
		for _, part := range parts {
			s.conditions(b, part)
		}
		return
	}
	s.expression(b, tokens)
	if len(tokens) == 0 || s.condition(b, tokens) || isExists(tokens) {
		return
	}
	s.unread(tokens)
}

func isExists(tokens []Token) bool {
	if tokens[0].Is("NOT") {
		tokens = tokens[1:]
	}
	return len(tokens) > 1 && tokens[0].Is("EXISTS")
}

// conjuncts cuts at AND, but not at that of BETWEEN, and not where an OR is beside.
func conjuncts(tokens []Token) [][]Token {
	if at(tokens, "OR") >= 0 {
		return [][]Token{tokens}
	}
	var parts [][]Token
	depth, from, between, in := 0, 0, false, 0
	for i, t := range tokens {
		depth += nesting(t)
		switch {
		case depth != 0:
		case t.Is("CASE"):
			in++
		case t.Is("END"):
			in--
		case in > 0:
		case t.Is("BETWEEN"):
			between = true
		case t.Is("AND") && between:
			between = false
		case t.Is("AND"):
			parts = append(parts, tokens[from:i])
			from = i + 1
		}
	}
	return append(parts, tokens[from:])
}

// condition reads one that an index may serve, or that certainly serves none.
func (s *Statement) condition(b *Block, tokens []Token) bool {
	if tokens[0].Is("NOT") { // NOT active
		c, n, ok := column(tokens[1:])
		if ok && n == len(tokens)-1 {
			b.Where = append(b.Where, Condition{Column: c, Op: Equal})
		}
		return ok && n == len(tokens)-1
	}
	if tokens[0].Is("(") {
		return s.row(b, tokens)
	}
	c, n, ok := column(tokens)
	if !ok {
		return s.turned(b, tokens)
	}
	rest := tokens[n:]
	if len(rest) == 0 { // a boolean
		b.Where = append(b.Where, Condition{Column: c, Op: Equal})
		return true
	}
	return b.compare(c, rest)
}

// compare reads what stands behind a column.
func (b *Block) compare(c Column, rest []Token) bool {
	operand := rest[1:]
	condition := Condition{Column: c, Params: params(operand)}
	switch op := strings.ToUpper(rest[0].Text); {
	case len(operand) == 0:
		return false
	case op == "IS" && operand[0].Is("NULL"):
		condition.Op = IsNull
	case op == "IS" || op == "NOT" || op == "<>" || op == "!=":
		return true // few rows are left out
	case op == "IN" && operand[0].Is("("):
		condition.List = !isQuery(operand[1:])
		if !condition.List {
			condition.Params = nil
		}
	case op == "=" || op == "<=>":
		if other, n, ok := column(operand); ok && n == len(operand) {
			condition.Op, condition.Other = Join, other
		} else if operand[0].Is("ANY") {
			condition.List = true
		} else if !b.constant(operand) {
			return false
		}
	case op == "LIKE":
		if operand[0].Kind == Text && (operand[0].Text == "" || strings.ContainsAny(operand[0].Text[:1], "%_")) {
			return true
		}
		condition.Op = Range
	case slices.Contains([]string{"<", ">", "<=", ">=", "BETWEEN"}, op):
		if !b.constant(operand) {
			return true
		}
		condition.Op = Range
	default:
		return false
	}
	b.Where = append(b.Where, condition)
	return true
}

// constant reports whether an expression names no column.
func (b *Block) constant(tokens []Token) bool {
	for i, t := range tokens {
		if t.Is("(") && isQuery(tokens[i+1:]) {
			return true
		}
		if _, _, ok := column(tokens[i:]); ok && (i == 0 || !tokens[i-1].Is("::") && !tokens[i-1].Is("AS")) {
			return false
		}
	}
	return true
}

// turned reads a condition whose column stands on the right: ? < a.
func (s *Statement) turned(b *Block, tokens []Token) bool {
	for i, op := range tokens {
		if op.Kind != Symbol || !slices.Contains([]string{"=", "<", ">", "<=", ">="}, op.Text) {
			continue
		}
		c, n, ok := column(tokens[i+1:])
		if !ok || n != len(tokens)-i-1 || !b.constant(tokens[:i]) {
			return false
		}
		return b.compare(c, slices.Concat([]Token{op}, tokens[:i]))
	}
	return false
}

// row reads (a, b) < (?, ?): an order by a, then b.
func (s *Statement) row(b *Block, tokens []Token) bool {
	end := closing(tokens, 0)
	if end < 0 || end+1 >= len(tokens) || !slices.Contains([]string{"<", ">", "<=", ">=", "="}, tokens[end+1].Text) {
		return false
	}
	op := Range
	if tokens[end+1].Is("=") {
		op = Equal
	}
	right := params(tokens[end+2:])
	items := split(tokens[1:end])
	for i, item := range items {
		c, n, ok := column(item)
		if !ok || n != len(item) {
			return i > 0
		}
		condition := Condition{Column: c, Op: op}
		if len(right) == len(items) {
			condition.Params = right[i : i+1]
		}
		b.Where = append(b.Where, condition)
	}
	return true
}

func params(tokens []Token) (list []int) {
	for _, t := range tokens {
		if t.Kind == Param {
			list = append(list, t.Param)
		}
	}
	return list
}
