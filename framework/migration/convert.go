package migration

import (
	"fmt"
	"reflect"
	"slices"

	"ariga.io/atlas/sql/postgres"
	atlas "ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlite"
)

// convertTypes tells PostgreSQL how to turn the values of a column into its new
// type, where it does not do that by itself.
func convertTypes(changes []atlas.Change) {
	for _, c := range modifiedColumns(changes) {
		if !c.Change.Is(atlas.ChangeType) {
			continue
		}
		if using := conversion(c.From, c.To); using != "" {
			c.Extra = append(c.Extra, &postgres.ConvertUsing{X: using})
		}
	}
}

// conversion is the expression that converts a column, "" where PostgreSQL
// knows how to. An explicit cast would cut text that is too long; without one
// PostgreSQL refuses it.
func conversion(from, to *atlas.Column) string {
	target, err := postgres.FormatType(to.Type.Type)
	if err != nil {
		return ""
	}
	name := `"` + from.Name + `"`
	a, b := family(from.Type.Type), family(to.Type.Type)
	switch {
	case a == b, b == "text" && a != "binary", a == "time" && b == "time":
		return ""
	case a == "binary" && b == "text":
		return fmt.Sprintf("convert_from(%s, 'UTF8')", name)
	case a == "text" && b == "binary":
		return fmt.Sprintf("convert_to(%s, 'UTF8')", name)
	case a == "number" && b == "bool":
		return name + " <> 0"
	case a == "bool" && b == "number":
		return fmt.Sprintf("%s::integer::%s", name, target)
	case a == "text":
		return fmt.Sprintf("%s::%s", name, target)
	default:
		return fmt.Sprintf("%s::text::%s", name, target)
	}
}

// family groups the types between which values are converted without a word.
func family(t atlas.Type) string {
	switch t := t.(type) {
	case *atlas.StringType:
		return "text"
	case *atlas.IntegerType, *atlas.DecimalType, *atlas.FloatType, *postgres.SerialType:
		return "number"
	case *atlas.BoolType:
		return "bool"
	case *atlas.BinaryType:
		return "binary"
	case *atlas.TimeType:
		return "time"
	default:
		return reflect.TypeOf(t).String()
	}
}

// dropDefaults are the changes that must be made before: PostgreSQL does not
// convert a default along with its column.
func dropDefaults(changes []atlas.Change) (before []atlas.Change) {
	for _, c := range changes {
		m, ok := c.(*atlas.ModifyTable)
		if !ok {
			continue
		}
		drop := &atlas.ModifyTable{T: m.T}
		for _, c := range modifiedColumns([]atlas.Change{m}) {
			if !c.Change.Is(atlas.ChangeType) || c.From.Default == nil || family(c.From.Type.Type) == family(c.To.Type.Type) {
				continue
			}
			without := *c.From
			without.Default = nil
			drop.Changes = append(drop.Changes, &atlas.ModifyColumn{From: c.From, To: &without, Change: atlas.ChangeDefault})
			c.From = &without
			if c.To.Default != nil {
				c.Change |= atlas.ChangeDefault
			} else {
				c.Change &^= atlas.ChangeDefault
			}
		}
		if len(drop.Changes) > 0 {
			before = append(before, drop)
		}
	}
	return before
}

func modifiedColumns(changes []atlas.Change) (list []*atlas.ModifyColumn) {
	for _, c := range changes {
		if m, ok := c.(*atlas.ModifyTable); ok {
			for _, part := range m.Changes {
				if modify, ok := part.(*atlas.ModifyColumn); ok {
					list = append(list, modify)
				}
			}
		}
	}
	return list
}

// renameIndexes renames an index that only gets another name, instead of
// building it anew.
func renameIndexes(changes []atlas.Change) {
	for _, c := range changes {
		m, ok := c.(*atlas.ModifyTable)
		if !ok {
			continue
		}
		for i := 0; i < len(m.Changes); i++ {
			drop, ok := m.Changes[i].(*atlas.DropIndex)
			if !ok {
				continue
			}
			at := slices.IndexFunc(m.Changes, func(c atlas.Change) bool {
				add, ok := c.(*atlas.AddIndex)
				return ok && sameIndex(drop.I, add.I)
			})
			if at < 0 {
				continue
			}
			m.Changes[i] = &atlas.RenameIndex{From: drop.I, To: m.Changes[at].(*atlas.AddIndex).I} //nolint:forcetypeassert // checked above
			m.Changes = slices.Delete(m.Changes, at, at+1)
			i = -1 // positions have moved
		}
	}
}

// telling are the attributes of an index without its text, which has its name.
func telling(list []atlas.Attr) (kept []atlas.Attr) {
	for _, a := range list {
		if _, ok := a.(*sqlite.CreateStmt); !ok {
			kept = append(kept, a)
		}
	}
	return kept
}

// sameIndex reports whether two indexes differ in their names at most.
func sameIndex(a, b *atlas.Index) bool {
	if a.Unique != b.Unique || len(a.Parts) != len(b.Parts) || !reflect.DeepEqual(telling(a.Attrs), telling(b.Attrs)) {
		return false
	}
	for i, p := range a.Parts {
		q := b.Parts[i]
		if p.Desc != q.Desc || !reflect.DeepEqual(p.X, q.X) || !reflect.DeepEqual(p.Attrs, q.Attrs) || (p.C == nil) != (q.C == nil) {
			return false
		}
		if p.C != nil && p.C.Name != q.C.Name {
			return false
		}
	}
	return true
}
