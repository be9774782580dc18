package query

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"entgo.io/ent/dialect"

	"github.com/framefox-go/framefox/framework/entity"
)

// Named are the values of parameters that the SQL calls by name. They are the
// only argument then:
//
//	query.All[Row](ctx, db, "SELECT … WHERE created_at >= :since", query.Named{"since": since})
//
// A name that the SQL does not use is an error, as one without a value is.
type Named map[string]any

// bind brings SQL text and its arguments into the form that the dialect takes.
func (l limits) bind(dialectName, text string, args []any) (string, []any, error) {
	tokens, err := lex(dialectName, text)
	if err != nil {
		return "", nil, err
	}
	if tokens, err = single(dialectName, tokens); err != nil {
		return "", nil, err
	}
	if l.readOnly {
		if err := reading(dialectName, tokens); err != nil {
			return "", nil, err
		}
	}
	b := newBinder(dialectName, tokens, args)
	if err := b.run(); err != nil {
		return "", nil, err
	}
	text = b.assemble()
	return text, b.bound, b.check(strings.Count(text, "?"))
}

// fragment cuts SQL text, which is a part of a statement, at its parameters: there
// is one part more than there are values. A comment must not reach into what
// follows.
func fragment(dialectName, text string, args []any) (parts []string, bound []any, err error) {
	tokens, err := lex(dialectName, text)
	if err != nil {
		return nil, nil, err
	}
	if slices.ContainsFunc(tokens, func(t token) bool { return t.kind == semicolon }) {
		return nil, nil, ErrManyStatements
	}
	for i, t := range tokens {
		if t.kind == opaque && (t.text[0] == '-' || t.text[0] == '#') {
			tokens[i].text = " "
		}
	}
	b := newBinder(dialectName, tokens, args)
	if err := b.run(); err != nil {
		return nil, nil, err
	}
	return b.parts(), b.bound, b.check(0)
}

func newBinder(dialectName string, tokens []token, args []any) *binder {
	b := &binder{dialect: dialectName, tokens: tokens, args: args}
	if len(args) == 1 {
		if named, ok := args[0].(Named); ok {
			b.named, b.args = named, nil
			b.used = make(map[string]bool, len(named))
			if named == nil {
				b.named = Named{}
			}
		}
	}
	return b
}

// single takes the semicolon off, and refuses what comes behind it.
func single(dialectName string, tokens []token) ([]token, error) {
	end := slices.IndexFunc(tokens, func(t token) bool { return t.kind == semicolon })
	if end < 0 {
		end = len(tokens)
	}
	for _, t := range tokens[end:] {
		if t.kind != semicolon && t.kind != opaque {
			return nil, ErrManyStatements
		}
	}
	first := slices.IndexFunc(tokens[:end], func(t token) bool { return t.kind != opaque })
	if first < 0 {
		return nil, errors.New("query: the SQL is empty")
	}
	if ends := endsTransaction(dialectName, tokens[first:end]); ends != "" {
		return nil, fmt.Errorf("query: %s is not for SQL by hand; use Transact", ends)
	}
	return tokens[:end], nil
}

// endsTransaction names the statement if it begins or ends a transaction, or
// could do so out of sight.
func endsTransaction(dialectName string, tokens []token) string {
	keyword := strings.ToUpper(tokens[0].text)
	has := func(what string) bool {
		return slices.ContainsFunc(tokens[1:], func(t token) bool { return strings.EqualFold(strings.Trim(t.text, "`"), what) })
	}
	switch keyword {
	case "BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE":
		return keyword
	case "XA", "LOCK", "UNLOCK", "EXECUTE": // EXECUTE IMMEDIATE 'COMMIT'
		if dialectName == dialect.MySQL {
			return keyword
		}
	case "SET":
		if dialectName == dialect.MySQL && has("AUTOCOMMIT") {
			return "SET autocommit"
		}
	case "PREPARE":
		if dialectName == dialect.Postgres && has("TRANSACTION") {
			return "PREPARE TRANSACTION"
		}
	}
	return ""
}

// binder writes the text anew.
type binder struct {
	dialect string
	tokens  []token
	args    []any
	named   Named // nil for arguments by position
	used    map[string]bool

	at    int // the token
	next  int // the argument
	out   []byte
	bound []any
	cuts  []int    // where in out the values go
	last  [2]token // the two before, spaces and comments left out
	from  [2]int   // where they begin in out
	lists []list   // the parentheses around
}

// list is what an opening parenthesis begins.
type list struct {
	in, not bool
	from    int // where the operator begins in out
}

func (b *binder) run() error {
	for ; b.at < len(b.tokens); b.at++ {
		t := b.tokens[b.at]
		start := len(b.out)
		switch t.kind {
		case position, name:
			if err := b.parameter(t); err != nil {
				return err
			}
			t = token{kind: position}
		case escaped:
			b.out = append(b.out, '?')
		default:
			b.parenthesis(t)
			if (t.kind == word || t.kind == quoted) && len(b.cuts) > 0 && b.cuts[len(b.cuts)-1] == len(b.out) {
				b.out = append(b.out, ' ') // ?AS
			}
			b.out = append(b.out, t.text...)
		}
		if t.kind != opaque {
			b.last = [2]token{b.last[1], t}
			b.from = [2]int{b.from[1], start}
		}
	}
	return nil
}

// parenthesis notes which lists are those of IN.
func (b *binder) parenthesis(t token) {
	if t.kind != symbol {
		return
	}
	switch t.text {
	case "(":
		var l list
		if l.in = b.last[1].is("IN"); l.in {
			l.from = b.from[1]
			if l.not = b.last[0].is("NOT"); l.not {
				l.from = b.from[0]
			}
		}
		b.lists = append(b.lists, l)
	case ")":
		if len(b.lists) > 0 {
			b.lists = b.lists[:len(b.lists)-1]
		}
	}
}

func (t token) is(keyword string) bool { return t.kind == word && strings.EqualFold(t.text, keyword) }

func (b *binder) parameter(t token) error {
	v, label, err := b.value(t)
	if err != nil {
		return err
	}
	values, ok := elements(v)
	if !ok {
		b.bind(v)
		return nil
	}
	if len(b.lists) == 0 || !b.lists[len(b.lists)-1].in {
		if b.dialect == dialect.Postgres { // an array
			b.bind(v)
			return nil
		}
		return fmt.Errorf("query: %s is a %T, which is for IN (%s) only", label, v, t.text)
	}
	return b.expand(values, label)
}

// value finds the argument that the token stands for.
func (b *binder) value(t token) (v any, label string, err error) {
	switch {
	case t.kind == name && b.named == nil:
		return nil, "", fmt.Errorf("query: the SQL has a parameter %s; give query.Named as the only argument", t.text)
	case t.kind == name:
		v, ok := b.named[t.text[1:]]
		if !ok {
			return nil, "", &UnknownNameError{"parameter", t.text[1:], slices.Sorted(maps.Keys(b.named))}
		}
		b.used[t.text[1:]] = true
		return v, "parameter " + t.text, nil
	case b.named != nil:
		return nil, "", errors.New("query: the SQL has a ? beside parameters with names; on PostgreSQL, the operator is written ??")
	}
	b.next++
	if b.next > len(b.args) {
		return nil, "", nil // check counts
	}
	return b.args[b.next-1], "argument " + strconv.Itoa(b.next), nil
}

func (b *binder) bind(v any) {
	if n := len(b.out); n > 0 && (isWord(b.out[n-1]) || strings.IndexByte("'\"`", b.out[n-1]) >= 0) {
		b.out = append(b.out, ' ') // AND?
	}
	b.bound = append(b.bound, v)
	b.cuts = append(b.cuts, len(b.out))
}

// parts are the texts around the values.
func (b *binder) parts() []string {
	parts, from := make([]string, 0, len(b.cuts)+1), 0
	for _, at := range b.cuts {
		parts = append(parts, string(b.out[from:at]))
		from = at
	}
	return append(parts, string(b.out[from:]))
}

func (b *binder) assemble() string {
	var text strings.Builder
	for i, part := range b.parts() {
		if i > 0 && b.dialect == dialect.Postgres {
			text.WriteString("$" + strconv.Itoa(i))
		} else if i > 0 {
			text.WriteByte('?')
		}
		text.WriteString(part)
	}
	return text.String()
}

// expand writes the values of a list, or the whole of IN (…) anew where it has
// none or many.
func (b *binder) expand(values []any, label string) error {
	end := b.at + 1
	for end < len(b.tokens) && b.tokens[end].kind == opaque {
		end++
	}
	for _, v := range values {
		if _, nested := elements(v); nested {
			return fmt.Errorf("query: %s is a list of lists", label)
		}
		if isNull(v) {
			return fmt.Errorf("query: %s is a list with a NULL, which IN never finds and for which NOT IN finds nothing; write IS NULL or IS NOT NULL beside it", label)
		}
	}
	alone := b.last[1].text == "(" && end < len(b.tokens) && b.tokens[end].text == ")"
	if !alone && len(values) == 0 {
		return fmt.Errorf("query: %s is an empty list beside other values; give it an IN of its own", label)
	}
	if alone {
		l := b.lists[len(b.lists)-1]
		if text, arg, ok := entity.List(b.dialect, l.not, values); ok {
			before, after, bound := strings.Cut(text, "?")
			b.out = append(b.out[:l.from], before...)
			if bound {
				b.bind(arg)
			}
			b.out = append(b.out, after...)
			b.lists = b.lists[:len(b.lists)-1]
			b.at = end
			return nil
		}
	}
	for i, v := range values {
		if i > 0 {
			b.out = append(b.out, ", "...)
		}
		b.bind(v)
	}
	return nil
}

// check tells whether arguments and parameters fit, and the database takes as
// many.
func (b *binder) check(marks int) error {
	if b.named == nil && b.next != len(b.args) {
		return fmt.Errorf("query: the SQL has %d parameters, and there are %d arguments", b.next, len(b.args))
	}
	for n := range b.named {
		if !b.used[n] {
			return &UnknownNameError{"parameter", n, slices.Sorted(maps.Keys(b.used))}
		}
	}
	if limit := b.maxParameters(marks); len(b.bound) > limit {
		return fmt.Errorf("%w: %d, and %s takes %d; give long lists an IN (?) of their own, or run it in parts", ErrTooManyParameters, len(b.bound), b.dialect, limit)
	}
	return nil
}

// maxParameters is what the database takes. The driver of MySQL writes values into
// the statement, and prepares it only where a quoted ? is in the way of that.
func (b *binder) maxParameters(marks int) int {
	switch {
	case b.dialect == dialect.SQLite:
		return 32_766
	case b.dialect == dialect.MySQL && marks == len(b.bound):
		return math.MaxInt
	}
	return 65_535
}

// isNull reports whether the database gets NULL for the value.
func isNull(v any) bool {
	if isNil(v) {
		return true
	}
	valuer, ok := v.(driver.Valuer)
	if !ok {
		return false
	}
	stored, err := valuer.Value()
	return err == nil && stored == nil
}

// elements returns the values of a list. Bytes, and what knows how to become a
// value, are none.
func elements(v any) ([]any, bool) {
	switch list := v.(type) {
	case nil, []byte, driver.Valuer:
		return nil, false
	case []any:
		return list, true
	}
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Slice || rv.Type().Elem().Kind() == reflect.Uint8 {
		return nil, false
	}
	values := make([]any, rv.Len())
	for i := range values {
		values[i] = rv.Index(i).Interface()
	}
	return values, true
}
