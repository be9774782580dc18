package relay

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/framefox-go/framefox/framework/entity"
)

// empty is the result where there are no rows.
func (a *aggregation) empty() AggregateResult {
	r := AggregateResult{Values: make([]any, len(a.measures))}
	for i, m := range a.measures {
		if m.Function == CountDistinct {
			r.Values[i] = 0
		}
	}
	return r
}

// result reads one group.
func (st *aggregateQuery) result(row Node) (AggregateResult, error) {
	var r AggregateResult
	var err error
	if r.Count, err = counted(row); err != nil {
		return r, err
	}
	for i, g := range st.by {
		v, err := column(row, keyColumn(i))
		if err == nil && v != nil {
			v, err = st.keyValue(g, v)
		}
		if err != nil {
			return r, fmt.Errorf("relay: cannot read the key %s of a group of %s: %w", g.Key, st.entity.Name, err)
		}
		r.Key = append(r.Key, v)
	}
	for i, m := range st.measures {
		v, err := st.measured(row, m, st.names[i])
		if err != nil {
			return r, fmt.Errorf("relay: cannot read %s of %s.%s: %w", m.Function, st.entity.Name, m.field.Name, err)
		}
		r.Values = append(r.Values, v)
	}
	return r, nil
}

// column is a value that the statement computed, nil for NULL, text as a string.
func column(row Node, name string) (any, error) {
	v, err := row.Value(name)
	if err != nil {
		return nil, fmt.Errorf("relay: cannot read %s: %w", name, err)
	}
	switch t := v.(type) {
	case []byte:
		if t == nil {
			return nil, nil //nolint:nilnil // NULL
		}
		return string(t), nil
	case int32:
		return int64(t), nil
	case int:
		return int64(t), nil
	}
	return v, nil
}

// keyValue brings a part of a key to its Go type.
func (st *aggregateQuery) keyValue(g Grouping, v any) (any, error) {
	if g.Bucket != NoBucket {
		return moment(v)
	}
	if target := st.registry[g.Field.Target]; target != nil {
		return parseKey(target.ID(), v)
	}
	return plain(g.Field, v)
}

// plain brings a value of a column to the Go type of its kind.
func plain(f *entity.Field, v any) (any, error) {
	switch f.Kind {
	case entity.Bool:
		if b, ok := v.(bool); ok {
			return b, nil
		}
		n, err := parseInt(v)
		return n != 0, err
	case entity.Int, entity.BigInt:
		return parseInt(v)
	case entity.Float:
		return float(v)
	case entity.Time, entity.Date:
		return moment(v)
	case entity.UUID:
		if u, ok := v.([16]byte); ok {
			return uuid.UUID(u), nil
		}
		t, ok := v.(string)
		if ok && len(t) == len(uuid.UUID{}) {
			return uuid.FromBytes([]byte(t))
		}
		return uuid.Parse(t)
	default:
		if t, ok := v.(string); ok {
			return t, nil
		}
		return nil, fmt.Errorf("unexpected %T", v)
	}
}

// moment is a time or a date. SQLite forgets the type of what is computed of one.
func moment(v any) (time.Time, error) {
	switch t := v.(type) {
	case time.Time:
		return t.UTC(), nil
	case string:
		for _, layout := range []string{"2006-01-02 15:04:05.999999999-07:00", time.DateOnly, time.DateTime, time.RFC3339Nano} {
			if at, err := time.Parse(layout, t); err == nil {
				return at.UTC(), nil
			}
		}
	}
	return time.Time{}, fmt.Errorf("unexpected %T", v)
}

func float(v any) (float64, error) {
	switch n := v.(type) {
	case float64:
		return n + 0, nil // there is no zero below zero
	case float32:
		return float64(n), nil
	case int64:
		return float64(n), nil
	case string:
		return strconv.ParseFloat(n, 64)
	}
	return 0, fmt.Errorf("unexpected %T", v)
}

// measured reads one measure of a group; nil is no value.
func (st *aggregateQuery) measured(row Node, m measure, names []string) (any, error) {
	values := make([]any, len(names))
	for i, name := range names {
		var err error
		if values[i], err = column(row, name); err != nil {
			return nil, err
		}
	}
	switch m.Function {
	case CountDistinct:
		n, err := parseInt(values[0])
		return int(n), err
	case Avg:
		count, err := parseInt(values[0])
		if err != nil || values[1] == nil {
			return nil, err
		}
		return average(m.field, count, values[1:])
	case Sum, Min, Max:
	}
	switch {
	case values[0] == nil:
		return nil, nil //nolint:nilnil // no value
	case m.Function == Sum:
		return total(m.field, values)
	}
	return plain(m.field, values[0])
}

// total puts a sum together of its parts; see sumParts.
func total(f *entity.Field, parts []any) (any, error) {
	if f.Kind == entity.Float {
		sum, err := float(parts[0])
		if err != nil {
			return nil, err
		}
		if sum /= floatScale; math.IsInf(sum, 0) {
			return nil, bad(string(Sum)+"."+f.GraphQL, "is larger than a Float can be")
		}
		return sum, nil
	}
	return exactSum(parts)
}

func exactSum(parts []any) (*big.Int, error) {
	sum := new(big.Int)
	for _, part := range parts { // the upper bits first
		n, ok := new(big.Int).SetString(fmt.Sprint(part), 10)
		if !ok {
			return nil, fmt.Errorf("%v is no whole number", part)
		}
		sum.Add(sum.Lsh(sum, 32), n)
	}
	return sum, nil
}

func average(f *entity.Field, count int64, parts []any) (any, error) {
	if f.Kind == entity.Float {
		sum, err := float(parts[0])
		return sum / float64(count) / floatScale, err
	}
	sum, err := exactSum(parts)
	if err != nil {
		return nil, err
	}
	avg, _ := new(big.Rat).SetFrac(sum, big.NewInt(count)).Float64()
	return avg, nil
}
