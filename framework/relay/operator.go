package relay

import (
	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
)

// Takes is what an operator is given.
type Takes uint8

// What operators are given.
const (
	TakesValue Takes = iota // one value
	TakesList               // values; none match nothing
	TakesSome               // values, at least one
	TakesFlag               // true, or false for the opposite
	TakesJSON               // a JSONFilter
)

// Operator is one predicate on a field: `titleContains` is the field title
// with the operator of suffix Contains.
type Operator struct {
	Suffix string
	Takes  Takes
	apply  func(column string, values []any) *sql.Predicate
}

// Apply is the predicate on a column. The values are plain ones; see
// entity.Plain.
func (o Operator) Apply(column string, values ...any) *sql.Predicate {
	return o.apply(column, values)
}

// Operators lists what a client may ask of the field in a filter.
func Operators(f *entity.Field) []Operator {
	var ops []Operator
	switch f.Kind {
	case entity.Strings:
		ops = listOperators()
	case entity.JSON:
		ops = []Operator{{Suffix: "Path", Takes: TakesJSON}}
	case entity.String:
		ops = textEquality()
		if !isKey(f) {
			ops = append(ops, textOperators()...)
		}
	default:
		ops = equality(sql.EQ, sql.NEQ, entity.In, entity.NotIn)
		if f.Kind == entity.Bool {
			ops = ops[:2]
		}
		if ranged(f) {
			ops = append(ops, one("GT", sql.GT), one("GTE", sql.GTE), one("LT", sql.LT), one("LTE", sql.LTE))
		}
	}
	if f.Nullable {
		ops = append(ops, Operator{"IsNil", TakesFlag, func(c string, v []any) *sql.Predicate {
			if v[0] == true {
				return sql.IsNull(c)
			}
			return sql.NotNull(c)
		}})
	}
	return ops
}

func isKey(f *entity.Field) bool { return f.Target != "" || f.GraphQL == "id" }

// ranged reports whether the field's values lie between each other.
func ranged(f *entity.Field) bool {
	switch f.Kind {
	case entity.Int, entity.BigInt, entity.Float, entity.Time, entity.Date:
		return !isKey(f)
	default:
		return false
	}
}

func one(suffix string, fn func(column string, value any) *sql.Predicate) Operator {
	return Operator{suffix, TakesValue, func(c string, v []any) *sql.Predicate { return fn(c, v[0]) }}
}

// equality is made of what compares with one value, and with several. An empty
// In matches nothing, an empty NotIn all that is not NULL.
func equality(eq, neq func(string, any) *sql.Predicate, in, notIn func(string, ...any) *sql.Predicate) []Operator {
	return []Operator{
		one("", eq),
		one("NEQ", neq),
		{"In", TakesList, func(c string, v []any) *sql.Predicate {
			if len(v) == 0 {
				return sql.False()
			}
			return in(c, v...)
		}},
		{"NotIn", TakesList, func(c string, v []any) *sql.Predicate {
			if len(v) == 0 {
				return sql.NotNull(c)
			}
			return notIn(c, v...)
		}},
	}
}
