package relay

import (
	"strings"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
)

// textOperators are those of text beyond equality.
func textOperators() []Operator {
	text := func(suffix string, fn func(column, text string) *sql.Predicate) Operator {
		return one(suffix, func(c string, v any) *sql.Predicate { return fn(c, v.(string)) })
	}
	return []Operator{
		text("Contains", sql.Contains), text("ContainsFold", containsFold),
		text("HasPrefix", sql.HasPrefix), text("HasSuffix", sql.HasSuffix),
		text("EqualFold", equalFold),
	}
}

// textEquality is equality to the last character. To MySQL "a" equals "a " with
// spaces at its end, so there the spaces count too; the index still finds the
// rows.
func textEquality() []Operator {
	exact := func(usual *sql.Predicate, column string, values ...any) *sql.Predicate {
		return sql.P(func(b *sql.Builder) {
			if b.Dialect() == dialect.MySQL {
				usual = padded(column, values)
			}
			b.Join(usual)
		})
	}
	return equality(
		func(c string, v any) *sql.Predicate { return exact(sql.EQ(c, v), c, v) },
		func(c string, v any) *sql.Predicate { return notPadded(sql.NEQ(c, v), c, v) },
		func(c string, v ...any) *sql.Predicate { return exact(sql.In(c, v...), c, v...) },
		func(c string, v ...any) *sql.Predicate { return notPadded(sql.NotIn(c, v...), c, v...) },
	)
}

func notPadded(usual *sql.Predicate, column string, values ...any) *sql.Predicate {
	return sql.P(func(b *sql.Builder) {
		if b.Dialect() == dialect.MySQL {
			usual = sql.Not(padded(column, values))
		}
		b.Join(usual)
	})
}

// padded compares where spaces at the end do not count by themselves. A row
// that ends with one equals none of the values that do not.
func padded(column string, values []any) *sql.Predicate {
	var plain []any
	var options []*sql.Predicate
	for _, v := range values {
		if t := v.(string); strings.HasSuffix(t, " ") {
			options = append(options, sql.And(sql.EQ(column, t), sql.P(func(b *sql.Builder) {
				b.WriteString("LENGTH(").Ident(column).WriteString(") = ").Arg(len(t))
			})))
		} else {
			plain = append(plain, t)
		}
	}
	if len(plain) > 0 {
		options = append(options, sql.And(sql.In(column, plain...), sql.P(func(b *sql.Builder) {
			b.Ident(column).WriteString(" NOT LIKE '% '")
		})))
	}
	all := sql.Or(options...)
	return sql.P(func(b *sql.Builder) { b.Wrap(func(b *sql.Builder) { b.Join(all) }) })
}

// equalFold and containsFold ignore case and nothing else. Ent's own would take
// é for e on MySQL, and one emoji for any other.
func equalFold(column, text string) *sql.Predicate {
	return sql.P(func(b *sql.Builder) {
		b.WriteByte('(')
		lower(b, column).WriteString(" = LOWER(").Arg(text).WriteString(")")
		if b.Dialect() == dialect.MySQL { // see textEquality
			b.WriteString(" AND CHAR_LENGTH(").Ident(column).WriteString(") = CHAR_LENGTH(").Arg(text).WriteString(")")
		}
		b.WriteByte(')')
	})
}

func containsFold(column, text string) *sql.Predicate {
	pattern := "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(text) + "%"
	return sql.P(func(b *sql.Builder) {
		lower(b, column).WriteString(" LIKE LOWER(").Arg(pattern).WriteString(")")
		if b.Dialect() == dialect.SQLite { // the others escape so by default
			b.WriteString(` ESCAPE '\'`)
		}
	})
}

func lower(b *sql.Builder, column string) *sql.Builder {
	b.WriteString("LOWER(").Ident(column)
	if b.Dialect() == dialect.Postgres {
		b.WriteString(` COLLATE "default"`) // the columns' own knows ASCII only
	}
	return b.WriteString(")")
}
